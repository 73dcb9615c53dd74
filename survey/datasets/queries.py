"""Which visits have a dataset, and who took which."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.datasets.operations import TAKEN
from survey.events import Event
from survey.intake.models import Submission
from survey.pages.paging import Page, page_of
from survey.rights.cutting import is_cut
from survey.visits.models import Visit


@dataclass(frozen=True, slots=True)
class OfferedVisit:
    """One visit with accepted interviews (records of both of a pair counted once)."""

    visit: Visit
    n_submissions: int


@dataclass(frozen=True, slots=True)
class TakenDataset:
    """One dataset that somebody took, as the log tells it."""

    event: Event
    name: str
    visit_title: str


def list_offered(session: Session) -> tuple[OfferedVisit, ...]:
    """The visits with accepted interviews, the latest first."""
    counted = (
        select(Submission.visit_id, func.count().label("n"))
        .where(Submission.review_state == "accepted", Submission.recorded_as == "lead", Submission.visit_id.is_not(None))
        .group_by(Submission.visit_id)
        .subquery()
    )
    statement = select(Visit, counted.c.n).join(counted, counted.c.visit_id == Visit.id).order_by(Visit.starts_on.desc(), Visit.id)
    return tuple(OfferedVisit(visit, n) for visit, n in session.execute(statement))


def list_taken(session: Session, number: int) -> tuple[Page, tuple[TakenDataset, ...]]:
    """Page `number` of what was taken, newest first; somebody bound to places is told of visits that they see."""
    is_shown = [Event.action == TAKEN]
    if is_cut(session):
        is_shown.append(Event.subject_id.in_(select(Visit.id)))
    page = page_of(number, session.scalar(select(func.count()).select_from(Event).where(*is_shown)) or 0)
    statement = (
        select(Event, User.name, Visit.title)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Visit, Visit.id == Event.subject_id)
        .where(*is_shown)
        .order_by(Event.number.desc())
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(TakenDataset(event, name or "", title or event.subject_id) for event, name, title in session.execute(statement))
