"""The column `sensitivity`: read by path, refused where it says nothing, told by the check, and followed where datasets are made."""

import pandas as pd
import pytest

from analysis.codebook import Column
from analysis.exports.sensitivity import FREE_TEXT, IDENTIFIER, PLAIN, SENSITIVE, class_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.check import lint_questionnaire
from questionnaires.reader import read_questionnaire
from survey.bundles.codebook import codebook_entry, make_form_book

FORM = """
| survey |
| | type | name | label | calculation | sensitivity |
| | begin_group | home | Home | | {group} |
| | text | called | What are you called? | | name |
| | integer | year_of_income | Which year? | | {year} |
| | geopoint | spot | Where? | | {spot} |
| | end_group | | | | |
| | begin_repeat | members | Members | | |
| | text | illness | Which illness? | | sensitive |
| | calculate | code | | concat('A', position(..)) | none |
| | end_repeat | | | | |
| settings |
| | form_id | version |
| | sensitive | 1 |
"""


def form(group: str = "", year: str = "none", spot: str = "position") -> bytes:
    """The form with these cells."""
    return FORM.format(group=group, year=year, spot=spot).encode()


def test_sensitivity__of_questions__is_read_and_told_in_the_codebook() -> None:
    questionnaire = read_questionnaire(form(), "form.md")
    assert questionnaire.sensitivity == {
        "/data/home/called": "name",
        "/data/home/year_of_income": "none",
        "/data/home/spot": "position",
        "/data/members/illness": "sensitive",
        "/data/members/code": "none",
    }
    tables = {table["name"]: table["columns"] for table in codebook_entry(make_form_book((questionnaire,)))["tables"]}
    told = {column["name"]: column["sensitivity"] for columns in tables.values() for column in columns}
    assert (told["spot_latitude"], told["called"], told["illness"], told["code"]) == ("position", "name", "sensitive", "none")
    assert not [problem for problem in lint_questionnaire(form(), "form.md") if problem.column == "sensitivity"]


@pytest.mark.parametrize(
    ("cells", "row", "code", "is_refused"),
    [
        ({"year": "secret"}, 4, "unknown_word", True),
        ({"group": "name"}, 2, "sensitivity_without_answer", True),
        ({"spot": "none"}, 5, "revealing_answer", False),
    ],
)
def test_sensitivity__that_is_none__is_told_with_its_row(cells: dict[str, str], row: int, code: str, *, is_refused: bool) -> None:
    found = [problem for problem in lint_questionnaire(form(**cells), "form.md") if problem.column == "sensitivity"]
    assert [(problem.row, problem.code, problem.severity == "error") for problem in found] == [(row, code, is_refused)]
    assert all("sensitivity_" not in text for problem in found for text in problem.in_language("zh"))
    if is_refused:
        with pytest.raises(SurveyError, match=f"row {row}") as refusal:
            read_questionnaire(form(**cells), "form.md")
        assert refusal.value.code is ErrorCode.INVALID_QUESTIONNAIRE


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("name", IDENTIFIER),
        ("number", IDENTIFIER),
        ("position", IDENTIFIER),
        ("free_text", FREE_TEXT),
        ("sensitive", SENSITIVE),
        ("none", PLAIN),
    ],
)
def test_class__of_a_column_with_a_word__is_the_words_and_not_a_guess(word: str, expected: str) -> None:
    column = Column("head_name", "text", "head_name", {}, (), True, word)
    assert class_of(column, pd.Series(["王大"]), ()) == expected
    assert class_of(Column("head_name", "text", "head_name", {}, (), True), pd.Series(["王大"]), ()) == IDENTIFIER
