"""Tables as an .xlsx file to hand out: headings that stay in view, text as text, amounts and days as such."""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_TITLE_LENGTH = 31
MAX_WIDTH = 60
MAX_ROWS = 1_048_576
"""So many rows fit on a sheet."""
DAY_FORMAT, AMOUNT_FORMAT = "yyyy-mm-dd", "#,##0.00####"
HEADING: Mapping[str, Any] = MappingProxyType({"bold": True, "bg_color": "#E7EFF6", "text_wrap": True, "valign": "top"})
_TEXT_STAYS: Mapping[str, Any] = MappingProxyType({"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
"""A text stays one even if it begins like a formula, looks like a link or like a number."""
_NOT_IN_TITLES = str.maketrans(dict.fromkeys(r"\/?*[]:", " "))
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | float | Decimal | date | None
Put = Callable[[int, int, Value], None]
"""Writes a value at a row and column, both counted from 0."""


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One sheet: its title, headings and rows; `totals` are rows below them, in bold."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    totals: Sequence[Sequence[Value]] = field(default=())


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a long table: its heading, its width in Latin letters, whether its texts are wrapped.

    `offered` are words that a cell offers to whoever fills the table in; others may be written all the same.
    """

    heading: str
    width: int
    is_wrapped: bool = False
    offered: tuple[str, ...] = ()


def write_workbook(sheets: Iterable[TableSheet]) -> bytes:
    """The tables as the bytes of an .xlsx file, one sheet each."""
    buffer = io.BytesIO()
    with Workbook(buffer, {**_TEXT_STAYS, "in_memory": True}) as book:
        titles: set[str] = set()
        for sheet in sheets:
            _write(book, book.add_worksheet(_free_title(sheet.title, titles)), sheet)
    return buffer.getvalue()


def stream_workbook(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> bytes:
    """An .xlsx file with one sheet, written row by row, so that a long table takes hardly more memory than a short one."""
    buffer = io.BytesIO()
    with Workbook(buffer, {**_TEXT_STAYS, "constant_memory": True}) as book:
        target = book.add_worksheet(_free_title(title, set()))
        target.freeze_panes(1, 0)
        heading = book.add_format(HEADING)
        for number, column in enumerate(columns):
            # Cells that are still empty wrap what is filled in, too.
            target.set_column(number, number, column.width, book.add_format({"text_wrap": column.is_wrapped, "valign": "top"}))
            target.write_string(0, number, column.heading, heading)
            if column.offered:
                target.data_validation(
                    1, number, MAX_ROWS - 1, number, {"validate": "list", "source": list(column.offered), "show_error": False}
                )
        puts = [_putter(book, target, {"text_wrap": column.is_wrapped, "valign": "top"}, {"valign": "top"}) for column in columns]
        for number, values in enumerate(rows, start=1):
            for place, value in enumerate(values):
                puts[place](number, place, value)
    return buffer.getvalue()


def _putter(book: Workbook, target: Worksheet, of_texts: Mapping[str, Any], of_numbers: Mapping[str, Any]) -> Put:
    """What writes values that look so; looks are made once, because making them for each cell would take most of the time."""
    text, number = book.add_format(of_texts), book.add_format(of_numbers)
    amount = book.add_format({**of_numbers, "num_format": AMOUNT_FORMAT})
    day = book.add_format({**of_numbers, "num_format": DAY_FORMAT})
    broken = book.add_format({**of_texts, "text_wrap": True})
    looks: Mapping[type, Format] = {int: number, float: number, Decimal: amount, date: day, datetime: day}

    def put(row: int, column: int, value: Value) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            target.write_string(row, column, _NOT_IN_CELLS.sub("", value), broken if "\n" in value else text)
        elif isinstance(value, date):
            target.write_datetime(row, column, value, day)
        else:
            target.write_number(row, column, value, looks.get(type(value), number))

    return put


def _write(book: Workbook, target: Worksheet, sheet: TableSheet) -> None:
    widths = [_width(heading) for heading in sheet.headings]
    heading = book.add_format(HEADING)
    for column, text in enumerate(sheet.headings):
        target.write_string(0, column, text, heading)
    number = 0
    for is_total, rows in ((False, sheet.rows), (True, sheet.totals)):
        put = _putter(book, target, {"bold": is_total, "valign": "top"}, {"bold": is_total})
        for values in rows:
            number += 1
            for column, value in enumerate(values):
                put(number, column, value)
                widths[column] = max(widths[column], _width(value))
    for column, width in enumerate(widths):
        target.set_column(column, column, min(MAX_WIDTH, width + 2))
    target.freeze_panes(1, 0)


def _free_title(title: str, taken: set[str]) -> str:
    """The title as the name of a sheet that no other one has; `taken` are those of the others, and gets this one."""
    plain = title.translate(_NOT_IN_TITLES).strip("'")[:MAX_TITLE_LENGTH] or "1"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        ending = f" {number}"
        name = plain[: MAX_TITLE_LENGTH - len(ending)] + ending
    taken.add(name.casefold())
    return name


def _width(value: Value) -> int:
    """How many Latin letters wide the value is; a Chinese sign counts as two."""
    lines = str("" if value is None else value).splitlines() or [""]
    return max(sum(1 if sign.isascii() else 2 for sign in line) for line in lines)
