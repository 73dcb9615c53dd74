"""A row as it travels: JSON values by column, and the short digests by which two servers compare it. Pure."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Double, Integer, LargeBinary, RowMapping, Table

from survey.db import UtcDateTime
from survey.sealing.fields import SealedBytes, SealedJson

DIGEST_LENGTH = 16
"""Hexadecimal digits: enough to tell two values apart, short enough to send for every column of every row."""

LARGEST_INTEGER = 2**63 - 1
OTHER_THAN_TEXT: tuple[tuple[type, type], ...] = ((Integer, int), (Boolean, bool), (Double, float))
"""How JSON writes what columns hold; days, instants, bytes and everything else are texts there."""

Values = dict[str, Any]


def to_wire(row: Mapping[str, Any] | RowMapping) -> Values:
    """The row as JSON values: bytes in base64, instants and days in ISO 8601."""
    return {name: _encode(value) for name, value in row.items()}


def from_wire(table: Table, values: Mapping[str, Any]) -> Values:
    """The values as the database takes them; raises ValueError for one that is not what its column holds."""
    return {name: _decode(table.columns[name].type, value) for name, value in values.items()}


def digests(values: Mapping[str, Any], columns: Iterable[str]) -> dict[str, str]:
    """The digest of each of these columns of a row as it travels."""
    return {name: _digest(values[name]) for name in columns}


def fold(row_digests: Iterable[Mapping[str, str]]) -> str:
    """One SHA-256 over the digests of many rows, whatever their order."""
    lines = sorted(json.dumps(each, sort_keys=True) for each in row_digests)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _digest(value: Any) -> str:
    text = json.dumps(_plain_numbers(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def _plain_numbers(value: Any) -> Any:
    """The value with whole numbers as such: PostgreSQL's JSONB gives 1e20 back as digits, SQLite as it was written."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(each) for key, each in value.items()}
    return [_plain_numbers(each) for each in value] if isinstance(value, list) else value


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _decode(kind: Any, value: Any) -> Any:
    if value is None or isinstance(kind, JSON | SealedJson):
        return value
    # In JSON everything else is a number, a truth or a text; one in the place of another would only be noticed by the database.
    wanted = next((known for column, known in OTHER_THAN_TEXT if isinstance(kind, column)), str)
    if type(value) is not wanted and (type(value), wanted) != (int, float):
        raise ValueError(f"a value of type {type(value).__name__} stands where {wanted.__name__} belongs")
    if wanted is int and not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
        raise ValueError("a whole number has more than 64 bits")
    if isinstance(kind, LargeBinary | SealedBytes):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, UtcDateTime):
        return _instant(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _instant(text: str) -> datetime:
    given = datetime.fromisoformat(text)
    if given.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    try:
        return given.astimezone(UTC)
    except OverflowError:
        raise ValueError("an instant lies beyond the calendar") from None
