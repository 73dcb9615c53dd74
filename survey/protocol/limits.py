"""What the checks of the protocol allow: one number per limit, with its default. Pure.

A visit may set its own; a limit of 0 switches its check off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


def _limit(default: float, most: float, label: LazyString, hint: LazyString) -> Any:
    return field(default=default, metadata={"most": most, "label": label, "hint": hint})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one visit. The checks that a limit belongs to name it in `survey/protocol/checks.py`."""

    short_minutes: float = _limit(
        15,
        600,
        _l("Shortest interview, minutes"),
        _l("With a questionnaire long enough, an interview in less time is doubted."),
    )
    long_form_questions: float = _limit(
        60,
        5000,
        _l("Questions of a long questionnaire"),
        _l("The shortest interview is asked of questionnaires with more questions than these."),
    )
    hurried_seconds: float = _limit(
        2,
        60,
        _l("Least time for a question, seconds"),
        _l("Doubted when half of the questions were in hand for less, by the tablet’s log."),
    )
    straight_questions: float = _limit(
        6,
        100,
        _l("Questions of one scale answered alike"),
        _l("So many questions of one scale in a row, all with the same answer, are noted."),
    )
    far_household_m: float = _limit(
        1000,
        100_000,
        _l("Farthest from the household, metres"),
        _l("Where the position of the house is known. How exact the position was is taken off first."),
    )
    far_village_m: float = _limit(
        8000,
        200_000,
        _l("Farthest from the village, metres"),
        _l("Where only the position of the village is known."),
    )
    speed_kmh: float = _limit(
        90,
        1000,
        _l("Fastest way between two interviews, km/h"),
        _l("In a straight line, between interviews of one lead or one tablet."),
    )
    speed_from_m: float = _limit(
        2000,
        100_000,
        _l("Shortest way that speed is asked of, metres"),
        _l("Positions are not exact; between close houses speed says nothing."),
    )
    days_outside: float = _limit(
        1,
        60,
        _l("Days before or after the visit, from which on it is doubted"),
        _l("1: every interview that was not held on a day of the visit."),
    )


DEFAULTS = Limits()
NAMES = tuple(item.name for item in fields(Limits))


def read_limits(values: Mapping[str, float] | None) -> Limits:
    """The limits with these values in place of the defaults; names that no limit has any more are passed over."""
    return Limits(**{name: value for name, value in (values or {}).items() if name in NAMES})


def deviations(values: Mapping[str, float]) -> dict[str, float]:
    """Those of the values that are not the defaults, as a visit keeps them."""
    return {name: values[name] for name in NAMES if name in values and values[name] != getattr(DEFAULTS, name)}


def as_text(value: float) -> str:
    """The number as it is written: without a point where it is whole."""
    return f"{value:g}" if value < 1_000_000 else f"{value:.0f}"
