"""The sample roster that people fill in: the headings we know best, invented example rows, and a sheet of the terms we understand."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.places import roster_terms as terms

SAMPLE_COLUMNS = (
    "village_code", "township_name", "village_name", "group_name", "number", "head_name", "kind", "n_members", "cause", "markers",
    "latitude", "longitude",
)  # fmt: skip
EXAMPLES = (
    ("610727101201", "示例镇", "示例村（虚构）", "一组", "0001", "张示例", "建档立卡贫困户", 4, "因病", "病人", 33.3297, 106.1521),
    ("610727101201", "示例镇", "示例村（虚构）", "二组", "0002", "李示例", "脱贫户", 3, "缺技术", "", "", ""),
    ("610727101201", "示例镇", "示例村（虚构）", "二组", "0003", "王示例", "边缘户", 2, "", "老人、残疾人", "", ""),
)
"""Rows to be overwritten; the places and people are invented."""

TEXT_ROWS = 2000
"""So many rows are formatted as text, so that codes and numbers keep their zeros."""


def sample_workbook() -> bytes:
    """The sample as an .xlsx file."""
    book = Workbook()
    _fill_roster(book.active)
    _fill_terms(book.create_sheet("填写说明"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill_roster(sheet: Worksheet) -> None:
    sheet.title = "花名册"
    _write_headings(sheet, [terms.COLUMNS[column][0] for column in SAMPLE_COLUMNS])
    for example in EXAMPLES:
        sheet.append(example)
    for name in ("village_code", "number"):
        letter = get_column_letter(SAMPLE_COLUMNS.index(name) + 1)
        for row in range(2, TEXT_ROWS):
            sheet[f"{letter}{row}"].number_format = "@"
    sheet.freeze_panes = "A2"


def _fill_terms(sheet: Worksheet) -> None:
    _write_headings(sheet, ["列", "可填写"])
    for column, words in (("kind", terms.KINDS), ("cause", terms.CAUSES), ("markers", terms.MARKERS)):
        for names in words.values():
            sheet.append((terms.COLUMNS[column][0], "、".join(name for name in names if not name.isascii())))
    sheet.column_dimensions["B"].width = 80


def _write_headings(sheet: Worksheet, headings: list[str]) -> None:
    sheet.append(headings)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="E7EFF6")
        sheet.column_dimensions[cell.column_letter].width = 18
