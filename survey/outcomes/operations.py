"""Every write of outcomes. Nothing is changed afterwards: a later outcome takes the place of an earlier one, which is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.db import new_id
from survey.events import log_event
from survey.intake.models import Submission
from survey.outcomes.models import OUTCOMES, TAKEN_BACK, AssignmentOutcome
from survey.outcomes.queries import standing_outcomes
from survey.tablet.told import MAX_NOTE_LENGTH
from survey.visits.models import Assignment, Visit
from survey.visits.planning import invalid


def record_outcome(
    session: Session, actor: User | None, visit: Visit, assignments: Sequence[Assignment], outcome: str, note: str, now: datetime
) -> int:
    """For how many of the visit's assignments the outcome was recorded; only what stands is taken back.

    Raises INVALID_TRANSITION while the visit is in planning, and INVALID_VALUE for an unknown outcome, an assignment of another visit, one
    whose interview was received, and for taking back what was never recorded.
    """
    if visit.state == "planned":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state=visit.state, action="given outcomes")
    if outcome not in OUTCOMES:
        raise not_one_of("outcome", outcome, OUTCOMES)
    if len(note) > MAX_NOTE_LENGTH:
        raise invalid("note", "the note is longer than {most} characters", most=MAX_NOTE_LENGTH)
    ids = [assignment.id for assignment in assignments]
    if not ids or any(assignment.visit_id != visit.id for assignment in assignments):
        raise invalid("assignment", "choose assignments of the visit '{visit}'", visit=visit.id)
    answered = exists().where(Submission.assignment_id == Assignment.id, Submission.review_state != "replaced")
    if session.scalar(select(Assignment.id).where(Assignment.id.in_(ids), answered).limit(1)):
        raise invalid("assignment", "an interview was received for it; return that one if it is not to count")
    if outcome == TAKEN_BACK:
        ids = sorted(standing_outcomes(session, Assignment.id.in_(ids)))
        if not ids:
            raise invalid("outcome", "nothing is recorded that could be taken back")
    shared = {"outcome": outcome, "note": note.strip(), "recorded_at": now, "recorded_by_id": actor.id if actor else None}
    session.execute(insert(AssignmentOutcome), [{"id": new_id(), "assignment_id": key, **shared} for key in ids])
    log_event(session, actor.id if actor else None, "visit.outcome_recorded", "visit", visit.id, now, outcome=outcome, assignments=ids)
    return len(ids)


def follow_refusal(session: Session, actor: User | None, assignment_id: str, instance_id: str, note: str, now: datetime) -> None:
    """Nothing; the assignment has the outcome that its household refused, as the form that was just received says."""
    session.add(
        AssignmentOutcome(
            assignment_id=assignment_id,
            outcome="refused",
            note=note.strip()[:MAX_NOTE_LENGTH],
            recorded_at=now,
            recorded_by_id=actor.id if actor else None,
            instance_id=instance_id,
        )
    )
    log_event(session, actor.id if actor else None, "submission.refusal_followed", "submission", instance_id, now, assignment=assignment_id)
