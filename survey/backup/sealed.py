"""Whether the keys of an installation open what lies sealed in a database that was filled from a backup."""

from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, String, Text, cast, func, literal, select, type_coerce

from survey.db import Json
from survey.protection.key_rotation import sealed_columns
from survey.sealing.fields import ID_LENGTH, MARK, Keyring, SealedBytes, SealedJson


def check_sealed_values(connection: Connection, keyring: Keyring) -> None:
    """Nothing; of each column and each key that values were sealed with, one value opens. INVALID_SETTING where none of the keys does.

    A value names its key, so that one of each is enough to know that the key is there.
    """
    for table, name in sealed_columns():
        column = table.c[name]
        head, stored = _stored(column)
        for found in connection.execute(select(head).where(head.is_not(None)).distinct()).scalars():
            mark = found if isinstance(found, bytes) else str(found).encode()
            if mark.startswith(MARK.encode()):
                bare = literal(found, LargeBinary if isinstance(found, bytes) else Text)
                value = connection.execute(select(stored).where(head == bare).limit(1)).scalar_one()
                purpose = column.type.purpose  # type: ignore[attr-defined]
                keyring.open_bytes(value, purpose) if isinstance(value, bytes) else keyring.open(value, purpose)


def _stored(column: Column[Any]) -> tuple[Any, Any]:
    """What the values of the column begin with, and the values, both as they lie in the database."""
    n = len(MARK) + ID_LENGTH
    if isinstance(column.type, SealedBytes):
        stored: Any = type_coerce(column, LargeBinary)
        return func.substr(stored, 1, n, type_=LargeBinary), stored
    if isinstance(column.type, SealedJson):
        stored = type_coerce(column, Json)
        return func.substr(cast(stored, Text), 2, n, type_=Text), stored
    stored = type_coerce(column, String)
    return func.substr(stored, 1, n, type_=Text), stored
