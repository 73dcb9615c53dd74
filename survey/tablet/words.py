"""The words of the pair's list, and the day it is in the field."""

from datetime import date, datetime, timedelta, timezone

from flask_babel import lazy_gettext as _l

FIELD_ZONE = timezone(timedelta(hours=8), "China Standard Time")

STATE_LABELS = {
    "open": _l("not begun"),
    "received": _l("sent"),
    "accepted": _l("accepted"),
    "returned": _l("returned"),
}


def field_date(now: datetime) -> date:
    """The day of the instant `now` where the interviews are held: China keeps one time everywhere."""
    return now.astimezone(FIELD_ZONE).date()
