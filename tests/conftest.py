"""Fixtures that every test may use: a fresh installation, its database session, and a browser-like client.

The database of a test is a copy of an empty one made once. The client commits what the test has prepared in `session` before each
request, and lets it read afresh afterwards, so that a test can go back and forth between the two without thinking of transactions.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from flask import Flask
from flask.testing import FlaskClient
from hypothesis.internal.conjecture import providers
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from survey import create_app, open_installation
from survey.config import Settings
from survey.db import create_engine_for, new_id
from survey.demo.build import build_demo
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from tests.builders import find_or_add_person
from tests.postgres import postgres_programs, temporary_cluster
from tests.recorder import Statements, record_statements
from tests.signing_in import fill_cookie

SignIn = Callable[[str], FlaskClient]
MakeApp = Callable[[Settings], Flask]
FIRST = ("tests/survey/demo/test_demo.py", "tests/browser/test_one_visit.py", "tests/browser/")
"""The tests that build the demonstrations for themselves and others, the small one and the whole, and those that wait for a browser."""
SMALL = 6
"""Of so many interviews of the demonstration the small one has one."""
SECRET_KEY = "only-for-tests-0123456789-abcdefghij"
GARBAGE = (10_000, 20, 20)
"""How seldom Python looks for garbage: tests leave little behind, and with its own habit they take three per cent longer."""
PATIENCE_SECONDS = 90
"""How long a test waits for another process or a page before it fails: no promise, as a machine may do much else besides."""
POLL_SECONDS = 0.05
"""How often a server looks whether it is to stop, which every test waits for; by itself it looks twice a second."""


# Hypothesis would read every module of ours for numbers and texts to try, in each process anew; what it tries would depend on what was
# imported before, too.
providers._get_local_constants = lambda: providers._local_constants


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than cores: a test in a browser waits now and then, but each worker has to import and collect everything."""
    return 1 + (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker is still at it when the others have nothing left to do."""
    items.sort(key=lambda item: next((number for number, path in enumerate(FIRST) if item.nodeid.startswith(path)), len(FIRST)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: looking for garbage among it again and again would find none."""
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


@pytest.fixture
def now() -> datetime:
    """The instant at which every test happens: during the visit of April 2018."""
    return datetime(2018, 4, 20, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, made once for all test processes of a run."""
    shared = shared_folder(tmp_path_factory)
    path, finished = shared / "empty.sqlite3", shared / "empty.finished"
    with FileLock(shared / "empty.lock"):
        if not finished.exists():
            engine = create_engine_for(f"sqlite:///{path}")
            upgrade_schema(engine)
            engine.dispose()
            finished.touch()
    return path


@pytest.fixture
def settings(tmp_path: Path, empty_database: Path) -> Settings:
    """The settings of a fresh installation in a folder of its own, its database initialised; nobody needs a second factor."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(empty_database, data / "survey.sqlite3")
    return Settings(data=str(data), secret_key=SECRET_KEY, second_factor_roles="", second_factor_asked="")


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of a run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory) -> MakeApp:
    """A function that makes an application of these settings as the program does, only quicker.

    Passwords are hashed as quickly as the method allows, and templates are compiled once for all test processes.
    """
    folder = shared_folder(tmp_path_factory) / "templates"
    folder.mkdir(exist_ok=True)
    compiled = FileSystemBytecodeCache(str(folder))

    def make_app(settings: Settings) -> Flask:
        app = create_app(settings)
        app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=8, argon2__parallelism=1)
        app.jinja_env.bytecode_cache = compiled
        return app

    return make_app


@pytest.fixture(scope="session")
def one_app(make_app: MakeApp, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for the tests of a process, because its two hundred routes and its templates take long to compile. Take `app`."""
    return make_app(Settings(data=str(tmp_path_factory.mktemp("none")), secret_key=SECRET_KEY))


@pytest.fixture(scope="session")
def other_app(make_app: MakeApp, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One more, for the tests of a process that need a second installation beside that of `app`."""
    return make_app(Settings(data=str(tmp_path_factory.mktemp("none")), secret_key=SECRET_KEY))


@cache
def first_engine() -> Engine:
    """An engine that lasts as long as the process; what it and those that share with it have compiled need not be compiled again."""
    engine = create_engine_for("sqlite://")
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    engine.connect().close()
    return engine


def hasten(engine: Engine) -> None:
    """Nothing; the engine shares compiled statements with those before it, and does not wait for the disk, as nothing outlives a test."""
    engine.dialect, engine._compiled_cache = first_engine().dialect, first_engine()._compiled_cache
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))


@contextmanager
def opened(app: Flask, settings: Settings) -> Iterator[Flask]:
    """An application that is used again, on the installation of these settings while the block runs."""
    before = dict(app.config)
    open_installation(app, settings)
    hasten(app.extensions["survey.engine"])
    app.extensions["survey.storage"].waits_for_disk = False
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["survey.engine"].dispose()
    app.test_client_class = None
    app.config.clear()
    app.config.update(before)


@pytest.fixture
def app(one_app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application on a fresh database; forms need no CSRF token (a test of the token turns it on)."""
    with opened(one_app, settings) as app:
        yield app


@pytest.fixture
def own_app(make_app: MakeApp, settings: Settings) -> Iterator[Flask]:
    """An application of the test's own on a fresh database, for those that add pages to it; forms need no CSRF token."""
    app = make_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["survey.engine"].dispose()


@pytest.fixture
def https_app(make_app: MakeApp, settings: Settings) -> Iterator[Flask]:
    """The application as `serve --https` opens it, with all protections."""
    app = make_app(replace(settings, https=True, own_certificate=True))
    yield app
    app.extensions["survey.engine"].dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session on the test's database. What it holds is committed by the next request of `client`, or by the test itself."""
    with Session(app.extensions["survey.engine"].execution_options(writes=False), expire_on_commit=False) as session:
        yield session


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser-like client, nobody signed in, that shares its work with `session` at every request."""

    class SharingClient(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> Any:
            session.commit()
            response = super().open(*args, **kwargs)
            session.expire_all()
            return response

    app.test_client_class = SharingClient
    return app.test_client()


@pytest.fixture
def sign_in(client: FlaskClient, session: Session) -> SignIn:
    """A function that signs a person in and gives the client back.

    A person who is not there yet is added: admin, coordinator, author and county with that role, anybody else as an interviewer.
    """

    def sign_in(username: str) -> FlaskClient:
        person = find_or_add_person(session, username)
        with client.session_transaction() as cookie:
            fill_cookie(cookie, session, person)
        session.commit()
        return client

    return sign_in


@pytest.fixture
def statements(app: Flask) -> Iterator[Statements]:
    """The SQL statements sent from here on; `statements.reset()` begins anew."""
    with record_statements(app.extensions["survey.engine"]) as recorded:
        yield recorded


def build_once(shared: Path, name: str, every: int) -> Path:
    """The data folder of a demonstration that all test processes of a run share; it is built by the first that asks."""
    data, finished = shared / name, shared / f"{name}.finished"
    with FileLock(shared / f"{name}.lock"):
        if not finished.exists():
            app = create_app(Settings(data=str(data), secret_key=SECRET_KEY, demo=True))
            build_demo(app, every=every)
            app.extensions["survey.engine"].dispose()
            finished.touch()
    return data


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the whole demonstration (half a minute), for long tests. Take `demo_app`; this one stays untouched."""
    return build_once(shared_folder(tmp_path_factory), "built_demo", 1)


@pytest.fixture(scope="session")
def built_small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the small demonstration. Take `small_demo_app`."""
    return build_once(shared_folder(tmp_path_factory), "built_small_demo", SMALL)


def copy_demo(built: Path, data: Path) -> Settings:
    """The settings of a copy of the demonstration, made at `data`."""
    # Attachments lie under their hash and are never written again: the same files serve every copy.
    shutil.copytree(built, data, ignore=shutil.ignore_patterns("attachments"))
    shutil.copytree(built / "attachments", data / "attachments", copy_function=os.link)
    return Settings(data=str(data), secret_key=SECRET_KEY, demo=True)


@pytest.fixture
def demo_settings(built_demo: Path, tmp_path: Path) -> Settings:
    """The settings of a copy of the demonstration that is the test's own."""
    return copy_demo(built_demo, tmp_path / "demo")


@pytest.fixture
def demo_app(other_app: Flask, demo_settings: Settings) -> Iterator[Flask]:
    """The application on a copy of the demonstration of its own; forms need no CSRF token."""
    with opened(other_app, demo_settings) as app:
        yield app


@pytest.fixture
def small_demo_settings(built_small_demo: Path, tmp_path: Path) -> Settings:
    """The settings of a copy of the small demonstration that is the test's own."""
    return copy_demo(built_small_demo, tmp_path / "demo")


@pytest.fixture
def small_demo_app(other_app: Flask, small_demo_settings: Settings) -> Iterator[Flask]:
    """The application on a copy of the small demonstration of its own; forms need no CSRF token."""
    with opened(other_app, small_demo_settings) as app:
        yield app


@contextmanager
def engine_on_copy(built: Path, data: Path) -> Iterator[Engine]:
    """The database of one copy of a demonstration."""
    engine = create_engine_for(copy_demo(built, data).sqlalchemy_url)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demo_engine(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The database of one copy of the demonstration for all tests of a process that only read it."""
    with engine_on_copy(built_demo, tmp_path_factory.mktemp("demo") / "demo") as engine:
        yield engine


@pytest.fixture(scope="session")
def small_demo_engine(built_small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The same of the small demonstration."""
    with engine_on_copy(built_small_demo, tmp_path_factory.mktemp("demo") / "demo") as engine:
        yield engine


@pytest.fixture
def demo_session(demo_engine: Engine) -> Iterator[Session]:
    """A session to read the demonstration as it was built. What a test does to its own `demo_app` is not seen here."""
    with Session(demo_engine.execution_options(writes=False), expire_on_commit=False) as session:
        yield session


@pytest.fixture
def small_demo_session(small_demo_engine: Engine) -> Iterator[Session]:
    """The same of the small demonstration."""
    with Session(small_demo_engine.execution_options(writes=False), expire_on_commit=False) as session:
        yield session


def needed_postgres() -> Path:
    """The folder of PostgreSQL's programs; skips where Debian's package `postgresql` is not installed."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (sudo apt-get install postgresql)")
    return programs


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The address of the first database of a PostgreSQL cluster; skips where Debian's package `postgresql` is not installed."""
    with temporary_cluster(needed_postgres()) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_cluster: str) -> str:
    """The address of an empty PostgreSQL database of the test's own."""
    name = f"test_{new_id().replace('-', '')}"
    engine = create_engine_for(postgres_cluster)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"{postgres_cluster.rpartition('/')[0]}/{name}"
