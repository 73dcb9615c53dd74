"""The table of households and persons by cause on any day, over a register of 300,000 households: how long one page's statement takes.

The frame is synthetic: a province of thirteen counties, two of three households in the register with three or four rows each.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from survey.models import Base
from survey.places.models import Household, Region
from survey.places.roster_terms import CAUSES
from survey.registry.figures import read_figures, read_moments
from survey.registry.models import Identification

N_HOUSEHOLDS, N_COUNTIES, N_VILLAGES = 300_000, 13, 100
BATCH = 20_000
PROVINCE_SECONDS, COUNTY_SECONDS = 5.0, 0.5
NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
DAY = date(2017, 6, 30)
LIVES = (("registered",), ("registered", "supported", "lifted_out"), ("registered", "lifted_out", "accepted", "registered_again"))


def village_of(number: int) -> str:
    """The village of the household with this number."""
    place = number % (N_COUNTIES * N_VILLAGES)
    return f"6107{1 + place // N_VILLAGES:02}101{200 + place % N_VILLAGES}"


def households(numbers: range) -> Iterator[dict[str, Any]]:
    """The households with these numbers."""
    causes = tuple(CAUSES)
    for number in numbers:
        yield {
            "id": f"h{number:08}",
            "village_code": village_of(number),
            "number": f"{number:06}",
            "head_name": "某",
            "kind": "registered" if number % 3 else "ordinary",
            "n_members": 1 + number % 6,
            "cause": causes[number % len(causes)],
            "markers": [],
            "group_name": "",
        }


def rows(numbers: range) -> Iterator[dict[str, Any]]:
    """The register's rows of these households."""
    for number in numbers:
        for position, kind in enumerate(LIVES[number // 3 % len(LIVES)] if number % 3 else (), start=1):
            yield {
                "id": f"i{number:08}-{position}",
                "household_id": f"h{number:08}",
                "position": position,
                "turn": position,
                "kind": kind,
                "happened_on": date(2013, 1, 1) + timedelta(days=position * 400 + number % 300),
                "is_withdrawn": False,
                "reason": "",
                "note": "",
                "recorded_at": NOW,
            }


def fill(session: Session) -> None:
    """Store the province."""
    for code, level in (("610000000000", "province"), ("610700000000", "city")):
        session.add(Region(code=code, name=code, level=level, is_invented=True))
    for county in range(N_COUNTIES):
        session.add(Region(code=f"6107{1 + county:02}000000", name=str(county), level="county", is_invented=True))
    session.flush()
    villages = [{"code": village_of(n), "name": str(n), "level": "village", "is_invented": True} for n in range(N_COUNTIES * N_VILLAGES)]
    session.execute(insert(Region), villages)
    for first in range(0, N_HOUSEHOLDS, BATCH):
        session.execute(insert(Household), list(households(range(first, first + BATCH))))
        session.execute(insert(Identification), list(rows(range(first, first + BATCH))))
        session.commit()


def seconds(session: Session, code: str) -> float:
    """How long the counts of a place take."""
    start = perf_counter()
    read_figures(session, session.get_one(Region, code), DAY)
    return perf_counter() - start


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        engine = keyed_engine(f"sqlite:///{Path(name) / 'survey.sqlite3'}")
        Base.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            fill(session)
            seconds(session, "610703000000")
            province, county = seconds(session, "610000000000"), seconds(session, "610703000000")
            start = perf_counter()
            days = [date(year, 12, 31) for year in range(2013, 2018)]
            read_moments(session, session.get_one(Region, "610703000000"), days)
            moments = perf_counter() - start
        engine.dispose()
    told = f"{N_HOUSEHOLDS:,} households, SQLite"
    print_figure(Figure("households by cause of a province on a day", PROVINCE_SECONDS, province, "s", told))
    print_figure(Figure("households by cause of one of its counties on a day", COUNTY_SECONDS, county, "s", told))
    print_figure(Figure("a county's register on five days", COUNTY_SECONDS, moments, "s", told))


if __name__ == "__main__":
    main()
