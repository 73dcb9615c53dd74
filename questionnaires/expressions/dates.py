"""Dates and times as ODK forms count them: text in ISO 8601 on one side, days since 1970-01-01 on the other.

A day number is local: midnight of a date is a whole number whatever the time zone, and an instant is first moved to the zone of the
interview. So a date and an instant compare as the people who wrote them down would (JavaRosa does the same).
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from math import floor, isfinite, nan

EPOCH = date(1970, 1, 1).toordinal()
SECONDS_PER_DAY = 86_400

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DATE_TIME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?(?:\d{2})?)?")
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?(?:\d{2})?)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@lru_cache(maxsize=1024)
def parse_date(text: str) -> date | None:
    """The date that `text` names, or None when it is no date of the calendar."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_date_time(text: str, zone: tzinfo) -> datetime | None:
    """The instant that `text` names; one without an offset is taken in `zone`. None when it is none.

    One of the first or last year of the calendar is none, either: in another zone it may have no date at all.
    """
    match = _DATE_TIME.fullmatch(text)
    day = parse_date(match[1]) if match else None
    if match is None or day is None or day.year in (MINYEAR, MAXYEAR):
        return None
    microsecond = int((match[5] or "").ljust(6, "0")[:6])
    try:
        return datetime(
            day.year, day.month, day.day, int(match[2]), int(match[3]), int(match[4] or 0), microsecond, tzinfo=_zone(match[6]) or zone
        )
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Whether `text` is a time of day, as 08:30:00.000+08:00; seconds and offset may be missing."""
    match = _TIME.fullmatch(text)
    return match is not None and int(match[1]) < 24 and int(match[2]) < 60 and int(match[3] or 0) < 60


def is_dated(text: str) -> bool:
    """Whether `text` begins as a date does, so that operators read it as a day number."""
    return len(text) >= 8 and text[4] == "-" and _DATE.match(text) is not None


def to_days(text: str, zone: tzinfo) -> float:
    """The day number of a date or an instant; not a number when `text` is neither."""
    day = parse_date(text)
    if day is not None:
        return float(day.toordinal() - EPOCH)
    instant = parse_date_time(text, zone)
    if instant is None:
        return nan
    local = instant.astimezone(zone)
    seconds = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1_000_000
    return local.date().toordinal() - EPOCH + seconds / SECONDS_PER_DAY


def to_day_share(text: str) -> float:
    """The time of day as a share of the day, 0.5 at noon; not a number when `text` is no time."""
    match = _TIME.fullmatch(text)
    if match is None or not is_time(text):
        return nan
    return (int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)) / SECONDS_PER_DAY


def from_days(days: float, zone: tzinfo) -> str:
    """The ISO text of a day number: a date when it is whole, else an instant in `zone`; "" when it is out of the calendar."""
    if not isfinite(days) or not 1 - EPOCH <= days <= date.max.toordinal() - EPOCH:
        return ""
    whole = floor(days)
    day = date.fromordinal(int(whole) + EPOCH)
    milliseconds = round((days - whole) * SECONDS_PER_DAY * 1000)
    if milliseconds == 0:
        return day.isoformat()
    if day.year == MAXYEAR:
        return ""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return format_instant(midnight + timedelta(milliseconds=milliseconds))


def format_instant(instant: datetime) -> str:
    """The instant as ODK clients write it: 2018-04-20T08:30:00.000+08:00."""
    return instant.isoformat(timespec="milliseconds")


@lru_cache(maxsize=1024)
def format_date(text: str, pattern: str, zone: tzinfo) -> str:
    """A date or instant in the pattern of ODK's format-date and format-date-time; "" when `text` is neither."""
    day = parse_date(text)
    instant = datetime(day.year, day.month, day.day, tzinfo=zone) if day else parse_date_time(text, zone)
    if instant is None:
        return ""
    local = instant.astimezone(zone)
    return re.sub(r"%(.)", lambda match: _escape(match[1], local), pattern)


def _escape(letter: str, local: datetime) -> str:
    match letter:
        case "Y":
            return f"{local.year:04d}"
        case "y":
            return f"{local.year % 100:02d}"
        case "m":
            return f"{local.month:02d}"
        case "n":
            return str(local.month)
        case "b":
            return _MONTHS[local.month - 1]
        case "d":
            return f"{local.day:02d}"
        case "e":
            return str(local.day)
        case "H":
            return f"{local.hour:02d}"
        case "h":
            return str(local.hour)
        case "M":
            return f"{local.minute:02d}"
        case "S":
            return f"{local.second:02d}"
        case "3":
            return f"{local.microsecond // 1000:03d}"
        case "a":
            return _WEEKDAYS[local.weekday()]
        case "W":
            return f"{local.isocalendar().week:02d}"
    return letter if letter == "%" else f"%{letter}"


def _zone(offset: str | None) -> tzinfo | None:
    if not offset:
        return None
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if offset[0] == "-" else shift)
