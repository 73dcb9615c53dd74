"""Rows that a statement is given as one parameter, so that a question about many things is one statement, and always the same one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, column, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from survey.db import Json

GIVEN = "given"
"""The name of the parameter: a list of objects, whose keys are the names of the columns."""


def given_rows(dialect: str, columns: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """The rows, to be selected from and joined; a column that a row does not name is NULL.

    JSON knows no instants: they are given as `stored_as` writes them.
    """
    given = bindparam(GIVEN, type_=Json)
    if dialect == "postgresql":
        named = [column(name, kind) for name, kind in columns.items()]
        return func.jsonb_to_recordset(given).table_valued(*named, name="given").render_derived(with_types=True)
    each = func.json_each(given).table_valued("value", name="each")
    read: list[ColumnElement[Any]] = [
        func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name) for name, kind in columns.items()
    ]
    return select(*read).subquery("given")


def stored_as(session: Session, kind: TypeEngine[Any], value: Any) -> Any:
    """The value as the database holds it and JSON can: instants become texts."""
    dialect = session.get_bind().dialect
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    bound = value if bind is None else bind(value)
    return bound.isoformat() if hasattr(bound, "isoformat") else bound
