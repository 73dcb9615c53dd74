"""Pages come before interviews, and interviews never take all threads."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from select import select
from socket import create_server
from threading import Condition, Event, Thread
from typing import Any

import pytest
from waitress.task import ThreadedTaskDispatcher

from survey.serving.lanes import COME_AGAIN_S, MOST_SENDING, Lanes
from survey.serving.plain import PlainServer

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
    changed, opened = Condition(), []
    lanes = Lanes(5, changed)
    for path in ("/openrosa/submission", "/tablet/uploads/uuid:1/answers.xml", *["/openrosa/submission"] * 3):
        lanes.append(Channel(path))
    lanes.append(Channel("/visits", lambda: opened.append(1)))
    with changed:
        assert (len(lanes), bool(lanes)) == (6, True)
        page = lanes.popleft()
        first, second = lanes.popleft(), lanes.popleft()
        assert (len(lanes), bool(lanes)) == (3, False), "beside a page two interviews are begun"
    page.service()
    assert opened == [1]
    with changed:
        third = lanes.popleft()
        assert (len(lanes), bool(lanes)) == (2, False), "three of five threads take interviews"
    first.service()
    with changed:
        assert bool(lanes)
        lanes.append(Channel("/"))
        for each in (lanes.popleft(), lanes.popleft(), second, third):
            each.cancel()
        lanes.popleft().cancel()
        assert len(lanes) == 0
        for _ in range(4):
            lanes.append(Channel("/openrosa/submission"))
        taken = [lanes.popleft() for _ in range(3)]
        assert (len(taken), bool(lanes)) == (3, False), "whatever was taken before has left"


def test_lanes__many_threads_and_more_uploads__take_no_more_at_once_than_are_written_sooner() -> None:
    changed = Condition()
    lanes = Lanes(64, changed)
    for _ in range(100):
        lanes.append(Channel("/tablet/uploads/uuid:1/picture.jpg"))
    with changed:
        taken = []
        while lanes:
            taken.append(lanes.popleft())
        assert len(taken) == MOST_SENDING
        lanes.append(Channel("/visits"))
        assert lanes.popleft()._task.path == "/visits", "before the ninety-two that wait"
        for each in taken:
            each.cancel()
        assert len(lanes) == 100 - MOST_SENDING


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


def test_server__more_uploads_than_may_wait__asks_them_to_come_again_and_takes_them_then() -> None:
    may_end, begun = Event(), Event()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        begun.set()
        assert may_end.wait(PATIENCE_SECONDS)
        start_response("201 Created", [("Content-Length", "0")])
        return ()

    def send() -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=PATIENCE_SECONDS)
        at_end.callback(connection.close)
        connection.request("POST", "/openrosa/submission", b"x")
        return connection

    with ExitStack() as at_end, create_server(("127.0.0.1", 0)) as listener:
        server = PlainServer(answer, listener, threads=3, most_waiting=3)
        serving = Thread(target=server.run)
        serving.start()
        try:
            first = send()
            assert begun.wait(PATIENCE_SECONDS)
            others = [send() for _ in range(5)]
            refused = []
            while len(refused) < 2:  # while one is being taken and three wait
                ready, _, _ = select([each.sock for each in others], [], [], PATIENCE_SECONDS)
                assert ready
                refused += [each for each in others if each.sock in ready]
                others = [each for each in others if each not in refused]
            may_end.set()
            assert [each.getresponse().status for each in (first, *others)] == [201] * 4
            answers = [each.getresponse() for each in refused]
            assert [each.status for each in answers] == [503] * 2
            assert [each.headers["Retry-After"] for each in answers] == [str(COME_AGAIN_S)] * 2
            assert b"Nothing was stored" in answers[0].read()
            assert [send().getresponse().status for _ in range(2)] == [201] * 2
        finally:
            may_end.set()
            server.stop()
            serving.join()
