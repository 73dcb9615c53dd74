"""Several processes of one server: one that ends is replaced, and all end with the one that started them, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Callable
from time import monotonic, sleep

import pytest

from survey.serving import processes
from tests.conftest import PATIENCE_SECONDS

PROGRAM = """
import importlib.util, os, signal, sys
spec = importlib.util.spec_from_file_location("processes", sys.argv[1])
processes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(processes)
processes.QUICK_S = 0.01
def serve(number):
    print(number, os.getpid(), flush=True)
    while True:
        signal.pause()
processes.run_processes(2, serve)
"""


def is_running(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail after a while."""
    patient_until = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < patient_until
        sleep(0.01)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_processes__one_ends__is_replaced_and_all_end_with_their_parent(ending: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, processes.__file__], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stderr is not None

    def started() -> tuple[int, int]:
        number, process = parent.stdout.readline().split()
        return int(number), int(process)

    first = dict((started(), started()))
    assert set(first) == {0, 1}
    subprocess.run(["kill", "-9", str(first[1])], check=True)
    number, replaced = started()
    assert number == 1
    parent.send_signal(ending)
    assert parent.wait(PATIENCE_SECONDS) == (0 if ending is signal.SIGTERM else -ending)
    until(lambda: not any(map(is_running, (first[0], first[1], replaced))))
    assert "Process 2 of 2 ended by signal 9; another one takes its place." in parent.stderr.read()
    parent.stdout.close()
    parent.stderr.close()
