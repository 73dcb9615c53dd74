"""Backup, restoring and moving that are killed anywhere: what they left behind is nothing or everything, and the same command goes on."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey.backup import sealing
from survey.backup.place import open_place
from survey.backup.restoring import check_backup, restore_backup
from survey.backup.taking import take_backup
from survey.config import Settings
from survey.copying.moving import move_database
from survey.db import create_engine_for, session_scope
from survey.events import log_event
from survey.storage import Storage
from tests.builders import NOW, add_household, find_or_add_person
from tests.faults.dying import in_child, spread
from tests.faults.installations import Installation, Tally, contents

pytestmark = pytest.mark.soak

N_POINTS = 3
PASSPHRASE = "correct-horse-battery-9"
FILES = (b"first picture", b"second picture" * 1000, b"third picture" * 10)
NOTED = ("events", "backups")
"""Tables that note backups and moves themselves."""

Record = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def _quick_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SCRYPT_COST", 2**10)


def quiet(*_told: Any) -> None:
    """Nothing is shown."""


def fill(session: Session) -> None:
    """Households and the events that tell of them."""
    actor = find_or_add_person(session, "coordinator")
    for number in range(12):
        household = add_household(session, f"{number:03}")
        log_event(session, actor.id, "household.added", "household", household.id, NOW, number=number)


def filled(installation: Installation) -> None:
    """Nothing; the installation has rows and files, and a copy of it is served."""
    installation.fill(fill)
    for data in FILES:
        installation.storage.put(data)
    installation.renew()


def back_up(installation: Installation, place: Path) -> str:
    """The name of a backup of what is served."""
    opened = open_place(str(place), PASSPHRASE, may_begin=True)
    try:
        return take_backup(installation.app, opened, NOW, quiet, quiet).name
    finally:
        installation.close()  # for whoever forks next must share no connection


def restore(place: Path, settings: Settings) -> tuple[str, ...]:
    """What `verify` finds wrong with what came out of the newest backup."""
    opened = open_place(str(place), PASSPHRASE, may_begin=False)
    return restore_backup(settings, opened, opened.lists()[-1], NOW + timedelta(days=1), quiet, quiet).problems


def has_database(settings: Settings) -> bool:
    """Whether the place of these settings has anything in its database."""
    if not settings.database_url:
        return (Path(settings.data) / "survey.sqlite3").exists()
    engine = create_engine_for(settings.database_url)
    return bool(contents(engine))


def count_differences(tally: Tally, expected: dict[str, tuple[int, int]], found: dict[str, tuple[int, int]], settings: Settings) -> None:
    """Adds to the tally in what tables and files the place differs from what it has to hold."""
    tally.tried += 1
    tally.altered += sum(expected[name] != found.get(name) for name in expected)
    storage = Storage(settings.attachments_url)
    there = {storage.get(sha256) for sha256 in storage.sizes()}
    tally.lost += len(set(FILES) - there)
    tally.doubled += len(there - set(FILES))


def test_backup__killed_at_every_step__is_none_or_whole_and_the_next_one_is(
    installation: Installation, tally: Tally, record_property: Record, tmp_path: Path
) -> None:
    filled(installation)
    places = iter(tmp_path / f"place{number}" for number in range(10_000))
    place = next(places)
    whole = in_child(lambda _tell: back_up(installation, place))
    for step in spread(whole.n_steps, N_POINTS):
        place = next(places)
        ended = in_child(lambda tell, place=place: tell(back_up(installation, place)), step)
        tally.killed += ended.was_killed
        known = open_place(str(place), PASSPHRASE, may_begin=True).lists()
        tally.miss(ended.told, known)
        for name in (*known, back_up(installation, place)):
            again = open_place(str(place), PASSPHRASE, may_begin=False)
            told = check_backup(again, name, quiet, quiet)
            tally.lost += len(told.files) != len(FILES)
        tally.tried += 1
    tally.n_steps = whole.n_steps
    tally.record(record_property)


def test_restore__killed_at_every_step__leaves_no_database_and_is_done_again(
    installation: Installation, tally: Tally, record_property: Record, tmp_path: Path
) -> None:
    filled(installation)
    place = tmp_path / "place"
    back_up(installation, place)
    expected = contents(installation.app.extensions["survey.engine"], NOTED)
    settings = installation.empty_place()
    tally.n_steps = in_child(lambda _tell: restore(place, settings)).n_steps
    for step in spread(tally.n_steps, N_POINTS):
        settings = installation.empty_place()
        ended = in_child(lambda tell, settings=settings: tell(restore(place, settings)), step)
        tally.killed += ended.was_killed
        if not has_database(settings):
            assert ended.told == ()
            assert restore(place, settings) == ()
        count_differences(tally, expected, contents(create_engine_for(settings.sqlalchemy_url), NOTED), settings)
    tally.record(record_property)


def takes_more(installation: Installation) -> bool:
    """Whether the database that is served takes another event."""
    try:
        with session_scope(installation.app) as session:
            log_event(session, None, "household.changed", "household", "x", NOW)
    except DBAPIError:
        return False
    finally:
        installation.close()
    return True


def test_move__killed_at_every_step__is_gone_on_with_by_the_same_command(
    installation: Installation, tally: Tally, record_property: Record
) -> None:
    filled(installation)
    expected = contents(installation.app.extensions["survey.engine"], NOTED)

    def move(settings: Settings) -> None:
        move_database(installation.app, settings.sqlalchemy_url, NOW, quiet)

    first = installation.empty_place()
    tally.n_steps = in_child(lambda _tell: move(first)).n_steps
    for step in spread(tally.n_steps, N_POINTS):
        installation.renew()
        settings = installation.empty_place()
        ended = in_child(lambda _tell, settings=settings: move(settings), step)
        tally.killed += ended.was_killed
        move(settings)
        assert not takes_more(installation)
        found = contents(create_engine_for(settings.sqlalchemy_url), NOTED)
        tally.tried += 1
        tally.altered += sum(expected[name] != found.get(name) for name in expected)
    tally.record(record_property)
