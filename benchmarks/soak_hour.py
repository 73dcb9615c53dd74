"""An hour of everyday work: interviews arrive, pages are opened, figures and datasets are made, and memory stays as it is.

`python -m benchmarks.soak_hour 60` takes an hour (ten minutes without a number) on SQLite, `… 60 PostgreSQL` on a PostgreSQL of its own.
Interviews arrive three a second by default; figures and datasets are made of three hundred accepted ones, so that nothing but time grows.
What a database server holds is told apart: it fills the cache that it was given, which grows with what is stored until that is full.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from time import monotonic, sleep
from urllib.parse import urlencode

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.intake import descendants, memory_mb, postmaster_of, prepare, serving
from benchmarks.load import PAGES, counted, signed_in
from benchmarks.sending import send_all, uploads
from survey.intake.models import Submission
from tests.builders import find_or_add_person
from tests.postgres import free_port, postgres_programs, temporary_cluster

VISIT = "2018-04-test"
MINUTES, A_ROUND_S, AT_ONCE, N_ACCEPTED = 10.0, 10.0, 30, 300
GROWTH_MB = 20.0
FILES = (f"/figures?visit={VISIT}", f"/figures/figures.xlsx?visit={VISIT}", "/issues/ledger/issues.xlsx", "/ledger/ledger.xlsx")


@dataclass(slots=True)
class Soaked:
    """What came of the time: interviews sent and stored, requests for pages and files, and the memory of our processes after each round, by
    minutes; `database` is what the database server held then."""

    n_sent: int = 0
    n_stored: int = 0
    n_asked: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    @property
    def growth_mb(self) -> float:
        """By how much the memory of the last third of the time is above that of the second third, by medians."""
        third = max(1, len(self.memory) // 3)
        *_first, middle, last = (self.memory[start : start + third] for start in (0, third, len(self.memory) - third))
        return median(mb for _minute, mb in last) - median(mb for _minute, mb in middle)

    @property
    def slope_mb_per_hour(self) -> float:
        """The slope of a line through what was held after the first third (Theil and Sen: the median of all slopes between two)."""
        held = self.memory[len(self.memory) // 3 :]
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for at, a in enumerate(held) for b in held[at + 1 :] if b[0] > a[0]]
        return 60 * median(slopes) if slopes else 0.0


def ask(connection: HTTPConnection, cookie: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    headers = {"Cookie": cookie}
    if form is None:
        connection.request("GET", path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", path, urlencode(form), headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def make_dataset(connection: HTTPConnection, cookie: str) -> tuple[int, bytes]:
    """The answer to somebody who wants the visit's dataset as a zip of csv."""
    _status, page = ask(connection, cookie, f"/reports/datasets?visit={VISIT}")
    token = page.decode().partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    told = {"csrf_token": token, "visit": VISIT, "language": "zh", "formats": "csv", "contents": "deidentified", "k": "5"}
    return ask(connection, cookie, "/reports/datasets", told)


def accept_some(engine: Engine) -> None:
    """Nothing; as many interviews as figures and datasets are made of are accepted."""
    with Session(engine) as session, session.begin():
        first = select(Submission.instance_id).order_by(Submission.instance_id).limit(N_ACCEPTED)
        waiting = Submission.instance_id.in_(first.scalar_subquery()) & (Submission.review_state == "received")
        session.execute(update(Submission).where(waiting).values(review_state="accepted").execution_options(synchronize_session=False))


def soak(folder: str, url: str, minutes: float, database: list[int], at_once: int = AT_ONCE) -> Soaked:
    """What came of so many minutes; each round sends, looks at pages, and makes figures and a dataset."""
    n_rounds = max(3, round(minutes * 60 / A_ROUND_S))
    prepare(url, n_rounds * at_once, 0)
    engine = keyed_engine(url)
    with Session(engine) as session:
        find_or_add_person(session, "coordinator")
        session.commit()
    # One person makes in an hour what a whole organisation makes in a day.
    os.environ["SURVEY_EXPORT_LIMIT"] = "100000 per day"
    soaked, port = Soaked(), free_port()
    with serving(folder, url, port) as process:
        connection, cookie = signed_in(port)
        start = monotonic()
        for number in range(n_rounds):
            sent = send_all(port, uploads(range(number * at_once, (number + 1) * at_once), "lead1"), 4)
            soaked.n_sent += len(sent.each)
            if number * at_once <= N_ACCEPTED:
                accept_some(engine)
            answers = [ask(connection, cookie, path)[0] for path in (*PAGES, *FILES)]
            answers += [make_dataset(connection, cookie)[0]] if number % 3 == 2 else []
            soaked.n_asked += len(answers)
            for status in (*answers, *(each for each, n in sent.statuses.items() for _ in range(n))):
                soaked.statuses[status] = soaked.statuses.get(status, 0) + 1
            sleep(max(0.0, start + (number + 1) * A_ROUND_S - monotonic()))
            minute, held = (monotonic() - start) / 60, memory_mb(descendants(process))
            soaked.memory.append((minute, held))
            soaked.database.append(memory_mb([each for root in database for each in descendants(root)]))
            told = f"{minute:.1f} min {held:.1f} MB and {soaked.database[-1]:.1f} MB {soaked.n_sent} sent {soaked.statuses}"
            print(told, file=sys.stderr, flush=True)
        connection.close()
    soaked.n_stored = counted(url)[0]
    engine.dispose()
    return soaked


@contextmanager
def place(name: str) -> Iterator[tuple[str, str, list[int]]]:
    """A folder, the address of an empty database, and the process of its server, where it has one."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "SQLite":
            yield folder, f"sqlite:///{folder}/survey.sqlite3", []
            return
        programs = postgres_programs()
        if programs is None:
            raise SystemExit("PostgreSQL is not installed")
        with temporary_cluster(programs, is_durable=True) as url:
            yield folder, url, [postmaster_of(url)]


def main() -> None:
    """Print the figures."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    name = sys.argv[2] if len(sys.argv) > 2 else "SQLite"
    with place(name) as (folder, url, database):
        soaked = soak(folder, url, minutes, database)
    if soaked.n_stored != soaked.n_sent:
        raise SystemExit(f"{soaked.n_sent} sent and {soaked.n_stored} stored: {soaked.statuses}")
    held = [mb for _minute, mb in soaked.memory]
    detail = (
        f"{soaked.n_sent:,} interviews, {soaked.n_asked:,} pages and files in {soaked.memory[-1][0]:.0f} min; "
        f"{held[0]:.0f} MB at first, {max(held):.0f} at most, {held[-1]:.0f} in the end; {soaked.slope_mb_per_hour:+.1f} MB an hour"
    )
    if database:
        detail += f"; the database server {soaked.database[0]:.0f} MB at first, {soaked.database[-1]:.0f} in the end"
    print_figure(Figure(f"soak on {name}: memory from the second third to the last", GROWTH_MB, soaked.growth_mb, "MB", detail))


if __name__ == "__main__":
    main()
