"""What is counted of requests, in the format of Prometheus: by view and answer, never by address or person."""

import time
from collections.abc import Iterable

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from survey.background import QUEUE, Queue
from survey.config import Settings
from survey.db import utc_now
from survey.events import Event
from survey.health.checks import backup_age, free_bytes
from survey.intake.queries import count_infected

EXTENSION = "survey.metrics"
SECONDS = (0.01, 0.03, 0.1, 0.15, 0.3, 0.6, 1, 3, 10, 30)


class Metrics:
    """The counters of one application; each process has its own, and is asked for them by itself."""

    def __init__(self, app: Flask) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("survey_requests", "Requests answered.", ("view", "method", "status"), registry=self.registry)
        self.seconds = Histogram("survey_request_seconds", "Time to an answer.", ("view",), buckets=SECONDS, registry=self.registry)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(_Installation(app))

    def text(self) -> bytes:
        """All figures as they are now."""
        return generate_latest(self.registry)


class _Installation(Collector):
    """What is asked of the installation only when somebody wants the figures."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterable[Metric]:
        """Room on the disk, length of the log, and age of the last backup."""
        settings: Settings = self._app.extensions["survey.settings"]
        engine: Engine = self._app.extensions["survey.engine"]
        now = utc_now()
        age = backup_age(engine, settings, now)
        with Session(engine.execution_options(writes=False)) as session:
            n_events = session.scalar(select(func.max(Event.number))) or 0
            n_infected = count_infected(session)
        yield GaugeMetricFamily("survey_disk_free_bytes", "Room on the disk of the data folder.", value=free_bytes(settings))
        yield GaugeMetricFamily("survey_events", "Number of the last event in the log.", value=n_events)
        yield GaugeMetricFamily("survey_backup_is_old", "1 when something waits for a backup for too long.", value=float(age.is_old))
        yield GaugeMetricFamily("survey_backup_failed", "1 when the last backup failed.", value=float(age.failed_at is not None))
        if (scanner := self._app.extensions["survey.storage"].scanner) is not None:
            yield GaugeMetricFamily("survey_scanner_answers", "1 while the virus scanner answers.", value=float(scanner.answers()))
            yield GaugeMetricFamily("survey_interviews_infected", "Interviews with a virus in a file that wait.", value=n_infected)
        queue: Queue | None = self._app.extensions.get(QUEUE)
        if queue is not None:
            yield GaugeMetricFamily("survey_redis_answers", "1 while Redis answers.", value=float(queue.away_since is None))
            yield CounterMetricFamily("survey_redis_away_seconds", "Time without Redis, as noticed here.", value=queue.away_seconds)
        if age.taken_at is not None:
            yield GaugeMetricFamily("survey_backup_age_seconds", "Time since the last backup.", value=(now - age.taken_at).total_seconds())

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the database is asked when figures are, not when the program starts."""
        return ()


def count_request(app: Flask, response: Response) -> None:
    """Nothing; the answer is counted, with the time since the request began."""
    metrics: Metrics = app.extensions[EXTENSION]
    view = request.endpoint or "none"
    metrics.requests.labels(view, request.method, response.status_code).inc()
    metrics.seconds.labels(view).observe(time.perf_counter() - g.get("survey_began", time.perf_counter()))
