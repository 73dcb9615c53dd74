"""Long work in a thread beside the requests of one process, one at a time under each key, and how far each is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread

log = logging.getLogger(__name__)

Key = tuple[str, ...]


@dataclass(slots=True)
class Work:
    """A piece of work: its thread, how much of how much is done where it tells, and why it ended if it failed."""

    thread: Thread
    n_done: int = 0
    n_all: int = 0
    failure: Exception | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is still going on."""
        return self.thread.is_alive()

    def tell(self, n_done: int, n_all: int) -> None:
        """Nothing; the work is so far."""
        self.n_done, self.n_all = n_done, n_all


@dataclass(slots=True)
class _Works:
    """What is under way, or ended last, by key."""

    by_key: dict[Key, Work] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


_works = _Works()


def work_under(key: Key) -> Work | None:
    """What this process is doing, or has done last, under the key."""
    return _works.by_key.get(key)


def begin_work(key: Key, do: Callable[[Work], None]) -> Work:
    """The work under the key, begun in a thread beside this one; work that is under way already is not begun twice.

    What it raises is logged and kept as its failure.
    """

    def run() -> None:
        try:
            do(work)
        except Exception as error:
            log.exception("work on %s failed", " ".join(key))
            work.failure = error

    with _works.lock:
        known = _works.by_key.get(key)
        if known is not None and known.is_under_way:
            return known
        work = Work(Thread(target=run, name=" ".join(key), daemon=True))
        _works.by_key[key] = work
        work.thread.start()
    return work
