"""A workbook as plain rows of text with their row numbers, from .xlsx, .xls or Markdown; it knows nothing of questionnaires.

The rows go to pyxform and to the linter alike, so that both speak of the same cells.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException
from pyxform.xls2json_backends import xls_value_to_unicode, xlsx_value_to_str

from questionnaires.errors import ErrorCode, SurveyError

MAX_UNPACKED_BYTES = 100_000_000
"""A workbook that unpacks to more than this is refused before it is unpacked (a zip bomb, or no questionnaire)."""

MAX_EMPTY_ROWS = 60
MAX_COLUMNS = 500

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_MARKDOWN_ROW = re.compile(r"\s*\|(.*)\|\s*")
_MARKDOWN_RULE = re.compile(r"[\s|:]*-{2,}[\s|:-]*")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
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
class Workbook:
    """A file's sheets, by name in lower case."""

    name: str
    sheets: Mapping[str, Sheet]

    def rows(self, sheet: str) -> tuple[Row, ...]:
        """The rows of a sheet, none when the sheet is absent."""
        return self.sheets[sheet].rows if sheet in self.sheets else ()


def read_workbook(source: Path | bytes, name: str | None = None) -> Workbook:
    """All sheets of the file at `source`, or of the bytes given; the kind is told from the content, not from the name.

    Raises NOT_A_WORKBOOK for anything that is neither a workbook nor Markdown tables.
    """
    name = name or (source.name if isinstance(source, Path) else "questionnaire")
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise SurveyError(ErrorCode.NOT_A_WORKBOOK, file=name, detail=error.strerror or str(error)) from error
    if data.startswith(_ZIP):
        tables = _read_xlsx(data, name)
    elif data.startswith(_OLE):
        tables = _read_xls(data, name)
    else:
        tables = _read_markdown(data, name)
    return Workbook(name=name, sheets={title.strip().lower(): _to_sheet(title, table) for title, table in tables.items()})


def _read_xlsx(data: bytes, name: str) -> dict[str, list[list[str]]]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            detail = f"it unpacks to {unpacked // 1_000_000} MB, more than {MAX_UNPACKED_BYTES // 1_000_000} MB"
            raise SurveyError(ErrorCode.NOT_A_WORKBOOK, file=name, detail=detail)
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        try:
            return {
                sheet.title: _until_empty(_texts(row) for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True))
                for sheet in book.worksheets
            }
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError, TypeError, SyntaxError) as error:
        raise SurveyError(ErrorCode.NOT_A_WORKBOOK, file=name, detail="the .xlsx file is damaged or of another kind") from error


def _texts(row: Iterable[object]) -> list[str]:
    return ["" if value is None else xlsx_value_to_str(value).strip() for value in row]


def _read_xls(data: bytes, name: str) -> dict[str, list[list[str]]]:
    try:
        with xlrd.open_workbook(file_contents=data) as book:
            return {
                sheet.name: _until_empty(
                    [
                        "" if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else _xls_text(cell, book.datemode)
                        for cell in sheet.row(number)[:MAX_COLUMNS]
                    ]
                    for number in range(sheet.nrows)
                )
                for sheet in book.sheets()
            }
    except (xlrd.XLRDError, AssertionError, IndexError, ValueError, TypeError) as error:
        raise SurveyError(ErrorCode.NOT_A_WORKBOOK, file=name, detail="the .xls file is damaged or of another kind") from error


def _xls_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    return str(xls_value_to_unicode(cell.value, cell.ctype, datemode)).strip()


def _read_markdown(data: bytes, name: str) -> dict[str, list[list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SurveyError(ErrorCode.NOT_A_WORKBOOK, file=name, detail="it is neither a workbook nor text in UTF-8") from error
    tables: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for line in text.splitlines():
        match = _MARKDOWN_ROW.fullmatch(line)
        if match is None or _MARKDOWN_RULE.fullmatch(match[1]):
            continue
        title, *cells = (cell.strip().replace(r"\|", "|") for cell in _UNESCAPED_PIPE.split(match[1]))
        if title:
            current = tables.setdefault(title, [])
        if current is not None and any(cells):
            current.append(cells)
    if not tables:
        raise SurveyError(ErrorCode.NOT_A_WORKBOOK, file=name, detail="it is text without Markdown tables")
    return tables


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
        row = {column: cell for column, cell in zip(header, cells, strict=False) if column and cell}
        if row:
            rows.append(Row(number=number, cells=row))
    return Sheet(name=title, columns=tuple(column for column in header if column), rows=tuple(rows))
