"""An installation out of a backup, into an empty place: read back and compared before anything says that it is done.

The database comes last and appears at once: on SQLite as a file that is renamed when it is whole, on PostgreSQL by one transaction. What
was cut off leaves no database, and files of which each is whole; the same command then begins again and passes over those.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.backup.operations import record_restoring
from survey.backup.place import BackupList, Place, TableList, file_piece
from survey.backup.sealed import check_sealed_values
from survey.backup.taking import BESIDE, secret_check
from survey.config import Settings
from survey.copying.cells import Kind, cells_of, value_of
from survey.copying.loading import Expected, begin_loading, end_loading, engine_to_load, load_rows, refuse_unless_empty, verify_rows
from survey.copying.tables import Copied
from survey.protection.models import ErasedPerson
from survey.protection.reapplying import erase_what_came_back
from survey.schema import migrate
from survey.sealing.fields import Keyring, seal_fields_of
from survey.storage import Storage
from survey.turns import remove_database
from survey.verify import verify

RESTORING = ".restoring"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came out of a backup, and what `verify` finds wrong with it: what was wrong already when the backup was made."""

    name: str
    taken_at: str
    n_rows: int
    n_files: int
    problems: tuple[str, ...]
    n_erased: int = 0
    """Erasures that came after the backup, and were done again."""


def restore_backup(settings: Settings, place: Place, name: str, now: datetime, show_rows: Progress, show_files: Progress) -> Restored:
    """What was restored of the backup of this name. Raises INVALID_VALUE when the place is not empty, when the secret key is another one or
    the field keys open none of what is sealed, and when anything that was read is not what was written."""
    told = place.read_list(name)
    if told.secret_check != secret_check(settings.secret_key):
        detail = "it is not the key of the installation that was backed up; what that one sealed could not be opened"
        raise SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_SECRET_KEY", value="(not shown)", detail=detail)
    storage = Storage(settings.attachments_url)
    with _database_to_fill(settings.sqlalchemy_url) as (engine, keep):
        with engine.begin() as connection:
            refuse_unless_empty(connection)
            _restore_files(storage, place, told, show_files)
            _restore_beside(Path(settings.data), place, told)
            _restore_rows(connection, place, told, show_rows)
            check_sealed_values(connection, Keyring(settings.field_keys))
            seal_fields_of(engine, Keyring(settings.field_keys))
            with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
                n_erased = erase_what_came_back(session, storage, _erased_since(place), now)
                problems = verify(session, storage, lambda *_done: None).problems
                record_restoring(session, name, told.taken_at, now)
        keep()
    return Restored(name, told.taken_at, sum(table.n_rows for table in told.tables), len(told.files), problems, n_erased)


def _erased_since(place: Place) -> Iterator[dict[str, Any]]:
    """Whoever was erased by the newest backup in the place, whichever backup is restored: as rows of the list of erased people."""
    told = place.read_list(place.lists()[-1])
    for table in told.tables:
        if table.name == ErasedPerson.__tablename__:
            for piece in table.pieces:
                for line in _lines(place, table, piece):
                    row = dict(zip(table.columns, cells_of(line), strict=True))
                    instants = {key: value_of(Kind.INSTANT, row[key]) for key in ("erased_at", "lifted_at")}
                    yield row | instants


def check_backup(place: Place, name: str, show_rows: Progress, show_files: Progress) -> BackupList:
    """What belongs to the backup, every piece of it read; raises INVALID_VALUE when one is missing or another one than was written."""
    told = place.read_list(name)
    for number, table in enumerate(told.tables, start=1):
        n_rows = sum(1 for piece in table.pieces for _line in _lines(place, table, piece))
        if n_rows != table.n_rows:
            raise SurveyError(
                ErrorCode.INVALID_VALUE, field=table.name, detail="{n_rows} rows are there of {given}", n_rows=n_rows, given=table.n_rows
            )
        show_rows(number, len(told.tables))
    for number, (sha256, _size) in enumerate(told.files, start=1):
        _read_file(place, sha256)
        show_files(number, len(told.files))
    return told


@contextmanager
def _database_to_fill(url: str) -> Iterator[tuple[Engine, Callable[[], None]]]:
    """An engine for the database, and what makes it the installation's own once it is whole."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = engine_to_load(url)
        try:
            yield engine, lambda: None
        finally:
            engine.dispose()
        return
    final = Path(str(parsed.database))
    if final.exists():
        detail = "a database is there already; a backup is restored into an empty place only, nothing is overwritten"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=str(final), detail=detail)
    partial = final.with_name(final.name + RESTORING)
    remove_database(partial)
    engine = engine_to_load(f"sqlite:///{partial}")

    def keep() -> None:
        engine.dispose()  # the last connection brings everything into the one file
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(final)

    try:
        yield engine, keep
    finally:
        engine.dispose()
        remove_database(partial)


def _restore_files(storage: Storage, place: Place, told: BackupList, show: Progress) -> None:
    there = storage.sizes()
    with storage.in_bulk():
        for number, (sha256, size) in enumerate(told.files, start=1):
            if there.get(sha256) != size or hashlib.sha256(storage.get(sha256)).hexdigest() != sha256:
                storage.put(_read_file(place, sha256))
            show(number, len(told.files))


def _read_file(place: Place, sha256: str) -> bytes:
    data = place.read(file_piece(place.keys, sha256))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=sha256, detail="the file in the backup is not the one that was received")
    return data


def _restore_beside(data: Path, place: Place, told: BackupList) -> None:
    for relative, piece in told.beside:
        parts = Path(relative).parts
        if parts[0] not in BESIDE or ".." in parts:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=relative, detail="a backup holds no file there")
        path = data / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(place.read(piece))


def _restore_rows(connection: Connection, place: Place, told: BackupList, show: Progress) -> None:
    """Nothing; the rows are there in the schema they were made in, compared, and then in that of this version of the program."""
    tables, taken = begin_loading(connection, told.revision)
    for number, table in enumerate(told.tables, start=1):
        if table.name not in tables:
            raise SurveyError(
                ErrorCode.INVALID_VALUE, field=table.name, detail="the schema {revision} has no such table", revision=told.revision
            )
        _restore_table(connection, place, table, tables[table.name])
        show(number, len(told.tables))
    end_loading(connection, taken)
    verify_rows(connection, {table.name: Expected(table.n_rows, int(table.hash, 16)) for table in told.tables})
    migrate(connection)


def _restore_table(connection: Connection, place: Place, table: TableList, copied: Copied) -> None:
    kinds = dict(zip(copied.columns, copied.kinds, strict=True))
    if set(table.columns) != set(kinds):
        raise SurveyError(ErrorCode.INVALID_VALUE, field=table.name, detail="its columns are not those of its schema; take another backup")
    for piece in table.pieces:
        load_rows(connection, copied, table.columns, [cells_of(line) for line in _lines(place, table, piece)])


def _lines(place: Place, table: TableList, piece: str) -> Iterator[bytes]:
    head, _, lines = place.read(piece).partition(b"\n")
    if json.loads(head) != [table.name, table.columns]:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=table.name, detail="a piece of another table lies in its place")
    yield from lines.split(b"\n")
