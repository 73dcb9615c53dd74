"""The pages that coordinators live in, at 100,000 submissions: the review list with several filters, and the progress of visits.

On SQLite and, where it is installed, on PostgreSQL. Each page is opened as a browser opens it, signed in, through the whole application;
the figure is the worst median of the pages that a promise covers, and the detail says which page that was and the slowest single time.
Progress is opened while nothing happens, and each time after an interview of the largest visit was accepted, as on a busy evening.
`python -m benchmarks.pages sqlite` or `postgresql` measures one of the two.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.figure import Figure, print_figure
from survey import create_app
from survey.accounts.models import Role, User
from survey.config import Settings
from survey.db import new_id
from survey.events import Event
from survey.instruments.operations import publish_questionnaire
from survey.intake.models import Countersignature, Flag, Submission
from survey.places.models import Household, Region
from survey.review.operations import accept_submission
from survey.schema import upgrade_schema
from survey.visits.models import Assignment, Pair, Visit, VisitVillage
from tests.postgres import postgres_programs, temporary_cluster
from tests.signing_in import sign_in_as

ROOT = Path(__file__).parents[1]
FORM = ROOT / "questionnaires" / "household.md"
SECRET_KEY = "only-for-benchmarks-0123456789-abcdef"
N_SUBMISSIONS = 100_000
N_VISITS, N_COUNTIES, N_VILLAGES, N_PAIRS = 10, 13, 130, 12
LARGEST_SHARE = 0.5
"""The share of all submissions that one visit holds."""
BATCH = 5_000
N_RUNS = 7
LIMIT_MS = 300
BEGAN = datetime(2017, 4, 10, 1, 0, tzinfo=UTC)
STATES = ("accepted",) * 80 + ("received",) * 14 + ("returned",) * 4 + ("replaced",) * 2
DECISIONS = {"accepted": "submission.accepted", "returned": "submission.returned"}
CHECKS = ("no_position", "not_countersigned", "short_interview", "cadre_present", "far_position", "same_picture")
ANSWERS = {f"question_{number:03}": f"answer {number}" for number in range(90)}
XML = b"<data>" + b"".join(b"<q%d>answer</q%d>" % (number, number) for number in range(120)) + b"</data>"


@dataclass(frozen=True, slots=True)
class Timed:
    """The times of one page in milliseconds."""

    address: str
    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """The time that half of the openings took at most."""
        return median(self.times)


def village_code(number: int) -> str:
    """The code of a village, spread over the counties."""
    return f"6107{number % N_COUNTIES + 1:02}1012{number // N_COUNTIES + 1:02}"


def visit_of(number: int) -> int:
    """The number of the visit that a submission belongs to; the first holds `LARGEST_SHARE` of them."""
    return 0 if number < N_SUBMISSIONS * LARGEST_SHARE else 1 + number % (N_VISITS - 1)


def add_places(session: Session) -> None:
    """A province with its counties, townships and villages."""
    codes = sorted(village_code(number) for number in range(N_VILLAGES))
    levels = ((2, "province"), (4, "city"), (6, "county"), (9, "township"), (12, "village"))
    for (n_digits, level), above in zip(levels, (None, 2, 4, 6, 9), strict=True):
        places = dict.fromkeys(code[:n_digits].ljust(12, "0") for code in codes)
        rows = [
            {"code": code, "name": f"{level} {code}", "level": level, "parent_code": code[:above].ljust(12, "0") if above else None}
            for code in places
        ]
        session.execute(insert(Region), rows)


def add_people(session: Session) -> dict[str, str]:
    """The ids of people by user name: a coordinator and the pairs' members."""
    role = session.get(Role, "coordinator") or Role(name="coordinator")
    names = ["coordinator", *(f"{who}{number}" for number in range(N_PAIRS) for who in ("lead", "second"))]
    ids = {}
    for name in names:
        person = User(username=name, email=f"{name}@accounts.invalid", password="x", name=f"人员 {name}", created_at=BEGAN, id=new_id())
        person.roles = [role]
        session.add(person)
        ids[name] = person.id
    session.flush()
    return ids


def add_visits(session: Session, people: dict[str, str]) -> list[list[str]]:
    """For each visit, the first being the largest, the ids of its pairs."""
    pairs = []
    for number in range(N_VISITS):
        starts_on = date(2017, 4, 1) + timedelta(days=30 * number)
        visit = Visit(
            id=f"visit-{number}", title=f"调研 {number}", starts_on=starts_on, ends_on=starts_on + timedelta(days=25), state="open"
        )
        visit.villages = [VisitVillage(village_code=village_code(each)) for each in range(N_VILLAGES)]
        visit.pairs = [
            Pair(id=new_id(), name=f"第{each}组", lead_id=people[f"lead{each}"], second_id=people[f"second{each}"])
            for each in range(N_PAIRS)
        ]
        session.add(visit)
        pairs.append([pair.id for pair in visit.pairs])
    session.flush()
    return pairs


def fill(session: Session) -> None:
    """Everything that the pages read."""
    chance = random.Random(20180420)
    add_places(session)
    people = add_people(session)
    pairs = add_visits(session, people)
    version = publish_questionnaire(session, None, FORM.read_bytes(), FORM.name, BEGAN)
    shared = {"form_id": version.form_id, "form_version": version.version, "questionnaire_version_id": version.id}
    for first in range(0, N_SUBMISSIONS, BATCH):
        tables: dict[Any, list[dict[str, Any]]] = {Household: [], Assignment: [], Submission: [], Flag: [], Countersignature: [], Event: []}
        for number in range(first, first + BATCH):
            for model, row in rows_of(number, chance, people, pairs, shared):
                tables[model].append(row)
        for model, rows in tables.items():
            insert_rows(session, model, rows)
        session.commit()


def insert_rows(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    """The rows, in the table; on PostgreSQL by COPY, which takes a fraction of the time. All rows of a table have the same columns."""
    if session.get_bind().dialect.name != "postgresql" or not rows:
        session.execute(insert(model), rows)
        return
    columns = model.__table__.columns
    # What the models would fill in for a row that does not say it.
    given = {each.name: each.default.arg for each in columns if each.default is not None and each.default.is_scalar}
    names = sorted({**given, **rows[0]})
    quoted = ", ".join(f'"{name}"' for name in names)
    copied = f"COPY {model.__tablename__} ({quoted}) FROM STDIN"
    cursor = session.connection().connection.cursor()
    with cursor.copy(copied) as copy:
        for row in rows:
            copy.write_row([as_text(row.get(name, given.get(name))) for name in names])


def as_text(value: Any) -> Any:
    """A value as COPY takes it."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def rows_of(
    number: int, chance: random.Random, people: dict[str, str], pairs: list[list[str]], shared: dict[str, str]
) -> Iterator[tuple[type, dict[str, Any]]]:
    """The rows of one submission with its household and assignment."""
    visit, pair, village = visit_of(number), number % N_PAIRS, village_code(number * 7 % N_VILLAGES)
    household_id, assignment_id, instance_id = new_id(), new_id(), f"uuid:{new_id()}"
    state = chance.choice(STATES)
    started_at = BEGAN + timedelta(minutes=number * 5)
    people_of_pair = {"lead_id": people[f"lead{pair}"], "second_id": people[f"second{pair}"]}
    place = {"village_code": village, "household_id": household_id}
    household = {"id": household_id, "village_code": village, "number": f"{number:06}", "head_name": f"户主{number:06}"}
    yield (
        Household,
        {**household, "kind": chance.choice(("registered", "lifted_out", "marginal", "ordinary")), "n_members": 4, "markers": []},
    )
    yield (
        Assignment,
        {"id": assignment_id, "visit_id": f"visit-{visit}", "pair_id": pairs[visit][pair], "form_id": shared["form_id"], **place},
    )
    yield (
        Submission,
        {
            "instance_id": instance_id,
            **shared,
            **place,
            **people_of_pair,
            "visit_id": f"visit-{visit}",
            "assignment_id": assignment_id,
            "device_id": f"tablet-{pair}",
            "started_at": started_at,
            "ended_at": started_at + timedelta(minutes=40),
            "received_at": started_at + timedelta(hours=6),
            "review_state": state,
            "answers": ANSWERS,
            "xml": XML,
            "xml_sha256": "0" * 64,
            "latitude": 33.3,
            "longitude": 106.1,
        },
    )
    action = DECISIONS.get(state)
    if action:
        decided = {"action": action, "actor_id": people["coordinator"], "happened_at": started_at + timedelta(days=2)}
        yield Event, {**decided, "subject_type": "submission", "subject_id": instance_id, "details": {}, "digest": f"{number:064}"}
    if chance.random() < 0.1:
        yield Flag, {"id": new_id(), "instance_id": instance_id, "check": chance.choice(CHECKS), "severity": "notice"}
    if chance.random() < 0.95:
        yield Countersignature, {"instance_id": instance_id, "user_id": people_of_pair["second_id"], "is_verified": True, "changes": []}


REVIEW = (
    "/review",
    "/review?page=1000",
    "/review?state=received",
    "/review?visit=visit-0&state=received",
    "/review?visit=visit-0&flag=any",
    "/review?flag=none&state=received",
    "/review?flag=cadre_present",
    "/review?county=610703&form=household",
    "/review?signed=no",
    "/review?visit=visit-0&village=610703101203&state=accepted",
    "/review?text=户主0123",
    "/review?since=2017-05-01&until=2017-05-02&flag=any",
    "/review/decisions",
)
PROGRESS = ("/", "/visits", "/visits/visit-0", "/visits/visit-3")


def open_pages(client: FlaskClient, addresses: tuple[str, ...], before: Callable[[], None] = lambda: None) -> list[Timed]:
    """How long each page took, after it was opened once; `before` is done before each opening and not timed."""
    found = []
    for address in addresses:
        times = []
        for _ in range(N_RUNS + 1):
            before()
            start = perf_counter()
            answer = client.get(address)
            times.append((perf_counter() - start) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        found.append(Timed(address, tuple(times[1:])))
    return found


def accept_one(engine: Engine) -> None:
    """Accept an interview of the largest visit that waits."""
    waiting = select(Submission).where(Submission.visit_id == "visit-0", Submission.review_state == "received")
    with Session(engine) as session:
        coordinator = session.scalars(select(User).where(User.username == "coordinator")).one()
        found = session.scalars(waiting.where(~Submission.flags.any()).limit(1)).one()
        accept_submission(session, coordinator, found, "", datetime.now(UTC))
        session.commit()


@contextmanager
def signed_in(settings: Settings) -> Iterator[tuple[FlaskClient, Engine]]:
    """A coordinator's browser on a filled installation, and its database."""
    app = create_app(settings)
    engine = app.extensions["survey.engine"]
    upgrade_schema(engine)
    with Session(engine) as session:
        fill(session)
        coordinator = session.query(User).filter_by(username="coordinator").one()
    if engine.dialect.name == "postgresql":
        # What its own autovacuum has done by the time that somebody opens a page.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    client = app.test_client()
    sign_in_as(client, coordinator)
    yield client, engine
    engine.dispose()


def tell(what: str, database: str, timed: list[Timed]) -> None:
    """Print the promise's line, and each page to standard error."""
    for each in timed:
        print(f"{database:11} {each.median:8.1f} ms median {max(each.times):8.1f} worst  {each.address}", file=sys.stderr)
    slowest = max(timed, key=lambda each: each.median)
    worst = max(max(each.times) for each in timed)
    told = (
        f"median of {slowest.address}, the slowest of {len(timed)} pages; worst single time {worst:.0f} ms; {N_SUBMISSIONS:,} submissions"
    )
    print_figure(Figure(f"{what}, {database}", LIMIT_MS, slowest.median, "ms", told))


def measure(database: str, settings: Settings) -> None:
    """Print the figures on one database."""
    with signed_in(settings) as (client, engine):
        tell("review list", database, open_pages(client, REVIEW))
        tell("progress pages", database, open_pages(client, PROGRESS))
        tell("progress pages after a write", database, open_pages(client, PROGRESS, lambda: accept_one(engine)))


def main() -> None:
    """Print the figures."""
    wanted = sys.argv[1:] or ["sqlite", "postgresql"]
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", Settings(data=folder, secret_key=SECRET_KEY))
    programs = postgres_programs()
    if programs is not None and "postgresql" in wanted:
        with temporary_cluster(programs) as url, tempfile.TemporaryDirectory() as folder:
            measure("PostgreSQL", Settings(data=folder, database_url=url, secret_key=SECRET_KEY))


if __name__ == "__main__":
    main()
