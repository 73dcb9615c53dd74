"""A backup is all of an installation, costs what is new, is refused when a bit of it is another one, and comes back whole or not at all."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.backup.place import Place, open_place
from survey.backup.queries import BackupAge, read_backup_age
from survey.backup.restoring import Restored, check_backup
from survey.backup.taking import Taken
from survey.config import Settings
from survey.copying.tables import count_and_hash, read_tables
from survey.db import create_engine_for
from survey.events import Event, log_event
from survey.places.models import Household
from survey.sealing.fields import ATTRIBUTE, Keyring
from survey.storage import Storage
from tests.builders import add_person
from tests.survey.backup.conftest import FILES, PASSPHRASE, nothing

Take = Callable[..., Taken]
Restore = Callable[..., Restored]


def contents(engine: Engine) -> dict[str, tuple[int, int]]:
    """Count and hash of every table but those that note the backup itself."""
    with engine.execution_options(writes=False).connect() as connection:
        tables = read_tables(connection)
        return {name: count_and_hash(connection, each) for name, each in tables.items() if name not in ("events", "backups")}


def in_child(do: Callable[[], object]) -> int:
    """How a process of its own that does this ends: 0, or the number of the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            do()
            os._exit(0)
        finally:
            os._exit(99)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def killed_at(step: int) -> Callable[[int, int], None]:
    """Progress that ends the process at once, as the power does, when so much is done."""
    return lambda done, _total: os.kill(os.getpid(), signal.SIGKILL) if done == step else None


def files_of(settings: Settings) -> set[bytes]:
    """Every stored file."""
    storage = Storage(settings.attachments_url)
    return {storage.get(sha256) for sha256 in storage.sizes()}


def test_backup__restored_elsewhere__is_the_same_to_the_last_row_and_file(
    filled: Flask, settings: Settings, empty: Settings, take: Take, restore: Restore
) -> None:
    (Path(settings.data) / "https").mkdir()
    (Path(settings.data) / "https" / "root.pem").write_bytes(b"root")
    taken = take()
    restored = restore()
    assert (restored.n_rows, restored.n_files) == (taken.n_rows, len(FILES))
    assert restored.problems == ()
    engine = create_engine_for(empty.sqlalchemy_url)
    assert contents(engine) == contents(filled.extensions["survey.engine"])
    with Session(engine.execution_options(writes=False)) as session:
        assert session.scalars(select(Event.action).order_by(Event.number.desc()).limit(1)).one() == "backup.restored"
    engine.dispose()
    assert files_of(empty) == set(FILES)
    assert (Path(empty.data) / "https" / "root.pem").read_bytes() == b"root"
    assert not list(Path(empty.data).glob("*.restoring*"))
    with pytest.raises(SurveyError, match="nothing is overwritten"):
        restore()


def test_backup__after_little_has_happened__writes_little(filled: Flask, session: Session, take: Take, place: Place, now: datetime) -> None:
    first = take()
    household = session.scalars(select(Household)).first()
    assert household is not None
    log_event(session, None, "household.changed", "household", household.id, now)
    session.commit()
    filled.extensions["survey.storage"].put(b"third picture")
    second = take()
    # The log, the note of the first backup, and the new file.
    assert (first.n_pieces_new > 8, second.n_pieces_new) == (True, 3)
    files = [(sha256, size) for sha256, size in filled.extensions["survey.storage"].sizes().items()]
    filled.extensions["survey.storage"].put(b"fourth picture")
    third = take()
    again = open_place(place.url, PASSPHRASE, may_begin=False)
    assert again.lists() == [first.name, second.name, third.name]
    n_before = len(again.known())
    assert again.keep_only([second.name, third.name]) > 0
    assert len(again.known()) < n_before
    assert len(check_backup(again, third.name, nothing, nothing).files) == len(files) + 1
    assert check_backup(again, second.name, nothing, nothing).files == files, "what the newer one does not need is still needed by this"


def test_restore__piece_that_is_another_one__is_refused_and_leaves_no_database(
    take: Take, restore: Restore, place: Place, empty: Settings
) -> None:
    take()
    pieces = sorted((path for path in Path(place.url, "pieces").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    again = open_place(place.url, PASSPHRASE, may_begin=False)
    for spoilt in (pieces[-2].read_bytes(), b"\0" * 100, pieces[-1].read_bytes()[:-1]):
        pieces[-1].write_bytes(spoilt)
        with pytest.raises(SurveyError, match="damaged"):
            check_backup(again, again.lists()[-1], nothing, nothing)
    pieces[-1].unlink()
    with pytest.raises(SurveyError, match="missing; take an earlier backup"):
        restore()
    assert not list(Path(empty.data).glob("survey.sqlite3*"))


@pytest.mark.parametrize("path", ["secret_key", "https/../secret_key", "../secret_key", "/tmp/secret_key"])
def test_restore__file_that_would_lie_elsewhere__is_refused(
    take: Take, restore: Restore, place: Place, empty: Settings, now: datetime, path: str
) -> None:
    take()
    again = open_place(place.url, PASSPHRASE, may_begin=False)
    piece, _n_bytes = again.add(b"another key", compressed=False)
    again.write_list(replace(again.read_list(again.lists()[-1]), beside=[(path, piece)]), now)
    with pytest.raises(SurveyError, match="holds no file there"):
        restore()
    assert not (Path(empty.data) / path).exists()
    assert not Path(empty.sqlalchemy_url.removeprefix("sqlite:///")).exists()


def test_restore__with_another_key__is_refused(
    app: Flask,
    session: Session,
    take: Take,
    restore: Restore,
    place: Place,
    empty: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyring = Keyring(["field-key-of-the-one-backed-up-0123456789", empty.secret_key])
    monkeypatch.setattr(app.extensions["survey.engine"].dialect, ATTRIBUTE, keyring)
    take()
    with pytest.raises(SurveyError, match="not the passphrase"):
        open_place(place.url, PASSPHRASE[::-1], may_begin=False)
    with pytest.raises(SurveyError, match="SURVEY_SECRET_KEY"):
        restore(replace(empty, secret_key=empty.secret_key[::-1]))
    add_person(session, "lead1", "interviewer").phone = "13800138000"
    session.commit()
    take()
    with pytest.raises(SurveyError, match="SURVEY_FIELD_KEY"):
        restore(replace(empty, field_key="another-field-key-0123456789-abcdefghij"))
    assert not list(Path(empty.data).glob("survey.sqlite3*"))
    with pytest.raises(SurveyError, match="no backup here"):
        open_place(str(tmp_path / "nothing"), PASSPHRASE, may_begin=False)
    with pytest.raises(SurveyError, match="other files lie here"):
        open_place(empty.data.replace("restored", "data"), PASSPHRASE, may_begin=True)


@pytest.mark.parametrize("step", [1, 40])
def test_backup__killed_in_the_middle__leaves_none_and_is_made_again(step: int, filled: Flask, take: Take, place: Place) -> None:
    engine = filled.extensions["survey.engine"]
    engine.dispose()
    assert in_child(lambda: take(show_rows=killed_at(step))) == signal.SIGKILL
    assert place.lists() == []
    assert take().name.startswith("000001-")


def test_restore__killed_in_the_middle__leaves_no_database_and_is_done_again(
    filled: Flask, take: Take, restore: Restore, empty: Settings
) -> None:
    take()
    for stage in ("show_files", "show_rows"):
        assert in_child(lambda stage=stage: restore(**{stage: killed_at(2)})) == signal.SIGKILL
        assert not Path(empty.data, "survey.sqlite3").exists()
    assert restore().problems == ()
    assert Path(empty.data, "survey.sqlite3").exists()


@pytest.mark.soak
def test_backup__restored_into_postgresql_and_backed_up_from_there__is_the_same(
    filled: Flask, take: Take, restore: Restore, empty: Settings, postgres_url: str, now: datetime
) -> None:
    take()
    there = replace(empty, database_url=postgres_url)
    assert restore(there).problems == ()
    engine = create_engine_for(postgres_url)
    assert contents(engine) == contents(filled.extensions["survey.engine"])
    with Session(engine) as session, session.begin():
        log_event(session, None, "household.changed", "household", "x", now)  # the log's counter goes on after its last number
        assert session.scalar(select(func.max(Event.number))) == session.scalar(select(func.count()).select_from(Event))
    engine.dispose()
    with pytest.raises(SurveyError, match="nothing there is overwritten"):
        restore(there)


def test_backup_age__something_waits_for_too_long__is_old(filled: Flask, session: Session, take: Take, now: datetime) -> None:
    day = timedelta(days=1)
    assert not read_backup_age(session, now + day, 2 * day).is_old
    assert read_backup_age(session, now + 3 * day, 2 * day) == BackupAge(None, is_old=True)
    take()
    session.rollback()
    assert read_backup_age(session, now + 9 * day, 2 * day) == BackupAge(now, is_old=False)
    log_event(session, None, "household.changed", "household", "x", now + day)
    assert read_backup_age(session, now + 9 * day, 2 * day).is_old
    # A clock that was set back makes nothing old, and nothing fails.
    assert not read_backup_age(session, now - day, 2 * day).is_old
