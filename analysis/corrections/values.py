"""An answer as the log writes it, which is how the form's XML writes it, and as a value of a column of its kind. Pure."""

from collections.abc import Collection
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd

FIELD_ZONE = timezone(timedelta(hours=8))
"""Where a moment that names no zone was written."""
POSITION_PARTS = ("latitude", "longitude", "altitude", "accuracy")
YES_WORDS = frozenset(("ok", "true", "1", "yes"))
SHOWN_CHOICES = 12


def parse_value(kind: str, text: str, choices: Collection[str] = ()) -> Any:
    """The value of a column of this kind, None for ""; ValueError saying what is wrong with the text and what to write instead."""
    if text == "":
        return None
    match kind:
        case "integer":
            return _whole(text)
        case "decimal":
            return _number(text)
        case "date":
            return _day(text)
        case "datetime":
            return _moment(text)
        case "boolean":
            if text.casefold() not in YES_WORDS:
                raise ValueError(f"'{text}' is no acknowledgement; write OK, or nothing")
            return True
        case "category":
            return _chosen(text, choices)
        case "multi":
            return np.array([_chosen(name, choices) for name in text.split()], dtype=object)
    return text


def parse_position(text: str) -> tuple[float | None, ...]:
    """The four numbers of a position, those that are not told None; ValueError for a text that is no position."""
    if text == "":
        return (None, None, None, None)
    numbers = [_number(part) for part in text.split()]
    if not 2 <= len(numbers) <= len(POSITION_PARTS) or not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
        raise ValueError(f"'{text}' is no position; write latitude, longitude, altitude and accuracy with spaces between them")
    return (*numbers, *([None] * (len(POSITION_PARTS) - len(numbers))))


def is_stored(kind: str, stored: Any, text: str) -> bool:
    """Whether a column of this kind holds the answer that the text writes."""
    if is_missing(stored):
        return text == ""
    try:
        value = parse_value(kind, text)
    except ValueError:
        return False
    if value is None:
        return False
    if kind == "multi":
        return [str(each) for each in stored] == list(value)
    if kind in ("integer", "decimal"):
        return float(stored) == float(value)
    if kind == "datetime":
        return bool(pd.Timestamp(stored) == value)
    return bool(stored == value)


def is_missing(value: Any) -> bool:
    """Whether a cell of a table is empty; a list never is, an empty one included, unless it has no entry."""
    if isinstance(value, np.ndarray | list | tuple):
        return len(value) == 0
    return value is None or bool(pd.isna(value))


def _whole(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise ValueError(f"'{text}' is no whole number")
    return int(number)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise ValueError(f"'{text}' is no number")
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"'{text}' is no day; write it as year-month-day, such as 2018-04-20") from None


def _moment(text: str) -> pd.Timestamp:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no instant; write it such as 2018-04-20T08:30:00+08:00") from None
    return pd.Timestamp(moment if moment.tzinfo else moment.replace(tzinfo=FIELD_ZONE)).tz_convert("UTC")


def _chosen(name: str, choices: Collection[str]) -> str:
    if choices and name not in choices:
        shown = ", ".join(sorted(choices)[:SHOWN_CHOICES]) + (", …" if len(choices) > SHOWN_CHOICES else "")
        raise ValueError(f"'{name}' is not one of the choices; write one of {shown}")
    return name
