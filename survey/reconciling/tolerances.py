"""When two recorded answers count as the same: by the kind of question, within tolerances that a visit sets. Pure."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from math import asin, cos, radians, sin, sqrt
from typing import Any

from questionnaires.expressions.dates import parse_date, parse_date_time
from questionnaires.model import Question

EARTH_RADIUS_M = 6_371_008.8
PASSED_OVER = frozenset("PZCS")
"""The first letters of the Unicode categories that texts are compared without: punctuation, spaces, control signs, symbols."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What may differ and still be the same.

    `exact_names` are names of questions, with * and ? as in file names, whose numbers are no amounts and have to be equal.
    """

    number_percent: float = 5.0
    date_days: int = 0
    time_minutes: int = 15
    position_m: float = 100.0
    is_text_loose: bool = True
    exact_names: str = "*year *_no *_number *_code *_id *phone"


def is_same(question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    """Whether two answers to the question (neither of them missing) count as the same."""
    compare = _BY_TYPE.get(question.type, _equal)
    return compare(question, left, right, tolerances)


def normalised(text: str) -> str:
    """The text without differences of width, case, spaces and punctuation; a text of nothing else stays as it is."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(sign for sign in plain if unicodedata.category(sign)[0] not in PASSED_OVER)
    return kept or plain.strip()


def distance_m(left: Mapping[str, Any], right: Mapping[str, Any]) -> float:
    """The metres between two positions over a sphere."""
    north, south = radians(left["latitude"]), radians(right["latitude"])
    across = radians(right["longitude"] - left["longitude"])
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord)))


def is_exact(question: Question, tolerances: Tolerances) -> bool:
    """Whether the question's numbers have to be equal."""
    return any(fnmatchcase(question.name, pattern) for pattern in tolerances.exact_names.split())


def _equal(_question: Question, left: Any, right: Any, _tolerances: Tolerances) -> bool:
    return bool(left == right)


def _same_number(question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    if isinstance(left, str) or isinstance(right, str) or is_exact(question, tolerances):
        return str(left) == str(right)
    return bool(abs(left - right) <= tolerances.number_percent / 100 * max(abs(left), abs(right)) + 1e-9)


def _same_text(_question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    return normalised(str(left)) == normalised(str(right)) if tolerances.is_text_loose else str(left) == str(right)


def _same_set(_question: Question, left: Any, right: Any, _tolerances: Tolerances) -> bool:
    return set(left) == set(right)


def _same_day(_question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    one, other = parse_date(str(left)[:10]), parse_date(str(right)[:10])
    if one is None or other is None:
        return bool(left == right)
    return abs((one - other).days) <= tolerances.date_days


def _same_instant(_question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    one, other = parse_date_time(str(left), UTC), parse_date_time(str(right), UTC)
    return bool(left == right) if one is None or other is None else _minutes_apart(one, other) <= tolerances.time_minutes


def _same_time(_question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    one, other = (parse_date_time(f"2018-04-20T{value}", UTC) for value in (left, right))
    if one is None or other is None:
        return bool(left == right)
    apart = _minutes_apart(one, other)
    return min(apart, 24 * 60 - apart) <= tolerances.time_minutes


def _minutes_apart(one: datetime, other: datetime) -> float:
    return abs((one - other).total_seconds()) / 60


def _same_position(_question: Question, left: Any, right: Any, tolerances: Tolerances) -> bool:
    if not (isinstance(left, Mapping) and isinstance(right, Mapping)):
        return bool(left == right)
    return distance_m(left, right) <= tolerances.position_m


_BY_TYPE: Mapping[str, Callable[[Question, Any, Any, Tolerances], bool]] = {
    "integer": _same_number,
    "decimal": _same_number,
    "range": _same_number,
    "text": _same_text,
    "barcode": _same_text,
    "select_multiple": _same_set,
    "select_multiple_from_file": _same_set,
    "date": _same_day,
    "dateTime": _same_instant,
    "time": _same_time,
    "geopoint": _same_position,
}
"""How answers of a type are compared; those of any other type have to be equal."""
