"""What the start page reads for each role; a fixed number of statements however much has been collected."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Flag, QuarantinedSubmission, Submission
from survey.issues.models import IssueCandidate
from survey.places.models import Household
from survey.visits.models import Assignment, Visit
from survey.visits.queries import AssignedHousehold, list_assignments_of

SHOWN_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class VisitProgress:
    """How far an open visit is: assignments, how many of them are answered, and how many answers are accepted."""

    visit_id: str
    title: str
    starts_on: date
    ends_on: date
    n_assigned: int
    n_answered: int
    n_accepted: int


@dataclass(frozen=True, slots=True)
class Office:
    """What waits for coordinators, authors and administrators, and what is still missing before a visit can begin."""

    n_versions: int
    n_households: int
    n_visits: int
    n_waiting: int
    n_doubtful: int
    n_returned: int
    n_accepted: int
    n_quarantined: int
    n_candidates: int
    open_visits: tuple[VisitProgress, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """What a pair's member has to do in open visits: counts by state, and the first ones of what is returned and what is open."""

    counts: dict[str, int]
    returned: tuple[AssignedHousehold, ...]
    coming: tuple[AssignedHousehold, ...]


def read_office(session: Session) -> Office:
    """The state of the work, over all visits."""
    waiting = select(func.count()).select_from(Submission).where(Submission.review_state == "received")
    has_flag = exists().where(Flag.instance_id == Submission.instance_id)
    numbers: dict[str, Select[tuple[int]]] = {
        "n_versions": select(func.count()).select_from(QuestionnaireVersion),
        "n_households": select(func.count()).select_from(Household),
        "n_visits": select(func.count()).select_from(Visit),
        "n_waiting": waiting,
        "n_doubtful": waiting.where(has_flag),
        "n_returned": select(func.count()).select_from(Submission).where(Submission.review_state == "returned"),
        "n_accepted": select(func.count()).select_from(Submission).where(Submission.review_state == "accepted"),
        "n_quarantined": select(func.count()).select_from(QuarantinedSubmission).where(QuarantinedSubmission.state == "waiting"),
        "n_candidates": select(func.count()).select_from(IssueCandidate),
    }
    row = session.execute(select(*(query.scalar_subquery().label(name) for name, query in numbers.items()))).one()
    return Office(**row._mapping, open_visits=_read_progress(session))


def _read_progress(session: Session) -> tuple[VisitProgress, ...]:
    """The open visits, the latest first, each with the counts of its assignments."""
    answers = (
        select(
            Submission.assignment_id,
            func.max(case((Submission.review_state == "accepted", 1), else_=0)).label("n_accepted"),
        )
        .where(Submission.assignment_id.is_not(None), Submission.review_state.in_(("received", "accepted")))
        .group_by(Submission.assignment_id)
        .subquery()
    )
    statement = (
        select(
            Visit.id.label("visit_id"),
            Visit.title,
            Visit.starts_on,
            Visit.ends_on,
            func.count(Assignment.id).label("n_assigned"),
            func.count(answers.c.assignment_id).label("n_answered"),
            func.coalesce(func.sum(answers.c.n_accepted), 0).label("n_accepted"),
        )
        .outerjoin(Assignment, Assignment.visit_id == Visit.id)
        .outerjoin(answers, answers.c.assignment_id == Assignment.id)
        .where(Visit.state == "open")
        .group_by(Visit.id, Visit.title, Visit.starts_on, Visit.ends_on)
        .order_by(Visit.starts_on.desc(), Visit.id)
    )
    return tuple(VisitProgress(**row._mapping) for row in session.execute(statement))


def read_field(session: Session, user_id: str) -> Field:
    """What this interviewer's pairs have before them."""
    tasks = list_assignments_of(session, user_id)
    by_state = {state: tuple(task for task in tasks if task.state == state)[:SHOWN_AT_MOST] for state in ("returned", "open")}
    return Field(counts=dict(Counter(task.state for task in tasks)), returned=by_state["returned"], coming=by_state["open"])
