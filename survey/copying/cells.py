"""What a value of a column is between databases: as a cell of JSON, back from it, and the hash by which two rows are the same. Pure."""

import base64
import hashlib
import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import JSON, Boolean, Date, DateTime, LargeBinary
from sqlalchemy.types import TypeEngine

HASHES = 2**256
"""Hashes of rows are summed up below this, so that the order in which a database gives its rows does not matter."""


class Kind(StrEnum):
    """What a column holds: a document is the text of a JSON value, a plain value is a text or a number."""

    PLAIN = "plain"
    INSTANT = "instant"
    DAY = "day"
    BYTES = "bytes"
    TRUTH = "truth"
    DOCUMENT = "document"


_KINDS = ((JSON, Kind.DOCUMENT), (DateTime, Kind.INSTANT), (Date, Kind.DAY), (LargeBinary, Kind.BYTES), (Boolean, Kind.TRUTH))


def kind_of(column_type: TypeEngine[Any]) -> Kind:
    """The kind of a column as the database itself tells its type."""
    return next((kind for base, kind in _KINDS if isinstance(column_type, base)), Kind.PLAIN)


def cell_of(kind: Kind, value: Any) -> Any:
    """The value as JSON can hold it; None stays None. Instants are UTC, also where the database says no zone."""
    if value is None or kind in (Kind.PLAIN, Kind.DOCUMENT):
        return value
    if kind is Kind.INSTANT:
        return (value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)).isoformat()
    if kind is Kind.DAY:
        return value.isoformat()
    if kind is Kind.BYTES:
        return base64.b64encode(value).decode()
    return bool(value)


def value_of(kind: Kind, cell: Any) -> Any:
    """The value that the cell was made of; instants carry their zone."""
    if cell is None:
        return None
    if kind is Kind.INSTANT:
        return datetime.fromisoformat(cell).replace(tzinfo=UTC)
    if kind is Kind.DAY:
        return date.fromisoformat(cell)
    if kind is Kind.BYTES:
        return base64.b64decode(cell)
    return cell


def row_hash(kinds: tuple[Kind, ...], cells: list[Any]) -> int:
    """The SHA-256 of the row as a number. Documents count by what they say: databases order and space them as they like."""
    settled = [_settled(cell) if kind is Kind.DOCUMENT and cell is not None else cell for kind, cell in zip(kinds, cells, strict=True)]
    return int.from_bytes(hashlib.sha256(_line(settled)).digest())


def line_of(cells: list[Any]) -> bytes:
    """The cells as one line of JSON."""
    return _line(cells)


def cells_of(line: bytes) -> list[Any]:
    """The cells of a line."""
    cells: list[Any] = json.loads(line)
    return cells


def _line(cells: list[Any]) -> bytes:
    try:
        return orjson.dumps(cells)
    except orjson.JSONEncodeError:  # a number beyond 64 bits, or half a character: both are legal in SQLite
        return json.dumps(cells, separators=(",", ":")).encode()


def _settled(document: str) -> str:
    try:
        value = orjson.loads(document)
        if "e+" in document.lower() or "-0.0" in document:
            value = _with_settled_numbers(value)
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return json.dumps(json.loads(document), sort_keys=True)


def _with_settled_numbers(value: Any) -> Any:
    """The value with the numbers that PostgreSQL writes in another way: 1e+16 as a whole number, and no zero below zero."""
    if isinstance(value, dict):
        return {name: _with_settled_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_settled_numbers(each) for each in value]
    if isinstance(value, float):
        if value == 0:
            return 0.0
        if abs(value) >= 1e16 and abs(value) < 2**63 and value.is_integer():
            return int(value)
    return value
