"""Taking work from the queue, as Huey's own consumer does; while Redis is away it is asked at growing pauses, and logged once."""

import logging
from datetime import datetime

from huey.consumer import Consumer, Scheduler, Worker
from redis import RedisError

from survey.worker.queue import RedisQueue

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0


class PatientWorker(Worker):  # type: ignore[misc]
    """A thread that takes work."""

    def loop(self, now: datetime | None = None) -> None:
        """Nothing; a piece of work was done, or there was none for a moment."""
        try:
            task = self.huey.dequeue()
        except RedisError as error:
            self.huey.absence.noticed(error)
            self.sleep()
            return
        except Exception:
            log.exception("something in the queue cannot be read; it is passed over")
            return
        self.huey.absence.is_over()
        self.delay = self.default_delay
        if task is not None:
            self._do(task, now)

    def _do(self, task: object, now: datetime | None) -> None:
        try:
            self.huey.execute(task, now)
        except Exception:
            log.exception("work failed")


class NoScheduler(Scheduler):  # type: ignore[misc]
    """In place of what would look every second for work that is to be done later, which there is none of."""

    def loop(self, now: datetime | None = None) -> None:
        """Nothing; the worker was asked to end."""
        self.stop_flag.wait()


class PatientConsumer(Consumer):  # type: ignore[misc]
    """Works until it is asked to end."""

    worker_class = PatientWorker
    scheduler_class = NoScheduler


def consumer_of(queue: RedisQueue, threads: int) -> PatientConsumer:
    """What works through the queue, in so many threads."""
    pauses = {"initial_delay": FIRST_PAUSE_S, "backoff": 2, "max_delay": LONGEST_PAUSE_S}
    return PatientConsumer(queue.huey, workers=threads, worker_type="thread", periodic=False, **pauses)
