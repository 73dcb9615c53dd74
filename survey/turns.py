"""Who writes next into an SQLite database: whatever people wait for goes before what tablets send.

SQLite lets a writer that meets another sleep for up to a tenth of a second at a time, and whoever comes at the right moment is next.
Beside tablets that send without a pause a page would meet it after seconds. So whoever waits to write says so by a shared lock on a file
beside the database, and who writes interviews lets them go first. The system lets go of the locks when a process ends, however it ends.

PostgreSQL has a queue of its own, where everybody is next after those who came before. On Windows one process serves, and nothing is done.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from sqlalchemy import Engine

fcntl: Any = import_module("fcntl") if sys.platform != "win32" else None
ASK_AGAIN_S, LONGEST_WAIT_S = 0.002, 1.0
PAGES, WRITER = "pages", "writer"


@contextmanager
def going_first(engine: Engine) -> Iterator[None]:
    """While the block runs nobody begins to write interviews: somebody's page waits for its turn to write."""
    pages = _beside(engine, PAGES)
    if pages is None:
        yield
        return
    with pages.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """While the block runs no other process or thread writes what tablets send; it begins after the pages that wait to write.

    Whoever comes next is woken at once.
    """
    pages, writer = _beside(engine, PAGES), _beside(engine, WRITER)
    if pages is None or writer is None:
        yield
        return
    with writer.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pages.open("ab") as waiting:
            _let_pages_write(waiting)
        yield


def _let_pages_write(file: IO[bytes]) -> None:
    """Nothing; no page waits to write, or pages have come one after the other for so long that it is the turn of what waits here."""
    give_up_at = monotonic() + LONGEST_WAIT_S
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if monotonic() > give_up_at:
            return
        sleep(ASK_AGAIN_S)


def _beside(engine: Engine, name: str) -> Path | None:
    """The file of this name beside the database; None where no turns are kept."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:" or fcntl is None:
        return None
    return Path(f"{database}-{name}")


def remove_database(path: Path) -> None:
    """Nothing; the SQLite database of this file is no more, with what SQLite and who takes turns at it keep beside it."""
    for name in ("", "-wal", "-shm", f"-{PAGES}", f"-{WRITER}"):
        path.with_name(path.name + name).unlink(missing_ok=True)
