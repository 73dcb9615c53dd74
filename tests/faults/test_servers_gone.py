"""Web processes, the database, Redis and its workers that are killed under load: all goes on by itself, and nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from flask import Flask
from redis import Redis, RedisError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.background import QUEUE, begin_work
from survey.bundles.of_visits import place_of_visit
from survey.config import Settings
from survey.db import create_engine_for
from survey.figures.making import WORK
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from survey.server import READY
from survey.storage import Storage
from survey.worker import queue as queue_module
from survey.worker.queue import RedisQueue
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY, needed_postgres
from tests.faults.dying import in_child
from tests.faults.installations import Installation, Tally, state_of
from tests.faults.network import ask
from tests.faults.test_cut_network import FINAL, expected_of, upload
from tests.faults.test_cut_network import fill as fill_visit
from tests.faults.test_killed_making import VISIT, hash_of
from tests.faults.test_killed_making import fill as fill_accepted
from tests.postgres import Cluster, free_port, killable_cluster

pytestmark = pytest.mark.soak

N_SENT, N_CONNECTIONS, N_PROCESSES = 80, 8, 2
EVERY_S, N_WEB_KILLS, N_DATABASE_KILLS = 0.7, 6, 3

Record = Callable[[str, object], None]


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[psutil.Process]:
    """The parent of the processes of a server, as people start it, which has said that it is ready."""
    told = {"SURVEY_DATA": settings.data, "SURVEY_DATABASE_URL": settings.database_url, "SURVEY_SECRET_KEY": SECRET_KEY}
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port), "--processes", str(N_PROCESSES)]
    server = subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    try:
        assert any(line.startswith(READY) for line in server.stdout)
        yield psutil.Process(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)
        server.stdout.close()


def keyed_engine(settings: Settings) -> Engine:
    """An engine for the database of these settings, which opens what lies sealed in it."""
    engine = create_engine_for(settings.sqlalchemy_url)
    seal_fields_of(engine, Keyring(settings.field_keys))
    return engine


def prepare(settings: Settings) -> None:
    """An open visit with the form."""
    engine = keyed_engine(settings)
    upgrade_schema(engine)
    with Session(engine, expire_on_commit=False) as session:
        fill_visit(session)
        session.commit()
    engine.dispose()


def kill_now_and_then(server: psutil.Process, cluster: Cluster | None, tally: Tally) -> None:
    """Nothing; web processes, and the database in between, were killed one after the other."""
    for number in range(N_WEB_KILLS):
        time.sleep(EVERY_S)
        processes = server.children()
        if processes:
            processes[number % len(processes)].kill()
            tally.killed += 1
        if cluster is not None and number % 2 and number // 2 < N_DATABASE_KILLS:
            cluster.kill()
            time.sleep(EVERY_S)
            cluster.start()
            tally.killed += 1


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_intake__web_processes_and_database_killed_under_load__everything_arrives_once(
    kind: str, tally: Tally, record_property: Record, tmp_path: Path
) -> None:
    if kind == "SQLite":
        send_under_fire(Settings(data=str(tmp_path / "data"), secret_key=SECRET_KEY), None, tally)
    else:
        with killable_cluster(needed_postgres(), is_durable=True) as cluster:
            send_under_fire(Settings(data=str(tmp_path / "data"), secret_key=SECRET_KEY, database_url=cluster.url), cluster, tally)
    record_property("sent", N_SENT)
    tally.tried = tally.killed
    tally.record(record_property)


def send_under_fire(settings: Settings, cluster: Cluster | None, tally: Tally) -> None:
    """Nothing; everything was sent while processes were killed, and counted afterwards."""
    prepare(settings)
    sent, port = [upload(number) for number in range(N_SENT)], free_port()
    with serving(settings, port) as server, ThreadPoolExecutor(N_CONNECTIONS + 1) as pool:
        killing = pool.submit(kill_now_and_then, server, cluster, tally)
        answers = [pool.submit(ask, port, each[0], FINAL, 1000, 0.1) for each in sent]
        killing.result()
        tally.acknowledged = sum(each.result()[0].status in FINAL for each in answers)
        # Once more, when all is calm: what was acknowledged is known to be there.
        assert ask(port, sent[0][0], FINAL, 1000, 0.1)[0].status in FINAL
    engine = keyed_engine(settings)
    with Session(engine.execution_options(writes=False)) as session:
        state = state_of(session, Storage(settings.attachments_url))
    engine.dispose()
    expected = expected_of(sent)
    tally.lost += len(expected - set(state.kept))
    tally.altered += len(set(state.kept) - expected) + len(state.problems)
    tally.doubled += state.kept.total() - len(state.kept)
    tally.told += [*map(str, expected - set(state.kept)), *state.problems]


@dataclass(slots=True)
class RedisServer:
    """A Redis of the test's own that can be killed and started again, empty."""

    program: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Nothing; it answers."""
        self.process = subprocess.Popen([self.program, "--port", str(self.port), "--save", ""], stdout=subprocess.DEVNULL)
        client, until = Redis(port=self.port), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                client.ping()
                break
            except RedisError:
                time.sleep(0.05)
        client.close()

    def kill(self) -> None:
        """Nothing; it is gone, with everything in it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis that answers; skips where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed (sudo apt-get install redis-server)")
    server = RedisServer(program, free_port())
    server.start()
    yield server
    server.kill()


@contextmanager
def queue_of(app: Flask, url: str) -> Iterator[RedisQueue]:
    """The application with a queue, as web processes and workers have it."""
    queue = app.extensions[QUEUE] = RedisQueue(app, url, SECRET_KEY)
    try:
        yield queue
    finally:
        del app.extensions[QUEUE]
        queue.close()


def work_on(app: Flask, url: str, told: Callable[[str], None]) -> None:
    """Nothing; one piece of work was taken from the queue and done, as a worker does."""
    with queue_of(app, url) as queue:
        task = queue.huey.dequeue()
        assert task is not None
        told("taken")
        queue.huey.execute(task)
        told("done")


def test_figures__worker_or_redis_killed_in_the_middle__are_made_by_the_next(
    installation: Installation, tally: Tally, record_property: Record, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "HELD_S", 1)
    installation.fill(fill_accepted)
    app = installation.app

    def made() -> bool:
        return bool(hash_of(place_of_visit(installation.settings.figures_path, VISIT)))

    installation.renew()
    begin_with(app, redis_server.url)
    tally.n_steps = in_child(lambda tell: work_on(app, redis_server.url, tell)).n_steps
    assert made()
    # Just after taking it, before it is held; while it exports; when it is nearly done.
    for step in (1, tally.n_steps // 3, 2 * tally.n_steps // 3, tally.n_steps - 1):
        installation.renew()
        begin_with(app, redis_server.url)
        tally.killed += in_child(lambda tell: work_on(app, redis_server.url, tell), step).was_killed
        with queue_of(app, redis_server.url) as queue:
            until = time.monotonic() + PATIENCE_SECONDS
            while not queue.huey.pending_count():
                assert time.monotonic() < until, "nobody begins it again"
                begin_work(app, WORK, VISIT)
                time.sleep(0.1)
        installation.close()
        tally.acknowledged += in_child(lambda tell: work_on(app, redis_server.url, tell)).told == ("taken", "done")
        tally.lost += not made()
        tally.tried += 1
    tally.record(record_property)


def begin_with(app: Flask, url: str) -> None:
    """Nothing; the figures of the visit wait for a worker."""
    with queue_of(app, url):
        assert begin_work(app, WORK, VISIT).is_under_way
    app.extensions["survey.engine"].dispose()


def test_figures__redis_killed_while_they_wait__are_made_when_somebody_asks_again(
    installation: Installation, redis_server: RedisServer
) -> None:
    installation.fill(fill_accepted)
    installation.renew()
    app = installation.app
    with queue_of(app, redis_server.url) as queue:
        assert begin_work(app, WORK, VISIT).is_under_way
        redis_server.kill()
        begin_work(app, WORK, VISIT).wait(PATIENCE_SECONDS)  # in a thread of this process meanwhile
        assert hash_of(place_of_visit(installation.settings.figures_path, VISIT))
        redis_server.start()
        work = begin_work(app, WORK, VISIT)
        assert work.is_under_way
        task = queue.huey.dequeue()
        assert task is not None
        queue.huey.execute(task)
        assert (work.is_under_way, work.failure) == (False, None)
