"""How long Redis has not answered: logged once when that begins and once when it is over, whoever notices."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from survey.db import utc_now

log = logging.getLogger(__name__)


class Absence:
    """What one process has noticed of it, since the moment `since` where it lasts; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._began: float | None = None
        self._before = 0.0
        self.since: datetime | None = None

    @property
    def seconds(self) -> float:
        """So long it has not answered, all times together."""
        with self._lock:
            return self._before + (0.0 if self._began is None else self._clock() - self._began)

    def noticed(self, reason: object) -> None:
        """Nothing; it does not answer, which is logged where it did before."""
        with self._lock:
            if self._began is not None:
                return
            self._began, self.since = self._clock(), utc_now()
        log.warning(
            "Redis does not answer (%s): web processes do long work themselves, and workers wait. Start it, or set SURVEY_REDIS_URL to "
            "where it is; as soon as it answers, all goes on by itself.",
            reason,
        )

    def is_over(self) -> None:
        """Nothing; it answers, which is logged where it did not before."""
        with self._lock:
            if self._began is None:
                return
            seconds = self._clock() - self._began
            self._before, self._began, self.since = self._before + seconds, None, None
        log.warning("Redis answers again, after %.0f s.", seconds)
