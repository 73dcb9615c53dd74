"""Several processes that answer on one listening socket: one of them computes on one processor only, however many threads it has."""

import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import click

from survey.serving.heap import return_heap

QUICK_S = 1.0
"""One that ends sooner is given so long before the next takes its place, so that a fault does not keep the machine busy."""


def run_processes(n_processes: int, serve: Callable[[int], None]) -> None:
    """Run `serve` in so many processes, each told its number from 0, until this one is asked to end; a process that ends is replaced.

    Call it before any thread is started and with no connection open, for processes share what they begin with. All end with this one,
    also when it is killed.
    """
    gc.collect()
    return_heap()
    gc.freeze()  # what all share is not looked at for garbage, which would give each a copy of it
    parent = _Parent(n_processes, serve)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, parent.stop)
    parent.run()


class _Parent:
    def __init__(self, n_processes: int, serve: Callable[[int], None]) -> None:
        self._serve = serve
        self._n_processes = n_processes
        self._running: dict[int, tuple[int, float]] = {}
        self._is_stopping = False
        # Its end is closed by the system when this process is no more, whatever became of it.
        self._life = os.pipe()

    def run(self) -> None:
        for number in range(self._n_processes):
            self._start(number)
        while self._running:
            process, status = os.wait()
            number, began = self._running.pop(process, (-1, 0.0))
            if number < 0 or self._is_stopping:
                continue
            told = f"by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"with status {os.waitstatus_to_exitcode(status)}"
            click.echo(f"Process {number + 1} of {self._n_processes} ended {told}; another one takes its place.", err=True)
            if time.monotonic() - began < QUICK_S:
                time.sleep(QUICK_S)
            self._start(number)

    def stop(self, _signal: int, _frame: Any) -> None:
        self._is_stopping = True
        for process in self._running:
            os.kill(process, signal.SIGTERM)

    def _start(self, number: int) -> None:
        """Nothing; the process runs. A request to end is heard after it is known, so that none is left behind."""
        signals = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        try:
            if self._is_stopping:
                return
            process = os.fork()
            if process == 0:
                self._be_child(number, signals)
            self._running[process] = number, time.monotonic()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)

    def _be_child(self, number: int, signals: set[signal.Signals]) -> None:
        """Serve and end; never returns."""
        status = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent tells when to end
            signal.signal(signal.SIGTERM, _end)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
            os.close(self._life[1])
            threading.Thread(target=_end_with_parent, args=(self._life[0],), name="parent", daemon=True).start()
            self._serve(number)
            status = 0
        except SystemExit:
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)


def _end(_signal: int, _frame: Any) -> None:
    raise SystemExit(0)


def _end_with_parent(life: int) -> None:
    os.read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)
