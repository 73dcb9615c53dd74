"""Telephone numbers, names and what was received lie encrypted, open with the installation's keys only, and take a new key by and by."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.config import Settings, read_settings
from survey.db import create_engine_for, utc_now
from survey.places.models import Household, RosterDraft
from survey.protection.key_rotation import rotate_keys, sealed_columns
from survey.sealing.fields import MARK, Keyring, SealedString, seal_fields_of
from tests.builders import add_household, find_or_add_person
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


def test_keyring__fingerprint__stays_when_a_new_key_seals_and_differs_by_purpose() -> None:
    before, after = Keyring([OLD]), Keyring([NEW, OLD])
    assert before.fingerprint("张大山", "erased_people.name_hash") == after.fingerprint("张大山", "erased_people.name_hash")
    assert before.token("张大山", "households.head_name") != after.token("张大山", "households.head_name")
    assert before.fingerprint("张大山", "a") != before.fingerprint("张大山", "b")


def test_keyring__value_of_another_column__does_not_open() -> None:
    keyring = Keyring([NEW])
    with pytest.raises(SurveyError, match=r"contacts\.phone"):
        keyring.open(keyring.seal(PHONE, "users.phone"), "contacts.phone")
    kinds = {f"{table.name}.{name}": table.c[name].type for table, name in sealed_columns()}
    assert {"users.phone", "households.head_name", "household_members.name", "submissions.answers", "submissions.xml"} <= set(kinds)
    assert {name: kind.purpose for name, kind in kinds.items()} == {name: name for name in kinds}, "a value opens in its own column only"


def test_names__sealed__are_found_by_their_parts_and_compare_only_where_that_is_right(app: Flask, session: Session) -> None:
    names = ("张大山", "张山", "李大山", "Ban Ana")
    for number, name in enumerate(names):
        add_household(session, number=f"{number:04}").head_name = name
    session.commit()
    session.expire_all()
    raw = " ".join(session.scalars(text("SELECT head_name FROM households")))
    assert raw.count(MARK) == len(names)
    assert not any(name in raw for name in (*names, "张"))

    def found(condition: ColumnElement[bool]) -> list[str]:
        return list(session.scalars(select(Household.head_name).where(condition).order_by(Household.number)))

    assert found(Household.head_name.contains("大山", autoescape=True)) == ["张大山", "李大山"]
    assert found(Household.head_name.contains("张")) == ["张大山", "张山"]
    assert found(Household.head_name.contains("张大山")) == found(Household.head_name == "张大山") == ["张大山"]
    assert found(Household.head_name.contains("ana")) == ["Ban Ana"]
    assert found(Household.head_name.contains("")) == list(names)
    assert found(Household.head_name.in_(["张山", "李大山"])) == ["张山", "李大山"]
    assert found(Household.head_name != "张山") == ["张大山", "李大山", "Ban Ana"]
    with pytest.raises(TypeError, match="sealed"):
        found(Household.head_name < "张")


def test_rotate__names_answers_and_xml__take_the_new_key_and_are_found_by_it(app: Flask, session: Session) -> None:
    engine = app.extensions["survey.engine"]
    seal_fields_of(engine, Keyring([OLD]))
    household = add_household(session)
    household.head_name = "张大山"
    session.add(
        RosterDraft(
            created_by_id=find_or_add_person(session, "coordinator").id,
            file_name="名册.xlsx",
            content={"rows": ["张大山"]},
            created_at=utc_now(),
        )
    )
    session.flush()
    session.execute(text("UPDATE roster_drafts SET content = :plain"), {"plain": '{"rows": ["李四妹"]}'})
    session.commit()
    seal_fields_of(engine, Keyring([NEW, OLD]))
    assert rotate_keys(engine, lambda _done, _total: None) == 2
    assert rotate_keys(engine, lambda _done, _total: None) == 0
    seal_fields_of(engine, Keyring([NEW]))
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Household.head_name).where(Household.head_name.contains("大山"))).all() == ["张大山"]
    assert session.scalars(select(RosterDraft.content)).all() == [{"rows": ["李四妹"]}]
    assert session.scalar(text("SELECT content FROM roster_drafts")).startswith(f'"{MARK}')


def test_settings__weak_field_key__is_refused() -> None:
    with pytest.raises(SurveyError, match="SURVEY_FIELD_KEY"):
        read_settings({}, secret_key=OLD, field_key="short")
    assert read_settings({}, secret_key=OLD, field_key=NEW).field_keys == (NEW, OLD)
