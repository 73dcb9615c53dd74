"""Answers in the form in which they are compared, and what one is to another. Pure."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from questionnaires.model import ComparedQuestion
from questionnaires.units import UNITS

Value = float | date | str | frozenset[str]
DATE_TYPES = ("date", "dateTime", "today")
SAME, DIFFERS, OLDER, OTHER_TYPES = "same", "differs", "older", "other_types"
_SPACES = re.compile(r"\s+")


def value_of(question: ComparedQuestion, raw: Any) -> Value | None:
    """A stored answer as it is compared: numbers in the smallest unit of their quantity, choices by the question's map, texts without
    regard to width, capitals and spaces. None where nothing was answered, or nothing that can be compared.
    """
    if raw is None or raw in ("", [], {}) or isinstance(raw, dict):
        return None
    if isinstance(raw, list):
        codes = frozenset(code for each in raw if (code := question.mapping.get(str(each), str(each))))
        return codes or None
    if str(raw) in question.mapping:
        raw = question.mapping[str(raw)]
        if not raw:
            return None
    if question.type in DATE_TYPES:
        return _day(str(raw))
    if isinstance(raw, int | float):
        unit = UNITS.get(question.unit)
        return float(raw) * (unit.factor if unit else 1)
    return _SPACES.sub("", unicodedata.normalize("NFKC", str(raw))).casefold() or None


def relation(value: Value, other: Value, *, share: float, amount: float) -> str:
    """What `value` is to `other`: "same" within the tolerance, "older" for an earlier day, "differs", or "other_types".

    `share` is of `other`; `amount` is in the smallest unit, for dates in days.
    """
    if isinstance(value, date) and isinstance(other, date):
        apart = value - other
        return SAME if abs(apart) <= timedelta(days=amount) else OLDER if apart < timedelta() else DIFFERS
    if isinstance(value, float) or isinstance(other, float):
        number, base = _number(value), _number(other)
        if number is None or base is None:
            return OTHER_TYPES
        # A figure exactly at the limit agrees, whatever binary fractions make of a tenth.
        return SAME if abs(number - base) <= abs(base) * share + amount + 1e-9 * max(abs(base), 1) else DIFFERS
    value, other = _as_set(value, other), _as_set(other, value)
    if type(value) is not type(other):
        return OTHER_TYPES
    return SAME if value == other else DIFFERS


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _number(value: Value) -> float | None:
    """The number that a value is, or that a code of a choice stands for."""
    if isinstance(value, float):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_set(value: Value, other: Value) -> Value:
    """One choice as a set of one where it is held against several."""
    return frozenset((value,)) if isinstance(value, str) and isinstance(other, frozenset) else value
