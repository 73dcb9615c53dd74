"""Making a backup while the installation works on: the database as at one moment, and every file that it can name.

Files are stored before a row names them, so those that lie in storage once the rows are read are all that the rows can need.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout
from flask import Flask
from sqlalchemy import Connection

from questionnaires.errors import ErrorCode, SurveyError
from survey.backup.operations import record_backup
from survey.backup.place import BackupList, Place, TableList, file_piece
from survey.config import Settings
from survey.copying.cells import HASHES
from survey.copying.tables import Copied, read_parts, read_tables, revision_of
from survey.db import reading_scope, session_scope
from survey.storage import Storage

BESIDE = ("https",)
"""Folders of the data folder that no database and no storage has: the authority that tablets trust."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup came to: rows and files in it, and what of it was new."""

    name: str
    n_rows: int
    n_files: int
    n_pieces_new: int
    n_bytes_new: int


class _Adding:
    """The place, and how much was added to it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.n_pieces = self.n_bytes = 0

    def add(self, content: bytes, *, compressed: bool, name: str = "") -> str:
        name, n_bytes = self.place.add(content, compressed=compressed, name=name)
        self.n_pieces, self.n_bytes = self.n_pieces + bool(n_bytes), self.n_bytes + n_bytes
        return name


def take_backup(app: Flask, place: Place, now: datetime, show_rows: Progress, show_files: Progress) -> Taken:
    """What was backed up. It is a backup once its list is written, which comes last; one that is cut off before leaves none.

    Raises INVALID_VALUE while another backup of this installation is under way, or when the place cannot be used.
    """
    settings: Settings = app.extensions["survey.settings"]
    Path(settings.data).mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(Path(settings.data) / "backup.lock", timeout=0):
            return _take(app, settings, place, now, show_rows, show_files)
    except Timeout as error:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=place.url, detail="a backup of this installation is under way already") from error


def secret_check(secret_key: str) -> str:
    """What tells whether two secret keys are the same, and not what they are."""
    return hmac.new(secret_key.encode(), b"backup", hashlib.sha256).hexdigest()


def _take(app: Flask, settings: Settings, place: Place, now: datetime, show_rows: Progress, show_files: Progress) -> Taken:
    storage: Storage = app.extensions["survey.storage"]
    adding = _Adding(place)
    with reading_scope(app) as session:
        connection = session.connection()
        revision = revision_of(connection) or ""
        tables = list(_add_tables(connection, adding, show_rows))
    files = list(storage.sizes().items())
    for number, (sha256, _size) in enumerate(files, start=1):
        name = file_piece(place.keys, sha256)
        if name not in place.known():
            _add_file(storage, adding, sha256, name)
        show_files(number, len(files))
    beside = [(path, adding.add(data, compressed=False)) for path, data in _files_beside(Path(settings.data))]
    told = BackupList(now.isoformat(), revision, secret_check(settings.secret_key), tables, files, beside)
    taken = Taken(place.write_list(told, now), sum(table.n_rows for table in tables), len(files), adding.n_pieces, adding.n_bytes)
    with session_scope(app) as session:
        record_backup(session, taken.name, taken.n_rows, taken.n_files, taken.n_bytes_new, now)
    return taken


def _add_tables(connection: Connection, adding: _Adding, show: Progress) -> Iterator[TableList]:
    tables = read_tables(connection)
    for number, copied in enumerate(tables.values(), start=1):
        yield _add_table(connection, adding, copied)
        show(number, len(tables))


def _add_table(connection: Connection, adding: _Adding, copied: Copied) -> TableList:
    n_rows = total = 0
    pieces = []
    for part in read_parts(connection, copied):
        n_rows, total = n_rows + part.n_rows, (total + part.hash) % HASHES
        # The columns are part of the piece, so that rows of another schema never pass for these.
        pieces.append(adding.add(json.dumps([copied.name, copied.columns]).encode() + b"\n" + part.lines, compressed=True))
    return TableList(copied.name, list(copied.columns), n_rows, f"{total:064x}", pieces)


def _add_file(storage: Storage, adding: _Adding, sha256: str, name: str) -> None:
    data = storage.get(sha256)
    if hashlib.sha256(data).hexdigest() != sha256:
        detail = "the file in storage is not the one that was received; python -m survey verify says whose it is. No backup was made"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=sha256, detail=detail)
    adding.add(data, compressed=False, name=name)


def _files_beside(data: Path) -> Iterator[tuple[str, bytes]]:
    for folder in BESIDE:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(data).as_posix(), path.read_bytes()
