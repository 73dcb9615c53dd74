"""Names of people as columns that lie encrypted and can still be looked for by a part of the name.

Beside a sealed name lie tokens of its signs, of every two that follow each other, and of the whole: keyed hashes that say nothing without
the installation's key. Looking for "大山" is looking for rows with its tokens, by the same LIKE as before. What this gives away to whoever
has the database alone: which names of a column share a sign, and how often; docs/protection.md says so.
"""

from typing import Any

from sqlalchemy import String, Text, TypeDecorator, and_, literal, not_, or_, true, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators

from survey.sealed_fields import DOT, MARK, TOMBSTONE, SealedLongText, is_kept_as_is, keys_for, keys_of

WHOLE = "="
"""What the token of a whole name is made with, so that it is none of a part."""


def parts_of(name: str) -> tuple[str, ...]:
    """What a name can be found by: its signs and every two that follow each other, without spaces and capitals; each once, in order."""
    signs = "".join(name.casefold().split())
    return tuple(dict.fromkeys((*signs, *(signs[at : at + 2] for at in range(len(signs) - 1)))))


def wanted_parts(text: str) -> tuple[str, ...]:
    """The parts that every name has in which this text stands: the longest there are."""
    signs = "".join(text.casefold().split())
    return tuple(part for part in parts_of(text) if len(part) == min(2, len(signs)))


class _Token(TypeDecorator[str]):
    """A part of a name as the pattern that finds its token."""

    impl = String
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str:
        """The pattern of LIKE."""
        return f"%{DOT}{keys_for(dialect, self.purpose).token(value or '', self.purpose)}%"


class SealedName(SealedLongText):
    """A column of names that are sealed as they are stored; SQL can ask whether a text stands in one (`contains`), and for whole ones."""

    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):  # type: ignore[misc]
        """Conditions on tokens; comparing sealed signs would always be wrong, and is refused."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """The condition; TypeError for one that a sealed name cannot answer."""
            purpose, stored = self.type.purpose, type_coerce(self.expr, Text)
            if op is operators.contains_op:
                return and_(true(), *(stored.like(_bound(part, purpose)) for part in wanted_parts(other[0])))
            if op is operators.eq and isinstance(other[0], str):
                return stored == other[0] if other[0] in ("", TOMBSTONE) else stored.like(_bound(WHOLE + other[0], purpose))
            if op is operators.ne and isinstance(other[0], str):
                return not_(self.operate(operators.eq, *other))
            if op is operators.in_op:
                return or_(*(self.operate(operators.eq, each) for each in other[0]))
            if op in (operators.is_, operators.is_not):
                return super().operate(op, *other, **kwargs)
            raise TypeError(f"{purpose} is sealed: read the names and compare them in Python")

    comparator_factory = Comparator

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The name as the database stores it: sealed, then its tokens."""
        if value is None or is_kept_as_is(value):
            return value
        keyring = keys_for(dialect, self.purpose)
        tokens = (keyring.token(part, self.purpose) for part in (*parts_of(value), WHOLE + value))
        return DOT.join((keyring.seal(value, self.purpose), *tokens))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The name; sealed as it lies, with its tokens, where the engine has no keys."""
        keyring = keys_of(dialect)
        if value is None or keyring is None or not value.startswith(MARK):
            return value
        return keyring.open(value, self.purpose)


def _bound(part: str, purpose: str) -> Any:
    return literal(part, _Token(purpose))
