"""Rows into an empty database of either kind, with the schema that they were made in, brought up to date afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import AddConstraint, DropConstraint

from questionnaires.errors import ErrorCode, SurveyError
from survey.copying.cells import Kind, value_of
from survey.copying.tables import REVISION_TABLE, Copied, count_and_hash, read_tables
from survey.db import create_engine_for
from survey.schema import migrate

LOADED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Expected:
    """What a table has to hold in the end: how many rows, and the sum of their hashes."""

    n_rows: int
    hash: int


def engine_to_load(url: str) -> Engine:
    """An engine for an empty database; one of SQLite does not look at references until they are all there."""
    engine = create_engine_for(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys = OFF"))
    return engine


def refuse_unless_empty(connection: Connection) -> None:
    """Raise INVALID_VALUE unless the database has no table."""
    names = [name for name in inspect(connection).get_table_names() if name != REVISION_TABLE]
    if names:
        place = connection.engine.url.render_as_string(hide_password=True)
        detail = "it holds {names} tables already; choose an empty database, nothing there is overwritten"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="The database at {place}", detail=detail, place=place, names=len(names))


def begin_loading(connection: Connection, revision: str | None) -> tuple[dict[str, Copied], list[ForeignKeyConstraint]]:
    """The tables of an empty database with the schema of this revision, emptied of what migrations put in; and the references that are
    put back by `end_loading`."""
    migrate(connection, revision or "head")
    tables = read_tables(connection)
    taken = _take_references(connection) if connection.dialect.name != "sqlite" else []
    for copied in tables.values():
        connection.execute(copied.table.delete())
    return tables, taken


def load_rows(connection: Connection, copied: Copied, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Nothing; the rows, cells in the order of `columns`, are in the table. A value that this database refuses is told with its row."""
    kinds = dict(zip(copied.columns, copied.kinds, strict=True))
    names = [f"v{number}" for number in range(len(columns))]
    statement = insert(copied.table).values(
        {name: _bound(connection, copied.table.c[name], kinds[name], bound) for name, bound in zip(columns, names, strict=True)}
    )
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append({bound: value_of(kinds[name], cell) for bound, name, cell in zip(names, columns, row, strict=True)})
        if len(waiting) == LOADED_AT_ONCE:
            connection.execute(statement, waiting)
            waiting = []
    if waiting:
        connection.execute(statement, waiting)


def end_loading(connection: Connection, taken: Sequence[ForeignKeyConstraint]) -> None:
    """Nothing; references hold, and numbers go on after the last. Raises INVALID_VALUE for a row that refers to nothing."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if lost is not None:
            detail = "row {lost} of {given} refers to a row of {value} that is not there"
            raise SurveyError(ErrorCode.INVALID_VALUE, field="The rows", detail=detail, lost=lost[1], given=lost[0], value=lost[2])
        return
    for reference in taken:
        connection.execute(AddConstraint(reference))
    _set_numbers(connection)


def verify_rows(connection: Connection, expected: Mapping[str, Expected]) -> None:
    """Raise INVALID_VALUE unless every table holds the rows that it has to hold, read back from the database."""
    tables = read_tables(connection)
    for name, wanted in expected.items():
        if name not in tables:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail="the table is missing after loading; nothing was kept")
        found = Expected(*count_and_hash(connection, tables[name]))
        if found != wanted:
            detail = "{n_rows} rows were to be loaded and {given} are there, or their contents differ; nothing was kept"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail, n_rows=wanted.n_rows, given=found.n_rows)


def _bound(connection: Connection, column: Column[Any], kind: Kind, name: str) -> Any:
    if kind is not Kind.DOCUMENT:
        return bindparam(name, type_=column.type)
    bound = bindparam(name, type_=Text())
    return bound if connection.dialect.name == "sqlite" else cast(bound, column.type)


def _take_references(connection: Connection) -> list[ForeignKeyConstraint]:
    """The references between tables, taken away: rows may then come in any order, as rows may refer to others of their own table."""
    inspector, metadata, taken = inspect(connection), MetaData(), []
    names = [name for name in inspector.get_table_names() if name != REVISION_TABLE]
    tables = {name: Table(name, metadata, *(Column(each["name"], each["type"]) for each in inspector.get_columns(name))) for name in names}
    for name, table in tables.items():
        for told in inspector.get_foreign_keys(name):
            targets = [tables[told["referred_table"]].c[each] for each in told["referred_columns"]]
            reference = ForeignKeyConstraint(told["constrained_columns"], targets, name=told["name"], **told["options"])
            table.append_constraint(reference)
            connection.execute(DropConstraint(reference))
            taken.append(reference)
    return taken


def _set_numbers(connection: Connection) -> None:
    """Let every counter of PostgreSQL go on after the largest number of its column."""
    inspector = inspect(connection)
    for copied in read_tables(connection).values():
        for told in inspector.get_columns(copied.name):
            if not isinstance(told["type"], Integer) or not (told.get("default") or told.get("identity")):
                continue
            sequence = connection.scalar(select(func.pg_get_serial_sequence(copied.name, told["name"])))
            if sequence is not None:
                largest = connection.scalar(select(func.max(copied.table.c[told["name"]])))
                statement = text("SELECT setval(CAST(:sequence AS regclass), :number, :is_used)")
                connection.execute(statement, {"sequence": sequence, "number": largest or 1, "is_used": largest is not None})
