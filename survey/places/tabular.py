"""Spreadsheet files as plain rows of text: .xlsx or delimited text in the encodings that Chinese offices produce.

Nothing is repaired in silence: a cell whose text cannot be trusted (a formula, a merged range, a number that lost digits) says so.
"""

import csv
import io
import math
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO

import openpyxl
from lxml import etree
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

MAX_UNPACKED_BYTES = 300_000_000
MAX_PARTS = 2_000
"""A workbook that unpacks to more is refused before it is unpacked; the rosters of a whole county stay far below."""

EXACT_DIGITS = 15
"""Excel keeps this many significant digits of a number; a longer one that was stored as a number has lost its end."""

DELIMITERS = (",", "\t", ";", "|", "，")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class UnreadableTable(ValueError):
    """The bytes are no table; the text says why and what to do, as a clause that follows a colon.

    `reason` is its code name, and `detail` what the sentence speaks of, for saying it in another language.
    """

    def __init__(self, reason: str, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, trimmed; `fault` is "", "formula", "merged", "digits_lost" or "error_value"."""

    text: str
    fault: str = ""


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number that a spreadsheet program shows beside it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.text or cell.fault for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet, or the whole of a text file."""

    name: str
    rows: tuple[Row, ...]


def read_sheets(data: bytes) -> tuple[Sheet, ...]:
    """The visible sheets of an .xlsx file, or one sheet for delimited text; what it is, is told from the bytes.

    Raises UnreadableTable.
    """
    if not data.strip():
        raise UnreadableTable("empty", "the file is empty.")
    if data.startswith(b"PK"):
        return _workbook_sheets(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable(
            "old_format", "it is a workbook of the old format or one with a password. Save it as .xlsx without a password."
        )
    text = decode(data)
    if text.lstrip()[:1] == "<":
        raise UnreadableTable(
            "web_page", "it is a web page or XML under another name. Open it in a spreadsheet program and save it as .xlsx."
        )
    return (Sheet("", tuple(_text_rows(text))),)


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 with or without mark, UTF-16 with mark, or GB18030. Raises UnreadableTable."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableTable("encoding", "it is neither a workbook nor text in UTF-8 or GB18030. Save it as .xlsx, or as CSV UTF-8.")


def sniff_delimiter(text: str) -> str:
    """The delimiter that occurs most often outside quotes in the first lines; a comma when none occurs."""
    unquoted = "".join("\n".join(text.splitlines()[:20]).split('"')[::2])
    return max(DELIMITERS, key=lambda delimiter: (unquoted.count(delimiter), -DELIMITERS.index(delimiter)))


def _text_rows(text: str) -> Iterator[Row]:
    """The records of delimited text; a record counts as one row even if a quoted cell spans lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(text))
    try:
        for number, record in enumerate(reader, start=1):
            yield Row(number, tuple(Cell(clean(value)) for value in record))
    except csv.Error as error:
        raise UnreadableTable("bad_csv", f"line {reader.line_num} breaks the rules of CSV ({error}).", str(reader.line_num)) from error


def clean(text: str) -> str:
    """The text without blanks around it: ordinary, ideographic, no-break and zero-width ones, and a leading apostrophe."""
    return text.strip("\ufeff\u200b \t\r\n\u00a0\u3000").removeprefix("'").strip()


_BROKEN = (
    *(zipfile.BadZipFile, InvalidFileException, LookupError, OSError, SyntaxError, EOFError, TypeError, ValueError),
    *(zlib.error, struct.error, AttributeError, ArithmeticError, RuntimeError),
)
"""What openpyxl and its parts raise for a workbook that is none: SyntaxError is also lxml's, TypeError and ValueError are of values that
are not what their place asks for, RuntimeError of a part that needs a password or is packed in a way that Python does not know."""


def _workbook_sheets(data: bytes) -> tuple[Sheet, ...]:
    """The visible sheets of a workbook, read as a stream."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                limit = str(MAX_UNPACKED_BYTES // 1_000_000)
                raise UnreadableTable("too_large", f"it unpacks to more than {limit} MB. Split it by village or township.", limit)
            if len(archive.infolist()) > MAX_PARTS:
                raise UnreadableTable(
                    "too_many_parts", f"it has more than {MAX_PARTS} parts. Copy the sheet into a new one.", str(MAX_PARTS)
                )
            merged = _merged_ranges(archive)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        sheets = []
        for worksheet in book.worksheets:
            if worksheet.sheet_state == "visible":
                worksheet.reset_dimensions()
                sheets.append(Sheet(worksheet.title, tuple(_sheet_rows(worksheet.rows, merged.get(worksheet.title, ())))))
        return tuple(sheets)
    except UnreadableTable:
        raise
    except _BROKEN as error:
        raise UnreadableTable(
            "broken", "it is not a whole .xlsx workbook. Open it in a spreadsheet program and save it as .xlsx."
        ) from error


Bounds = tuple[int, int, int, int]


def _merged_ranges(archive: zipfile.ZipFile) -> dict[str, tuple[Bounds, ...]]:
    """The merged ranges of each sheet by its title, as (first column, first row, last column, last row), counted from 1."""
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), _parser())
    targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    found: dict[str, tuple[Bounds, ...]] = {}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml"), _parser()).iter(f"{{{_MAIN}}}sheet"):
        target = targets.get(sheet.get(f"{{{_RELATION}}}id"), "")
        path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
        with archive.open(path) as part:
            found[sheet.get("name") or ""] = tuple(_merges_of(part))
    return found


def _merges_of(part: IO[bytes]) -> Iterator[Bounds]:
    """The merged ranges of one sheet, by first row; rows are dropped as they are read so that memory stays flat."""
    merges: list[Bounds] = []
    for _, element in etree.iterparse(part, tag=(f"{{{_MAIN}}}row", f"{{{_MAIN}}}mergeCell"), resolve_entities=False):
        if element.tag.endswith("mergeCell"):
            left, upper, right, lower = range_boundaries(element.get("ref") or "")
            if left is None or upper is None or right is None or lower is None:
                raise ValueError("whole columns or rows are merged, which no spreadsheet program writes")
            merges.append((left, upper, right, lower))
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return iter(sorted(merges, key=lambda bounds: bounds[1]))


def _parser() -> etree.XMLParser:
    """A parser that expands and fetches nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _sheet_rows(rows: Iterator[tuple[object, ...]], merged: tuple[Bounds, ...]) -> Iterator[Row]:
    """The rows of a sheet; every cell of a merged range is faulty, for nobody can say which row its value belongs to."""
    coming, inside = deque(merged), list[Bounds]()
    for number, values in enumerate(rows, start=1):
        inside = [bounds for bounds in inside if number <= bounds[3]]
        while coming and coming[0][1] <= number:
            inside.append(coming.popleft())
        cells = [_cell(value) for value in values]
        for first, _, last, _ in inside:
            cells.extend([EMPTY] * (last - len(cells)))
            cells[first - 1 : last] = [Cell(cell.text, "merged") for cell in cells[first - 1 : last]]
        yield Row(number, tuple(cells))


def _cell(cell: object) -> Cell:
    """The text of a workbook's cell as a person sees it, with its fault."""
    value = getattr(cell, "value", None)
    if value is None:
        return EMPTY
    kind = getattr(cell, "data_type", "")
    if kind == "f":
        return Cell(str(value), "formula")
    if kind == "e":
        return Cell(str(value), "error_value")
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, int | float):
        return _number_cell(value)
    if isinstance(value, datetime | date):
        return Cell(value.isoformat()[:10])
    return Cell(clean(str(value)))


def _number_cell(value: int | float) -> Cell:
    """A number as its digits, without exponent; faulty when it is longer than Excel keeps."""
    if not math.isfinite(value):
        return Cell(str(value), "error_value")
    text = str(int(value)) if value == int(value) else repr(value)
    return Cell(text, "digits_lost" if len(text.lstrip("-")) > EXACT_DIGITS else "")
