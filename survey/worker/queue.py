"""The queue in Redis: what waits there for workers, who holds which work, and how far each is.

Work is held by a key that expires unless its worker renews it: a worker that was killed holds nothing for longer than a minute, and
whoever looks for the result then has it begun again. So it is with work that a worker took from the queue and was killed before it held
it. All work may be done twice; it only costs time.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Thread
from typing import Any

import redis
from flask import Flask
from huey import RedisHuey
from huey.serializer import SignedSerializer

from questionnaires.errors import ErrorCode, SurveyError
from survey.background import Key, do_work
from survey.worker.absence import Absence

log = logging.getLogger(__name__)

HELD_S = 60
RENEWED_EVERY_S = 15
WAITS_AT_MOST_S = 3600
REMEMBERED_S = 24 * 3600
LOOKED_EVERY_S = 0.1
WAITS, IS_HELD = b"waits", b"is held"


class QueuedWork:
    """Work that some worker does or did, as Redis tells."""

    def __init__(self, client: redis.Redis, name: str, arguments: Key) -> None:
        self._client = client
        self._state = "survey:work:" + json.dumps([name, *arguments])
        self._held = self._state + ":held"

    @property
    def is_under_way(self) -> bool:
        """Whether it is going on, or waits for a worker."""
        return bool(_asked(lambda: self._client.exists(self._held), 0))

    @property
    def is_known(self) -> bool:
        """Whether it was begun in the last day."""
        return bool(self._client.exists(self._state, self._held))

    @property
    def n_done(self) -> int:
        """How much is done."""
        return int(self._told("n_done") or 0)

    @property
    def n_all(self) -> int:
        """How much there is, 0 where it does not tell."""
        return int(self._told("n_all") or 0)

    @property
    def failure(self) -> Exception | None:
        """Why it ended, if it failed: an error of ours with its values, or only that it did."""
        told = self._told("failure")
        if not told:
            return None
        code, values = json.loads(told)
        return SurveyError(ErrorCode[code], **values) if code else RuntimeError("the work failed; the log of the worker says why")

    def wait(self, seconds: float) -> None:
        """Nothing; it has ended, or so much time has passed."""
        until = time.monotonic() + seconds
        while self.is_under_way and time.monotonic() < until:
            time.sleep(LOOKED_EVERY_S)

    def tell(self, n_done: int, n_all: int) -> None:
        """Nothing; the work is so far."""
        self._client.hset(self._state, mapping={"n_done": n_done, "n_all": n_all})

    def take(self, *, is_queue_empty: bool = False) -> bool:
        """Whether it is ours to begin: nobody holds it, and what it told last is forgotten."""
        if is_queue_empty and self._client.get(self._held) == WAITS and self._client.ttl(self._held) < WAITS_AT_MOST_S - HELD_S:
            log.warning("whoever took work from the queue is gone; it is begun again")
            self._client.delete(self._held)
        if not self._client.set(self._held, WAITS, nx=True, ex=WAITS_AT_MOST_S):
            return False
        self._client.delete(self._state)
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the block runs the work is held; what it raises is kept as its failure."""
        has_ended = Event()

        def renew() -> None:
            while True:
                try:
                    self._client.set(self._held, IS_HELD, ex=HELD_S)
                except redis.RedisError:
                    log.warning("Redis does not answer; work goes on")
                if has_ended.wait(RENEWED_EVERY_S):
                    return

        thread = Thread(target=renew, name="renew", daemon=True)
        thread.start()
        try:
            yield
        except Exception as error:
            log.exception("work failed")
            code, values = (error.code.name, error.values) if isinstance(error, SurveyError) else ("", {})
            self._client.hset(self._state, "failure", json.dumps([code, values], default=str))
        finally:
            has_ended.set()
            thread.join()
            self._client.expire(self._state, REMEMBERED_S)
            self._client.delete(self._held)

    def _told(self, name: str) -> Any:
        return _asked(lambda: self._client.hget(self._state, name), None)


class RedisQueue:
    """The queue of one installation; a Redis database of its own for each."""

    def __init__(self, app: Flask, url: str, secret_key: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2)
        # Signed, because what is read from Redis would otherwise be whatever anybody put there.
        self.absence = Absence()
        self.huey = RedisHuey("survey", results=False, url=url, serializer=SignedSerializer(secret=secret_key, salt="survey"))
        self.huey.absence = self.absence

        def run(name: str, arguments: list[str]) -> None:
            work = QueuedWork(self._client, name, tuple(arguments))
            with work.held():
                do_work(app, name, tuple(arguments), work)

        self._task = self.huey.task(name="work")(run)

    @property
    def away_since(self) -> datetime | None:
        """Since when Redis does not answer, None while it does; it is asked."""
        with suppress(ConnectionError), self._noticing():
            self._client.ping()
        return self.absence.since

    @property
    def away_seconds(self) -> float:
        """So long Redis has not answered since this process began."""
        return self.absence.seconds

    def begin(self, name: str, arguments: Key) -> QueuedWork:
        """The work, which waits for a worker; work that is under way already is not begun twice. ConnectionError while Redis is away."""
        work = QueuedWork(self._client, name, arguments)
        with self._noticing():
            if work.take(is_queue_empty=self.huey.pending_count() == 0):
                self._task(name, list(arguments))
        return work

    def find(self, name: str, arguments: Key) -> QueuedWork | None:
        """The work as it is, or as it ended last. ConnectionError while Redis is away."""
        work = QueuedWork(self._client, name, arguments)
        with self._noticing():
            return work if work.is_known else None

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        """Whether Redis answers is noticed; ConnectionError where it does not."""
        try:
            yield
        except redis.RedisError as error:
            self.absence.noticed(error)
            raise ConnectionError(str(error)) from error
        self.absence.is_over()

    def close(self) -> None:
        """Nothing; connections are closed."""
        self._client.close()
        self.huey.storage.conn.close()


def _asked(ask: Callable[[], Any], otherwise: Any) -> Any:
    """What Redis answers; a page that only shows how far something is need not fail while it does not."""
    try:
        return ask()
    except redis.RedisError:
        log.warning("Redis does not answer")
        return otherwise
