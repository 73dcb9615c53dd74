"""Whether receiving an interview costs more the more are stored: its statements, and the processor time of asking what is known of it.

Interviews of the same lead and tablet are put into the database by one statement, as many as an argument says, a million by default; the
same sixteen uploads are received before and after, and taken back. On SQLite, and on PostgreSQL where Debian's package is installed.
"""

import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, String, cast, func, insert, literal, select
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.intake import prepare
from benchmarks.sending import BEGAN, instance, interview
from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.intake.ahead import PublishedForms
from survey.intake.arrivals import Arrival, Received, read_arrival
from survey.intake.context import read_contexts
from survey.intake.models import Submission
from survey.intake.receive import receive_together
from survey.storage import Storage
from survey.visits.models import Visit
from tests.builders import NOW
from tests.postgres import postgres_programs, temporary_cluster
from tests.recorder import record_statements

FEW, MANY = 1_000, 1_000_000
TOGETHER, TIMES = 16, 5
STATEMENTS = 8
RATIO = 1.5
"""Looking up a key among a thousand times as many takes a few comparisons more."""


def fill(engine: Engine, first: int, last: int) -> None:
    """Nothing; there are so many more interviews, each begun a second before the one with the number below."""
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last - 1))
    name = literal("uuid:before-").concat(cast(numbers.c.n, String))
    with Session(engine) as session:
        version = session.scalars(select(QuestionnaireVersion)).one()
        lead, visit = session.scalars(select(User).where(User.username == "lead1")).one(), session.scalars(select(Visit)).one()
        if engine.dialect.name == "postgresql":
            started_at = literal(BEGAN) - func.make_interval(0, 0, 0, 0, 0, 0, numbers.c.n)
        else:
            moment = literal(BEGAN.strftime("%Y-%m-%d %H:%M:%S"))
            started_at = func.strftime(
                "%Y-%m-%d %H:%M:%S.000000", moment, literal("-").concat(cast(numbers.c.n, String)).concat(" seconds")
            )
        values = {
            "instance_id": name,
            "form_id": literal(version.form_id),
            "form_version": literal(version.version),
            "questionnaire_version_id": literal(version.id),
            "visit_id": literal(visit.id),
            "lead_id": literal(lead.id),
            "device_id": literal("tablet-7"),
            "started_at": started_at,
            "received_at": literal(NOW - timedelta(days=1), Submission.received_at.type),
            "answers": literal({}, Submission.answers.type),
            "xml": literal(b"<data/>", Submission.xml.type),
            "xml_sha256": literal("0" * 64),
            "latitude": literal(33.33),
            "longitude": literal(106.15),
        }
        session.execute(insert(Submission.__table__).from_select(list(values), select(*values.values())))
        session.commit()


def arrivals(session: Session) -> list[Arrival]:
    """Sixteen uploads that nobody has sent before, their answers checked as they are before anything is written."""
    lead = session.scalars(select(User).where(User.username == "lead1")).one()
    forms = PublishedForms()
    session.expunge(lead)  # in a server, one more statement reads all who send
    each = [read_arrival(lead, Received(interview(instance(), number)), NOW) for number in range(1, TOGETHER + 1)]
    return [replace(arrival, checked=forms.check(session, arrival)) for arrival in each]


def measured(engine: Engine, storage: Storage) -> tuple[int, int, float, float]:
    """The statements of one upload and of sixteen together; the milliseconds, for each, of asking what is known and of everything."""
    with Session(engine, expire_on_commit=False) as session:
        sent = arrivals(session)
        counts = []
        for some in (sent[:1], sent[:1], sent):
            with record_statements(engine) as statements:
                receive_together(session, some, storage)
            counts.append(1 + len(statements))
            session.rollback()
        asking, everything = [], []
        for _ in range(TIMES):
            start = perf_counter()
            read_contexts(session, [each.hints for each in sent])
            asking.append(perf_counter() - start)
            start = perf_counter()
            receive_together(session, sent, storage)
            everything.append(perf_counter() - start)
            session.rollback()
    return counts[1], counts[2], 1000 * min(asking) / TOGETHER, 1000 * min(everything) / TOGETHER


def report(name: str, folder: str, url: str, n_many: int) -> None:
    """Print the figures of one database."""
    prepare(url, TOGETHER + 1, 0)
    engine, storage = keyed_engine(url), Storage(str(Path(folder) / "attachments"))
    fill(engine, 0, FEW)
    few = measured(engine, storage)
    fill(engine, FEW, n_many)
    many = measured(engine, storage)
    engine.dispose()
    stored = f"{FEW:,} and {n_many:,} stored"
    print_figure(
        Figure(f"intake on {name}: statements of one interview", STATEMENTS, max(few[0], many[0]), "", f"{few[0]} and {many[0]}, {stored}")
    )
    together = f"{few[1]} and {many[1]}, {stored}"
    print_figure(Figure(f"intake on {name}: statements of sixteen together, each", 1, max(few[1], many[1]) / TOGETHER, "", together))
    for what, before, after in (("asking what is known", few[2], many[2]), ("receiving", few[3], many[3])):
        detail = f"{before:.2f} and {after:.2f} ms for each of sixteen, {stored}"
        print_figure(Figure(f"intake on {name}: {what} among many", RATIO, after / before, "times", detail))


def main() -> None:
    """Print the figures."""
    n_many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    if only in ("", "SQLite"):
        with tempfile.TemporaryDirectory() as folder:
            report("SQLite", folder, f"sqlite:///{folder}/survey.sqlite3", n_many)
    programs = postgres_programs()
    if programs is not None and only in ("", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, temporary_cluster(programs) as url:
            report("PostgreSQL", folder, url, n_many)


if __name__ == "__main__":
    main()
