"""What expressions compute with: the moment they are evaluated in, and how ODK turns one kind of value into another.

A value is a text, a number (always a float), a truth value, or a list of nodes, as libxml2 hands them to an extension function.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from random import Random
from typing import Any

from questionnaires.expressions.dates import format_instant, from_days, is_dated, parse_date, parse_date_time, to_days

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Moment:
    """When and with what luck expressions are evaluated; `now` carries the time zone that "today" is meant in."""

    now: datetime
    random: Random = field(default_factory=Random)

    @property
    def zone(self) -> tzinfo:
        """The time zone of `now`."""
        return self.now.tzinfo or UTC


_NEVER = Moment(datetime(1970, 1, 1, tzinfo=UTC))
MOMENT: ContextVar[Moment] = ContextVar("moment", default=_NEVER)
"""The moment of the evaluation under way; whoever evaluates sets it first."""


def texts(value: Any) -> list[str]:
    """The string values of an argument: one, or one per element."""
    if isinstance(value, list):
        return [text_of(each) for each in value]
    return [to_text(value)]


def text_of(element: Any) -> str:
    """The string value of one item of a node-set (an element, or the text of an attribute or text node)."""
    if isinstance(element, str):
        return element
    return element.text or "" if not len(element) else "".join(element.itertext())


def to_text(value: Any) -> str:
    """The argument as text: of a node-set the first element; a number without needless decimals, never with an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return text_of(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_number(value)


def format_number(value: float) -> str:
    """The number as XPath writes it: 3 for 3.0, 0.1 + 0.2 as 0.3, "NaN", "Infinity", never an exponent."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    text = f"{value:.15g}"
    return f"{value:.20f}".rstrip("0") if "e" in text else text


def to_number(value: Any) -> float:
    """The argument as a number; a date or instant is its day number, and a text that is no number is not-a-number."""
    if isinstance(value, (bool, int, float)):
        return float(value)
    text = to_text(value).strip()
    if NUMBER.fullmatch(text):
        return float(text)
    return to_days(text, MOMENT.get().zone) if is_dated(text) else math.nan


def to_boolean(value: Any) -> bool:
    """The argument as XPath's `boolean` has it: a node-set is true when it holds a node, a text when it is not empty."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def to_date_text(value: Any) -> str:
    """The argument as ISO text of a date or instant: day numbers are turned into dates, anything else that is no date is ""."""
    zone = MOMENT.get().zone
    text = to_text(value).strip()
    if NUMBER.fullmatch(text):
        return from_days(float(text), zone)
    day = parse_date(text)
    if day is not None:
        return day.isoformat()
    instant = parse_date_time(text, zone)
    return "" if instant is None else format_instant(instant)


def is_holding(operator: str, left: Any, right: Any) -> bool:
    """A comparison with ODK's reading of dates; a node-set holds when one of its nodes does."""
    if operator in ("=", "!="):
        wanted = operator == "="
        if isinstance(left, bool) or isinstance(right, bool):
            return (to_boolean(left) == to_boolean(right)) == wanted
        return any(_are_equal(a, b) == wanted for a in _items(left) for b in _items(right))
    compare = _RELATIONS[operator]
    lefts, rights = [to_number(a) for a in _items(left)], [to_number(b) for b in _items(right)]
    return any(compare(a, b) for a in lefts for b in rights)


_RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _items(value: Any) -> list[Any]:
    return texts(value) if isinstance(value, list) else [value]


def _are_equal(left: Any, right: Any) -> bool:
    if isinstance(left, float) or isinstance(right, float) or (is_dated(left) and is_dated(right)):
        return to_number(left) == to_number(right)
    return bool(left == right)


def flat(arguments: tuple[Any, ...]) -> Iterator[Any]:
    """The arguments one by one, a node-set as one list per node."""
    for argument in arguments:
        if isinstance(argument, list):
            yield from ([each] for each in argument)
        else:
            yield argument
