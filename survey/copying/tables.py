"""The tables that a database holds, as it tells them itself, and their rows in an order in which new ones come last."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Select, Table, Text, cast, column, inspect, select, tuple_, type_coerce

from survey.copying.cells import HASHES, Kind, cell_of, kind_of, line_of, row_hash

REVISION_TABLE = "alembic_version"
FETCHED_AT_ONCE = 200
MAX_PART_ROWS = 2000
MAX_PART_BYTES = 4_000_000
PART_ENDS_EVERY = 512
"""On average so many rows make a part, where neither limit ends it first; which row ends one depends on its key alone."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A table as it is copied: its columns with their kinds, its key, and the instant by which its rows come in order, "" without one."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    key: tuple[str, ...]
    ordered_by: str
    table: Table = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Some successive rows of a table as lines of JSON, how many they are, and the sum of their hashes."""

    lines: bytes
    n_rows: int
    hash: int


def read_tables(connection: Connection) -> dict[str, Copied]:
    """Every table of the database by its name, but for the one in which migrations note the revision.

    Columns are in the order of their names: where a migration has made one anew, it comes last in one database and not in another.
    """
    inspector, metadata, found = inspect(connection), MetaData(), {}
    for name in sorted(inspector.get_table_names()):
        if name == REVISION_TABLE:
            continue
        told = inspector.get_columns(name)
        instants = [each["name"] for each in told if kind_of(each["type"]) is Kind.INSTANT and not each["nullable"]]
        told.sort(key=lambda each: each["name"])
        key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
        kinds = tuple(kind_of(each["type"]) for each in told)
        table = Table(name, metadata, *(Column(each["name"], each["type"]) for each in told))
        found[name] = Copied(name, tuple(each["name"] for each in told), kinds, key, next(iter(instants), ""), table)
    return found


def read_parts(connection: Connection, copied: Copied) -> Iterator[Part]:
    """The rows of the table in parts. The same rows give the same parts again, and a row more changes the part that it comes into."""
    lines: list[bytes] = []
    n_bytes = total = 0
    for key, cells in _rows(connection, copied):
        line = line_of(cells)
        lines.append(line)
        n_bytes += len(line)
        total = (total + row_hash(copied.kinds, cells)) % HASHES
        ends = zlib.crc32(repr(key).encode()) % PART_ENDS_EVERY == 0
        if ends or len(lines) >= MAX_PART_ROWS or n_bytes >= MAX_PART_BYTES:
            yield Part(b"\n".join(lines), len(lines), total)
            lines, n_bytes, total = [], 0, 0
    if lines:
        yield Part(b"\n".join(lines), len(lines), total)


def count_and_hash(connection: Connection, copied: Copied) -> tuple[int, int]:
    """How many rows the table has, and the sum of their hashes."""
    n_rows = total = 0
    for part in read_parts(connection, copied):
        n_rows, total = n_rows + part.n_rows, (total + part.hash) % HASHES
    return n_rows, total


def _rows(connection: Connection, copied: Copied) -> Iterator[tuple[Any, list[Any]]]:
    """Key and cells of every row. Keys are put in order by the database, rows fetched by them: large rows need not be sorted."""
    table = copied.table
    keys = [table.c[name] for name in copied.key]
    order = [table.c[copied.ordered_by], *keys] if copied.ordered_by else keys
    with closing(connection.execute(select(*keys).order_by(*order).execution_options(yield_per=10 * FETCHED_AT_ONCE))) as streamed:
        for some in streamed.partitions(FETCHED_AT_ONCE):
            wanted = [tuple(row) for row in some]
            found = {}
            for row in connection.execute(_rows_of(connection, copied, wanted)):
                cells = [cell_of(kind, value) for kind, value in zip(copied.kinds, row[len(keys) :], strict=True)]
                found[tuple(row[: len(keys)])] = cells
            yield from ((key, found[key]) for key in wanted)


def _rows_of(connection: Connection, copied: Copied, keys: Sequence[tuple[Any, ...]]) -> Select[Any]:
    columns = [copied.table.c[name] for name in copied.key]
    is_document = dict(zip(copied.columns, copied.kinds, strict=True))
    told = [
        _text(connection, copied.table.c[name]) if is_document[name] is Kind.DOCUMENT else copied.table.c[name] for name in copied.columns
    ]
    statement = select(*(each.label(f"key_{number}") for number, each in enumerate(columns)), *told)
    if len(columns) == 1:
        return statement.where(columns[0].in_([key[0] for key in keys]))
    return statement.where(tuple_(*columns).in_(keys))


def _text(connection: Connection, document: Column[Any]) -> Any:
    """The text of a document, as it is where the database keeps texts."""
    if connection.dialect.name == "sqlite":
        return type_coerce(document, Text)
    return cast(document, Text)


def revision_of(connection: Connection) -> str | None:
    """The revision that the database's schema has, None for a database without one."""
    if REVISION_TABLE not in inspect(connection).get_table_names():
        return None
    return connection.scalar(select(column("version_num")).select_from(Table(REVISION_TABLE, MetaData())))
