"""Tables as an .xlsx file to hand out: headings that stay in view, text as text, amounts and days as such."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_TITLE_LENGTH = 31
MAX_WIDTH = 60
HEADING_FILL = PatternFill("solid", start_color="E7EFF6")
DAY_FORMAT = "yyyy-mm-dd"
_NOT_IN_TITLES = str.maketrans(dict.fromkeys(r"\/?*[]:", " "))

Value = str | int | float | Decimal | date | None


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One sheet: its title, headings and rows; `totals` are rows below them, in bold."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    totals: Sequence[Sequence[Value]] = field(default=())


def write_workbook(sheets: Iterable[TableSheet]) -> bytes:
    """The tables as the bytes of an .xlsx file, one sheet each."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write(book.create_sheet(sheet.title.translate(_NOT_IN_TITLES)[:MAX_TITLE_LENGTH]), sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def stream_workbook(title: str, columns: Sequence[tuple[str, int, bool]], rows: Iterable[Sequence[Value]]) -> bytes:
    """An .xlsx file with one sheet, written row by row, so that a long table takes hardly more memory than a short one.

    `columns` are heading, width in Latin letters, and whether its texts are wrapped.
    """
    book = Workbook(write_only=True)
    target = book.create_sheet(title.translate(_NOT_IN_TITLES)[:MAX_TITLE_LENGTH])
    target.freeze_panes = "A2"
    for number, (_heading, width, _is_wrapped) in enumerate(columns, start=1):
        target.column_dimensions[get_column_letter(number)].width = width
    headings = [WriteOnlyCell(target, heading) for heading, _width, _is_wrapped in columns]
    for cell in headings:
        cell.font, cell.fill, cell.alignment = Font(bold=True), HEADING_FILL, Alignment(wrap_text=True, vertical="top")
    target.append(headings)
    looks = [_looks(target, is_wrapped=is_wrapped) for _heading, _width, is_wrapped in columns]
    for values in rows:
        target.append([_streamed(target, value, look) for value, look in zip(values, looks, strict=True)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _looks(target: WriteOnlyWorksheet, *, is_wrapped: bool) -> dict[type, StyleArray]:
    """How the cells of a column look, by the type of value; setting each cell's look anew would take most of the time."""
    text, day = WriteOnlyCell(target, ""), WriteOnlyCell(target, date.min)
    text.alignment = Alignment(wrap_text=is_wrapped, vertical="top")
    day.alignment, day.number_format = Alignment(vertical="top"), DAY_FORMAT
    return {str: text._style, date: day._style}


def _streamed(target: WriteOnlyWorksheet, value: Value, looks: dict[type, StyleArray]) -> Cell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(target, ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell._style = looks[date if isinstance(value, date) else str]
    return cell


def _write(target: Worksheet, sheet: TableSheet) -> None:
    widths = [_width(heading) for heading in sheet.headings]
    for column, heading in enumerate(sheet.headings, start=1):
        cell = target.cell(1, column, heading)
        cell.font, cell.fill, cell.alignment = Font(bold=True), HEADING_FILL, Alignment(wrap_text=True, vertical="top")
    number = 1
    for is_total, rows in ((False, sheet.rows), (True, sheet.totals)):
        for values in rows:
            number += 1
            for column, value in enumerate(values, start=1):
                cell = target.cell(number, column)
                _put(cell, value)
                if is_total:
                    cell.font = Font(bold=True)
                widths[column - 1] = max(widths[column - 1], _width(value))
    for column, width in enumerate(widths, start=1):
        target.column_dimensions[get_column_letter(column)].width = min(MAX_WIDTH, width + 2)
    target.freeze_panes = "A2"


def _put(cell: Cell, value: Value) -> None:
    """Set a cell; a text stays one even if it begins like a formula."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text="\n" in value, vertical="top")
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "#,##0.00####"
        elif isinstance(value, date):
            cell.number_format = DAY_FORMAT


def _width(value: Value) -> int:
    """How many Latin letters wide the value is; a Chinese sign counts as two."""
    lines = str("" if value is None else value).splitlines() or [""]
    return max(sum(1 if sign.isascii() else 2 for sign in line) for line in lines)
