"""Markdown to workbook and back: nothing is lost, and the workbook is pleasant to edit."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.convert import convert_file
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.reader import read_questionnaire
from questionnaires.sheets import escape_cell, read_workbook, unescape_cell
from tests.questionnaires.forms import HOUSEHOLD, shared_form

INSTRUMENTS = sorted((Path(__file__).parents[2] / "questionnaires").glob("*.md"))


def tables(source: bytes) -> dict[str, tuple[tuple[str, ...], list[dict[str, str]]]]:
    """The columns and the cells of every sheet."""
    sheets = read_workbook(source, "f").sheets
    return {name: (sheet.columns, [dict(row.cells) for row in sheet.rows]) for name, sheet in sheets.items()}


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.name)
def test_convert__built_in_instrument__comes_back_byte_for_byte(path: Path) -> None:
    source = path.read_bytes()
    workbook = convert_file(source, path.name, ".xlsx")
    assert convert_file(workbook, path.with_suffix(".xlsx").name, ".md") == source
    assert read_questionnaire(workbook, path.name) == read_questionnaire(path)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["socio-economic-survey-v20240515.xlsx", "whova_form.xlsx"])
def test_convert__real_form_of_others__keeps_every_cell_in_both_directions(name: str) -> None:
    source = shared_form(name).read_bytes()
    markdown = convert_file(source, name, ".md")
    assert tables(markdown) == tables(source)
    workbook = convert_file(markdown, "f.md", ".xlsx")
    assert tables(workbook) == tables(source)
    assert read_questionnaire(workbook, name).children == read_questionnaire(source, name).children


def test_convert__small_form__has_the_same_cells() -> None:
    assert tables(convert_file(HOUSEHOLD.read_bytes(), "small.md", ".xlsx")) == tables(HOUSEHOLD.read_bytes())


def test_convert__workbook__is_set_out_to_be_edited() -> None:
    book = openpyxl.load_workbook(BytesIO(convert_file(INSTRUMENTS[1].read_bytes(), "household.md", ".xlsx")))
    assert book.sheetnames == ["survey", "choices", "settings", "indicators", "issue_rules", "_text"]
    survey = book["survey"]
    assert survey.freeze_panes == "C2"
    assert survey["A1"].font.bold
    labels = next(cell for cell in survey[1] if cell.value == "label::中文 (zh)")
    assert survey.column_dimensions[labels.column_letter].width > 30
    assert labels.alignment.wrap_text
    assert {cell.data_type for row in survey.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert survey.auto_filter.ref == f"A1:{survey.cell(1, survey.max_column).column_letter}{survey.max_row}"


@pytest.mark.parametrize(
    "text", ["2018.10", "007", "=1+1", "TRUE", "a | b", "back\\slash \\| bar", "two\nlines", "&#10;", "&#38;#10;", "\\d{4}"]
)
def test_convert__awkward_cell__stays_the_text_it_is(text: str) -> None:
    source = f"| survey |\n| | type | name | label |\n| | text | a | {escape_cell(text)} |\n".encode()
    workbook = convert_file(source, "f.md", ".xlsx")
    assert tables(workbook)["survey"][1][0]["label"] == text
    assert convert_file(workbook, "f.xlsx", ".md") == source.replace(b"| survey |\n", b"| survey | | | |\n| --- | --- | --- | --- |\n")


# A space that does not break becomes a plain one in every workbook that pyxform reads.
CELLS = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc", "Cn"), whitelist_characters="\n|\\&#;", blacklist_characters="\xa0"), min_size=1
    )
    .map(str.strip)
    .filter(bool)
)


@given(st.lists(CELLS.filter(lambda text: set(text) - set("-: |")), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_convert__any_cells__come_back(cells: list[str]) -> None:
    for cell in cells:
        assert unescape_cell(escape_cell(cell)) == cell
    head = " | ".join(f"c{number}" for number in range(len(cells)))
    source = f"| survey |\n| | {head} |\n| | {' | '.join(map(escape_cell, cells))} |\n".encode()
    assert tables(convert_file(convert_file(source, "f.md", ".xlsx"), "f.xlsx", ".md")) == tables(source)


def test_convert__text_between_and_after_the_tables__returns_to_its_place() -> None:
    survey, choices = (b"| %s | |\n| --- | --- |\n| | %s |\n| | a |\n" % each for each in ((b"survey", b"type"), (b"choices", b"name")))
    source = b"# Head\n\n  indented\n\n" + survey + b"\nBetween.\n\n" + choices + b"\nEnd.\n"
    assert convert_file(convert_file(source, "f.md", ".xlsx"), "f.xlsx", ".md") == source


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"| survey |\n| | type | label |\n| | text | {'x' * 40_000} |\n", "cell B2 has more than 32,767"),
        ("| sur/vey |\n| | type |\n| | text |\n", "cannot be the name of a sheet"),
        ("| survey |\n| | type |\n| | te\x07xt |\n", "invisible control character"),
    ],
)
def test_convert__what_a_workbook_cannot_hold__is_refused_with_its_place(source: str, said: str) -> None:
    with pytest.raises(SurveyError, match=said) as refused:
        convert_file(source.encode(), "f.md", ".xlsx")
    assert refused.value.code is ErrorCode.UNCONVERTIBLE
