"""Every write to what a visit leaves behind beside interviews: meetings, and recommendations handed over."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.places.models import Region
from survey.visits.models import MEETING_KINDS, Meeting, Recommendation, Visit
from survey.visits.planning import invalid, log_change

MAX_MEETING_TITLE_LENGTH = 128
FURTHEST_AHEAD = timedelta(hours=14)
"""No place on earth is further ahead of UTC, so a day beyond it has begun nowhere."""


def record_meeting(
    session: Session,
    actor: User | None,
    visit: Visit,
    *,
    region_code: str,
    kind: str,
    held_on: date,
    title: str,
    minutes: str = "",
    now: datetime,
) -> Meeting:
    """The new meeting; raises INVALID_VALUE for an unknown place or kind, an empty title, or a day that has not come."""
    if kind not in MEETING_KINDS:
        raise invalid("kind", f"'{kind}' is not one of {', '.join(MEETING_KINDS)}")
    title = title.strip()
    if not 0 < len(title) <= MAX_MEETING_TITLE_LENGTH:
        raise invalid("title", f"write a title of at most {MAX_MEETING_TITLE_LENGTH} characters")
    _check_place_and_day(session, region_code, "held_on", held_on, now)
    meeting = Meeting(visit_id=visit.id, region_code=region_code, kind=kind, held_on=held_on, title=title, minutes=minutes.strip())
    session.add(meeting)
    session.flush()
    log_change(session, actor, "visit.meeting_recorded", visit, now, meeting=meeting.id, kind=kind, place=region_code)
    return meeting


def record_recommendation(
    session: Session,
    actor: User | None,
    visit: Visit,
    *,
    region_code: str,
    area: str,
    text: str,
    handed_over_on: date,
    now: datetime,
) -> Recommendation:
    """The new recommendation; raises INVALID_VALUE for an unknown place or area, an empty text, or a day that has not come."""
    if area not in AREAS:
        raise invalid("area", f"'{area}' is not one of {', '.join(AREAS)}")
    if not text.strip():
        raise invalid("text", "write what was recommended")
    _check_place_and_day(session, region_code, "handed_over_on", handed_over_on, now)
    found = Recommendation(visit_id=visit.id, region_code=region_code, area=area, text=text.strip(), handed_over_on=handed_over_on)
    session.add(found)
    session.flush()
    log_change(session, actor, "visit.recommendation_recorded", visit, now, recommendation=found.id, area=area, place=region_code)
    return found


def remove_meeting(session: Session, actor: User | None, visit: Visit, meeting: Meeting, now: datetime) -> None:
    """Take back a meeting that was entered by mistake; the event keeps what it was."""
    facts = {"kind": meeting.kind, "place": meeting.region_code, "held_on": meeting.held_on.isoformat()}
    session.delete(meeting)
    log_change(session, actor, "visit.meeting_removed", visit, now, meeting=meeting.id, **facts)


def remove_recommendation(session: Session, actor: User | None, visit: Visit, found: Recommendation, now: datetime) -> None:
    """Take back a recommendation that was entered by mistake; the event keeps what it was."""
    facts = {"area": found.area, "place": found.region_code, "handed_over_on": found.handed_over_on.isoformat()}
    session.delete(found)
    log_change(session, actor, "visit.recommendation_removed", visit, now, recommendation=found.id, **facts)


def _check_place_and_day(session: Session, region_code: str, field: str, day: date, now: datetime) -> None:
    if session.get(Region, region_code) is None:
        raise invalid("region_code", f"'{region_code}' is not among the places here; add it there first")
    if day > (now + FURTHEST_AHEAD).date():
        raise invalid(field, f"{day} has not come yet")
