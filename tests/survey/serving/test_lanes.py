"""Pages come before interviews, and interviews never take all threads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Event

import pytest
from waitress.task import ThreadedTaskDispatcher

from survey.serving.lanes import Lanes

PATIENCE_SECONDS = 60


@dataclass
class Asked:
    """A request as waitress has it."""

    path: str


@dataclass
class Channel:
    """A connection of waitress with one request that waits."""

    path: str
    answer: Callable[[], object] = bool
    requests: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.requests = [Asked(self.path)]

    def service(self) -> None:
        self.answer()

    def cancel(self) -> None:
        self.answer()


def test_lanes__pages_and_interviews_waiting__give_pages_first_and_keep_threads_free() -> None:
    changed = Condition()
    lanes = Lanes(4, changed)
    for path in ("/openrosa/submission", "/tablet/uploads/uuid:1/answers.xml", "/openrosa/submission", "/visits"):
        lanes.append(Channel(path))
    with changed:
        assert (len(lanes), bool(lanes)) == (4, True)
        assert lanes.popleft().path == "/visits"
        first, second = lanes.popleft(), lanes.popleft()
        assert (len(lanes), bool(lanes)) == (1, False), "two of four threads take interviews"
        lanes.append(Channel("/"))
        assert lanes.popleft().path == "/"
    first.service()
    with changed:
        assert bool(lanes)
        lanes.popleft().cancel()
        second.cancel()
        assert (len(lanes), lanes._n_sending) == (0, 0)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_threads_of_waitress__more_interviews_than_may_be_taken__take_all_and_a_page_between(n_threads: int) -> None:
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.queue = Lanes(n_threads, dispatcher.queue_cv)
    may_end, all_taken, page_opened, taken = Event(), Event(), Event(), []

    def take() -> None:
        assert may_end.wait(PATIENCE_SECONDS)
        taken.append(1)
        if len(taken) == 20:
            all_taken.set()

    for _ in range(20):
        dispatcher.add_task(Channel("/openrosa/submission", take))
    dispatcher.add_task(Channel("/visits", page_opened.set))
    dispatcher.set_thread_count(n_threads)
    assert page_opened.wait(PATIENCE_SECONDS), "while all interviews still wait"
    assert taken == []
    may_end.set()
    assert all_taken.wait(PATIENCE_SECONDS)
    dispatcher.shutdown()
