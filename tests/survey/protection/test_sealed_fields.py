"""Telephone numbers lie encrypted in the database, open with the installation's keys only, and take a new key value by value."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.config import Settings, read_settings
from survey.db import create_engine_for
from survey.protection.key_rotation import rotate_keys, sealed_columns
from survey.sealed_fields import MARK, Keyring, SealedString, seal_fields_of
from tests.builders import find_or_add_person
from tests.conftest import SECRET_KEY

OLD, NEW = "an earlier key of the installation 0123456789", "the present key of the installation 9876543210"
PHONE = "0911-0100001"


@pytest.fixture(autouse=True)
def restored(app: Flask) -> Iterator[None]:
    """Tests share a dialect, and with it the keys: the next one finds those that it expects."""
    yield
    seal_fields_of(app.extensions["survey.engine"], Keyring([SECRET_KEY]))


def stored(session: Session) -> list[str]:
    """The numbers as they lie in the database."""
    return list(session.scalars(text("SELECT phone FROM users WHERE phone <> '' ORDER BY username")))


def test_phone__stored_and_read__lies_sealed(app: Flask, session: Session, settings: Settings) -> None:
    person = find_or_add_person(session, "lead1")
    person.phone = PHONE
    session.commit()
    session.expire_all()
    assert session.get_one(User, person.id).phone == PHONE
    assert stored(session)[0].startswith(MARK)
    bare = create_engine_for(settings.sqlalchemy_url)
    with Session(bare.execution_options(writes=False)) as other:
        assert other.get_one(User, person.id).phone == stored(session)[0], "an engine without keys moves sealed values as they are"
    with pytest.raises(TypeError, match="stores no plain text"):
        SealedString("users.phone").process_bind_param("123", bare.dialect)
    bare.dispose()


def test_rotate__of_plain_and_earlier_values__seals_all_with_the_first_key(app: Flask, session: Session) -> None:
    engine = app.extensions["survey.engine"]
    names = ("lead1", "lead2")
    for name in names:
        find_or_add_person(session, name)
    seal_fields_of(engine, Keyring([OLD]))
    find_or_add_person(session, "lead1").phone = PHONE
    session.flush()
    session.execute(text("UPDATE users SET phone = '0911-0100002' WHERE username = 'lead2'"))
    session.commit()
    both, only = Keyring([NEW, OLD]), Keyring([NEW])
    seal_fields_of(engine, both)
    steps: list[tuple[int, int]] = []
    assert rotate_keys(engine, lambda done, total: steps.append((done, total))) == 2
    assert steps == [(2, 2)]
    assert rotate_keys(engine, lambda _done, _total: None) == 0
    session.rollback()
    assert all(each.startswith(only.prefix) for each in stored(session))
    seal_fields_of(engine, only)
    session.expire_all()
    assert [find_or_add_person(session, name).phone for name in names] == [PHONE, "0911-0100002"]
    seal_fields_of(engine, Keyring([OLD]))
    session.expire_all()
    with pytest.raises(SurveyError, match="Add the earlier key"):
        find_or_add_person(session, "lead1")


def test_keyring__value_of_another_column__does_not_open() -> None:
    keyring = Keyring([NEW])
    with pytest.raises(SurveyError, match=r"contacts\.phone"):
        keyring.open(keyring.seal(PHONE, "users.phone"), "contacts.phone")
    assert {f"{table.name}.{name}" for table, name in sealed_columns()} == {"users.phone", "contacts.phone", "experts.phone"}


def test_settings__weak_field_key__is_refused() -> None:
    with pytest.raises(SurveyError, match="SURVEY_FIELD_KEY"):
        read_settings({}, secret_key=OLD, field_key="short")
    assert read_settings({}, secret_key=OLD, field_key=NEW).field_keys == (NEW, OLD)
