"""Sealing with the present key whatever was sealed with an earlier one, or not at all; it may be cut off and goes on where it stopped."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from survey.models import Base
from survey.sealing.fields import Keyring, SealedBytes, SealedJson, SealedString, keyring_of

AT_ONCE = 500
SEALED_TYPES = (SealedString, SealedBytes, SealedJson)


def sealed_columns() -> tuple[tuple[Table, str], ...]:
    """Every encrypted column, as (table, name of the column)."""
    return tuple(
        (table, each.name) for table in Base.metadata.sorted_tables for each in table.columns if isinstance(each.type, SEALED_TYPES)
    )


def _sealed_tables() -> dict[Table, list[str]]:
    tables: dict[Table, list[str]] = {}
    for table, name in sealed_columns():
        tables.setdefault(table, []).append(name)
    return tables


def _is_wanted(table: Table, names: Sequence[str], keyring: Keyring) -> ColumnElement[bool]:
    """Whether a row of the table has a value that is not sealed with the first key."""
    conditions = []
    for name in names:
        kind: Any = table.c[name].type
        conditions.append(kind.needs_sealing(table.c[name], keyring))
    return or_(*conditions)


def count_other(engine: Engine) -> int:
    """How many rows have a value that is not sealed with the first key."""
    keyring = keyring_of(engine)
    with Session(engine.execution_options(writes=False)) as session:
        counts = (
            session.scalar(select(func.count()).select_from(table).where(_is_wanted(table, names, keyring)))
            for table, names in _sealed_tables().items()
        )
        return sum(n or 0 for n in counts)


def rotate_keys(engine: Engine, progress: Callable[[int, int], None]) -> int:
    """How many rows were sealed anew with the first key. Each part is committed by itself; INVALID_SETTING where no key opens a value."""
    total, n_done = count_other(engine), 0
    if not total:
        return 0
    for table, names in _sealed_tables().items():
        last: Sequence[Any] | None = None
        while True:
            with Session(engine) as session, session.begin():
                last, n_rows = _seal_part(session, table, names, last)
            if last is None:
                break
            n_done += n_rows
            progress(n_done, total)
    return n_done


def _seal_part(session: Session, table: Table, names: Sequence[str], after: Sequence[Any] | None) -> tuple[Sequence[Any] | None, int]:
    """The key of the last row of the next part, None when there is none, and how many rows were sealed."""
    keys = list(table.primary_key)
    wanted = select(*keys, *(table.c[name] for name in names)).where(_is_wanted(table, names, keyring_of(session.get_bind().engine)))
    if after is not None:
        wanted = wanted.where(tuple_(*keys) > tuple_(*after))
    rows = session.execute(wanted.order_by(*keys).limit(AT_ONCE)).all()
    for row in rows:
        key, values = row[: len(keys)], row[len(keys) :]
        # Bound as plain values that were opened by their old key, the columns' types seal them with the present one.
        changed = update(table).where(*(column == value for column, value in zip(keys, key, strict=True)))
        session.execute(changed.values(dict(zip(names, values, strict=True))))
    return (rows[-1][: len(keys)] if rows else None), len(rows)
