"""The place that backups lie in: pieces under names that tell nothing, and a list of pieces for each backup, written last."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import fsspec
import msgspec

from questionnaires.errors import ErrorCode, SurveyError
from survey.backup.sealing import Keys, begin, open_keys, read_header, seal, unseal
from survey.storage import open_files, write_whole

HEADER, PIECES, LISTS = "backup.json", "pieces", "backups"
LIST_NAME = re.compile(r"(\d{6})-\d{8}T\d{6}Z")


@dataclass(frozen=True, slots=True)
class TableList:
    """The rows of one table in a backup: columns, count, sum of hashes, and the names of the pieces in which they lie."""

    name: str
    columns: list[str]
    n_rows: int
    hash: str
    pieces: list[str]


@dataclass(frozen=True, slots=True)
class BackupList:
    """One backup: when it was made, in which schema, with which secret key (only a check of it), and what belongs to it.

    `files` are hash and size of every attachment, `beside` the path and piece of each file that lies beside the database.
    """

    taken_at: str
    revision: str
    secret_check: str
    tables: list[TableList]
    files: list[tuple[str, int]]
    beside: list[tuple[str, str]]


class Place:
    """A place that can be read and written; what is written under a name is whole or not there."""

    def __init__(self, url: str, files: fsspec.AbstractFileSystem, root: str, keys: Keys) -> None:
        self.url, self.keys = url, keys
        self._files, self._root = files, root
        self._known: set[str] | None = None

    def known(self) -> set[str]:
        """The names of the pieces that are there; asked once."""
        if self._known is None:
            self._known = set(self._names(PIECES))
        return self._known

    def add(self, content: bytes, *, compressed: bool, name: str = "") -> tuple[str, int]:
        """The name of the piece, and how many bytes were written: none where it was there before. `name` spares making it anew."""
        name = name or self.keys.name(content)
        if name in self.known():
            return name, 0
        sealed = seal(self.keys, name, content, compressed=compressed)
        self._write(self._piece(name), sealed)
        self.known().add(name)
        return name, len(sealed)

    def read(self, name: str) -> bytes:
        """The content of a piece; raises INVALID_VALUE when it is missing or another one."""
        try:
            sealed = self._read(self._piece(name))
        except FileNotFoundError as error:
            detail = "this piece of the backup is missing; take an earlier backup or another copy"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail) from error
        return unseal(self.keys, name, sealed)

    def lists(self) -> list[str]:
        """The names of the backups, the oldest first."""
        return sorted(name for name in self._names(LISTS) if LIST_NAME.fullmatch(name))

    def read_list(self, name: str) -> BackupList:
        """What belongs to the backup of this name."""
        try:
            return msgspec.json.decode(unseal(self.keys, name, self._read(f"{LISTS}/{name}")), type=BackupList)
        except msgspec.MsgspecError as error:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail="it is no backup that this version can read") from error

    def write_list(self, told: BackupList, now: datetime) -> str:
        """The name of the backup, which is one from this moment on. Backups are counted: a clock that was set back misleads nobody."""
        number = 1 + max((int(name[:6]) for name in self.lists()), default=0)
        name = f"{number:06}-{now:%Y%m%dT%H%M%SZ}"
        self._write(f"{LISTS}/{name}", seal(self.keys, name, json.dumps(asdict(told)).encode(), compressed=True))
        return name

    def keep_only(self, names: list[str]) -> int:
        """How many pieces were removed: the backups of other names first, then what belongs to none of those that stay."""
        needed = {piece for name in names for piece in pieces_of(self.read_list(name), self.keys)}
        for name in set(self.lists()) - set(names):
            self._remove(f"{LISTS}/{name}")
        lost = self.known() - needed
        for piece in lost:
            self._remove(self._piece(piece))
        self._known = None
        return len(lost)

    def _piece(self, name: str) -> str:
        return f"{PIECES}/{name[:2]}/{name}"

    def _names(self, folder: str) -> list[str]:
        with reaching(self.url):
            path = f"{self._root}/{folder}"
            found = self._files.find(path) if self._files.exists(path) else []
        return [path.rsplit("/", 1)[-1] for path in found]

    def _read(self, path: str) -> bytes:
        with reaching(self.url):
            data: bytes = self._files.cat_file(f"{self._root}/{path}")
        return data

    def _write(self, path: str, data: bytes) -> None:
        with reaching(self.url):
            write_whole(self._files, f"{self._root}/{path}", data)

    def _remove(self, path: str) -> None:
        with reaching(self.url):
            self._files.rm(f"{self._root}/{path}")


def pieces_of(told: BackupList, keys: Keys) -> Iterator[str]:
    """The name of every piece that belongs to a backup."""
    for table in told.tables:
        yield from table.pieces
    yield from (name for _path, name in told.beside)
    yield from (file_piece(keys, sha256) for sha256, _size in told.files)


def file_piece(keys: Keys, sha256: str) -> str:
    """The name of the piece that an attachment lies in; its hash is enough to know it."""
    return keys.name(b"file " + sha256.encode())


def open_place(url: str, passphrase: str, *, may_begin: bool) -> Place:
    """The place at this address, begun if it is empty and may be; raises INVALID_VALUE where it is none or the passphrase another one."""
    require_passphrase(passphrase)
    with reaching(url):
        files, root = open_files(url)
        path = f"{root}/{HEADER}"
        if files.exists(path):
            return Place(url, files, root, open_keys(read_header(files.cat_file(path), url), passphrase, url))
        if not may_begin:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=url, detail="there is no backup here; check the address")
        if files.exists(root) and any(not each.rsplit("/", 1)[-1].startswith(".") for each in files.ls(root, detail=False)):
            raise SurveyError(ErrorCode.INVALID_VALUE, field=url, detail="other files lie here; name an empty folder for backups")
        header, keys = begin(passphrase)
        write_whole(files, path, header.to_json())
        return Place(url, files, root, keys)


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """What a library raises in the block because the place cannot be reached or is full is said of that place."""
    try:
        yield
    except (SurveyError, FileNotFoundError):
        raise
    except Exception as error:
        detail: Any = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field=url, detail="the place of backups cannot be used: {given}", given=detail
        ) from error


def require_passphrase(passphrase: str) -> None:
    """Raise INVALID_SETTING without a passphrase."""
    if not passphrase:
        detail = "set it to the passphrase that backups are encrypted with; keep it apart from them, nobody can open them without it"
        raise SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_BACKUP_KEY", value="", detail=detail)
