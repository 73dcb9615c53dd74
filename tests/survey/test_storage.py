"""Files are whole or absent and on disk, in a folder as in an object store; a store that is away says so and comes back."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from questionnaires.errors import SurveyError
from survey import storage as storage_module
from survey.storage import TRIES, Storage, open_files
from tests.conftest import PATIENCE_SECONDS
from tests.faults.dying import in_child

DATA = b"a picture" * 1000
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def patience(seconds: float) -> dict[str, Any]:
    """What a file system is opened with that gives its server so long, and asks it once."""
    told = {"connect_timeout": seconds, "read_timeout": seconds, "retries": {"total_max_attempts": 1}}
    return {"config_kwargs": told, "skip_instance_cache": True}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks a server has a name and a password."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def hurried(known: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a server waits for a moment only."""
    monkeypatch.setattr(storage_module, "PATIENCE", patience(0.5))


class Server:
    """A server of its own process that speaks as Amazon's S3 does."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.start()

    def start(self) -> None:
        """Nothing; it answers."""
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise TimeoutError("the S3 server did not start")

    def stop(self) -> None:
        """Nothing; it is gone."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def s3(known: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server, with an empty bucket; it may be as slow as the machine is."""
    server = Server()
    monkeypatch.setattr(storage_module, "PATIENCE", patience(PATIENCE_SECONDS))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    files, _path = open_files("s3://survey")
    files.mkdir("survey")
    yield server
    server.stop()


@pytest.mark.soak
def test_storage__on_s3__keeps_each_file_once_and_says_when_the_server_is_away(s3: Server) -> None:
    storage = Storage("s3://survey/files")
    assert storage.sizes() == {}
    sha256 = storage.put(DATA)
    assert storage.put(DATA) == sha256
    assert (storage.get(sha256), storage.exists(sha256), storage.exists("0" * 64)) == (DATA, True, False)
    assert Storage("s3://survey/files").sizes() == {sha256: len(DATA)}  # as another process sees it
    # Processes that answer part from one that has opened its storage already.
    assert in_child(lambda tell: tell(storage.get(sha256) == DATA)).told == (True,)
    with pytest.raises(FileNotFoundError):
        storage.get("0" * 64)
    with pytest.raises(SurveyError, match="cannot be used at present"):
        Storage("s3://no-such-bucket/files").put(DATA)
    storage.try_out()
    assert set(storage.sizes()) == {sha256}
    s3.stop()
    for use in (lambda: storage.get(sha256), lambda: storage.put(b"other"), storage.sizes):
        with pytest.raises(SurveyError, match="Nothing was lost"):
            use()
    s3.start()
    open_files("s3://survey")[0].mkdir("survey")
    assert storage.put(DATA) == sha256


@pytest.mark.soak
def test_storage__server_that_never_answers__is_given_up(hurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(SurveyError, match="cannot be used at present"):
            Storage("s3://survey/files").put(DATA)
        assert n_connections(silent) == TRIES


def n_connections(listener: socket.socket) -> int:
    """How many connections were made that nobody has looked at."""
    listener.setblocking(False)
    made = []
    with contextlib.suppress(BlockingIOError):
        while True:
            made.append(listener.accept()[0])
    for each in made:
        each.close()
    return len(made)


def test_storage__address_of_no_kind_that_is_known__is_told_at_once() -> None:
    with pytest.raises(ValueError, match="s4"):
        Storage("s4://survey/files")


def test_storage__in_a_folder__is_on_disk_before_it_counts_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda opened: (synced.append(opened), sync(opened))[1])
    storage = Storage(str(tmp_path / "files"))
    sha256 = storage.put(DATA)
    assert len(synced) == 3  # the file, the folder it is in, and the one that folder is in
    with storage.in_bulk():
        storage.put(b"many of these")
    assert len(synced) == 3
    assert storage.put(DATA) == sha256
    assert len(synced) == 4  # whoever gave the file its name may not have come that far yet
    monkeypatch.setattr(os, "fsync", lambda _opened: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(SurveyError, match="No space left"):
        storage.put(b"no room")
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 2
    assert storage.local_folder() == tmp_path / "files"
