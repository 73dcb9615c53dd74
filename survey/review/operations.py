"""Every decision on a submission. A decision is an event; what was received stays as it was.

Decisions are made on the state that the coordinator saw: when two decide at once, the second gets INVALID_TRANSITION.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.candidates.settling import settle_beside
from survey.db import n_changed
from survey.events import log_event, log_events
from survey.intake.models import Flag, Submission
from survey.issues.withdrawing import restore_evidence_of, withdraw_evidence_of
from survey.protocol.checks import blocking, needs_reason
from survey.protocol.operations import settle_repeats
from survey.protocol.queries import list_checks_of
from survey.review.asking_operations import forget_noted, recall_queries, resolve_queries, send_queries

TRANSITIONS = {"accepted": ("received",), "returned": ("received",), "received": ("accepted", "returned")}
"""For each state a coordinator can give: the states from which it may be given. `replaced` is left by nobody."""
WORDS = {"accepted": "accepted", "returned": "returned", "received": "reopened"}


def accept_submission(session: Session, actor: User, submission: Submission, reason: str, now: datetime) -> Submission:
    """The submission, accepted, so that it counts in every figure.

    What its flags ask for is said in `survey/protocol/checks.py`: a reason, which readmits it (INVALID_VALUE without one), or that the
    cause goes first (INVALID_VALUE).
    """
    flags = list_checks_of(session, submission.instance_id)
    if blocking(flags):
        raise SurveyError(
            ErrorCode.INVALID_VALUE,
            field=submission.instance_id,
            detail="a doubt stands against it that no reason passes over; remove its cause first, or return the interview",
        )
    if needs_reason(flags) and not reason.strip():
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="reason", detail="this interview carries a doubt; say why it is accepted all the same"
        )
    decided = _decide(session, actor, submission, "accepted", reason, now, flags)
    _settle_queries(session, actor, {decided.instance_id: decided.deprecated_id}, now)
    return decided


def return_submission(session: Session, actor: User, submission: Submission, reason: str, now: datetime) -> Submission:
    """The submission, returned to its pair with the reason (INVALID_VALUE without one); it leaves the figures."""
    if not reason.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say what the pair is to do; they read it")
    decided = _decide(session, actor, submission, "returned", reason, now)
    withdraw_evidence_of(session, actor, decided.instance_id, now, why="returned")
    send_queries(session, decided)
    resolve_queries(session, actor, [decided.deprecated_id] if decided.deprecated_id else [], now)
    settle_repeats(session, decided, now)
    if decided.recorded_as == "second":
        settle_beside(session, actor, decided.instance_id, now)
    return decided


def reopen_submission(session: Session, actor: User, submission: Submission, reason: str, now: datetime) -> Submission:
    """The submission, waiting for a decision again; the reason (INVALID_VALUE without one) and the earlier decision stay in its history."""
    if not reason.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why the decision is taken back; the reason is kept")
    decided = _decide(session, actor, submission, "received", reason, now)
    restore_evidence_of(session, actor, decided.instance_id, now)
    recall_queries(session, decided)
    settle_repeats(session, decided, now)
    if decided.recorded_as == "second":
        settle_beside(session, actor, decided.instance_id, now)
    return decided


def accept_clean(session: Session, actor: User, instance_ids: Sequence[str], now: datetime) -> tuple[str, ...]:
    """The instance ids that were accepted: those of `instance_ids` that still wait and carry no flag; the others are left alone."""
    clean = (
        select(Submission.instance_id, Submission.deprecated_id)
        .where(Submission.instance_id.in_(instance_ids), Submission.review_state == "received")
        .where(~exists().where(Flag.instance_id == Submission.instance_id))
        .order_by(Submission.received_at, Submission.instance_id)
    )
    found = {row.instance_id: row.deprecated_id for row in session.execute(clean)}
    statement = (
        update(Submission)
        .where(Submission.instance_id.in_(found), Submission.review_state == "received")
        .values(review_state="accepted", reviewed_at=now, reviewed_by_id=actor.id, review_reason="")
        .returning(Submission.instance_id)
        .execution_options(synchronize_session="fetch")
    )
    changed = set(session.scalars(statement)) if found else set()
    accepted = {instance_id: original_id for instance_id, original_id in found.items() if instance_id in changed}
    told: dict[str, object] = {"reason": "", "before": "received", "flags": []}
    log_events(session, actor.id, "submission.accepted", "submission", dict.fromkeys(accepted, told), now)
    _settle_queries(session, actor, accepted, now)
    return tuple(accepted)


def _settle_queries(session: Session, actor: User, accepted: Mapping[str, str | None], now: datetime) -> None:
    """`accepted` are the instance ids, each with that of the interview that it edits."""
    forget_noted(session, accepted)
    resolve_queries(session, actor, [original_id for original_id in accepted.values() if original_id], now)


def _decide(
    session: Session, actor: User, submission: Submission, state: str, reason: str, now: datetime, flags: Sequence[str] = ()
) -> Submission:
    reason = reason.strip()
    statement = (
        update(Submission)
        .where(Submission.instance_id == submission.instance_id, Submission.review_state == submission.review_state)
        .where(Submission.review_state.in_(TRANSITIONS[state]))
        .values(review_state=state, reviewed_at=now, reviewed_by_id=actor.id, review_reason=reason)
        .execution_options(synchronize_session=False)
    )
    before = submission.review_state
    changed = n_changed(session, statement)
    session.refresh(submission, ("review_state", "reviewed_at", "reviewed_by_id", "review_reason"))
    if changed != 1:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=submission.instance_id, state=submission.review_state, action=WORDS[state])
    log_event(
        session,
        actor.id,
        f"submission.{WORDS[state]}",
        "submission",
        submission.instance_id,
        now,
        reason=reason,
        before=before,
        flags=list(flags),
    )
    return submission
