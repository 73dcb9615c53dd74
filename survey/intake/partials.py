"""The bytes of files that arrive in pieces, each in a file of its own until it is whole.

A file is known by the hash that its sender announces, so pieces of different contents never mix, and writers that repeat each other
write the same bytes to the same place: no lock is needed, whichever processes they are.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEPT_FOR = timedelta(days=14)
SUFFIX = ".part"
UPLOADS = "uploads"
"""The folder of the pieces, beside the others in the data folder."""


@dataclass(frozen=True, slots=True)
class PartialKey:
    """Which file it is: of which interview, its name there, and the SHA-256 that it will have."""

    instance_id: str
    name: str
    sha256: str

    @property
    def file_name(self) -> str:
        """A name for the file system, which may know neither the signs nor the length of the given ones; it begins with its interview's."""
        return _of_interview(self.instance_id) + hashlib.sha256(f"{self.name}\0{self.sha256}".encode()).hexdigest() + SUFFIX


def _of_interview(instance_id: str) -> str:
    return hashlib.sha256(instance_id.encode()).hexdigest()[:32] + "-"


class Partials:
    """The files below one folder that are not whole yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, key: PartialKey) -> Path:
        return self._folder / key.file_name

    def n_bytes(self, key: PartialKey) -> int:
        """How many bytes have arrived, counted from the beginning."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return 0

    def write(self, key: PartialKey, offset: int, data: bytes) -> bool:
        """Whether the bytes lie at their place, which is where the earlier ones end. They do not where those are gone by now, because the
        same piece, sent twice, has made the file whole a moment ago."""
        path = self._path(key)
        if offset == 0:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.touch()
        try:
            with path.open("r+b") as file:
                file.seek(offset)
                file.write(data)
        except FileNotFoundError:
            return False
        return True

    def read(self, key: PartialKey) -> bytes:
        """All bytes that have arrived; b"" when none have."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return b""

    def remove(self, key: PartialKey) -> None:
        """Nothing; what has arrived of the file is forgotten."""
        self._path(key).unlink(missing_ok=True)

    def forget(self, instance_id: str) -> None:
        """Nothing; what has arrived of any file of the interview is forgotten."""
        for path in self._folder.glob(f"{_of_interview(instance_id)}*{SUFFIX}"):
            path.unlink(missing_ok=True)

    def sweep(self, now: datetime) -> int:
        """How many files were removed because nothing of them has come for two weeks."""
        removed = 0
        for path in self._folder.glob(f"*{SUFFIX}"):
            try:
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - KEPT_FOR:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue
        return removed
