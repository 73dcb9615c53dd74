"""What the start page reads for each role; a fixed number of statements however much has been collected."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.candidates.raised_queries import counts_as_finding
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import COUNTED, Flag, QuarantinedSubmission, Submission
from survey.kept import kept_parts
from survey.places.models import Household
from survey.visits.models import Assignment, Visit
from survey.visits.parts import Part, Scope, touched_since
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
    numbers: dict[str, Select[int]] = {
        "n_versions": select(func.count()).select_from(QuestionnaireVersion),
        "n_households": select(func.count()).select_from(Household),
        "n_visits": select(func.count()).select_from(Visit),
        "n_waiting": waiting,
        "n_doubtful": waiting.where(has_flag),
        "n_returned": select(func.count()).select_from(Submission).where(Submission.review_state == "returned"),
        "n_accepted": select(func.count()).select_from(Submission).where(Submission.review_state == "accepted"),
        "n_quarantined": select(func.count()).select_from(QuarantinedSubmission).where(QuarantinedSubmission.state == "waiting"),
    }
    row = session.execute(select(*(query.scalar_subquery().label(name) for name, query in numbers.items()))).one()
    candidates = kept_parts(session, "candidates", touched_since, lambda scope: _count_candidates(session, scope))
    return Office(**row._mapping, n_candidates=sum(candidates.values()), open_visits=_read_progress(session))


def _read_progress(session: Session) -> tuple[VisitProgress, ...]:
    """The open visits, the latest first, each with the counts of its assignments; only what events touched is counted again."""
    counted = kept_parts(session, "answered", touched_since, lambda scope: _count_answered(session, scope))
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (visit_id, _village), numbers in counted.items():
        sums[visit_id] = [one + other for one, other in zip(sums[visit_id], numbers, strict=True)]
    statement = select(Visit.id, Visit.title, Visit.starts_on, Visit.ends_on).where(Visit.state == "open")
    rows = session.execute(statement.order_by(Visit.starts_on.desc(), Visit.id))
    return tuple(VisitProgress(*row, *sums[row.id]) for row in rows)


def _count_candidates(session: Session, scope: Scope | None) -> dict[Part, int]:
    """How many candidates of issues there are in each village of each visit."""
    part = (IssueCandidate.visit_id, IssueCandidate.village_code)
    joined = select(*part, func.count()).join(Submission, Submission.instance_id == IssueCandidate.instance_id)
    statement = joined.where(*counts_as_finding(), *(() if scope is None else (scope.holds(*part),))).group_by(*part)
    return {(visit_id or "", village_code or ""): n for visit_id, village_code, n in session.execute(statement)}


def _count_answered(session: Session, scope: Scope | None) -> dict[Part, tuple[int, int, int]]:
    """How many assignments there are of each village of each visit, how many are answered, and how many of the answers are accepted."""

    def has(*states: str) -> ColumnElement[bool]:
        return exists().where(Submission.assignment_id == Assignment.id, Submission.review_state.in_(states))

    part = (Assignment.visit_id, Assignment.village_code)
    numbers = (func.count(), func.count().filter(has(*COUNTED)), func.count().filter(has("accepted")))
    statement = select(*part, *numbers).group_by(*part)
    if scope is not None:
        statement = statement.where(scope.holds(*part))
    found = session.execute(statement).all()
    return {(visit_id, village_code): (n, n_answered, n_accepted) for visit_id, village_code, n, n_answered, n_accepted in found}


def read_field(session: Session, user_id: str) -> Field:
    """What this interviewer's pairs have before them."""
    tasks = list_assignments_of(session, user_id)
    by_state = {state: tuple(task for task in tasks if task.state == state)[:SHOWN_AT_MOST] for state in ("returned", "open")}
    return Field(counts=dict(Counter(task.state for task in tasks)), returned=by_state["returned"], coming=by_state["open"])
