"""Attachments by the SHA-256 of their bytes, in a folder or any object store that fsspec reaches. A file is whole or absent, and on disk
before anybody is told that it is kept."""

import hashlib
import logging
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import fsspec
from flask import current_app
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem
from fsspec.utils import get_protocol

from questionnaires.errors import ErrorCode, SurveyError
from survey.scanning.clamd import Scanner

log = logging.getLogger(__name__)

ATOMIC = frozenset(("s3", "s3a", "gs", "gcs", "abfs", "az", "oss", "memory"))
"""Stores in which a file appears whole or not at all when it is written under its final name."""
PATIENCE: dict[str, Any] = {"config_kwargs": {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 3, "mode": "standard"}}}
"""How long an S3 server may take, and how often it is asked again, before it is said to be away."""
TRIES = 2
"""s3fs does all that once more, for an answer that is cut in its middle; five times, as it would by itself, keep a request for minutes."""
SHA256 = re.compile(r"[0-9a-f]{64}")
HALF_WRITTEN = re.compile(r"/([0-9a-f]{2}/[0-9a-f]{62}|tried/[0-9a-f]{32})\.[0-9a-f]{32}$|/tried/[0-9a-f]{32}$")
"""What files are called while they are written, and those that only try whether one can write."""


class Storage:
    """Content-addressed bytes below one address; STORAGE_AWAY is raised by whatever needs it while it cannot be reached or is full."""

    def __init__(self, url: str, scanner: Scanner | None = None) -> None:
        fsspec.get_filesystem_class(get_protocol(url))  # an address of no kind that is known is told now
        self._url = url
        self._opened: tuple[int, fsspec.AbstractFileSystem, str] | None = None
        self.waits_for_disk = True
        self.scanner = scanner

    def _open(self) -> tuple[int, fsspec.AbstractFileSystem, str]:
        """This process, its file system and the path in it. Connections to an object store and the thread that serves them stay with the
        process that opened them, so each that was forked opens its own."""
        opened = self._opened
        if opened is None or opened[0] != os.getpid():
            opened = self._opened = (os.getpid(), *open_files(self._url))
        return opened

    @property
    def _files(self) -> fsspec.AbstractFileSystem:
        return self._open()[1]

    @property
    def _root(self) -> str:
        return self._open()[2]

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256[2:]}"

    def find_virus(self, data: bytes) -> str:
        """The name of what the virus scanner finds in bytes that others sent; "" for nothing, and where none is set."""
        return self.scanner.find(data) if self.scanner is not None and data else ""

    def put(self, data: bytes) -> str:
        """The SHA-256 of `data`, in hexadecimal, once the bytes are on disk; storing the same bytes again changes nothing."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        with _reached():
            if self._files.exists(path):
                if self.waits_for_disk:
                    _settle(self._files, path)
            else:
                write_whole(self._files, path, data, waits_for_disk=self.waits_for_disk)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes stored under this hash; raises FileNotFoundError."""
        with _reached(may_be_missing=True):
            data: bytes = self._files.cat_file(self._path(sha256))
        return data

    def exists(self, sha256: str) -> bool:
        """Whether bytes with this hash are stored."""
        with _reached():
            return bool(self._files.exists(self._path(sha256)))

    def remove(self, sha256: str) -> None:
        """Nothing; no bytes are stored under this hash any more. For erasing people's data, and for nothing else."""
        with _reached(may_be_missing=True), suppress(FileNotFoundError):
            self._files.rm(self._path(sha256))

    def sizes(self) -> dict[str, int]:
        """The number of bytes of every stored file, by its hash."""
        with _reached():
            if not self._files.exists(self._root):
                return {}
            found = self._files.find(self._root, detail=True)
        by_hash = {"".join(path.rsplit("/", 2)[-2:]): told for path, told in found.items()}
        return {name: int(told["size"]) for name, told in sorted(by_hash.items()) if SHA256.fullmatch(name)}

    def sweep(self, written_before: datetime) -> int:
        """How many half-written files were removed that nobody has written to since: their process was killed. Object stores have none."""
        protocols = {self._files.protocol} if isinstance(self._files.protocol, str) else set(self._files.protocol)
        if protocols & ATOMIC:
            return 0
        n_removed = 0
        with _reached():
            for path in self._half_written():
                with suppress(FileNotFoundError):
                    if self._files.modified(path) < written_before:
                        self._files.rm(path)
                        n_removed += 1
        return n_removed

    def _half_written(self) -> Iterator[str]:
        folder = self.local_folder()
        if folder is not None:
            found: Iterable[str] = (path.as_posix() for path in folder.glob("*/*"))
        else:
            found = self._files.find(self._root) if self._files.exists(self._root) else ()
        yield from (path for path in found if HALF_WRITTEN.search(path))

    def try_out(self) -> None:
        """Nothing; a few bytes were written and removed again. Raises STORAGE_AWAY."""
        path = f"{self._root}/tried/{uuid.uuid4().hex}"
        with _reached():
            write_whole(self._files, path, b"tried")
            self._files.rm(path)

    @contextmanager
    def in_bulk(self) -> Iterator[None]:
        """While the block runs nobody waits for the disk after each file; everything is on it when the block ends."""
        waited, self.waits_for_disk = self.waits_for_disk, False
        try:
            yield
        finally:
            self.waits_for_disk = waited
        if waited and self.local_folder() is not None and hasattr(os, "sync"):
            os.sync()

    def local_folder(self) -> Path | None:
        """The folder that the files lie in, None in an object store."""
        return Path(self._root) if isinstance(self._files, LocalFileSystem) else None


def open_files(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system of an address and the path in it; what others write to it is seen at once."""
    options = PATIENCE if url.startswith(("s3://", "s3a://")) else {}
    files, root = url_to_fs(url, use_listings_cache=False, **options)
    if options:
        files.retries = TRIES
    return files, root.rstrip("/")


def write_whole(files: fsspec.AbstractFileSystem, path: str, data: bytes, *, waits_for_disk: bool = True) -> None:
    """Nothing; the bytes are under this path, whole, or nothing is; and on disk, where that is waited for."""
    if isinstance(files, LocalFileSystem):
        _write_to_disk(Path(path), data, waits=waits_for_disk)
        return
    protocols = {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
    if protocols & ATOMIC:
        files.pipe_file(path, data)
        return
    files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    partial = f"{path}.{uuid.uuid4().hex}"
    try:
        files.pipe_file(partial, data)
        files.mv(partial, path)
    except BaseException:
        with suppress(Exception):
            files.rm(partial)
        raise


def _write_to_disk(path: Path, data: bytes, *, waits: bool) -> None:
    is_new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with partial.open("wb") as file:
            file.write(data)
            if waits:
                file.flush()
                os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    if waits:
        _sync_folder(path.parent)
    if waits and is_new:
        _sync_folder(path.parent.parent)


def _settle(files: fsspec.AbstractFileSystem, path: str) -> None:
    """Nothing; the name of a file that another writer has just given it is on disk, too."""
    if isinstance(files, LocalFileSystem):
        _sync_folder(Path(path).parent)


def _sync_folder(folder: Path) -> None:
    """Nothing; the names in the folder are on disk. Windows opens no folders, and writes their names through by itself."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _reached(*, may_be_missing: bool = False) -> Iterator[None]:
    """What goes wrong in the block is STORAGE_AWAY; file systems of fsspec raise whatever their libraries raise."""
    try:
        yield
    except Exception as error:
        if may_be_missing and isinstance(error, FileNotFoundError):
            raise
        log.exception("the storage of files failed")
        detail = (getattr(error, "strerror", None) or type(error).__name__).rstrip(".")
        raise SurveyError(ErrorCode.STORAGE_AWAY, detail=detail) from error


def current_storage() -> Storage:
    """The storage of the application that handles this request or command."""
    storage: Storage = current_app.extensions["survey.storage"]
    return storage
