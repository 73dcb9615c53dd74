"""Proving that a log of 100,000 events is what was logged: how long, and how much memory it takes; on SQLite.

`python -m benchmarks.verify 1000000` proves a longer one: the memory stays what it is.
"""

import sys
import tempfile
import time
from datetime import timedelta

from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, peak_mb, print_figure
from benchmarks.intake import KEY
from survey.config import Settings
from survey.events import Happened, log_all
from survey.proof.operations import sign_logs_of
from survey.schema import upgrade_schema
from survey.storage import Storage
from survey.verify import verify
from tests.builders import NOW, add_person

N_EVENTS, BATCH = 100_000, 1_000
LIMIT_S, LIMIT_MB = 10.0, 50.0


def log_many(session: Session, n_events: int) -> None:
    """Nothing; so many events are in the log, as coordinators leave them."""
    person = add_person(session, "coordinator", "coordinator")
    for first in range(0, n_events, BATCH):
        numbers = range(first, min(first + BATCH, n_events))
        log_all(
            session,
            [
                Happened(
                    person.id,
                    "submission.returned" if number % 10 == 0 else "household.changed",
                    "submission" if number % 10 == 0 else "household",
                    f"uuid:{number:032x}",
                    NOW + timedelta(seconds=number),
                    {"reason": "请补充家庭成员的健康状况", "kind": ["ordinary", "registered"]},
                )
                for number in numbers
            ],
        )
        session.commit()


def main() -> None:
    """Print the figures; stops with what is wrong where anything is."""
    n_events = int(sys.argv[1]) if len(sys.argv) > 1 else N_EVENTS
    with tempfile.TemporaryDirectory() as folder:
        engine = keyed_engine(f"sqlite:///{folder}/survey.sqlite3")
        upgrade_schema(engine)
        sign_logs_of(engine, KEY)
        with Session(engine) as session:
            log_many(session, n_events)
        storage = Storage(Settings(data=folder, secret_key=KEY).attachments_url)
        with Session(engine) as session:
            held, began, processor = peak_mb(), time.perf_counter(), time.process_time()
            found = verify(session, storage, lambda _what, _done, _all: None)
            seconds, processor = time.perf_counter() - began, time.process_time() - processor
        engine.dispose()
    if found.n_events < n_events or found.problems:
        raise SystemExit(f"{found.n_events} of {n_events} events, {found.problems[:3]}")
    promise = f"log of {n_events:,} events verified"
    print_figure(Figure(promise, LIMIT_S * n_events / N_EVENTS, processor, "s", f"of processor time; {seconds:.1f} s on the clock"))
    print_figure(Figure(f"{promise}: memory more than before", LIMIT_MB, peak_mb() - held, "MB"))


if __name__ == "__main__":
    main()
