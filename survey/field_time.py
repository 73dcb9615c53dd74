"""The time of the field: what day it is where the interviews are held, whatever clock a server or a device keeps."""

from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta, timezone
from typing import Any

FIELD_ZONE = timezone(timedelta(hours=8), "China Standard Time")
"""China keeps one time everywhere."""


def field_date(now: datetime) -> date:
    """The day of the instant `now` where the interviews are held."""
    return now.astimezone(FIELD_ZONE).date()


def parse_instant(value: Any) -> datetime | None:
    """The instant that an ISO 8601 text names, or None when there is none or it has no time zone and so names no instant.

    One of the first or last year of the calendar is none, either: in another zone it may have no date at all.
    """
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo and MINYEAR < instant.year < MAXYEAR else None
