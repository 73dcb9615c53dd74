"""What is read of outcomes: the one that stands for each assignment, what is still to be visited, and the history of one assignment.

An outcome stands when it is the latest of its assignment, was not taken back, and no interview came after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.intake.models import Submission
from survey.outcomes.models import TAKEN_BACK, AssignmentOutcome
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.queries import AssignedHousehold, list_assigned

Condition = ColumnElement[bool]
RECORDED, NOT_RECORDED = "any", "none"


@dataclass(frozen=True, slots=True)
class StandingOutcome:
    """The outcome that counts for an assignment; `recorded_by` is "" for the program, `instance_id` the form that told it or ""."""

    outcome: str
    note: str
    recorded_at: datetime
    recorded_by: str
    instance_id: str


@dataclass(frozen=True, slots=True)
class UnmetHousehold:
    """An assignment to which no interview was received, and the outcome that stands for it (None before any)."""

    task: AssignedHousehold
    standing: StandingOutcome | None


def standing_subquery(*conditions: Condition) -> Subquery:
    """The identifiers of the outcomes that stand, with their assignment and outcome, of assignments that meet conditions on Assignment."""
    latest = func.row_number().over(
        partition_by=AssignmentOutcome.assignment_id, order_by=(AssignmentOutcome.recorded_at.desc(), AssignmentOutcome.id.desc())
    )
    ranked = (
        select(
            AssignmentOutcome.id,
            AssignmentOutcome.assignment_id,
            AssignmentOutcome.outcome,
            AssignmentOutcome.recorded_at,
            latest.label("position"),
        )
        .join(Assignment, Assignment.id == AssignmentOutcome.assignment_id)
        .where(*conditions)
        .subquery()
    )
    came_after = exists().where(
        Submission.assignment_id == ranked.c.assignment_id,
        Submission.review_state != "replaced",
        Submission.received_at > ranked.c.recorded_at,
    )
    return (
        select(ranked.c.id, ranked.c.assignment_id, ranked.c.outcome)
        .where(ranked.c.position == 1, ranked.c.outcome != TAKEN_BACK, ~came_after)
        .subquery()
    )


def standing_outcomes(session: Session, *conditions: Condition) -> dict[str, StandingOutcome]:
    """The outcomes that stand by assignment id, of assignments that meet conditions on Assignment; one statement."""
    standing = standing_subquery(*conditions)
    statement = (
        select(AssignmentOutcome, User.name)
        .join(standing, standing.c.id == AssignmentOutcome.id)
        .outerjoin(User, User.id == AssignmentOutcome.recorded_by_id)
    )
    return {
        row.assignment_id: StandingOutcome(row.outcome, row.note, row.recorded_at, name or "", row.instance_id or "")
        for row, name in session.execute(statement)
    }


def count_standing(session: Session, visit_id: str) -> dict[str, int]:
    """How many households of the visit each outcome stands for; one with several forms counts once."""
    standing = standing_subquery(Assignment.visit_id == visit_id)
    statement = (
        select(standing.c.outcome, func.count(func.coalesce(Assignment.household_id, Assignment.id).distinct()))
        .join(Assignment, Assignment.id == standing.c.assignment_id)
        .group_by(standing.c.outcome)
    )
    return {outcome: n for outcome, n in session.execute(statement)}


def list_unmet(session: Session, wanted: str, *conditions: Condition) -> tuple[UnmetHousehold, ...]:
    """The households without an interview, as a pair walks; `wanted` is "", "any", "none" or an outcome. Four statements.

    Conditions are on Assignment, Pair, Visit, Region or Household.
    """
    received = aliased(Submission)
    without = ~exists().where(
        received.assignment_id == Assignment.id, received.review_state != "replaced", received.recorded_as == "lead"
    ).correlate(Assignment)
    told = Assignment.id.in_(select(standing_subquery().c.assignment_id))
    tasks = list_assigned(session, Assignment.household_id.is_not(None), or_(without, told), *conditions)
    outcomes = standing_outcomes(session, Assignment.id.in_([task.assignment_id for task in tasks]))
    rows = (UnmetHousehold(task, outcomes.get(task.assignment_id)) for task in tasks)
    return tuple(row for row in rows if _suits(row, wanted))


def _suits(row: UnmetHousehold, wanted: str) -> bool:
    if wanted in ("", RECORDED, NOT_RECORDED):
        return not wanted or (row.standing is not None) == (wanted == RECORDED)
    return row.standing is not None and row.standing.outcome == wanted


def find_assignment(session: Session, visit: Visit, assignment_id: str) -> Assignment:
    """The visit's assignment at a household; raises NOT_FOUND."""
    found = session.get(Assignment, assignment_id, options=(joinedload(Assignment.household), joinedload(Assignment.village)))
    if found is None or found.visit_id != visit.id or found.household_id is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Assignment", key=assignment_id, remedy="Open it from the list.")
    return found


def find_own_assignment(session: Session, user: User, assignment_id: str) -> Assignment:
    """An assignment of one's own pair in an open visit; raises NOT_FOUND, which tells others nothing."""
    options = (joinedload(Assignment.household), joinedload(Assignment.village), joinedload(Assignment.visit))
    statement = (
        select(Assignment)
        .join(Pair, Pair.id == Assignment.pair_id)
        .join(Visit, Visit.id == Assignment.visit_id)
        .where(Assignment.id == assignment_id, Visit.state == "open", or_(Pair.lead_id == user.id, Pair.second_id == user.id))
        .where(Assignment.household_id.is_not(None))
        .options(*options)
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Assignment", key=assignment_id, remedy="Open it from the list.")
    return found


def list_unanswered_of(session: Session, assignment: Assignment) -> tuple[Assignment, ...]:
    """Every assignment of the same household in the same visit to which nothing that counts was received, by form."""
    answered = exists().where(Submission.assignment_id == Assignment.id, Submission.review_state != "replaced")
    statement = (
        select(Assignment)
        .where(Assignment.visit_id == assignment.visit_id, Assignment.household_id == assignment.household_id, ~answered)
        .order_by(Assignment.form_id.desc())
    )
    return tuple(session.scalars(statement))


def answered_among(session: Session, assignment_ids: Iterable[str]) -> set[str]:
    """Those of the assignments to which an interview that counts was received."""
    counts = Submission.review_state != "replaced"
    return set(
        session.scalars(select(Submission.assignment_id).where(Submission.assignment_id.in_(sorted(assignment_ids)), counts).distinct())
    )


def list_history(session: Session, assignments: Sequence[Assignment]) -> tuple[AssignmentOutcome, ...]:
    """Everything recorded for these assignments, the latest first."""
    statement = (
        select(AssignmentOutcome)
        .where(AssignmentOutcome.assignment_id.in_([assignment.id for assignment in assignments]))
        .options(joinedload(AssignmentOutcome.recorded_by).lazyload(User.roles), joinedload(AssignmentOutcome.assignment))
        .order_by(AssignmentOutcome.recorded_at.desc(), AssignmentOutcome.id)
    )
    return tuple(session.scalars(statement))
