"""How long the search takes to find people of households by name among 100,000 households, on SQLite and, where it is there, on PostgreSQL.

The frame is synthetic: names of two and three signs from the lists of the demonstration, three persons beside each head.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from survey.demo.facts import read_facts
from survey.finding.queries import Found, find_households, find_members
from survey.finding.wanted import Wanted, read_wanted
from survey.models import Base
from survey.places.models import Household, Region
from survey.registry.models import HouseholdMember
from tests.postgres import postgres_programs, temporary_cluster

N_HOUSEHOLDS, N_MEMBERS, N_VILLAGES = 100_000, 4, 800
BATCH, TIMES = 5_000, 5
SECONDS = 2.0
TYPED = ("龘龘", "qxzv", "张石头", "zhangst")
"""A name and letters that nobody has, which walk through everybody, and some that a few have."""
RELATIONS = ("head", "spouse", "child", "parent")


def village_of(number: int) -> str:
    """The village of the household with this number."""
    place = number % N_VILLAGES
    return f"6107{1 + place // 100:02}101{200 + place % 100}"


def invented_names(seed: int) -> Iterator[str]:
    """Names without end."""
    rng, people = Random(seed), read_facts().people
    given = "".join((*people.given_male, *people.given_female))
    while True:
        yield rng.choice(people.surnames) + "".join(rng.choices(given, k=rng.choice((1, 2, 2, 2))))


def fill(session: Session) -> None:
    """Store the frame."""
    codes = sorted({village_of(number) for number in range(N_VILLAGES)})
    session.execute(insert(Region), [{"code": code, "name": f"村{code[-3:]}", "level": "village", "is_invented": True} for code in codes])
    names = invented_names(610727)
    for first in range(0, N_HOUSEHOLDS, BATCH):
        households: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        for number in range(first, first + BATCH):
            people, key = [next(names) for _ in range(N_MEMBERS)], f"h{number:08}"
            told = {"id": key, "village_code": village_of(number), "number": f"{number:06}", "head_name": people[0]}
            households.append(told | {"kind": "ordinary", "n_members": N_MEMBERS, "markers": []})
            for position, (name, relation) in enumerate(zip(people, RELATIONS, strict=True), start=1):
                members.append({"household_id": key, "position": position, "name": name, "relation": relation})
        session.execute(insert(Household), households)
        session.execute(insert(HouseholdMember), members)
        session.commit()


def seconds(session: Session, find: Callable[[Session, Wanted], tuple[Found, ...]], typed: str) -> tuple[float, int]:
    """How long finding takes, the middle of some times, and how many are found."""
    wanted = read_wanted(typed, is_by_name=True)
    if wanted is None:
        raise ValueError(f"{typed} is too little to look for")
    taken, n_found = [], 0
    for _ in range(TIMES):
        start = perf_counter()
        n_found = len(find(session, wanted))
        taken.append(perf_counter() - start)
    return median(taken), n_found


def measure(engine: Engine, database: str) -> None:
    """Print the figures of one database."""
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        fill(session)
        for kind, find in (("heads", find_households), ("members", find_members)):
            for typed in TYPED:
                took, n_found = seconds(session, find, typed)
                told = f"{database}, {N_HOUSEHOLDS:,} households, {N_HOUSEHOLDS * N_MEMBERS:,} persons, {n_found} found"
                print_figure(Figure(f"search of {kind} by {typed}", SECONDS, took, "s", told))
    engine.dispose()


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        measure(keyed_engine(f"sqlite:///{Path(name) / 'survey.sqlite3'}"), "SQLite")
    programs = postgres_programs()
    if programs is None:
        print("PostgreSQL is not installed; only SQLite was measured", file=sys.stderr)
        return
    with temporary_cluster(programs) as url:
        measure(keyed_engine(url), "PostgreSQL")


if __name__ == "__main__":
    main()
