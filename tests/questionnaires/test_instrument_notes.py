"""The notes of docs/instruments.md are on questions that are there and leave none out; so is its table of what was asked for."""

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "instruments.md").read_text(encoding="utf-8")
FORMS = sorted(path.stem for path in (ROOT / "questionnaires").glob("*.md") if path.stem != "template")
ANSWERED = ("select_one", "select_multiple", "integer", "decimal", "text", "date", "image", "audio", "geopoint")
SECTION = re.compile(r"^### .*?(?:`(\w+)\.md`)?[^`\n]*\n(.*?)(?=^#)", re.MULTILINE | re.DOTALL)
FIRST_CELL = re.compile(r"^\| ([^|]*`[^|]*) \|", re.MULTILINE)
CODE = re.compile(r"`([\w*]+)`")
FOR_ALL = ""
"""The section of what every form asks names none."""


@cache
def noted() -> dict[str, tuple[str, ...]]:
    """For each form the names in the first column of its table, which may hold *."""
    return {form: tuple(name for cell in FIRST_CELL.findall(text) for name in CODE.findall(cell)) for form, text in SECTION.findall(PAGE)}


@cache
def read(form: str) -> Questionnaire:
    """The instrument."""
    return read_questionnaire(ROOT / "questionnaires" / f"{form}.md")


def asked(form: str) -> list[str]:
    """The names of what somebody answers."""
    return [each.name for each in read(form).questions() if each.type in ANSWERED]


def without(names: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The names that no pattern fits."""
    patterns = tuple(patterns)
    return [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)]


def test_page__of_the_instruments__has_a_table_for_each() -> None:
    assert sorted(noted()) == [FOR_ALL, *FORMS]


@pytest.mark.parametrize("form", FORMS)
def test_question__of_an_instrument__has_a_note(form: str) -> None:
    assert without(asked(form), (*noted()[FOR_ALL], *noted()[form])) == []


@pytest.mark.parametrize("form", [FOR_ALL, *FORMS])
def test_note__on_a_question__names_one_that_is_asked(form: str) -> None:
    names = {name for each in (FORMS if form == FOR_ALL else (form,)) for name in asked(each)}
    assert [pattern for pattern in noted()[form] if not any(fnmatch(name, pattern) for name in names)] == []


def test_table__of_what_was_asked_for__names_what_there_is() -> None:
    table = PAGE.partition("## What was asked for")[2].partition("\n## ")[0]
    known = {each.name for form in FORMS for each in (*read(form).questions(), *read(form).indicators, *read(form).issue_rules)}
    rows = [line for line in table.splitlines() if "`" in line]
    assert len(rows) == 16
    assert without((name for row in rows for name in CODE.findall(row)), known) == []
