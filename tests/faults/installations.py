"""Installations that are made anew for every trial, on either database, and what they hold, counted so that two can be compared."""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from survey import open_installation
from survey.config import Settings
from survey.copying.tables import count_and_hash, read_tables
from survey.db import create_engine_for, new_id, reading_scope
from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.models import Base
from survey.schema import upgrade_schema
from survey.storage import Storage
from survey.verify import verify
from tests.conftest import hasten
from tests.faults.dying import Do, Ended, in_child, spread

Fill = Callable[[Session], Any]


@dataclass(frozen=True, slots=True)
class State:
    """What an installation holds: rows by table, interviews and files by what makes them what they are, and what `verify` finds wrong."""

    rows: Counter[str]
    kept: Counter[tuple[str, ...]]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """What became of all trials of one operation under one fault."""

    n_steps: int = 0
    tried: int = 0
    killed: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    altered: int = 0
    told: list[str] = field(default_factory=list)

    def compare(self, expected: State, found: State) -> None:
        """Adds one trial, whose installation had to hold what is expected and holds what was found."""
        self.tried += 1
        for lost, more in (
            (expected.rows - found.rows, found.rows - expected.rows),
            (expected.kept - found.kept, found.kept - expected.kept),
        ):
            names = {key[:2] if isinstance(key, tuple) else key for key in lost} & {
                key[:2] if isinstance(key, tuple) else key for key in more
            }
            self.altered += len(names)
            self.lost += lost.total()
            self.doubled += more.total()
            self.told += [f"trial {self.tried}: lost {dict(lost)}, more {dict(more)}"] if lost or more else []
        wrong = set(found.problems) - set(expected.problems)
        self.altered += len(wrong)
        self.told += [f"trial {self.tried}: {problem}" for problem in wrong]

    def miss(self, acknowledged: Iterable[Any], found: Iterable[Any]) -> None:
        """Adds what was acknowledged, and is lost if it was not found."""
        acknowledged, found = set(acknowledged), set(found)
        self.acknowledged += len(acknowledged)
        self.lost += len(acknowledged - found)
        self.told += [f"trial {self.tried + 1}: acknowledged and not there: {each}" for each in acknowledged - found]

    def record(self, record: Callable[[str, object], None], least_killed: float = 0.9) -> None:
        """Puts the counts into the table of long tests, and fails where anything was lost, doubled or altered; or where too few trials
        met the fault to tell anything."""
        for name in ("n_steps", "tried", "killed", "acknowledged", "lost", "doubled", "altered"):
            if getattr(self, name) or name not in ("n_steps", "acknowledged"):
                record(name, getattr(self, name))
        assert (self.lost, self.doubled, self.altered) == (0, 0, 0), "\n".join(self.told[:10])
        # A trial may take a step less than the first run did, and then ends before the last one.
        least = min(least_killed * self.tried, self.tried - 1)
        assert self.killed >= least, f"only {self.killed} of {self.tried} trials met the fault"


class Installation:
    """An installation that is filled once, and of which every trial gets a copy that `app` then serves; `filled` is what filling gave.

    With a `store`, the address of an object store, attachments lie there, those of each copy below a path of its own, which begins empty.
    """

    def __init__(self, app: Flask, folder: Path, empty: Path, cluster: str | None, store: str = "") -> None:
        self.app, self._folder, self._cluster, self._store = app, folder, cluster, store
        self.filled: Any = None
        self._first = folder / "first"
        self._first.mkdir(parents=True)
        self._name = self._new_database() if cluster else ""
        if not cluster:
            shutil.copy(empty, self._first / "survey.sqlite3")
        self._base = Settings(
            data=str(self._first), secret_key=app.extensions["survey.settings"].secret_key, database_url=self._url(self._name)
        )
        if cluster:
            engine = create_engine_for(self._url(self._name))
            upgrade_schema(engine)
            engine.dispose()
        self._open(self._base)

    @property
    def settings(self) -> Settings:
        """Those of the copy that is served."""
        settings: Settings = self.app.extensions["survey.settings"]
        return settings

    @property
    def storage(self) -> Storage:
        """The files of the copy that is served."""
        storage: Storage = self.app.extensions["survey.storage"]
        return storage

    def fill(self, do: Fill) -> Any:
        """What this gives, which puts something into what all copies begin with."""
        with self.app.app_context(), Session(self.app.extensions["survey.engine"], expire_on_commit=False) as session:
            self.filled = do(session)
            session.commit()
        self.close()
        return self.filled

    def renew(self) -> None:
        """Nothing; `app` serves a fresh copy, to which nothing is connected yet. The one before is gone."""
        self.close()
        before = Path(self.settings.data)
        if before != self._first:
            shutil.rmtree(before, ignore_errors=True)
        data = self._folder / new_id()
        shutil.copytree(self._first, data, ignore=shutil.ignore_patterns("*-shm", "*-wal"))
        database_url = self._url(self._new_database(self._name)) if self._cluster else ""
        storage_url = f"{self._store}/{data.name}" if self._store else ""
        self._open(replace(self._base, data=str(data), database_url=database_url, storage_url=storage_url))

    def empty_place(self) -> Settings:
        """The settings of another installation of the same kind, whose folder is empty and whose database has no table."""
        url = self._url(self._new_database()) if self._cluster else ""
        return replace(self._base, data=str(self._folder / new_id()), database_url=url)

    def close(self) -> None:
        """Nothing; no connection is open."""
        self.app.extensions["survey.engine"].dispose()

    def state(self) -> State:
        """What the copy holds."""
        with self.app.app_context(), reading_scope(self.app) as session:
            state = state_of(session, self.storage)
        self.close()
        return state

    def _open(self, settings: Settings) -> None:
        open_installation(self.app, settings)
        if not self._cluster:
            hasten(self.app.extensions["survey.engine"])
        for limiter in self.app.extensions["limiter"]:
            limiter.reset()

    def _url(self, name: str) -> str:
        return f"{self._cluster.rpartition('/')[0]}/{name}" if self._cluster else ""

    def _new_database(self, like: str = "template1") -> str:
        name = f"fault_{new_id().replace('-', '')}"
        assert self._cluster
        engine = create_engine_for(self._cluster)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {like}")
        engine.dispose()
        return name


def walk(installation: Installation, tally: Tally, do: Do, again: Callable[[], Any], n_points: int) -> Iterator[Ended]:
    """Each child that died at one of the steps of what is done; done again afterwards, it has to come out as if nothing had been.

    Between the two the caller may look at what the child left behind.
    """
    installation.renew()
    whole = in_child(do)
    expected = installation.state()
    tally.n_steps = whole.n_steps
    for step in spread(whole.n_steps, n_points):
        installation.renew()
        ended = in_child(do, step)
        tally.killed += ended.was_killed
        yield ended
        again()
        tally.compare(expected, installation.state())


def state_of(session: Session, storage: Storage) -> State:
    """What a session and a storage see."""
    rows = Counter({table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.tables.values()})
    kept: Counter[tuple[str, ...]] = Counter()
    told = (Submission.instance_id, Submission.xml, Submission.xml_sha256, Submission.deprecated_id, Submission.review_state)
    kept.update(("interview", row[0], digest(row[1]), *map(str, row[2:])) for row in session.execute(select(*told)))
    aside = select(QuarantinedSubmission.instance_id, QuarantinedSubmission.xml, QuarantinedSubmission.state)
    kept.update(("aside", row[0], digest(row[1]), row[2]) for row in session.execute(aside))
    files = session.execute(select(Attachment.instance_id, Attachment.name, Attachment.sha256)).all()
    kept.update(("file", f"{row[0]} {row[1]}", digest(storage.get(row[2]))) for row in files)
    return State(rows, kept, verify(session, storage, lambda *_done: None).problems)


def contents(engine: Engine, but: Iterable[str] = ()) -> dict[str, tuple[int, int]]:
    """Count and hash of every table but those named."""
    with engine.execution_options(writes=False).connect() as connection:
        told = {name: count_and_hash(connection, each) for name, each in read_tables(connection).items() if name not in set(but)}
    engine.dispose()
    return told


def digest(data: bytes) -> str:
    """The SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def leftovers(folder: Path, pattern: str) -> list[str]:
    """The names of files below the folder that nobody needs any longer."""
    return sorted(os.path.relpath(path, folder) for path in folder.rglob(pattern))
