"""Names of people as columns that lie encrypted and can still be looked for by a part of the name.

Beside a sealed name lie tokens of its signs, of every two that follow each other, of the whole, and of how it is typed in pinyin: keyed
hashes that say nothing without the installation's key. Looking for "大山" is looking for rows with its tokens, by the same LIKE as before;
"dashan" and "ds" have tokens, too. What this gives away to whoever has the database alone: which names of a column share a sign or a
sound, and how often; docs/protection.md says so.
"""

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

from sqlalchemy import ColumnElement, String, Text, TypeDecorator, and_, false, literal, not_, or_, true, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeEngine

from survey.sealing.fields import DOT, TOMBSTONE, Keyring, SealedLongText, is_kept_as_is, keys_for
from survey.sealing.pinyin import readings_of, splits_of, syllables_from

WHOLE = "="
"""What the token of a whole name is made with, so that it is none of a part."""
SOUND = "~"
"""What tokens of sounds are made with; of two first letters once more between them."""
MOST_COMPLETED = 3
"""The beginning of a syllable that so many complete is looked for as all of them."""
SCHEME = "2"
"""What ends a sealed name with the tokens of today; one without it gets them when keys are rotated, and so by `init`."""


def parts_of(name: str) -> tuple[str, ...]:
    """What a name can be found by: its signs and every two that follow each other, without spaces and capitals; each once, in order."""
    signs = "".join(name.casefold().split())
    return tuple(dict.fromkeys((*signs, *(signs[at : at + 2] for at in range(len(signs) - 1)))))


def wanted_parts(text: str) -> tuple[str, ...]:
    """The parts that every name has in which this text stands: the longest there are."""
    signs = "".join(text.casefold().split())
    return tuple(part for part in parts_of(text) if len(part) == min(2, len(signs)))


def sounds_of(name: str) -> tuple[str, ...]:
    """What a name can be found by when it is typed in pinyin: the syllables of its signs and the first letters of every two that follow
    each other, in every reading; each once, in order."""
    signs = [readings_of(sign) for sign in name if not sign.isspace()]
    initials = [dict.fromkeys(syllable[0] for syllable in readings) for readings in signs]
    pairs = (pair for left, right in pairwise(initials) for pair in product(left, right))
    found = (*(_syllable(each) for readings in signs for each in readings), *(_pair(*pair) for pair in pairs))
    return tuple(dict.fromkeys(found))


def wanted_sounds(typed: str) -> tuple[tuple[str, ...], ...]:
    """The sounds of which every name that is typed so has all of one entry; names that are typed otherwise may have them, too."""
    return tuple(dict.fromkeys(wanted for parts in splits_of(typed) for wanted in _wanted_of(parts) if wanted))


def _wanted_of(parts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    *before, last = parts
    ends = syllables_from(last)
    if not before:
        return tuple((_syllable(each),) for each in ends if each == last or len(ends) <= MOST_COMPLETED)
    whole = (*before, last) if ends == (last,) else tuple(before)
    syllables = (_syllable(each) for each in whole if len(each) > 1)
    return ((*syllables, *(_pair(left[0], right[0]) for left, right in pairwise(parts))),)


def _syllable(syllable: str) -> str:
    return SOUND + syllable


def _pair(left: str, right: str) -> str:
    return SOUND.join(("", left, right))


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


def _purpose_of(kind: TypeEngine[Any]) -> str:
    assert isinstance(kind, SealedName)
    return kind.purpose


class SealedName(SealedLongText):
    """A column of names that are sealed as they are stored; SQL can ask whether a text stands in one (`contains`), and for whole ones."""

    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):
        """Conditions on tokens; comparing sealed signs would always be wrong, and is refused."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """The condition; TypeError for one that a sealed name cannot answer."""
            purpose, stored = _purpose_of(self.type), type_coerce(self.expr, Text)
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

        def is_typed(self, typed: str) -> ColumnElement[bool]:
            """Whether the name may be typed so in pinyin. Rows that are read have to be asked once more, by `pinyin.is_typed_as`."""
            purpose, stored = _purpose_of(self.type), type_coerce(self.expr, Text)
            return or_(false(), *(and_(*(stored.like(_bound(each, purpose)) for each in sounds)) for sounds in wanted_sounds(typed)))

    comparator_factory = Comparator

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The name as the database stores it: sealed, then its tokens."""
        if value is None or is_kept_as_is(value):
            return value
        keyring = keys_for(dialect, self.purpose)
        tokens = (keyring.token(part, self.purpose) for part in (*parts_of(value), WHOLE + value, *sounds_of(value)))
        return DOT.join((keyring.seal(value, self.purpose), *tokens, SCHEME))

    def needs_sealing(self, column: ColumnElement[Any], keyring: Keyring) -> ColumnElement[bool]:
        """Whether a name is not sealed with the first key, or lacks tokens of today."""
        stored = type_coerce(column, Text)
        is_earlier = and_(stored.not_in(("", TOMBSTONE)), ~stored.endswith(DOT + SCHEME, autoescape=True))
        return or_(super().needs_sealing(column, keyring), is_earlier)


def _bound(part: str, purpose: str) -> Any:
    return literal(part, _Token(purpose))
