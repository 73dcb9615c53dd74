"""Replacing a household of an opened draw by the next reserve, and taking that back. Nothing is removed: both stay as rows and events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.draws.models import REPLACEMENT_REASONS, Draw, DrawReplacement, DrawUnit
from survey.draws.queries import read_sample
from survey.draws.refusals import refusal
from survey.draws.replacing import check_changeable, check_reason
from survey.draws.sample import next_reserve
from survey.draws.standing import is_drawn_village
from survey.intake.models import Submission
from survey.outcomes.models import TAKEN_BACK, UNMET
from survey.outcomes.operations import record_outcome
from survey.outcomes.queries import standing_outcomes
from survey.tablet.told import MAX_NOTE_LENGTH
from survey.visits.assignment_operations import assign, remove_assignments
from survey.visits.models import Assignment
from survey.visits.planning import log_change


def replace_household(
    session: Session, actor: User | None, made: Draw, unit: DrawUnit, *, reason: str, note: str = "", now: datetime
) -> DrawReplacement:
    """The replacement: the next reserve of the village and stratum comes in by itself; `reserve` is None when none was left.

    What is still to be done at the household that leaves is assigned, for the same pair and day, at the one that comes in; the reason
    is recorded as its outcome. Raises INVALID_VALUE without a reason, and for a household that is not in the sample.
    """
    check_changeable(made)
    note = check_reason(reason, note, REPLACEMENT_REASONS)
    sample = read_sample(session, made)
    if not any(each.unit.id == unit.id and each.is_in_sample for each in sample):
        raise refusal("not_in_sample", what=unit.number)
    reserve = next_reserve(sample, unit)
    replacement = DrawReplacement(
        id=new_id(),
        draw_id=made.id,
        unit_id=unit.id,
        reserve_id=reserve.id if reserve else None,
        reason=reason,
        note=note,
        replaced_at=now,
        replaced_by_id=actor.id if actor else None,
    )
    session.add(replacement)
    session.flush()
    details = {"unit": unit.id, "reserve": replacement.reserve_id, "reason": reason}
    log_change(session, actor, "draw.replaced", made.visit, now, draw=made.id, **details)
    _pass_on(session, actor, made, unit, reserve, reason, note, now)
    return replacement


def take_back_replacement(
    session: Session, actor: User | None, made: Draw, replacement: DrawReplacement, reason: str, now: datetime
) -> None:
    """The household is in the sample again, and its reserve waits again, in its old place; the reason is kept.

    Refused once the reserve was replaced in turn, or something was received of it.
    """
    check_changeable(made)
    if not reason.strip():
        raise refusal("no_reason")
    if replacement.reverted_at is not None:
        raise refusal("already_reverted")
    unit = session.get_one(DrawUnit, replacement.unit_id)
    if not is_drawn_village(session, made.visit_id, unit.village_code):
        raise refusal("village_out")
    reserve = session.get(DrawUnit, replacement.reserve_id) if replacement.reserve_id else None
    if reserve is not None:
        _check_untouched(session, made, reserve)
    replacement.reverted_at, replacement.reverted_by_id = now, actor.id if actor else None
    replacement.revert_reason = reason.strip()
    session.flush()
    log_change(
        session, actor, "draw.replacement_taken_back", made.visit, now, draw=made.id, unit=replacement.unit_id, reason=reason.strip()
    )
    _pass_back(session, actor, made, replacement, reserve, now)


def _pass_back(
    session: Session, actor: User | None, made: Draw, replacement: DrawReplacement, reserve: DrawUnit | None, now: datetime
) -> None:
    """Let the pairs go to the first household again: what is to be done at the reserve returns, and the outcome does not stand."""
    unit = session.get_one(DrawUnit, replacement.unit_id)
    if unit.household is None:
        return
    told = _open_assignments(session, made, unit.household.id)
    standing = standing_outcomes(session, Assignment.id.in_([each.id for each in told]))
    ours = [each for each in told if each.id in standing and standing[each.id].recorded_at == replacement.replaced_at]
    if ours and made.visit.state == "open":
        record_outcome(session, actor, made.visit, ours, TAKEN_BACK, replacement.revert_reason[:MAX_NOTE_LENGTH], now)
    if reserve is None or not reserve.household_id:
        return
    waiting = _open_assignments(session, made, reserve.household_id)
    for each in waiting:
        task: dict[str, Any] = {"pair": each.pair, "form_id": each.form_id, "planned_on": each.planned_on}
        assign(session, actor, made.visit, households=[unit.household], now=now, **task)
    remove_assignments(session, actor, made.visit, [each.id for each in waiting], now)


def _check_untouched(session: Session, made: Draw, reserve: DrawUnit) -> None:
    later = select(DrawReplacement.id).where(DrawReplacement.unit_id == reserve.id, DrawReplacement.reverted_at.is_(None))
    if session.scalar(later.limit(1)):
        raise refusal("later_replacement")
    received = select(Submission.instance_id).where(Submission.visit_id == made.visit_id, Submission.household_id == reserve.household_id)
    if reserve.household_id and session.scalar(received.limit(1)):
        raise refusal("reserve_answered")


def _pass_on(
    session: Session,
    actor: User | None,
    made: Draw,
    unit: DrawUnit,
    reserve: DrawUnit | None,
    reason: str,
    note: str,
    now: datetime,
) -> None:
    """Let the pairs that had the household go to the reserve instead."""
    waiting = _open_assignments(session, made, unit.household_id) if unit.household_id else ()
    if reserve is not None and reserve.household is not None:
        for each in waiting:
            task: dict[str, Any] = {"pair": each.pair, "form_id": each.form_id, "planned_on": each.planned_on}
            assign(session, actor, made.visit, households=[reserve.household], now=now, **task)
    if reason in UNMET and made.visit.state == "open":
        standing = standing_outcomes(session, Assignment.id.in_([each.id for each in waiting]))
        if untold := [each for each in waiting if each.id not in standing]:
            record_outcome(session, actor, made.visit, untold, reason, note[:MAX_NOTE_LENGTH], now)
    else:
        remove_assignments(session, actor, made.visit, [each.id for each in waiting], now)


def _open_assignments(session: Session, made: Draw, household_id: str) -> Sequence[Assignment]:
    """The visit's assignments at the household to which nothing was received."""
    statement = select(Assignment).where(
        Assignment.visit_id == made.visit_id,
        Assignment.household_id == household_id,
        ~exists().where(Submission.assignment_id == Assignment.id, Submission.review_state != "replaced"),
    )
    return session.scalars(statement.order_by(Assignment.form_id)).all()
