"""An answer's text in XML and its value in Python, and whether a text is of its question's type."""

from datetime import UTC
from typing import Any

from questionnaires.expressions.dates import is_time, parse_date, parse_date_time
from questionnaires.expressions.geography import parse_point, parse_trace
from questionnaires.expressions.values import NUMBER, format_number
from questionnaires.settle import Slot

_POINT_PARTS = ("latitude", "longitude", "altitude", "accuracy")
_NUMBERS = ("integer", "decimal")
MAX_INTEGER_DIGITS = 18


def is_typed(value_type: str, text: str) -> bool:
    """Whether a non-empty text is of a type, one of `QuestionType.value_type`."""
    match value_type:
        case "string":
            return True
        case "int":
            return text.removeprefix("-").isdecimal() and text.isascii() and len(text) <= MAX_INTEGER_DIGITS
        case "decimal":
            return NUMBER.fullmatch(text) is not None
        case "date":
            return parse_date(text) is not None or _is_instant(text)
        case "dateTime":
            return _is_instant(text) or parse_date(text) is not None
        case "time":
            return is_time(text)
        case "geopoint":
            return parse_point(text) is not None
        case "geotrace" | "geoshape":
            return parse_trace(text) is not None
    return True


def _is_instant(text: str) -> bool:
    return parse_date_time(text, UTC) is not None


def to_answer(slot: Slot) -> Any:
    """The value of a slot as it is stored: int, float, str, list of names, or a dict for a position; None when it is empty.

    A text that is not of its type stays a text: the finding that says so is the reason why it is never stored as an answer.
    """
    text = slot.text
    if not text:
        return None
    plan = slot.plan
    if plan.is_multiple:
        return text.split()
    if plan.value_type == "string" and plan.kind not in _NUMBERS:
        return text
    if not is_typed(plan.value_type, text):
        return text
    if plan.value_type == "int":
        return int(text)
    if plan.kind in _NUMBERS:
        return _number(text, is_whole=plan.kind == "integer" or plan.value_type == "string")
    if plan.kind == "position":
        return dict(zip(_POINT_PARTS, parse_point(text) or (), strict=False))
    return text[:10] if plan.kind == "date" else text


def _number(text: str, *, is_whole: bool) -> int | float | None:
    """The number, or None for what a client wrote of a calculation that has none ("NaN", "Infinity")."""
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return int(number) if is_whole and number == int(number) else number


def to_xml_text(value: Any) -> str:
    """The text of a stored value in XML; "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, list | tuple):
        return " ".join(to_xml_text(each) for each in value)
    if isinstance(value, dict):
        point = [value[part] for part in _POINT_PARTS if value.get(part) is not None]
        if value.get("altitude") is None and value.get("accuracy") is not None:
            point.insert(2, 0)
        return " ".join(format_number(float(each)) for each in point)
    return str(value)
