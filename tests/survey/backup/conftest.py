"""An installation with something in it, and functions that back it up and restore it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey.backup import sealing
from survey.backup.place import Place, open_place
from survey.backup.restoring import Restored, restore_backup
from survey.backup.taking import Taken, take_backup
from survey.config import Settings
from survey.events import log_event
from tests.builders import add_household, find_or_add_person

PASSPHRASE = "correct-horse-battery-9"
FILES = (b"first picture", b"second picture" * 1000, b"")

Show = Callable[[int, int], None]


def nothing(_done: int, _total: int) -> None:
    """Nothing is shown."""


@pytest.fixture(autouse=True)
def _quick_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SCRYPT_COST", 2**10)


@pytest.fixture
def filled(app: Flask, session: Session, now: datetime) -> Flask:
    """The application with people, households, events and files."""
    actor = find_or_add_person(session, "coordinator")
    for number in range(30):
        household = add_household(session, f"{number:03}")
        told: dict[str, Any] = {"名": "户", "share": 0.1, "none": None}
        log_event(session, actor.id, "household.added", "household", household.id, now, **told)
    session.commit()
    for data in FILES:
        app.extensions["survey.storage"].put(data)
    return app


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place for backups that is begun."""
    return open_place(str(tmp_path / "backups"), PASSPHRASE, may_begin=True)


@pytest.fixture
def take(filled: Flask, place: Place, now: datetime) -> Callable[..., Taken]:
    """A function that makes a backup of the filled installation."""

    def take(show_rows: Show = nothing, show_files: Show = nothing) -> Taken:
        again = open_place(place.url, PASSPHRASE, may_begin=True)
        return take_backup(filled, again, now, show_rows, show_files)

    return take


@pytest.fixture
def empty(settings: Settings, tmp_path: Path) -> Settings:
    """The settings of an installation that does not exist yet."""
    return replace(settings, data=str(tmp_path / "restored"))


@pytest.fixture
def restore(place: Place, empty: Settings, now: datetime) -> Callable[..., Restored]:
    """A function that restores the newest backup, into the empty installation unless other settings are given."""

    def restore(settings: Settings = empty, show_rows: Show = nothing, show_files: Show = nothing) -> Restored:
        again = open_place(place.url, PASSPHRASE, may_begin=False)
        return restore_backup(settings, again, again.lists()[-1], now, show_rows, show_files)

    return restore
