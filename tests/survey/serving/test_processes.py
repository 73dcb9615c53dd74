"""Several processes of one server: one that ends is replaced, and all end with their supervisor, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.conftest import PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

SUPERVISOR = """
import sys
from survey.serving import supervising
supervising.PAUSE_S = float(sys.argv[1])
raise SystemExit(supervising.Supervisor(2, [sys.executable, "-c", *sys.argv[2:]]).run())
"""
LOADING = """
import os, signal, sys, time
from pathlib import Path
from survey.serving.processes import part

told, folder = sys.argv[1:], Path(sys.argv[1])
numbers = [int(value) for name, value in zip(told, told[1:]) if name in ("--life", "--alive")]
os.write(1, f"loading {time.monotonic()}\\n".encode())
if (folder / "cannot be loaded").exists():
    raise SystemExit(3)
number = part(numbers[0], tuple(numbers[1:]))
os.write(1, f"{number} {os.getpid()}\\n".encode())  # at once, as both write
while not (folder / "ends at once").exists():
    signal.pause()
"""
"""What `answering.py` does, without a program to load: it says when it begins, and which number each process has."""


class Server:
    """A supervisor of two processes, and what they said."""

    def __init__(self, folder: Path, pause_s: float) -> None:
        command = [sys.executable, "-c", SUPERVISOR, str(pause_s), LOADING, str(folder)]
        self.running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.running.stdout is not None
        self._said = self.running.stdout

    def next(self) -> list[str]:
        """The words of what was said next, other than that the server is ready."""
        line = self._said.readline()
        assert line, "it has ended"
        return self.next() if line.startswith("Ready") else line.split()

    def next_two(self) -> dict[int, int]:
        """The process ids of the two that were begun next, by their numbers."""
        assert self.next()[0] == "loading"
        return {int(number): int(process) for number, process in (self.next(), self.next())}

    def end(self, ending: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """The exit status of the supervisor after this signal, and what was said on standard error."""
        self.running.send_signal(ending)
        _said, told = self.running.communicate(timeout=PATIENCE_SECONDS)
        return self.running.returncode, told


@contextmanager
def supervised(folder: Path, pause_s: float = 0.0) -> Iterator[Server]:
    """Two processes with a supervisor, which has ended afterwards."""
    server = Server(folder, pause_s)
    with server.running:
        try:
            yield server
        finally:
            if server.running.poll() is None:
                server.running.terminate()
                server.running.communicate(timeout=PATIENCE_SECONDS)


def is_running(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def kill(process: int) -> None:
    """End a process that cannot do anything about it."""
    subprocess.run(["kill", "-9", str(process)], check=True)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail after a while."""
    patient_until = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < patient_until
        sleep(0.01)


@pytest.mark.parametrize(
    ("number", "ending", "status"), [(0, signal.SIGTERM, 0), (1, signal.SIGINT, 0), (1, signal.SIGKILL, -signal.SIGKILL)]
)
def test_processes__one_killed__all_are_replaced_and_end_with_their_supervisor(
    number: int, ending: signal.Signals, status: int, tmp_path: Path
) -> None:
    with supervised(tmp_path) as server:
        first = server.next_two()
        kill(first[number])
        second = server.next_two()
        assert set(second) == {0, 1}
        assert not set(first.values()) & set(second.values())
        until(lambda: not is_running(first[1 - number]))
        assert all(map(is_running, second.values()))
        ended, told = server.end(ending)
        assert ended == status
        assert f"Process {number + 1} of 2 ended" in told
        until(lambda: not any(map(is_running, second.values())))


def test_processes__program_that_cannot_be_loaded__ends_the_server(tmp_path: Path) -> None:
    (tmp_path / "cannot be loaded").touch()
    with supervised(tmp_path) as server:
        assert server.next()[0] == "loading"
        said, _told = server.running.communicate(timeout=PATIENCE_SECONDS)
        assert (said, server.running.returncode) == ("", 3)


def test_processes__program_that_cannot_be_loaded_again__lets_the_others_go_on_and_is_tried_anew(tmp_path: Path) -> None:
    with supervised(tmp_path) as server:
        first = server.next_two()
        (tmp_path / "cannot be loaded").touch()
        kill(first[0])
        assert [server.next()[0] for _ in range(2)] == ["loading", "loading"], "it was tried twice"
        assert is_running(first[1])
        (tmp_path / "cannot be loaded").unlink()
        said = server.next()
        while said[0] == "loading":
            said = server.next()
        assert set(map(int, (said[0], server.next()[0]))) == {0, 1}
        until(lambda: not is_running(first[1]))
        assert "could not be loaded again" in server.end()[1]


def test_processes__end_as_soon_as_they_began__are_not_replaced_at_once(tmp_path: Path) -> None:
    (tmp_path / "ends at once").touch()
    began = []
    with supervised(tmp_path, pause_s=0.5) as server:
        while len(began) < 3:
            said = server.next()
            began += [float(said[1])] if said[0] == "loading" else []
    assert all(later - earlier > 0.5 for earlier, later in zip(began, began[1:], strict=False))


def test_supervisor__imported__brings_nothing_but_the_standard_library() -> None:
    program = "import sys, survey.serving.supervising as _; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) - set(sys.stdlib_module_names) == {"survey", "__main__"}
    assert {"threading", "subprocess", "json", "logging"}.isdisjoint(run.stdout.split()), "it stays as long as the server, and small"
