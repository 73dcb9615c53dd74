"""Long work beside the requests, one at a time under each name and arguments, and how far each is.

In a thread of this process; or, where web processes share a Redis, by whichever worker is free (`survey/worker/`). Either way whoever
asks is told by the same words.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from typing import Protocol

from flask import Flask

from survey.serving.heap import return_heap

log = logging.getLogger(__name__)

Key = tuple[str, ...]
QUEUE = "survey.queue"
"""Where an application keeps the queue that its workers take from, if it has one."""


class Work(Protocol):
    """A piece of work: how much of how much is done where it tells, and why it ended if it failed."""

    @property
    def n_done(self) -> int:
        """How much is done."""

    @property
    def n_all(self) -> int:
        """How much there is, 0 where it does not tell."""

    @property
    def failure(self) -> Exception | None:
        """Why it ended, if it failed."""

    @property
    def is_under_way(self) -> bool:
        """Whether it is still going on, or waits for a worker."""

    def wait(self, seconds: float) -> None:
        """Nothing; it has ended, or so much time has passed."""


class Telling(Protocol):
    """What the work itself is given to tell how far it is."""

    def tell(self, n_done: int, n_all: int) -> None:
        """Nothing; the work is so far."""


Doing = Callable[[Flask, Key, Telling], None]


class Queue(Protocol):
    """Where workers of other processes take work from; `begin` and `find` raise ConnectionError while nobody can reach it."""

    @property
    def away_since(self) -> datetime | None:
        """Since when nobody can reach it, None while it answers."""

    @property
    def away_seconds(self) -> float:
        """So long nobody could reach it, as far as this process noticed."""

    def begin(self, name: str, arguments: Key) -> Work:
        """The work, which waits for a worker; work that is under way already is not begun twice."""

    def find(self, name: str, arguments: Key) -> Work | None:
        """The work as it is, or as it ended last."""


@dataclass(slots=True)
class ThreadedWork:
    """Work in a thread of this process."""

    thread: Thread
    n_done: int = 0
    n_all: int = 0
    failure: Exception | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is still going on."""
        return self.thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Nothing; it has ended, or so much time has passed."""
        self.thread.join(seconds)

    def tell(self, n_done: int, n_all: int) -> None:
        """Nothing; the work is so far."""
        self.n_done, self.n_all = n_done, n_all


@dataclass(slots=True)
class _Works:
    """What can be done by its name, and what this process is doing, or did last."""

    doings: dict[str, Doing] = field(default_factory=dict)
    by_key: dict[Key, ThreadedWork] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


_works = _Works()


def work_called(name: str) -> Callable[[Doing], Doing]:
    """What makes a function the work of this name; it gets the application and the arguments that the work was begun with."""

    def keep(do: Doing) -> Doing:
        _works.doings[name] = do
        return do

    return keep


def do_work(app: Flask, name: str, arguments: Key, telling: Telling) -> None:
    """Nothing; the work of this name is done, here and now, and the memory that it needed is given back."""
    try:
        _works.doings[name](app, arguments, telling)
    finally:
        return_heap()


def find_work(app: Flask, name: str, arguments: Key) -> Work | None:
    """What is being done under the name, or was done last."""
    queue: Queue | None = app.extensions.get(QUEUE)
    if queue is not None:
        try:
            return queue.find(name, arguments) or _works.by_key.get(_key(app, name, arguments))
        except ConnectionError:
            log.warning("the queue cannot be reached; looking at work of this process only")
    return _works.by_key.get(_key(app, name, arguments))


def begin_work(app: Flask, name: str, *arguments: str) -> Work:
    """The work, begun beside this thread; work that is under way already is not begun twice.

    What it raises is logged and kept as its failure. While the queue cannot be reached it is done in a thread of this process.
    """
    queue: Queue | None = app.extensions.get(QUEUE)
    if queue is not None:
        try:
            return queue.begin(name, arguments)
        except ConnectionError:
            log.warning("the queue cannot be reached; %s is done in this process", name)
    return _begin_thread(app, name, arguments)


def _begin_thread(app: Flask, name: str, arguments: Key) -> ThreadedWork:
    key = _key(app, name, arguments)

    def run() -> None:
        try:
            do_work(app, name, arguments, work)
        except Exception as error:
            log.exception("work on %s failed", " ".join((name, *arguments)))
            work.failure = error

    with _works.lock:
        known = _works.by_key.get(key)
        if known is not None and known.is_under_way:
            return known
        work = ThreadedWork(Thread(target=run, name=" ".join(key), daemon=True))
        _works.by_key[key] = work
        work.thread.start()
    return work


def _key(app: Flask, name: str, arguments: Key) -> Key:
    """What tells work of several installations apart that one process serves."""
    return name, str(app.extensions["survey.settings"].figures_path), *arguments
