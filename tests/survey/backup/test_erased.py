"""Somebody is erased, and then a backup from before is restored: they are erased again, in every place that they came back to."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import open_installation
from survey.backup.place import Place, open_place
from survey.backup.restoring import Restored, restore_backup
from survey.bundles.of_visits import fresh_bundle
from survey.config import Settings
from survey.db import session_scope
from survey.intake.models import Submission
from survey.places.models import Household
from survey.protection.drafts import is_naming
from survey.protection.erased import read_erased
from survey.protection.erasing import erase
from survey.protection.held import Found
from survey.review.operations import accept_submission
from survey.storage import Storage
from survey.verify import verify
from tests.builders import find_or_add_person
from tests.survey.backup.conftest import PASSPHRASE, nothing
from tests.survey.backup.test_backup import Take
from tests.survey.protection.test_drafts import NAMES, add_draft, word_file
from tests.survey.protection.test_erasing import dump, household

__all__ = ["household"]


@pytest.fixture
def filled(app: Flask, session: Session, household: Household, now: datetime) -> Flask:
    """An installation with an accepted interview of two people, its picture, and a draft that names them."""
    accept_submission(session, find_or_add_person(session, "coordinator"), session.scalars(select(Submission)).one(), "read", now)
    session.commit()
    add_draft(session, app.extensions["survey.storage"], "张大山户", word_file("张大山想要一口井", "李四妹在家"), now)
    return app


@pytest.fixture
def restore_first(place: Place, empty: Settings, now: datetime) -> Callable[[], Restored]:
    """A function that restores the first of the backups in the place."""

    def restore() -> Restored:
        again = open_place(place.url, PASSPHRASE, may_begin=False)
        return restore_backup(empty, again, again.lists()[0], now, nothing, nothing)

    return restore


def test_restore__of_a_backup_from_before_an_erasure__leaves_nothing_of_the_people_anywhere(
    filled: Flask,
    session: Session,
    household: Household,
    take: Take,
    restore_first: Callable[[], Restored],
    empty: Settings,
    other_app: Flask,
    now: datetime,
) -> None:
    take()
    visit_id = session.get_one(Submission, "uuid:p1").visit_id
    assert visit_id is not None
    erase(session, filled.extensions["survey.storage"], None, Found(household, None), "asked in writing", now)
    session.commit()
    take()
    restored = restore_first()
    assert (restored.n_erased, restored.problems) == (1, ())
    open_installation(other_app, empty)
    storage: Storage = other_app.extensions["survey.storage"]
    with other_app.app_context(), session_scope(other_app) as there:
        everything = dump(there)
        assert [name for name in (*NAMES, "一口井", "在外打工") if name in everything] == []
        assert there.get_one(Submission, "uuid:p1").answers["n_members"] == 2
        assert read_erased(there, [household.village_code]).has(household.village_code, "张大山"), "no list brings them back either"
        [draft] = storage.sizes()
        assert not is_naming(storage.get(draft), NAMES)
        with fresh_bundle(there, visit_id) as (folder, _exported):
            assert [path for path in sorted(Path(folder).rglob("*")) if path.is_file() and holds_names(path)] == []
        assert verify(there, storage, lambda *_done: None).problems == ()
    other_app.extensions["survey.engine"].dispose()


def holds_names(path: Path) -> bool:
    """Whether a file of a bundle holds one of the names, in a table or in its bytes."""
    content = path.read_bytes()
    if path.suffix == ".parquet":
        content = pandas.read_parquet(path).to_csv().encode()
    return any(name.encode() in content for name in NAMES)
