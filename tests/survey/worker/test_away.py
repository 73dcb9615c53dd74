"""Redis is away: a worker says so once, waits and goes on by itself; web processes count the time; without a setting none starts again."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis, RedisError

from survey.background import QUEUE
from survey.config import Settings
from survey.health.checks import check_readiness
from survey.worker.absence import Absence
from survey.worker.commands import NOT_SET_UP
from survey.worker.queue import RedisQueue
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY
from tests.postgres import free_port

REDIS = shutil.which("redis-server")
UNIT = Path(__file__).parents[3] / "deploy" / "systemd" / "supervision-survey-worker.service"

NEEDS_REDIS = pytest.mark.skipif(REDIS is None, reason="Redis is not installed (sudo apt-get install redis-server)")


@contextmanager
def redis_at(port: int) -> Iterator[None]:
    """A Redis that answers at this port of this machine, and is killed at the end."""
    server = subprocess.Popen([str(REDIS), "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL)
    client, until = Redis(port=port), time.monotonic() + PATIENCE_SECONDS
    try:
        while True:
            try:
                client.ping()
                break
            except RedisError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield
    finally:
        client.close()
        server.kill()
        server.wait()


@contextmanager
def working(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, which writes into this file."""
    told = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key, "SURVEY_REDIS_URL": settings.redis_url}
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [sys.executable, "-m", "survey", "worker"],
            env={**os.environ, **told, "PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        ) as worker,
    ):
        try:
            yield worker
        finally:
            worker.kill()


def wait_for(log: Path, words: str, n: int = 1) -> None:
    """Nothing; the log has the words so often."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (text := log.read_text(encoding="utf-8")).count(words) < n:
        assert time.monotonic() < until, text
        time.sleep(0.05)


@NEEDS_REDIS
@pytest.mark.soak
def test_worker__redis_away_before_and_meanwhile__says_so_once_each_time_and_goes_on(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    with working(replace(settings, redis_url=f"redis://127.0.0.1:{port}/0"), log) as worker:
        wait_for(log, "Redis does not answer")
        time.sleep(4)  # it has asked again and again by then
        for times in (1, 2):
            with redis_at(port):
                wait_for(log, "Redis answers again", times)
            wait_for(log, "Redis does not answer", times + 1)
        assert worker.poll() is None
        worker.send_signal(signal.SIGINT)
        assert worker.wait(PATIENCE_SECONDS) == 0
    lines = log.read_text(encoding="utf-8").splitlines()
    said = ["does not answer", "Waiting for Redis", "answers again", "does not answer", "answers again", "does not answer"]
    assert [word for word, line in zip(said, lines, strict=True) if word not in line] == [], lines
    assert "SURVEY_REDIS_URL" in lines[0], "what to do"


def test_worker__without_the_setting__is_not_started_again(app: Flask, settings: Settings, tmp_path: Path) -> None:
    with working(settings, tmp_path / "log") as worker:
        assert worker.wait(PATIENCE_SECONDS) == NOT_SET_UP
    assert "SURVEY_REDIS_URL" in (tmp_path / "log").read_text(encoding="utf-8")
    assert f"\nRestartPreventExitStatus={NOT_SET_UP}\n" in UNIT.read_text(encoding="utf-8")


def test_absence__noticed_again_and_again__is_logged_once_and_counted_whole(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    absence = Absence(lambda: now)
    absence.is_over()
    with caplog.at_level(logging.WARNING):
        for _time in range(2):
            absence.noticed("refused")
            now += 20
            absence.noticed("refused")
            assert absence.since is not None
            absence.is_over()
            absence.is_over()
            assert absence.since is None
            now += 1000
    assert absence.seconds == 40
    assert [record.message.partition(" (")[0] for record in caplog.records] == [
        "Redis does not answer",
        "Redis answers again, after 20 s.",
    ] * 2


@NEEDS_REDIS
def test_health__redis_away__warns_and_counts_until_it_is_back(app: Flask, client: FlaskClient) -> None:
    port = free_port()
    queue = app.extensions[QUEUE] = RedisQueue(app, f"redis://127.0.0.1:{port}/0", SECRET_KEY)
    try:
        found = check_readiness(app, datetime.now(UTC))
        assert (found.is_ready, ["Redis has not answered since" in each for each in found.warnings].count(True)) == (True, 1)
        assert "survey_redis_answers 0.0" in client.get("/metrics").text
        with redis_at(port):
            assert "survey_redis_answers 1.0" in client.get("/metrics").text
            assert not any("Redis" in each for each in check_readiness(app, datetime.now(UTC)).warnings)
            counted = queue.away_seconds
            assert counted > 0
            assert f"survey_redis_away_seconds_total {counted}" in client.get("/metrics").text
    finally:
        del app.extensions[QUEUE]
        queue.close()
