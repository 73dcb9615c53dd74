"""ASCII names for Chinese ones: what SPSS, Stata and R all take, and always the same."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.lint.aliases import MAX_LENGTH, aliases_of, is_portable, transliterated


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("姓名", "xing_ming"),
        ("家庭人口", "jia_ting_ren_kou"),
        ("ñandú", "nandu"),
        ("water-safe", "water_safe"),
        ("q1.a", "q1_a"),
        ("if", "q_if"),
        ("_weight", "weight"),
        ("2018", "q_2018"),
        ("。", "q"),
        ("这是一个非常非常长的名字用来测试", "zhe_shi_yi_ge_fei_chang_fei"),
        ("a" * 40, "a" * 32),
    ],
)
def test_transliterated__name__is_portable_and_readable(name: str, alias: str) -> None:
    assert transliterated(name) == alias
    assert is_portable(alias)


def test_aliases_of__names_that_are_portable__need_none() -> None:
    assert aliases_of(["name", "n_members", "Age"]) == {}


def test_aliases_of__one_transliteration_for_several__are_told_apart_and_from_plain_names() -> None:
    assert aliases_of(["姓名", "性命", "xing_ming"]) == {"姓名": "xing_ming_2", "性命": "xing_ming_3"}


def test_aliases_of__names_that_differ_in_capitals__keep_the_first() -> None:
    assert aliases_of(["Age", "age", "AGE"]) == {"age": "age_2", "AGE": "age_3"}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.from_regex(r"[^\W\d][\w.-]{0,40}", fullmatch=True), max_size=8))
def test_aliases_of__any_names__give_portable_names_that_differ(names: list[str]) -> None:
    aliases = aliases_of(names)
    columns = [aliases.get(name, name).lower() for name in dict.fromkeys(names)]
    assert len(set(columns)) == len(columns)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", alias) and len(alias) <= MAX_LENGTH for alias in aliases.values())
    assert aliases_of(names) == aliases
