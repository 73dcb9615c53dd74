"""Every column of the database has a level of protection, and the page tells it."""

from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, Text

from docs.data_levels import levels_document
from survey.models import Base
from survey.protection.levels import LEVELS, NAMED, PERSONAL, SEALED, SECRET, WORKING, level_of

ROOT = Path(__file__).parents[3]


def test_columns__of_every_table__have_a_level() -> None:
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    lacking = [str(column) for column in columns if level_of(column) not in LEVELS]
    assert lacking == [], "say in survey/protection/levels.py what they tell of whom"
    named = {f"{table}.{name}" for table, levels in NAMED.items() for names in levels.values() for name in names.split()}
    assert named - {str(column) for column in columns} == set(), "columns that are no more"


@pytest.mark.parametrize(
    ("column", "level"),
    [
        ("households.head_name", SEALED),
        ("household_members.id_number", SEALED),
        ("household_members.birth_year", PERSONAL),
        ("submissions.answers", SEALED),
        ("submissions.latitude", PERSONAL),
        ("users.phone", SEALED),
        ("users.password", SECRET),
        ("visits.state", WORKING),
    ],
)
def test_level__of_a_column__follows_from_what_it_tells(column: str, level: str) -> None:
    table, name = column.split(".")
    assert level_of(Base.metadata.tables[table].columns[name]) == level


def test_level__of_a_new_text__is_none_until_somebody_says_it() -> None:
    new = Table("households", MetaData(), Column("nickname", String(64)), Column("story", Text), Column("state", String(16)))
    assert [level_of(column) for column in new.columns] == [None, None, WORKING]


@pytest.mark.parametrize(("language", "name"), [("en", "docs/data_levels.md"), ("zh", "docs/guide/zh/reference/data_levels.md")])
def test_page__of_levels__is_that_of_the_tables(language: str, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == levels_document(language), f"run: python -m docs.data_levels {language} > {name}"
