"""Every write to the recommendations that a visit handed over."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from questionnaires.errors import not_one_of
from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.visits.meeting_operations import check_place_and_day
from survey.visits.models import Recommendation, Visit
from survey.visits.planning import invalid, log_change


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
        raise not_one_of("area", area, AREAS)
    if not text.strip():
        raise invalid("text", "write what was recommended")
    check_place_and_day(session, region_code, "handed_over_on", handed_over_on, now)
    found = Recommendation(visit_id=visit.id, region_code=region_code, area=area, text=text.strip(), handed_over_on=handed_over_on)
    session.add(found)
    session.flush()
    log_change(session, actor, "visit.recommendation_recorded", visit, now, recommendation=found.id, area=area, place=region_code)
    return found


def remove_recommendation(session: Session, actor: User | None, visit: Visit, found: Recommendation, now: datetime) -> None:
    """Take back a recommendation that was entered by mistake; the event keeps what it was."""
    facts = {"area": found.area, "place": found.region_code, "handed_over_on": found.handed_over_on.isoformat()}
    session.delete(found)
    log_change(session, actor, "visit.recommendation_removed", visit, now, recommendation=found.id, **facts)
