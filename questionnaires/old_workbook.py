"""What an .xls file holds beside the values of its cells: which of them are formulas, which are merged, which sheets are hidden.

xlrd gives the values alone, so the records of the file are walked through here. Source: [MS-XLS], sections 2.1 (file structure),
2.4.28 (BoundSheet8), 2.4.127 (Formula) and 2.4.168 (MergeCells).
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from xlrd.compdoc import CompDoc

_STREAMS = ("Workbook", "Book")
_BEGIN, _END, _BOUND_SHEET, _MERGED = 0x0809, 0x000A, 0x0085, 0x00E5
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
_WORKSHEET = 0


@dataclass(frozen=True, slots=True)
class Peculiar:
    """One worksheet: its formulas as (row, column) counted from 0, its merged cells as "C2:C3" with their first row counted from 1."""

    is_hidden: bool
    formulas: frozenset[tuple[int, int]]
    merged: tuple[tuple[int, str], ...]


def peculiar_sheets(data: bytes) -> tuple[Peculiar, ...]:
    """What is peculiar about each worksheet of an .xls file that xlrd can read, in the order of its sheets."""
    stream = _workbook_stream(data)
    found = []
    for kind, content in _records(stream, 0):
        if kind == _BOUND_SHEET and len(content) >= 6:
            begins_at, state, sheet_type = struct.unpack_from("<IBB", content)
            if sheet_type == _WORKSHEET:
                found.append(_sheet(stream, begins_at, is_hidden=state & 3 != 0))
    return tuple(found)


def _workbook_stream(data: bytes) -> bytes:
    """The stream of the compound file that holds the workbook, b"" when there is none."""
    with open(os.devnull, "w", encoding="utf-8") as silent:
        document = CompDoc(data, logfile=silent)
        for name in _STREAMS:
            memory, start, size = document.locate_named_stream(name)
            if memory:
                return bytes(memory[start : start + size])
    return b""


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, those of parts inside it (charts) left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _sheet(stream: bytes, begins_at: int, *, is_hidden: bool) -> Peculiar:
    formulas = set()
    merged: list[tuple[int, str]] = []
    for kind, content in _records(stream, begins_at):
        if kind in _FORMULAS and len(content) >= 4:
            formulas.add(struct.unpack_from("<HH", content))
        elif kind == _MERGED:
            merged += [(first + 1, _range(first, last, left, right)) for first, last, left, right in struct.iter_unpack("<4H", content[2:])]
    return Peculiar(is_hidden, frozenset(formulas), tuple(merged))


def _range(first: int, last: int, left: int, right: int) -> str:
    return f"{get_column_letter(left + 1)}{first + 1}:{get_column_letter(right + 1)}{last + 1}"
