"""Workbooks as rows."""

from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.sheets import MAX_EMPTY_ROWS, read_workbook


def book_bytes(rows: list[list[object]], title: str = "survey") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_markdown__tables__are_sheets_with_row_numbers() -> None:
    workbook = read_workbook(b"text\n\n| survey | | |\n|---|---|---|\n| | type | name |\n| | text | a |\n| | | |\n| | note | b |\n", "f.md")
    sheet = workbook.sheets["survey"]
    assert sheet.columns == ("type", "name")
    assert [(row.number, row.get("type"), row.get("name")) for row in sheet.rows] == [(2, "text", "a"), (3, "note", "b")]


def test_markdown__escaped_pipe__stays_in_the_cell() -> None:
    workbook = read_workbook(rb"| survey | |" + b"\n" + rb"| | label |" + b"\n" + rb"| | a \| b |" + b"\n", "f.md")
    assert workbook.rows("survey")[0].get("label") == "a | b"


def test_markdown__byte_order_mark__is_no_text() -> None:
    assert "survey" in read_workbook("\ufeff| survey | |\n| | type |\n| | text |\n".encode(), "f.md").sheets


def test_csv__sheets_named_in_the_first_column__are_read_as_markdown_is() -> None:
    workbook = read_workbook(
        b'survey,,\r\n,type,name,label\r\n,text,a,"Two\r\nlines, one cell"\r\n\r\nsettings\r\n,form_id\r\n,f\r\n', "f.csv"
    )
    assert workbook.rows("survey")[0].cells == {"type": "text", "name": "a", "label": "Two\r\nlines, one cell"}
    assert workbook.rows("settings")[0].get("form_id") == "f"
    with pytest.raises(SurveyError) as refused:
        read_workbook(b"type,name\ntext,a\n", "f.csv")
    assert "first column" in str(refused.value)


def test_xlsx__numbers_and_blank_rows__keep_text_and_row_numbers() -> None:
    workbook = read_workbook(book_bytes([["list_name", "name"], ["yn", 1], [None, None], ["yn", 2.5], ["yn", True]]), "f.xlsx")
    assert [(row.number, row.get("name")) for row in workbook.rows("survey")] == [(2, "1"), (4, "2.5"), (5, "TRUE")]


def test_xlsx__sheet_name_in_another_case__is_found() -> None:
    assert read_workbook(book_bytes([["type"], ["text"]], "Survey "), "f.xlsx").sheets["survey"].name == "Survey "


def test_xlsx__long_run_of_empty_rows__ends_the_sheet() -> None:
    rows: list[list[object]] = [["type"], ["text"], *([[None]] * (MAX_EMPTY_ROWS + 5)), ["note"]]
    assert [row.get("type") for row in read_workbook(book_bytes(rows), "f.xlsx").rows("survey")] == ["text"]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"plain", b"PK\x03\x04nonsense", b"\xd0\xcf\x11\xe0nonsense"])
def test_read_workbook__anything_else__is_refused(data: bytes) -> None:
    with pytest.raises(SurveyError) as refused:
        read_workbook(data, "f")
    assert refused.value.code is ErrorCode.NOT_A_WORKBOOK


@given(st.binary(max_size=200))
def test_read_workbook__any_bytes_without_a_table__are_refused(data: bytes) -> None:
    with pytest.raises(SurveyError) as refused:
        read_workbook(data.replace(b"|", b""), "f")
    assert refused.value.code is ErrorCode.NOT_A_WORKBOOK
