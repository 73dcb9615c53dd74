"""Attachments by the SHA-256 of their bytes, in a folder or any object store that fsspec reaches. A file is whole or absent."""

import hashlib
import uuid

import fsspec
from flask import current_app
from fsspec.core import url_to_fs


class Storage:
    """Content-addressed bytes below one address."""

    def __init__(self, url: str) -> None:
        self._files: fsspec.AbstractFileSystem
        self._files, self._root = url_to_fs(url)

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256[2:]}"

    def put(self, data: bytes) -> str:
        """The SHA-256 of `data`, in hexadecimal, once the bytes are stored; storing the same bytes again changes nothing."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if self._files.exists(path):
            return sha256
        self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        partial = f"{path}.{uuid.uuid4().hex}"
        try:
            self._files.pipe_file(partial, data)
            self._files.mv(partial, path)
        except BaseException:
            if self._files.exists(partial):
                self._files.rm(partial)
            raise
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes stored under this hash; raises FileNotFoundError."""
        data: bytes = self._files.cat_file(self._path(sha256))
        return data

    def exists(self, sha256: str) -> bool:
        """Whether bytes with this hash are stored."""
        return bool(self._files.exists(self._path(sha256)))


def current_storage() -> Storage:
    """The storage of the application that handles this request or command."""
    storage: Storage = current_app.extensions["survey.storage"]
    return storage
