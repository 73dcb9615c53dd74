"""Outcomes that come from tablets: each counts once however often it is sent, and an interview that is there already counts more."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session, contains_eager

from survey.accounts.models import User
from survey.events import log_event
from survey.outcomes.models import TAKEN_BACK, AssignmentOutcome
from survey.outcomes.queries import answered_among, standing_outcomes
from survey.outcomes.told import ToldOutcome
from survey.visits.models import Assignment, Pair, Visit

RECORDED, ANSWERED, GONE = "recorded", "answered", "gone"
"""What becomes of what a tablet told: it counts from now on; an interview was received for it; the household is the pair's no more."""


def receive_outcomes(session: Session, actor: User, told: Sequence[ToldOutcome], now: datetime) -> dict[str, str]:
    """What became of each that was told, by its id. What arrived before is answered as it was then, and nothing is written again.

    An outcome counts from the instant that the tablet noted, but never from one that is still to come. Taking back where nothing
    is recorded changes nothing.
    """
    earlier = select(AssignmentOutcome.id, AssignmentOutcome.assignment_id).where(AssignmentOutcome.id.in_([each.id for each in told]))
    known: dict[str, str] = {id_: assignment_id for id_, assignment_id in session.execute(earlier)}
    wanted = {each.assignment_id for each in told}
    visits = _own_assignments(session, actor, wanted)
    answered = answered_among(session, wanted)
    standing = set(standing_outcomes(session, Assignment.id.in_(wanted)))
    fates: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for each in sorted(told, key=lambda one: one.found_at):
        key = each.assignment_id
        if each.id in known:
            fates[each.id] = RECORDED if known[each.id] == key else GONE
            continue
        fates[each.id] = GONE if key not in visits else ANSWERED if key in answered else RECORDED
        if fates[each.id] != RECORDED or (each.outcome == TAKEN_BACK and key not in standing):
            continue
        (standing.discard if each.outcome == TAKEN_BACK else standing.add)(key)
        when = min(each.found_at, now)
        shared = {"outcome": each.outcome, "note": each.note, "recorded_at": when, "recorded_by_id": actor.id}
        rows.append({"id": each.id, "assignment_id": key, **shared})
    if rows:
        session.execute(insert(AssignmentOutcome), rows)
    _log(session, actor, [(visits[str(row["assignment_id"])], row) for row in rows], now)
    return fates


def _log(session: Session, actor: User, written: list[tuple[str, dict[str, object]]], now: datetime) -> None:
    """An event per visit and outcome, as for what is recorded on the pages."""
    written.sort(key=lambda one: (one[0], str(one[1]["outcome"])))
    for (visit_id, outcome), rows in groupby(written, key=lambda one: (one[0], str(one[1]["outcome"]))):
        ids = [str(row["assignment_id"]) for _, row in rows]
        log_event(session, actor.id, "visit.outcome_recorded", "visit", visit_id, now, outcome=outcome, assignments=ids)


def _own_assignments(session: Session, actor: User, ids: set[str]) -> dict[str, str]:
    """The visit of each of these assignments that is of the person's own pair; visits still in planning have none to go to."""
    statement = (
        select(Assignment)
        .join(Assignment.pair)
        .join(Assignment.visit)
        .where(Assignment.id.in_(ids), Visit.state != "planned", or_(Pair.lead_id == actor.id, Pair.second_id == actor.id))
        .where(Assignment.household_id.is_not(None))
        .options(contains_eager(Assignment.pair), contains_eager(Assignment.visit))
    )
    return {each.id: each.visit_id for each in session.scalars(statement)}
