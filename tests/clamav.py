"""A clamd of the test's own, from Debian's package, with a list that the test writes; nothing that runs already is touched."""

import hashlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from questionnaires.errors import SurveyError
from survey.scanning.clamd import Scanner
from tests.conftest import PATIENCE_SECONDS
from tests.deployed import DEPLOY
from tests.postgres import free_port

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
INFECTED = b"\xff\xd8\xff\xe0" + b"an invented file that harms nobody, and that the test's own list names" * 20
"""Something that begins as a JPEG does."""
FOUND = "Invented.Harmless-1"
MOST_BYTES = 1_000_000


@dataclass(slots=True)
class Clamd:
    """A clamd that listens on a socket in its folder and on a port, and can be ended and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        """The path of its socket."""
        return str(self.folder / "clamd.sock")

    def list_only(self, data: bytes) -> None:
        """Nothing; once it starts again it finds these bytes, and nothing else."""
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        (self.folder / "lists" / "own.hdb").write_text(f"{digest}:{len(data)}:{FOUND}\n", encoding="ascii")

    def start(self) -> None:
        """Nothing; it answers."""
        assert CLAMD is not None
        self.process = subprocess.Popen(
            [CLAMD, "-c", str(self.folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
            assert time.monotonic() < until, "clamd does not answer"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return Scanner(self.socket).lists_dated() is None
        except SurveyError:
            return False

    def end(self) -> None:
        """Nothing; it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE_SECONDS)
            self.process = None
            (self.folder / "clamd.sock").unlink(missing_ok=True)


@contextmanager
def running_clamd(*, of_compose: bool = False) -> Iterator[Clamd]:
    """A clamd that finds INFECTED, and nothing else; if it is that of the compose file, as deploy/clamd.conf says, but for its folders."""
    with tempfile.TemporaryDirectory(prefix="survey-clamd-") as name:
        clamd = Clamd(Path(name), free_port())
        (clamd.folder / "lists").mkdir()
        clamd.list_only(INFECTED)
        lines = {
            "DatabaseDirectory": clamd.folder / "lists",
            "LocalSocket": clamd.socket,
            "TCPAddr": "127.0.0.1",
            "TCPSocket": clamd.port,
            "LogFile": clamd.folder / "log",
            "Foreground": "yes",
            "StreamMaxLength": MOST_BYTES,
        }
        if of_compose:
            text = (DEPLOY / "clamd.conf").read_text(encoding="utf-8")
            shipped = dict(line.split(" ", 1) for line in text.splitlines() if not line.startswith("#"))
            kept = {key: lines[key] for key in ("DatabaseDirectory", "LocalSocket", "LogFile", "Foreground")}
            lines = {key: value for key, value in shipped.items() if key != "User"} | kept
        (clamd.folder / "clamd.conf").write_text("".join(f"{key} {value}\n" for key, value in lines.items()), encoding="utf-8")
        clamd.start()
        try:
            yield clamd
        finally:
            clamd.end()
