"""What people have done, counted from the interviews received: the record, not what anybody says of themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.visits.ledger import ARCHIVE_FORM
from survey.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Experience:
    """The visits somebody interviewed in, the interviews (as lead or second; reading files is none), and the last of the visits."""

    n_visits: int = 0
    n_interviews: int = 0
    last_title: str = ""
    last_on: date | None = None


NOTHING = Experience()


@dataclass(frozen=True, slots=True)
class VisitDone:
    """One visit in which somebody interviewed."""

    visit_id: str
    title: str
    starts_on: date
    n_interviews: int


def read_experience(session: Session, user_ids: Collection[str], before: date | None = None) -> dict[str, Experience]:
    """The experience of these people by user id, of visits that began before a day if one is given; one statement."""
    done: dict[str, list[VisitDone]] = {}
    for user_id, visit in _read(session, user_ids, before):
        done.setdefault(user_id, []).append(visit)
    found = {}
    for user_id, visits in done.items():
        last = max(visits, key=lambda visit: (visit.starts_on, visit.visit_id))
        found[user_id] = Experience(len(visits), sum(visit.n_interviews for visit in visits), last.title, last.starts_on)
    return found


def list_visits_done(session: Session, user_id: str) -> tuple[VisitDone, ...]:
    """The visits in which this person interviewed, the latest first."""
    return tuple(sorted((visit for _, visit in _read(session, [user_id], None)), key=lambda visit: visit.starts_on, reverse=True))


def _read(session: Session, user_ids: Collection[str], before: date | None) -> list[tuple[str, VisitDone]]:
    if not user_ids:
        return []
    # Two records of one interview, where each of a pair fills in a form of their own, are one interview.
    interview = func.coalesce(Submission.assignment_id, Submission.instance_id).label("interview")
    counted = (Submission.review_state != "replaced", Submission.form_id != ARCHIVE_FORM, Submission.visit_id.is_not(None))
    held = union_all(
        *(
            select(person.label("user_id"), Submission.visit_id, interview).where(person.in_(user_ids), *counted)
            for person in (Submission.lead_id, Submission.second_id)
        )
    ).subquery()
    n_interviews = func.count(held.c.interview.distinct())
    statement = (
        select(held.c.user_id, Visit.id, Visit.title, Visit.starts_on, n_interviews)
        .join(Visit, Visit.id == held.c.visit_id)
        .group_by(held.c.user_id, Visit.id, Visit.title, Visit.starts_on)
        .order_by(held.c.user_id, Visit.starts_on, Visit.id)
    )
    if before is not None:
        statement = statement.where(Visit.starts_on < before)
    return [(user_id, VisitDone(*visit)) for user_id, *visit in session.execute(statement)]
