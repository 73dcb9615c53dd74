"""Receiving interviews of sixty questions with a repeat over 32 connections: how many a second, how long each waits, with what memory.

Server, database and client share the machine; every answer is validated; the server is started as `deploy/` starts it. It is measured on
SQLite, and on a PostgreSQL of its own where Debian's package is installed. `python -m benchmarks.intake 2000` sends fewer, and
`python -m benchmarks.intake 4000 1000000` into a database that holds so many interviews already.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from time import process_time, sleep

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from benchmarks.databases import KEY, keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.sending import BEGAN, FORM_ID, Sent, form, send_all, uploads
from survey.events import Event
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import QuarantinedSubmission, Submission
from survey.places.models import Household
from survey.proof.chain import check_chain
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from survey.server import READY
from survey.visits.models import Assignment
from tests.builders import NOW, VILLAGE, add_form, add_pair, add_region, add_visit
from tests.postgres import free_port, postgres_programs, temporary_cluster

N_SENT, N_CONNECTIONS, N_WARM = 4_000, 32, 200
N_PROCESSES, N_THREADS = 2, 16
"""As `deploy/` starts it."""
PER_SECOND = {"SQLite": 250, "PostgreSQL": 400}
CORES = 2
P95_MS, MEMORY_MB = 150.0, 400.0
BATCH = 1000


def prepare(url: str, n_assigned: int, n_stored: int, questionnaire: str = "") -> None:
    """A database with the form, or another of its kind, a visit to one village, so many assignments, and so many interviews of before."""
    engine = keyed_engine(url)
    upgrade_schema(engine)
    seal_fields_of(engine, Keyring([KEY]))
    with Session(engine, expire_on_commit=False) as session:
        version = add_form(session, questionnaire or form(), "form.md")
        visit = add_visit(session, forms=[version])
        pair = add_pair(session, visit)
        add_region(session)
        for first in range(0, n_assigned, BATCH):
            numbers = range(first, min(first + BATCH, n_assigned))
            session.execute(insert(Household), [_household(number) for number in numbers])
            session.execute(insert(Assignment), [_assignment(number, visit.id, pair.id) for number in numbers])
        for first in range(0, n_stored, BATCH):
            session.execute(insert(Submission), [_stored(version, first + number, visit.id) for number in range(BATCH)])
            session.commit()
        session.commit()
    engine.dispose()


def _household(number: int) -> dict[str, object]:
    return {
        "id": f"household-{number:08}",
        "village_code": VILLAGE,
        "number": f"{number:06}",
        "head_name": "甲",
        "kind": "registered",
        "n_members": 3,
    }


def _assignment(number: int, visit_id: str, pair_id: str) -> dict[str, object]:
    places = {"visit_id": visit_id, "pair_id": pair_id, "form_id": FORM_ID, "village_code": VILLAGE}
    return {"id": f"assignment-{number:08}", "household_id": f"household-{number:08}", **places}


def _stored(version: QuestionnaireVersion, number: int, visit_id: str) -> dict[str, object]:
    held = {"started_at": BEGAN - timedelta(minutes=number), "received_at": NOW - timedelta(minutes=number), "visit_id": visit_id}
    form_of = {"form_id": version.form_id, "form_version": version.version, "questionnaire_version_id": version.id}
    return {"instance_id": f"uuid:before-{number:08}", **form_of, **held, "answers": {}, "xml": b"<data/>", "xml_sha256": "0" * 64}


@contextmanager
def serving(folder: str, url: str, port: int) -> Iterator[int]:
    """The process id of a server on this database that has said that it is ready.

    The guide is there beforehand, as it is on every server but one that has just been installed, which builds it once.
    """
    subprocess.run([sys.executable, "-m", "survey", "guide"], check=True, stdout=subprocess.DEVNULL)
    environ = {**os.environ, "SURVEY_DATA": folder, "SURVEY_DATABASE_URL": url, "SURVEY_SECRET_KEY": KEY}
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port), "--processes", str(N_PROCESSES), "--threads", str(N_THREADS)]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        if not any(line.startswith(READY) for line in server.stdout):
            raise RuntimeError("the server has not come up")
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        server.stdout.close()


def descendants(process: int) -> list[int]:
    """The process and all that it started, as Linux tells."""
    found = [process]
    for each in found:
        for path in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in path.read_text(encoding="ascii").split()]
    return found


def memory_mb(processes: list[int]) -> float:
    """What these processes hold, in megabytes; what several share is divided among them."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def cpu_seconds(processes: list[int]) -> float:
    """How much processor time these processes have used."""
    total = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _watch(root: int, database: list[int], peaks: list[float], stopped: Signal) -> None:
    while not stopped.wait(1.0):  # the kernel works for milliseconds to add it up
        every = [process for each in (root, *database) for process in descendants(each)]
        peaks.append(memory_mb(every))


@dataclass(slots=True)
class Measured:
    """What came of sending, with the most memory in megabytes and, in seconds of processors, what each side used and was left to do."""

    sent: Sent
    memory_mb: float
    server_s: float
    database_s: float
    client_s: float
    after_s: float
    """How busy all processes still were in the second after the last answer."""
    problems: str

    def each_ms(self, seconds: float) -> float:
        """So much as milliseconds for each interview."""
        return 1000 * seconds / len(self.sent.each)


def measure(folder: str, url: str, database: list[int], n_sent: int, n_stored: int) -> Measured:
    """What came of sending so many into a database that holds so many."""
    prepare(url, N_WARM + n_sent, n_stored)
    port, peaks, stopped = free_port(), [0.0], Signal()
    with serving(folder, url, port) as process:
        send_all(port, uploads(range(N_WARM), "lead1"), N_CONNECTIONS)
        requests = list(uploads(range(N_WARM, N_WARM + n_sent), "lead1"))
        watcher = Thread(target=_watch, args=(process, database, peaks, stopped))
        before = _used(process, database)
        watcher.start()
        sent = send_all(port, requests, N_CONNECTIONS)
        stopped.set()
        watcher.join()
        after = _used(process, database)
        sleep(1)
        later = _used(process, database)
    server, base, client = (second - first for first, second in zip(before, after, strict=True))
    problems = _problems(url, sent, N_WARM + n_sent, n_stored)
    return Measured(sent, max(peaks), server, base, client, sum(later[:2]) - sum(after[:2]), problems)


def _used(server: int, database: list[int]) -> tuple[float, float, float]:
    """The processor time used so far by the server's processes, the database's, and this one, which sends."""
    return cpu_seconds(descendants(server)), cpu_seconds([each for root in database for each in descendants(root)]), process_time()


def _problems(url: str, sent: Sent, n_all: int, n_stored: int) -> str:
    engine = keyed_engine(url)
    with Session(engine) as session:
        n_received = session.scalar(select(func.count()).select_from(Submission)) or 0
        n_refused = session.scalar(select(func.count()).select_from(QuarantinedSubmission)) or 0
        n_events = session.scalar(select(func.count()).where(Event.action == "submission.received")) or 0
        broken = len(check_chain(session).breaks)
    engine.dispose()
    told = {"answers": sent.statuses, "stored": n_received - n_stored, "refused": n_refused, "events": n_events, "broken": broken}
    wanted = {"answers": {201: n_all - N_WARM}, "stored": n_all, "refused": 0, "events": n_all, "broken": 0}
    return "" if told == wanted else f"not as it should be: {told}"


def report(name: str, measured: Measured, n_stored: int) -> None:
    """Print the figures of one database; the first is the time that a second's worth of the promise takes.

    The processor time of an interview does not hang on what else the machine does, and two processors have so much of it in that time.
    """
    if measured.problems:
        raise SystemExit(measured.problems)
    sent, promise = measured.sent, PER_SECOND[name]
    n = len(sent.each)
    detail = f"{n:,} sent into {n_stored:,}, {n / sent.seconds:.0f} a second, at least {promise} promised"
    print_figure(Figure(f"intake on {name}: each", 1000 / promise, 1000 * sent.seconds / n, "ms", detail))
    sides = {"server": measured.server_s, "database": measured.database_s, "client": measured.client_s}
    told = ", ".join(f"{side} {measured.each_ms(seconds):.2f}" for side, seconds in sides.items())
    used = measured.each_ms(sum(sides.values()))
    print_figure(Figure(f"intake on {name}: processor time of each", CORES * 1000 / promise, used, "ms", told))
    print_figure(Figure(f"intake on {name}: 95 of 100 answered within", P95_MS, 1000 * sent.quantile(0.95), "ms", "32 connections"))
    print_figure(Figure(f"intake on {name}: memory of all processes", MEMORY_MB, measured.memory_mb, "MB"))
    print_figure(Figure(f"intake on {name}: still busy in the second after", 0.2, measured.after_s, "s", "processor time; nothing waits"))


def main() -> None:
    """Print the figures."""
    n_sent = int(sys.argv[1]) if len(sys.argv) > 1 else N_SENT
    n_stored = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    if only in ("", "SQLite"):
        with tempfile.TemporaryDirectory() as folder:
            report("SQLite", measure(folder, f"sqlite:///{folder}/survey.sqlite3", [], n_sent, n_stored), n_stored)
    programs = postgres_programs()
    if programs is not None and only in ("", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, temporary_cluster(programs, is_durable=True) as url:
            report("PostgreSQL", measure(folder, url, [postmaster_of(url)], n_sent, n_stored), n_stored)


def postmaster_of(url: str) -> int:
    """The process id of the server of this database, found by the connection that it answers."""
    engine = keyed_engine(url)
    with engine.connect() as connection:
        backend = int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    status = Path(f"/proc/{backend}/stat").read_text(encoding="utf-8")
    engine.dispose()
    return int(status.rpartition(") ")[2].split()[1])


if __name__ == "__main__":
    main()
