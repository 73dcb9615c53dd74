"""What every write to the records of liaison shares: checks of texts, places and days, and the event."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.errors import not_one_of
from survey.accounts.models import User
from survey.events import log_event
from survey.places.models import Region
from survey.visits.planning import invalid

FURTHEST_AHEAD = timedelta(hours=14)
"""No place on earth is further ahead of UTC, so a day beyond it has begun nowhere."""


def check_text(field: str, text: str, limit: int, *, is_required: bool = False) -> str:
    """The text without blanks around it; raises INVALID_VALUE when it is too long, or empty and required."""
    text = text.strip()
    if is_required and not text:
        raise invalid(field, "it is empty; write something")
    if len(text) > limit:
        raise invalid(field, "it is longer than {limit} characters; shorten it", limit=limit)
    return text


def check_word(field: str, value: str, words: Iterable[str]) -> str:
    """The value; raises INVALID_VALUE unless it is one of the words."""
    known = tuple(words)
    if value not in known:
        raise not_one_of(field, value, known)
    return value


def check_place(session: Session, code: str, levels: Iterable[str] = ()) -> Region:
    """The place of this code; raises INVALID_VALUE unless it is here and of one of the levels (any when none is named)."""
    region = session.get(Region, code)
    if region is None:
        raise invalid("region_code", "'{given}' is not among the places here; add it there first", given=code)
    wanted = tuple(levels)
    if wanted and region.level not in wanted:
        raise invalid("region_code", "{region} is of another level; choose one of: {wanted}", region=region.name, wanted=", ".join(wanted))
    return region


def check_day(field: str, day: date, now: datetime) -> date:
    """The day; raises INVALID_VALUE when it has not come."""
    if day > (now + FURTHEST_AHEAD).date():
        raise invalid(field, "{day} has not come yet", day=day)
    return day


def log_record(session: Session, actor: User | None, action: str, kind: str, key: str, now: datetime, **details: Any) -> None:
    """Log that `actor` changed a record of this kind; `details` name no person and no number."""
    log_event(session, actor.id if actor else None, action, kind, key, now, **details)
