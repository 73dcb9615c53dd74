"""A questionnaire's file in its other form: Markdown tables as an .xlsx workbook for those who edit, and back for those who review.

Cells, columns, sheets and their order stay as they are. What a Markdown file says outside its tables lies in the workbook's sheet `_text`,
and returns from there. Every cell is written as text, so that the version "2018.10" stays what it is.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import cast

import openpyxl
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.sheets import MARKDOWN_ROW, Row, Sheet, Workbook, escape_cell, read_workbook

TEXT_SHEET = "_text"
"""The sheet of what stands outside the tables: `before` names the sheet that follows, or `AT_THE_END`."""
AT_THE_END = "(end)"
MAX_CELL_CHARACTERS = 32_767
"""Excel's limit."""
MIN_WIDTH, MAX_WIDTH = 9, 48
"""In characters of the standard font."""
_TEXT_COLUMNS = ("before", "text")
_LEFT_COLUMNS = ("type", "name", "list_name", "list name")
_HEAD_FILL = PatternFill("solid", fgColor="1F3A5F")
_GROUP_FILL = PatternFill("solid", fgColor="E8EEF5")
_HEAD_FONT = Font(bold=True, color="FFFFFF")
_TOP = Alignment(vertical="top", wrap_text=True)


def convert_file(source: bytes, name: str, ending: str) -> bytes:
    """The file called `name` as ".xlsx" or ".md". Raises NOT_A_WORKBOOK, or UNCONVERTIBLE with the cell that stands in the way."""
    workbook = read_workbook(source, name)
    if TEXT_SHEET not in workbook.sheets and not source.startswith((b"PK", b"\xd0\xcf")):
        blocks = tuple(_text_blocks(source.decode("utf-8-sig")))
        rows = tuple(Row(number, dict(zip(_TEXT_COLUMNS, block, strict=True))) for number, block in enumerate(blocks, start=2))
        sheets = {TEXT_SHEET: Sheet(TEXT_SHEET, _TEXT_COLUMNS, rows)} if rows else {}
        workbook = Workbook(workbook.name, {**workbook.sheets, **sheets})
    return write_markdown(workbook).encode() if ending.lower() == ".md" else write_xlsx(workbook)


def write_markdown(workbook: Workbook) -> str:
    """The workbook as Markdown tables, with the texts of its sheet `_text` between them."""
    texts = {row.get("before"): row.get("text") for row in workbook.rows(TEXT_SHEET)}
    parts = []
    for key, sheet in workbook.sheets.items():
        if key != TEXT_SHEET:
            text = texts.get(sheet.name)
            parts += [f"{text}\n"] if text else []
            parts.append("\n".join(_table_lines(sheet)) + "\n")
    parts += [f"{texts[AT_THE_END]}\n"] if texts.get(AT_THE_END) else []
    return "\n".join(parts)


def write_xlsx(workbook: Workbook) -> bytes:
    """The workbook as .xlsx, set out to be edited: header row and first columns stay in sight, groups are tinted, long texts wrap."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in workbook.sheets.values():
        try:
            page = book.create_sheet(sheet.name)
        except ValueError as error:
            raise _unconvertible(workbook, f"'{sheet.name}' cannot be the name of a sheet") from error
        _fill_sheet(workbook, sheet, page)
    if not book.worksheets:
        book.create_sheet("survey")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _text_blocks(source: str) -> Iterator[tuple[str, str]]:
    """What stands before each table, with the table's name, and what stands after the last."""
    waiting: list[str] = []
    for line in source.splitlines():
        match = MARKDOWN_ROW.fullmatch(line)
        if match is None:
            waiting.append(line.rstrip())
        elif title := match[1].split("|")[0].strip():
            if any(waiting):
                yield title, "\n".join(waiting).strip("\n")
            waiting = []
    if any(waiting):
        yield AT_THE_END, "\n".join(waiting).strip("\n")


def _table_lines(sheet: Sheet) -> Iterator[str]:
    columns = sheet.columns or ("",)
    yield f"| {sheet.name} |" + " |" * len(columns)
    yield "|" + " --- |" * (len(columns) + 1)
    if sheet.columns:
        yield _line(columns)
    for row in sheet.rows:
        yield _line([row.get(column) for column in columns])


def _line(cells: Sequence[str]) -> str:
    return "| | " + " | ".join(map(escape_cell, cells)) + " |"


def _fill_sheet(workbook: Workbook, sheet: Sheet, page: Worksheet) -> None:
    for place, column in enumerate(sheet.columns, start=1):
        head = _write(workbook, sheet, _cell(page, 1, place), column)
        head.font, head.fill, head.alignment = _HEAD_FONT, _HEAD_FILL, _TOP
        page.column_dimensions[get_column_letter(place)].width = _width(sheet, column)
    for row in sheet.rows:
        is_group = sheet.name.lower() == "survey" and row.get("type").lower().startswith(("begin", "end_", "end "))
        for place, column in enumerate(sheet.columns, start=1):
            cell = _cell(page, row.number, place)
            if is_group:
                cell.fill = _GROUP_FILL
            if row.get(column):
                _write(workbook, sheet, cell, row.get(column)).alignment = _TOP
    n_left = next((place for place, column in enumerate(sheet.columns) if column.lower() not in _LEFT_COLUMNS), 0)
    page.freeze_panes = f"{get_column_letter(min(n_left, 2) + 1)}2"
    if sheet.columns and sheet.name != TEXT_SHEET:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{max((row.number for row in sheet.rows), default=1)}"


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    """A cell of a page on which none is merged."""
    return cast(Cell, page.cell(row, column))


def _write(workbook: Workbook, sheet: Sheet, cell: Cell, text: str) -> Cell:
    """The cell with the text as text, even where it looks like a number or a formula."""
    place = f"sheet '{sheet.name}', cell {cell.coordinate}"
    if len(text) > MAX_CELL_CHARACTERS:
        raise _unconvertible(workbook, f"{place} has more than {MAX_CELL_CHARACTERS:,} characters")
    if ILLEGAL_CHARACTERS_RE.search(text) or "\ufffe" in text or "\uffff" in text:
        raise _unconvertible(workbook, f"{place} holds an invisible control character")
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _width(sheet: Sheet, column: str) -> float:
    """The width that shows most cells of a column whole; a Chinese character takes two places."""
    longest = max((_places(line) for text in (column, *(row.get(column) for row in sheet.rows)) for line in text.splitlines()), default=0)
    return min(max(longest + 2, MIN_WIDTH), MAX_WIDTH if sheet.name != TEXT_SHEET else 140)


def _places(text: str) -> int:
    return sum(1 + (character > "\u2e7f") for character in text)


def _unconvertible(workbook: Workbook, detail: str) -> SurveyError:
    return SurveyError(ErrorCode.UNCONVERTIBLE, file=Path(workbook.name).name, detail=detail)
