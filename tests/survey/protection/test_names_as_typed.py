"""Sealed names are found as they are typed in pinyin, by tokens that names of earlier versions of the program get by and by."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey.places.models import Household
from survey.protection.key_rotation import count_other, rotate_keys
from survey.sealing.fields import DOT
from survey.sealing.names import SCHEME
from survey.sealing.pinyin import is_typed_as, typed_letters
from tests.builders import add_household

NAMES = ("张大山", "张山", "李大山", "赵杭生", "单小华", "欧阳安", "Ban Ana")


@pytest.fixture
def named(session: Session) -> Session:
    """A session with a household for each of the names."""
    for number, name in enumerate(NAMES):
        add_household(session, number=f"{number:04}").head_name = name
    session.commit()
    session.expire_all()
    return session


def found(session: Session, typed: str) -> list[str]:
    """The names that are found by what somebody typed, asked once more as those who read them do."""
    letters = typed_letters(typed)
    names = session.scalars(select(Household.head_name).where(Household.head_name.is_typed(letters)).order_by(Household.number))
    return [name for name in names if is_typed_as(name, letters)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("zhangdashan", ["张大山"]),
        ("zds", ["张大山"]),
        ("zhangds", ["张大山"]),
        ("dashan", ["张大山", "李大山"]),
        ("zhang", ["张大山", "张山"]),
        ("zhan", ["张大山", "张山"]),
        ("zhangs", ["张山"]),
        ("zhaohang", ["赵杭生"]),
        ("zhangsheng", []),
        ("shanxh", ["单小华"]),
        ("danxiaohua", ["单小华"]),
        ("ouyanga", ["欧阳安"]),
        ("ana", []),
        ("iuv", []),
    ],
)
def test_names__typed_in_pinyin__are_found_by_their_tokens(named: Session, typed: str, names: list[str]) -> None:
    assert found(named, typed) == names


def test_names__as_they_lie__tell_neither_sign_nor_sound(named: Session) -> None:
    raw = " ".join(named.scalars(text("SELECT head_name FROM households")))
    assert not any(told in raw for told in ("张", "zhang", "dashan", "ouyan", "Ban Ana", "~")), "shorter ones may stand there by chance"
    assert all(each.endswith(DOT + SCHEME) for each in raw.split())


def test_rotate__of_names_sealed_by_an_earlier_version__gives_them_the_tokens_of_sounds(app: Flask, named: Session) -> None:
    engine = app.extensions["survey.engine"]
    for key, stored in named.execute(text("SELECT id, head_name FROM households")).all():
        earlier = DOT.join(stored.split(DOT)[:3])
        named.execute(text("UPDATE households SET head_name = :earlier WHERE id = :key"), {"earlier": earlier, "key": key})
    named.commit()
    assert found(named, "zhang") == []
    assert count_other(engine) == len(NAMES)
    assert rotate_keys(engine, lambda _done, _total: None) == len(NAMES)
    assert count_other(engine) == 0
    named.rollback()
    named.expire_all()
    assert found(named, "zhang") == ["张大山", "张山"]
    assert sorted(named.scalars(select(Household.head_name))) == sorted(NAMES)
