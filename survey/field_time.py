"""The time of the field: what day it is where the interviews are held, whatever clock a server or a device keeps."""

from datetime import date, datetime, timedelta, timezone

FIELD_ZONE = timezone(timedelta(hours=8), "China Standard Time")
"""China keeps one time everywhere."""


def field_date(now: datetime) -> date:
    """The day of the instant `now` where the interviews are held."""
    return now.astimezone(FIELD_ZONE).date()
