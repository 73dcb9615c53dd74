"""The whole database of this installation into another one, which it goes on in; the old one takes nothing more afterwards.

Nobody writes while rows are copied: whoever tries is told to come again, and comes to the new one. What was cut off leaves the old
database at work and the new one as empty as it was, or whole; the same command then begins again, or only closes the old one.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.copying.cells import HASHES, cells_of
from survey.copying.loading import Expected, begin_loading, end_loading, engine_to_load, load_rows, refuse_unless_empty, verify_rows
from survey.copying.tables import Copied, count_and_hash, read_parts, read_tables, revision_of
from survey.db import session_scope
from survey.events import Event, log_event
from survey.failures import MOVED_AWAY
from survey.storage import Storage
from survey.turns import remove_database

ACTION = "installation.moved"
TRIGGER = "moved_away"
MOVING = ".moving"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What every table of the new database holds, counted and compared there."""

    tables: dict[str, Expected]

    @property
    def n_rows(self) -> int:
        """How many rows there are in all."""
        return sum(each.n_rows for each in self.tables.values())


def move_database(app: Flask, url: str, now: datetime, show: Progress) -> Moved:
    """What was moved, every row read back there and compared. Raises INVALID_VALUE unless the other database is empty, or holds what this
    one does since a move that was cut off before it was closed."""
    source: Engine = app.extensions["survey.engine"]
    target = make_url(url)
    final = Path(str(target.database)) if target.get_backend_name() == "sqlite" else None
    is_there = final is not None and final.exists()
    partial = final.with_name(final.name + MOVING) if final and not is_there else None
    _remove(partial)
    engine = engine_to_load(f"sqlite:///{partial}" if partial else url)
    try:
        with session_scope(app) as session:
            here = session.connection()
            with engine.begin() as there:
                _keep_writers_waiting(here)
                moved = _moved_before(here, there)
                if moved is None:
                    if is_there:
                        raise SurveyError(
                            ErrorCode.INVALID_VALUE, field=str(final), detail="a database is there already; nothing is overwritten"
                        )
                    refuse_unless_empty(there)
                    moved = Moved(_copy(here, there, show))
                    with Session(there, join_transaction_mode="create_savepoint") as new, new.begin():
                        told = {"from": source.dialect.name, "to": engine.dialect.name, "n_rows": moved.n_rows}
                        log_event(new, None, ACTION, "installation", "database", now, **told)
            if partial is not None and final is not None:
                engine.dispose()
                with partial.open("rb") as file:
                    os.fsync(file.fileno())
                partial.replace(final)
            # Only now, with everything there, does the old one refuse what comes; whoever waited meanwhile is refused, too.
            _close(here)
    finally:
        engine.dispose()
        _remove(partial)
    return moved


def move_files(source: Storage, target: Storage, show: Progress) -> int:
    """How many files are in the other storage now, each compared there; those that are there already are passed over."""
    sizes, there = source.sizes(), target.sizes()
    with target.in_bulk():
        for number, (sha256, size) in enumerate(sizes.items(), start=1):
            if there.get(sha256) != size:
                target.put(source.get(sha256))
            if hashlib.sha256(target.get(sha256)).hexdigest() != sha256:
                detail = "the file is another one there than it was when it was received; python -m survey verify says whose it is"
                raise SurveyError(ErrorCode.INVALID_VALUE, field=sha256, detail=detail)
            show(number, len(sizes))
    return len(sizes)


def _moved_before(here: Connection, there: Connection) -> Moved | None:
    """What came of a move that was cut off when all was there and nothing closed: the same rows, and one event more, which tells of it."""
    tables, copies = read_tables(here), read_tables(there)
    if {name: each.columns for name, each in tables.items()} != {name: each.columns for name, each in copies.items()}:
        return None
    newest = select(Event.action, Event.digest).order_by(Event.number.desc())
    before, after = here.execute(newest.limit(1)).all(), there.execute(newest.limit(2)).all()
    if not after or after[0].action != ACTION or after[1:] != before:
        return None
    expected = {name: Expected(*count_and_hash(here, each)) for name, each in tables.items()}
    copied = {name: Expected(*count_and_hash(there, each)) for name, each in copies.items() if name != Event.__tablename__}
    return Moved(expected) if all(expected[name] == each for name, each in copied.items()) else None


def _keep_writers_waiting(here: Connection) -> None:
    """Nothing; until the transaction ends nobody writes. On SQLite whoever may write is the only one already."""
    if here.dialect.name == "postgresql":
        names = ", ".join(f'"{name}"' for name in read_tables(here))
        here.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")


def _copy(here: Connection, there: Connection, show: Progress) -> dict[str, Expected]:
    tables, taken = begin_loading(there, revision_of(here))
    expected = {}
    copied = read_tables(here)
    for number, each in enumerate(copied.values(), start=1):
        expected[each.name] = _copy_table(here, each, there, tables[each.name])
        show(number, len(copied))
    end_loading(there, taken)
    verify_rows(there, expected)
    return expected


def _copy_table(here: Connection, source: Copied, there: Connection, target: Copied) -> Expected:
    n_rows = total = 0
    for part in read_parts(here, source):
        n_rows, total = n_rows + part.n_rows, (total + part.hash) % HASHES
        load_rows(there, target, source.columns, (cells_of(line) for line in part.lines.split(b"\n")))
    return Expected(n_rows, total)


def _close(here: Connection) -> None:
    """Nothing; from its commit on, the old database refuses every event and so everything that is written with one."""
    if here.dialect.name == "sqlite":
        here.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {TRIGGER} BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, '{MOVED_AWAY}'); END"
        )
        return
    raises = f"LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{MOVED_AWAY}'; END $$"
    here.exec_driver_sql(f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger {raises}")
    here.exec_driver_sql(f"DROP TRIGGER IF EXISTS {TRIGGER} ON events")
    here.exec_driver_sql(f"CREATE TRIGGER {TRIGGER} BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION {TRIGGER}()")


def _remove(partial: Path | None) -> None:
    if partial is not None:
        remove_database(partial)
