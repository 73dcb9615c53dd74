"""Whether a report tells somebody bound to places of nothing else: what reports are made of is read as a whole."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report.kinds.names import KindName
from survey.rights.cutting import places_of
from survey.rights.guard import goes_nowhere_else
from survey.visits.models import Visit


def is_within(session: Session, kind: KindName, visit_id: str) -> bool:
    """Whether a report of this kind on this visit lies within the places that the session shows.

    It does where the visit goes nowhere else, and neither does the visit looked back on where the report tells of that, too. A kind that is
    about no visit tells of all places.
    """
    prefixes = places_of(session)
    if not prefixes:
        return True
    if "visit_id" not in kind.about:
        return False
    told = [visit_id]
    if "before" in kind.needs:
        visits = Visit.__table__.c
        earlier = select(visits.look_back_of_id).where(visits.id == visit_id, visits.look_back_of_id.is_not(None))
        told += session.connection().execute(earlier).scalars()
    return all(goes_nowhere_else(session, each, prefixes) for each in told)
