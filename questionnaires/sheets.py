"""A workbook as plain rows of text with their row numbers, from .xlsx, .xls, Markdown or .csv; it knows nothing of questionnaires.

The rows go to pyxform and to the linter alike, so that both speak of the same cells.
"""

import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from pyxform.xls2json_backends import xls_value_to_unicode, xlsx_value_to_str
from xlrd.compdoc import CompDocError

from questionnaires.old_workbook import peculiar_sheets
from questionnaires.packed import inspect_packed
from questionnaires.workbook_words import refusal

MAX_FILE_BYTES = 50_000_000
MAX_XLS_BYTES = 8_000_000
"""The old format is not packed, and xlrd takes it whole into memory."""
MAX_TEXT_BYTES = 10_000_000
MAX_TEXT_CELLS = 1_000_000
MAX_EMPTY_ROWS = 60
MAX_COLUMNS = 500

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls")
MARKDOWN_ROW = re.compile(r"\s*\|(.*)\|\s*")
_MARKDOWN_RULE = re.compile(r"[\s|:]*-{2,}[\s|:-]*")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_ENTITY = re.compile(r"&#(10|13|38|133|8232|8233);")
_LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_OF_DAMAGED = (
    *(zipfile.BadZipFile, InvalidFileException, EOFError, LookupError, OSError, ValueError, TypeError, SyntaxError, zlib.error),
    *(AttributeError, RuntimeError, ArithmeticError),
)
"""What reading a damaged workbook ends in; the last three where a part that another names is not what openpyxl takes it for."""
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header; `number` counts as a spreadsheet does (the header is row 1); empty cells are absent."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell's text, or "" when it is empty."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name as written, its column names in order, and its rows, the empty ones left out."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a workbook that its rows do not show; `row` and `column` (a header, or a letter) are empty for a whole sheet."""

    kind: str
    """"formula", "formula_without_value", "merged", "hidden_sheet", "only_sheet", "duplicate_sheet" or "duplicate_column"."""
    sheet: str
    row: int | None = None
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file's sheets, by name in lower case."""

    name: str
    sheets: Mapping[str, Sheet]
    remarks: tuple[Remark, ...] = ()

    def rows(self, sheet: str) -> tuple[Row, ...]:
        """The rows of a sheet, none when the sheet is absent."""
        return self.sheets[sheet].rows if sheet in self.sheets else ()


def read_workbook(source: Path | bytes, name: str | None = None) -> Workbook:
    """All sheets of the file at `source`, or of the bytes given; the kind is told from the content, not from the name.

    Raises NOT_A_WORKBOOK for anything that is neither a workbook nor tables as text.
    """
    name = name or (source.name if isinstance(source, Path) else "questionnaire")
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        _refuse_size(name, size, MAX_FILE_BYTES)
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise refusal(name, "unreadable", reason=error.strerror or str(error)) from error
    if not data.strip():
        raise refusal(name, "empty")
    remarks: list[Remark] = []
    if data.startswith(_ZIP):
        tables, remarks = _read_xlsx(data, name)
    elif data.startswith(_OLE):
        _refuse_size(name, len(data), MAX_XLS_BYTES)
        tables, remarks = _read_xls(data, name)
    else:
        _refuse_size(name, len(data), MAX_TEXT_BYTES)
        tables = _read_text(data, name)
    sheets: dict[str, Sheet] = {}
    if alone := _only_survey(tables):
        remarks.append(Remark("only_sheet", "survey", value=alone))
        tables = {"survey": tables[alone]}
    for title, table in tables.items():
        remarks += _duplicates(title, table, sheets)
        sheets.setdefault(title.strip().lower(), _to_sheet(title, table))
    return Workbook(name=name, sheets=sheets, remarks=tuple(remarks))


def _refuse_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise refusal(name, "too_large", size=size // 1_000_000, limit=limit // 1_000_000)


def _only_survey(tables: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """The name of a workbook's only sheet when it is a survey under another name, as pyxform reads it; else ""."""
    if len(tables) != 1:
        return ""
    [(title, table)] = tables.items()
    columns = {cell.strip().lower() for cell in table[0]} if table else set()
    return title if title.strip().lower() != "survey" and {"type", "name"} <= columns else ""


def _duplicates(title: str, table: Sequence[Sequence[str]], known: Mapping[str, Sheet]) -> Iterator[Remark]:
    if title.strip().lower() in known:
        yield Remark("duplicate_sheet", title.strip(), value=known[title.strip().lower()].name)
        return
    header = [_SPACES.sub(" ", cell) for cell in table[0]] if table else []
    for column in dict.fromkeys(cell for place, cell in enumerate(header) if cell and cell in header[:place]):
        yield Remark("duplicate_column", title, 1, column, column)


def _read_xlsx(data: bytes, name: str) -> tuple[dict[str, list[list[str]]], list[Remark]]:
    try:
        packed = inspect_packed(data)
        if packed.refusal:
            raise refusal(name, packed.refusal, size=packed.size, limit=packed.limit)
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        try:
            hidden = [Remark("hidden_sheet", sheet.title) for sheet in book.worksheets if sheet.sheet_state != "visible"]
            tables = {
                sheet.title: _until_empty(_texts(row) for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True))
                for sheet in book.worksheets
            }
        finally:
            book.close()
        return tables, [*hidden, *(_peculiar_cells(data, tables) if packed.is_peculiar else ())]
    except _OF_DAMAGED as error:
        raise refusal(name, "damaged", kind=".xlsx") from error


def _peculiar_cells(data: bytes, tables: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[Remark]:
    """The formulas, each with the value that was read for it, and the merged cells."""
    for sheet in openpyxl.load_workbook(BytesIO(data)).worksheets:
        table = tables.get(sheet.title, [])
        for merged in sheet.merged_cells.ranges:
            yield Remark("merged", sheet.title, merged.min_row, value=str(merged.coord))
        for texts, row in zip(table, sheet.iter_rows(max_row=len(table), max_col=MAX_COLUMNS), strict=False):
            for place, cell in enumerate(row):
                if cell.data_type == "f":
                    kind = "formula" if place < len(texts) and texts[place] else "formula_without_value"
                    header = table[0][place] if place < len(table[0]) else ""
                    yield Remark(kind, sheet.title, cell.row, header or get_column_letter(place + 1), _formula(cell.value))


def _formula(value: object) -> str:
    """The formula as it is written; openpyxl wraps one that fills several cells."""
    return str(getattr(value, "text", value))


def _texts(row: Iterable[object]) -> list[str]:
    return ["" if value is None else xlsx_value_to_str(value).strip() for value in row]


def _read_xls(data: bytes, name: str) -> tuple[dict[str, list[list[str]]], list[Remark]]:
    try:
        with xlrd.open_workbook(file_contents=data) as book:
            tables = {
                sheet.name: _until_empty(
                    [
                        "" if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else _xls_text(cell, book.datemode)
                        for cell in sheet.row(number)[:MAX_COLUMNS]
                    ]
                    for number in range(sheet.nrows)
                )
                for sheet in book.sheets()
            }
        return tables, list(_peculiar_old_cells(data, tables))
    except (*_OF_DAMAGED, xlrd.XLRDError, CompDocError, AssertionError, struct.error) as error:
        raise refusal(name, "damaged", kind=".xls") from error


def _peculiar_old_cells(data: bytes, tables: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[Remark]:
    """The hidden sheets, merged cells and formulas of an .xls file; what a formula says is not read, only the value it had."""
    for (title, table), sheet in zip(tables.items(), peculiar_sheets(data), strict=False):
        if sheet.is_hidden:
            yield Remark("hidden_sheet", title)
        yield from (Remark("merged", title, first_row, value=cells) for first_row, cells in sheet.merged)
        for row, column in sorted(sheet.formulas):
            value = table[row][column] if row < len(table) and column < len(table[row]) else ""
            header = table[0][column] if table and column < len(table[0]) else ""
            yield Remark("formula", title, row + 1, header or get_column_letter(column + 1), value)


def _xls_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    return str(xls_value_to_unicode(cell.value, cell.ctype, datemode)).strip()


def _read_text(data: bytes, name: str) -> dict[str, list[list[str]]]:
    kind = next((ending for ending in _WORKBOOK_ENDINGS if name.lower().endswith(ending)), "")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(name, "other_as_workbook" if kind else "not_utf8", kind=kind) from error
    is_csv = name.lower().endswith(".csv")
    if data.count(b"," if is_csv else b"|") > MAX_TEXT_CELLS:
        raise refusal(name, "too_many_cells", limit=MAX_TEXT_CELLS)
    try:
        tables = _tables(_csv_rows(text) if is_csv else _markdown_rows(text))
    except csv.Error as error:
        raise refusal(name, "damaged", kind=".csv") from error
    if not tables or (is_csv and not any(title.lower() == "survey" for title in tables)):
        is_text = all(sign >= " " or sign in "\t\n\r\f" for sign in text[:4096])
        code = "no_sheets" if is_csv else "no_tables" if not kind else "text_as_workbook" if is_text else "other_as_workbook"
        raise refusal(name, code, kind=kind)
    return tables


def _markdown_rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        match = MARKDOWN_ROW.fullmatch(line)
        if match is not None and not _MARKDOWN_RULE.fullmatch(match[1]):
            yield [unescape_cell(cell.strip()) for cell in _UNESCAPED_PIPE.split(match[1])]


def _csv_rows(text: str) -> Iterator[list[str]]:
    return ([cell.strip() for cell in row] for row in csv.reader(StringIO(text, newline="")))


def _tables(rows: Iterable[Sequence[str]]) -> dict[str, list[list[str]]]:
    """The sheets of one text: a cell in the first column names the sheet that begins, the others are its cells."""
    tables: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for title, *cells in filter(None, rows):
        if title:
            current = tables.setdefault(title, [])
        if current is not None and any(cells):
            current.append(cells)
    return tables


def escape_cell(text: str) -> str:
    """A cell's text on one line of a Markdown table: a bar as `\\|`, a line break as `&#10;`."""
    return _LINE_BREAK.sub(lambda found: f"&#{ord(found[0])};", text.replace("&#", "&#38;#")).replace("|", r"\|")


def unescape_cell(text: str) -> str:
    """The text of a cell of a Markdown table."""
    return _ENTITY.sub(lambda found: chr(int(found[1])), text.replace(r"\|", "|"))


def _until_empty(rows: Iterable[list[str]]) -> list[list[str]]:
    """The rows up to a long run of empty ones; spreadsheets often carry thousands of formatted but empty rows."""
    kept: list[list[str]] = []
    n_empty = 0
    for row in rows:
        n_empty = 0 if any(row) else n_empty + 1
        if n_empty > MAX_EMPTY_ROWS:
            break
        kept.append(row)
    return kept


def _to_sheet(title: str, table: Sequence[Sequence[str]]) -> Sheet:
    if not table:
        return Sheet(name=title, columns=(), rows=())
    header = [_SPACES.sub(" ", cell) for cell in table[0]]
    rows = []
    for number, cells in enumerate(table[1:], start=2):
        row: dict[str, str] = {}
        for column, cell in zip(header, cells, strict=False):
            if column and cell:
                row.setdefault(column, cell)
        if row:
            rows.append(Row(number=number, cells=row))
    return Sheet(name=title, columns=tuple(column for column in header if column), rows=tuple(rows))
