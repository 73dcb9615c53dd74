"""Long work in a thread, or handed to workers through Redis: done once, told by the same words, and not lost with Redis or a worker."""

import os
import pickle
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from huey.serializer import SignedSerializer
from redis import Redis, RedisError

from questionnaires.errors import ErrorCode, SurveyError
from survey.background import QUEUE, Key, Telling, begin_work, find_work, work_called
from survey.worker.queue import RedisQueue
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY

DONE: list[Key] = []


@work_called("test")
def _note(_app: Flask, arguments: Key, telling: Telling) -> None:
    telling.tell(1, 2)
    if arguments[-1] == "fails":
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key="x", remedy="Look again.")
    DONE.append(arguments)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a Redis of the test's own; skips where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed (sudo apt-get install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([program, "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL)
    client, until = Redis(port=port), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            client.ping()
            break
        except RedisError:
            time.sleep(0.05)
    client.close()
    yield f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


@pytest.fixture
def queued(app: Flask, redis_url: str) -> Iterator[RedisQueue]:
    """The application with a queue."""
    queue = RedisQueue(app, redis_url, SECRET_KEY)
    app.extensions[QUEUE] = queue
    yield queue
    del app.extensions[QUEUE]
    queue.close()


def work_through(queue: RedisQueue) -> int:
    """How many pieces of work a worker found and did."""
    n_done = 0
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)
        n_done += 1
    return n_done


def test_work__in_a_thread__is_told_and_keeps_its_failure(app: Flask) -> None:
    work = begin_work(app, "test", "here", "fails")
    work.wait(PATIENCE_SECONDS)
    assert (work.is_under_way, work.n_done, work.n_all) == (False, 1, 2)
    assert "Look again" in str(work.failure)
    assert find_work(app, "test", ("here", "fails")) is work
    assert find_work(app, "test", ("other",)) is None


def test_work__queued_twice__is_done_once_by_a_worker_and_told_to_every_process(app: Flask, queued: RedisQueue) -> None:
    DONE.clear()
    assert find_work(app, "test", ("there",)) is None
    first, second = begin_work(app, "test", "there"), begin_work(app, "test", "there")
    assert (first.is_under_way, second.is_under_way, second.failure) == (True, True, None)
    assert work_through(queued) == 1
    assert DONE == [("there",)]
    known = find_work(app, "test", ("there",))
    assert known is not None
    assert (known.is_under_way, known.n_done, known.n_all, known.failure) == (False, 1, 2, None)
    failing = begin_work(app, "test", "fails")
    work_through(queued)
    failing.wait(1)
    assert isinstance(failing.failure, SurveyError)
    assert str(failing.failure) == "Visit 'x' does not exist. Look again."
    begin_work(app, "test", "fails")
    assert failing.failure is None  # it was begun again


class Harm:
    """What makes a folder as soon as it is unpickled: whoever could have it unpickled could have anything done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_work__in_redis_that_nobody_signed_or_with_another_key__is_refused_unread(app: Flask, queued: RedisQueue, tmp_path: Path) -> None:
    DONE.clear()
    harm = Harm(tmp_path / "harm")
    waiting = queued.huey.storage
    begin_work(app, "test", "signed")
    signed = waiting.dequeue()
    others = SignedSerializer(secret=SECRET_KEY[::-1], salt="survey")
    for message in (pickle.dumps(harm), others.serialize(harm), signed[:-1] + bytes([signed[-1] ^ 1]), b"", b":", b"no pickle"):
        waiting.enqueue(message)
        with pytest.raises(ValueError, match="ignature|Separator"):
            queued.huey.dequeue()
    assert not harm.path.exists(), "nothing of it was read"
    pickle.loads(pickle.dumps(harm))  # noqa: S301
    assert harm.path.exists(), "it would have done harm"
    waiting.enqueue(signed)
    assert work_through(queued) == 1
    assert DONE == [("signed",)]


def test_work__redis_gone__is_done_in_this_process(app: Flask) -> None:
    DONE.clear()
    queue = RedisQueue(app, "redis://127.0.0.1:9/0", SECRET_KEY)
    app.extensions[QUEUE] = queue
    try:
        assert find_work(app, "test", ("alone",)) is None
        begin_work(app, "test", "alone").wait(PATIENCE_SECONDS)
        assert DONE == [("alone",)]
    finally:
        del app.extensions[QUEUE]
        queue.close()
