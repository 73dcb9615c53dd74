"""Sealing with the present key whatever was sealed with an earlier one, or not at all; it may be cut off and goes on where it stopped."""

from collections.abc import Callable

from sqlalchemy import Engine, String, Table, func, select, type_coerce, update
from sqlalchemy.orm import Session

from survey.models import Base
from survey.sealed_fields import SealedString, keyring_of

AT_ONCE = 500


def sealed_columns() -> tuple[tuple[Table, str], ...]:
    """Every encrypted column, as (table, name of the column)."""
    return tuple(
        (table, each.name) for table in Base.metadata.sorted_tables for each in table.columns if isinstance(each.type, SealedString)
    )


def count_other(session: Session, table: Table, name: str, prefix: str) -> int:
    """How many values of the column are not sealed with the key of this prefix."""
    stored = type_coerce(table.c[name], String)
    return session.scalar(select(func.count()).select_from(table).where(stored != "", ~stored.startswith(prefix, autoescape=True))) or 0


def rotate_keys(engine: Engine, progress: Callable[[int, int], None]) -> int:
    """How many values were sealed anew with the first key. Each part is committed by itself; INVALID_SETTING where no key opens a value."""
    keyring, n_done = keyring_of(engine), 0
    with Session(engine) as session:
        total = sum(count_other(session, table, name, keyring.prefix) for table, name in sealed_columns())
    for table, name in sealed_columns():
        key, stored = table.c.id, type_coerce(table.c[name], String)
        wanted = select(key, table.c[name]).where(stored != "", ~stored.startswith(keyring.prefix, autoescape=True)).limit(AT_ONCE)
        while True:
            with Session(engine) as session, session.begin():
                rows = session.execute(wanted).all()
                for row_id, value in rows:
                    # Bound as a plain text that was opened by its old key, the column's type seals it with the present one.
                    session.execute(update(table).where(key == row_id).values({name: value}))
            if not rows:
                break
            n_done += len(rows)
            progress(n_done, total)
    return n_done
