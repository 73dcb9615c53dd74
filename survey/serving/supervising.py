"""Watching over the processes that answer: one that ends is replaced, and all end with this one.

This process stays as long as the server, so it imports nothing but a little of the standard library: it holds four megabytes. The program
is loaded by the first of the processes that answer, which begins the others after that, so that what was loaded lies in memory once. When
one ends, all are replaced: new ones load the program and share it again, and those that are left answer until then.
"""

import os
import selectors
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

FIRST = 0
READY = "Ready. Stop with Ctrl-C."
STOPPED = "Stopped."
PAUSE_S = 2.0
"""So long after one has ended others are begun, so that a fault does not keep the machine busy."""


@dataclass(slots=True, eq=False)
class Generation:
    """Processes that share what the first of them loaded; `begins` is the process id of that one.

    While `life` is open they answer. Each holds the other end of one of `alive`, by which its number is known; the system closes it when
    the process ends, whatever became of it.
    """

    begins: int
    life: int
    alive: dict[int, int]
    is_ready: bool = False


class Supervisor:
    """Keeps so many processes answering; `command` begins the first of them. What it is to be told is added to it: where its life is read,
    the writing end of each process, and whether it is the first time."""

    def __init__(self, n_processes: int, command: list[str]) -> None:
        self._n_processes, self._command = n_processes, command
        self._generations: list[Generation] = []
        self._due: float | None = None
        self._has_served = self._is_stopping = False
        self._status = 0
        self._selector = selectors.DefaultSelector()
        self._asked, self._ask = os.pipe()
        self._selector.register(self._asked, selectors.EVENT_READ)

    def run(self) -> int:
        """The exit status, once all have ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_end)
        self._begin()
        while self._generations or self._due is not None:
            pause = None if self._due is None else max(0.0, self._due - monotonic())
            for key, _events in self._selector.select(pause):
                if key.fd == self._asked:
                    os.read(self._asked, 1)
                    self._stop()
                elif os.read(key.fd, 1):
                    self._begin_to_answer(key.data)
                else:
                    self._has_ended(key.data, key.fd)
            if self._due is not None and monotonic() >= self._due:
                self._begin()
        if not self._status:
            with suppress(OSError):  # nobody reads any more
                print(STOPPED, flush=True)
        return self._status

    def _asked_to_end(self, _signal: int, _frame: Any) -> None:
        os.write(self._ask, b"!")

    def _stop(self) -> None:
        self._due, self._is_stopping = None, True
        for generation in self._generations:
            self._end(generation)

    def _begin(self) -> None:
        self._due = None
        life, life_held = os.pipe()
        pipes = [os.pipe() for _ in range(self._n_processes)]
        for end in (life, *(written for _read, written in pipes)):
            os.set_inheritable(end, True)
        told = ["--life", str(life), *(part for _read, written in pipes for part in ("--alive", str(written)))]
        command = [*self._command, *told, *(() if self._has_served else ("--first-time",))]
        process = os.posix_spawn(command[0], command, os.environ, setsigdef=(signal.SIGTERM, signal.SIGINT))
        generation = Generation(process, life_held, {read: number for number, (read, _) in enumerate(pipes)})
        for end in (life, *(written for _read, written in pipes)):
            os.close(end)
        for end in generation.alive:
            self._selector.register(end, selectors.EVENT_READ, generation)
        self._generations.append(generation)

    def _begin_to_answer(self, generation: Generation) -> None:
        """Those before it are told to end, after what is under way."""
        generation.is_ready = True
        if not self._has_served:
            print(READY, flush=True)
        self._has_served = True
        for each in self._generations[: self._generations.index(generation)]:
            self._end(each)
        if len(generation.alive) < self._n_processes:
            self._due = monotonic() + PAUSE_S

    def _end(self, generation: Generation) -> None:
        if generation.life < 0:
            return
        os.close(generation.life)
        generation.life = -1
        if not generation.is_ready and FIRST in generation.alive.values():
            os.kill(generation.begins, signal.SIGTERM)  # it looks at its life only when it has loaded

    def _has_ended(self, generation: Generation, end: int) -> None:
        """One of them is no more; new ones are due if it was of those that should answer now."""
        self._selector.unregister(end)
        os.close(end)
        number = generation.alive.pop(end)
        is_newest = generation is self._generations[-1]
        if not generation.alive:
            self._generations.remove(generation)
        status = os.waitstatus_to_exitcode(os.waitpid(generation.begins, 0)[1]) if number == FIRST else 0
        if self._is_stopping or not is_newest or self._due is not None:
            return
        if generation.is_ready:
            how = "" if number != FIRST else f" by signal {-status}" if status < 0 else f" with status {status}"
            say(f"Process {number + 1} of {self._n_processes} ended{how}; new ones take the place of all.")
            self._due = monotonic() + PAUSE_S
        elif number == FIRST and self._has_served:
            say("The program could not be loaded again; that is tried once more in a moment.")
            self._due = monotonic() + PAUSE_S
        elif number == FIRST:
            self._status = status or 1
            self._stop()


def say(text: str) -> None:
    """Nothing; the text is in the log."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(Supervisor(int(sys.argv[1]), sys.argv[2:]).run())
