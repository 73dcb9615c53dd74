"""What a server needs to take an interview, looked at one by one; and what its keeper should look after before it matters."""

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.background import QUEUE, Queue
from survey.backup.queries import BackupAge, read_backup_age
from survey.config import Settings
from survey.events import Event
from survey.failures import passing_failure
from survey.intake.queries import count_infected
from survey.revisions import is_known, newest_revision, schema_revision
from survey.serving.tls import certificate_ends_at
from survey.storage import Storage

log = logging.getLogger(__name__)

CLOCK_TOLERANCE = timedelta(minutes=5)
CERTIFICATE_ENDS_WITHIN = timedelta(days=30)
LISTS_LAST = timedelta(days=14)
"""After so long lists of viruses are said to be old; ClamAV's own change every day."""
STORAGE_TRIED_EVERY_S = 20
TRIED = "survey.storage_tried"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What each check found, "ok" or what is wrong, and what is not wrong yet."""

    checks: dict[str, str]
    warnings: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether everything is there that requests need."""
        return all(found == "ok" for found in self.checks.values())


def check_readiness(app: Flask, now: datetime) -> Readiness:
    """What is found now; a check that fails keeps none of the others from being made."""
    settings: Settings = app.extensions["survey.settings"]
    engine: Engine = app.extensions["survey.engine"]
    checks = {
        "database": _found(lambda: _check_database(engine)),
        "storage": _found(lambda: _check_storage(app)),
        "disk": _found(lambda: _check_disk(settings)),
    }
    warnings = tuple(_warnings(engine, settings, now)) if checks["database"] == "ok" else ()
    return Readiness(checks, (*warnings, *_scanner_warnings(app, now), *_queue_warnings(app), *_certificate_warnings(settings, now)))


def free_bytes(settings: Settings) -> int:
    """How much room the disk of the data folder has."""
    folder = Path(settings.data).resolve()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def backup_age(engine: Engine, settings: Settings, now: datetime) -> BackupAge:
    """When the last backup was made; in a demonstration nothing is missed."""
    with Session(engine.execution_options(writes=False)) as session:
        age = read_backup_age(session, now, timedelta(hours=settings.backup_hours))
    return replace(age, is_old=age.is_old and not settings.demo)


def _found(check: Callable[[], str]) -> str:
    try:
        return check()
    except SurveyError as error:
        return str(error)
    except Exception as error:
        # What passes by itself is found at every look until then: its name is enough each time.
        if passing := passing_failure(error):
            log.warning("a check of readiness failed: %s", passing.name)
        else:
            log.exception("a check of readiness failed")
        return f"failed ({type(error).__name__})"


def _check_database(engine: Engine) -> str:
    found, wanted = schema_revision(engine), newest_revision()
    # That of a later version is one which this version can write into: processes serve on until an upgrade has come to them, too.
    is_later = found is not None and not is_known(found)
    return "ok" if found == wanted or is_later else f"schema {found}, needed {wanted}: python -m survey init"


def _check_storage(app: Flask) -> str:
    """Writing is tried now and then only: probes come every few seconds, and a store far away is asked for money."""
    tried_at = app.extensions.get(TRIED, 0.0)
    if time.monotonic() - tried_at > STORAGE_TRIED_EVERY_S or not tried_at:
        storage: Storage = app.extensions["survey.storage"]
        storage.try_out()
        app.extensions[TRIED] = time.monotonic()
    return "ok"


def _check_disk(settings: Settings) -> str:
    free_mb = free_bytes(settings) // 1_000_000
    return "ok" if free_mb >= settings.min_free_mb else f"{free_mb} MB free, fewer than {settings.min_free_mb}"


def _scanner_warnings(app: Flask, now: datetime) -> tuple[str, ...]:
    """Without its scanner a server takes interviews and shows pages still, so it is ready, but no file that comes with them."""
    scanner = app.extensions["survey.storage"].scanner
    if scanner is None:
        return ()
    try:
        dated = scanner.lists_dated()
    except SurveyError as error:
        return (str(error),)
    is_old = dated is not None and now - dated > LISTS_LAST
    return (f"the virus scanner's lists are of {dated:%Y-%m-%d}; bring it newer ones",) if is_old else ()


def _queue_warnings(app: Flask) -> tuple[str, ...]:
    """Without Redis a server goes on, only slower."""
    queue: Queue | None = app.extensions.get(QUEUE)
    if queue is None or (since := queue.away_since) is None:
        return ()
    what = "long work is done by the web processes themselves, and attempts to sign in are counted by each"
    return (f"Redis has not answered since {since:%Y-%m-%d %H:%M} UTC, {queue.away_seconds:.0f} s in all; {what}",)


def _certificate_warnings(settings: Settings, now: datetime) -> tuple[str, ...]:
    """The certificate is that of the connection from the server in front, which checks it: once it has ended, nobody is answered."""
    if not settings.certificate:
        return ()
    try:
        ends_at = certificate_ends_at(settings.certificate)
    except (OSError, ValueError) as error:
        return (f"the certificate of this server cannot be read ({type(error).__name__})",)
    is_near = ends_at - now < CERTIFICATE_ENDS_WITHIN
    return (f"the certificate of this server ends on {ends_at:%Y-%m-%d}; make a new one (docs/growing.md)",) if is_near else ()


def _warnings(engine: Engine, settings: Settings, now: datetime) -> list[str]:
    found = []
    age = backup_age(engine, settings, now)
    if age.is_old:
        last = f"the last was made at {age.taken_at:%Y-%m-%d %H:%M} UTC" if age.taken_at else "none was made yet"
        found.append(f"what happened more than {settings.backup_hours} hours ago is in no backup; {last}")
    if age.failed_at is not None:
        found.append(f"the backup at {age.failed_at:%Y-%m-%d %H:%M} UTC failed: {age.failure}")
    with Session(engine.execution_options(writes=False)) as session:
        newest = session.scalar(select(Event.happened_at).order_by(Event.number.desc()).limit(1))
        n_infected = count_infected(session)
    if newest is not None and newest - now > CLOCK_TOLERANCE:
        found.append(f"the clock of this machine is behind the last event in the log, of {newest:%Y-%m-%d %H:%M} UTC")
    if n_infected:
        found.append(f"interviews with a file in which the virus scanner found something, and that nobody has decided about: {n_infected}")
    if free_bytes(settings) < 5 * settings.min_free_mb * 1_000_000:
        found.append(f"{free_bytes(settings) // 1_000_000} MB are free on the disk")
    return found
