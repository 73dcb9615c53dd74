"""Processes that die at a chosen step, as the power does: no handler runs, nothing is closed, nothing more is written.

A step is an SQL statement; a commit, a wait for the disk or a request to an object store (before and after each); or a file that is opened
to be written, renamed, linked, removed or cut. The steps of an operation are counted once; then it is begun again and again, and dies each
time at another one. Nothing of this is in the program: the child counts by hooks of Python's, SQLAlchemy's and fsspec's that it sets after
it was forked.
"""

import json
import logging
import mmap
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from fsspec import asyn
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.serving import make_server

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
OF_FILES = frozenset(("os.rename", "os.remove", "os.link", "os.rmdir", "os.mkdir", "os.truncate"))

Tell = Callable[[Any], None]
Do = Callable[[Tell], Any]
"""What a child does; it tells its parent what it has acknowledged by then."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: what it had told, how many steps it went, and whether it was killed (or else finished)."""

    told: tuple[Any, ...]
    n_steps: int
    was_killed: bool


class _Steps:
    """The steps of a process, which its parent sees too; at the chosen one it is no more."""

    def __init__(self, dies_at: int) -> None:
        self._dies_at, self._n = dies_at, memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("Q")

    @property
    def n(self) -> int:
        """How many there were."""
        return int(self._n[0])

    def step(self, *_told: Any, **_more: Any) -> None:
        self._n[0] += 1
        if self._n[0] == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(self) -> None:
        """From here on every step counts, for as long as the process lives."""
        event.listen(Engine, "before_cursor_execute", self.step)
        commits, fsync, asks = DefaultDialect.do_commit, os.fsync, asyn.sync

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            self.step()
            commits(dialect, connection)
            self.step()

        def synced(file: int) -> None:
            self.step()
            fsync(file)
            self.step()

        def asked(*told: Any, **more: Any) -> Any:
            self.step()
            answer = asks(*told, **more)
            self.step()
            return answer

        DefaultDialect.do_commit, os.fsync, asyn.sync = do_commit, synced, asked  # type: ignore[method-assign]
        sys.addaudithook(self._of_file)

    def _of_file(self, name: str, told: tuple[Any, ...]) -> None:
        if name in OF_FILES or (name == "open" and isinstance(told[2], int) and told[2] & WRITING):
            self.step()


def in_child(do: Do, dies_at: int = 0) -> Ended:
    """What became of a process of its own that did this and was to die at a step, 0 for none.

    Connections of this process must be closed. Raises RuntimeError where the child failed in another way than by being killed.
    """
    reading, writing = os.pipe()
    steps = _Steps(dies_at)
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(do, steps, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        lines = [json.loads(line) for line in pipe.read().splitlines()]
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return Ended(tuple(line["told"] for line in lines), dies_at, was_killed=True)
    *told, last = lines or [{"failed": f"it ended with status {status}"}]
    if last:
        raise RuntimeError(f"the child failed at step {dies_at}: {last}")
    return Ended(tuple(line["told"] for line in told), steps.n, was_killed=False)


def _be_child(do: Do, steps: _Steps, pipe: int) -> None:
    """Do it and end; never returns."""

    def write(line: dict[str, Any]) -> None:
        os.write(pipe, json.dumps(line).encode() + b"\n")

    try:
        steps.count()
        do(lambda told: write({"told": told}))
        write({})
    except BaseException:
        write({"failed": traceback.format_exc()})
    finally:
        os._exit(0)


@dataclass(frozen=True, slots=True)
class Server:
    """A server in a process of its own."""

    process: int
    url: str
    steps: _Steps

    @property
    def n_steps(self) -> int:
        """How many steps it went by now."""
        return self.steps.n


@contextmanager
def server_in_child(app: Flask, dies_at: int = 0) -> Iterator[Server]:
    """A server that answers on loopback while the block runs, or until it dies at a step. Nothing may be connected to its database."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    steps = _Steps(dies_at)
    child = os.fork()
    if child == 0:
        try:
            logging.disable(logging.CRITICAL)
            steps.count()
            server.serve_forever()
        finally:
            os._exit(1)
    server.socket.close()
    try:
        yield Server(child, f"http://127.0.0.1:{server.server_port}", steps)
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def spread(n_steps: int, n_points: int) -> list[int]:
    """So many steps out of these: half of them the last, where things are settled, the others evenly apart; all where there are no more.

    SURVEY_FAULT_POINTS=10 in the environment takes ten times as many.
    """
    n_points *= int(os.environ.get("SURVEY_FAULT_POINTS", "1"))
    if n_steps <= n_points:
        return list(range(1, n_steps + 1))
    n_last = n_points // 2
    n_early, n_before = n_points - n_last, n_steps - n_last
    return [1 + number * (n_before - 1) // max(1, n_early - 1) for number in range(n_early)] + list(range(n_before + 1, n_steps + 1))
