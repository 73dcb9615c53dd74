"""The sample files that people fill in: lists of persons and of the register, with invented example rows and the terms we understand."""

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.places import roster_terms
from survey.registry import terms

MEMBER_COLUMNS = (
    "village_code", "village_name", "number", "name", "relation", "sex", "id_number", "birth", "schooling", "health", "work",
    "kind", "cause",
)  # fmt: skip
MEMBER_EXAMPLES = (
    ("610727101201", "示例村（虚构）", "0001", "张示例", "户主", "男", "619999196401050018", "1964-01-05", "小学", "健康", "在家务农",
     "建档立卡贫困户", "因病"),
    ("610727101201", "示例村（虚构）", "0001", "李示例", "配偶", "女", "", "1966", "初中", "长期慢性病", "", "", ""),
)  # fmt: skip
IDENTIFICATION_COLUMNS = ("village_code", "village_name", "number", "kind", "day", "note")
IDENTIFICATION_EXAMPLES = (
    ("610727101201", "示例村（虚构）", "0001", "识别", "2014-11-30", "首轮识别"),
    ("610727101201", "示例村（虚构）", "0001", "脱贫", "2016-12-20", ""),
)
"""Rows to be overwritten; the places, people and numbers are invented (619999 is the code of no county)."""


def member_sample() -> bytes:
    """The sample of a list of persons as an .xlsx file."""
    meanings = {terms.MEMBER_COLUMNS[column][0]: words for column, words in terms.MEMBER_TERMS.items()}
    meanings |= {roster_terms.COLUMNS["kind"][0]: roster_terms.KINDS, roster_terms.COLUMNS["cause"][0]: roster_terms.CAUSES}
    headings = [terms.MEMBER_COLUMNS[column][0] for column in MEMBER_COLUMNS]
    return _workbook("家庭成员", headings, MEMBER_EXAMPLES, meanings)


def identification_sample() -> bytes:
    """The sample of the register of identification as an .xlsx file."""
    headings = [terms.IDENTIFICATION_COLUMNS[column][0] for column in IDENTIFICATION_COLUMNS]
    return _workbook("动态台账", headings, IDENTIFICATION_EXAMPLES, {headings[3]: terms.IDENTIFICATION_KINDS})


def _workbook(
    title: str, headings: Sequence[str], examples: Sequence[Sequence[str]], meanings: Mapping[str, Mapping[str, Sequence[str]]]
) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    _write_headings(sheet, headings)
    for example in examples:
        sheet.append(example)
    for position in range(1, len(headings) + 1):
        # Whole columns are text, so that codes and numbers keep their digits.
        sheet.column_dimensions[get_column_letter(position)].number_format = "@"
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("填写说明")
    _write_headings(notes, ["列", "可填写"])
    for heading, words in meanings.items():
        for names in words.values():
            notes.append((heading, "、".join(name for name in names if not name.isascii())))
    notes.column_dimensions["B"].width = 80
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_headings(sheet: Worksheet, headings: Sequence[str]) -> None:
    sheet.append(list(headings))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="E7EFF6")
        sheet.column_dimensions[cell.column_letter].width = 20
