"""Values as Arrow columns and Parquet files: one type per kind of column, and files whose bytes depend on their rows alone."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from survey.field_time import FIELD_ZONE

LIMIT = 2**63
BLOCK = 1 << 20

TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "category": pa.string(),
    "media": pa.string(),
    "multi": pa.list_(pa.string()),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
    "flag": pa.bool_(),
    "texts": pa.list_(pa.string()),
}
"""The Arrow type of each kind of column, and of two kinds that only our own tables have; positions are four decimals."""
WORDY = ("text", "media", "texts")
"""Kinds of column that are long, and much shorter once they are compressed well."""


def arrow_column(kind: str, values: Sequence[Any]) -> pa.Array:
    """The values as a column of this kind; a value that cannot be of the kind, which no checked answer is, becomes null."""
    if kind in _PARSERS:
        return pa.array(_parsed(_PARSERS[kind], values), TYPES[kind])
    try:
        return pa.array(values, TYPES[kind])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array(_parsed(_FITTERS[kind], values), TYPES[kind])


def _parsed(parse: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    return [None if value is None else parse(value) for value in values]


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _datetime(value: Any) -> datetime | None:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    # A moment that names no zone was written where the interviews are held.
    return moment if moment.tzinfo else moment.replace(tzinfo=FIELD_ZONE)


def _boolean(_value: Any) -> bool:
    return True  # an acknowledgement is given or absent


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _texts(value: Sequence[Any]) -> list[str]:
    return [str(each) for each in value]


def _integer(value: Any) -> int | None:
    try:
        number = int(value) if isinstance(value, int) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if -LIMIT <= number < LIMIT and number == int(number) else None


def _decimal(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


_PARSERS = {"date": _date, "datetime": _datetime, "boolean": _boolean}
_FITTERS = {"text": _text, "category": _text, "media": _text, "multi": _texts, "integer": _integer, "decimal": _decimal}


class TableFile:
    """A Parquet file that is written chunk by chunk; it is there, with its columns, even when no row ever comes."""

    def __init__(self, path: Path, columns: Iterable[tuple[str, str]]) -> None:
        self._kinds = tuple(columns)
        self.schema = pa.schema([(name, TYPES[kind]) for name, kind in self._kinds])
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = parquet.ParquetWriter(path, self.schema, compression=compression_of(self._kinds))

    def table_of(self, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
        """Rows of this file, given as one sequence of values per column name; nothing is written."""
        return pa.Table.from_arrays([arrow_column(kind, columns[name]) for name, kind in self._kinds], schema=self.schema)

    def write(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Append rows, given as one sequence of values per column name."""
        self.write_table(self.table_of(columns))

    def write_table(self, table: pa.Table) -> None:
        """Append rows of this file's columns as one group; the same rows give the same bytes, however the table came about."""
        self._writer.write_table(table.combine_chunks())

    def note(self, name: str, text: str) -> None:
        """Write a note into the file's end, which `read_note` finds there; readers of the rows do not see it."""
        self._writer.add_key_value_metadata({name: text})

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


def compression_of(columns: Iterable[tuple[str, str]]) -> dict[str, str]:
    """How each column is compressed, by its name in the file: texts well; codes and numbers, which are short anyway, to be read quickly."""
    found = {}
    for name, kind in columns:
        path = f"{name}.list.element" if pa.types.is_list(TYPES[kind]) else name
        found[path] = "zstd" if kind in WORDY else "snappy"
    return found


def read_table(path: Path) -> pa.Table:
    """All rows of one file that a `TableFile` wrote."""
    with parquet.ParquetFile(path) as file:
        return file.read(use_threads=False)


def read_note(path: Path, name: str) -> str:
    """The note of this name in the file's end, "" without one."""
    found: bytes = (parquet.read_metadata(path).metadata or {}).get(name.encode(), b"")
    return found.decode()


def file_sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal, read block by block."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
