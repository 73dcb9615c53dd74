"""Replacing a village of an opened draw by the next village in reserve, and taking that back. Nothing is removed: all stays as rows."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.draws.models import VILLAGE_REASONS, Draw, DrawVillage, DrawVillageReplacement
from survey.draws.queries import read_sample, read_villages
from survey.draws.refusals import refusal
from survey.draws.replacing import check_changeable, check_reason
from survey.draws.sample import next_village
from survey.intake.models import Submission
from survey.outcomes.models import AssignmentOutcome
from survey.places.models import Household
from survey.visits.models import Assignment, VisitVillage
from survey.visits.operations import add_villages, assign, assign_villages, remove_assignments, remove_village
from survey.visits.planning import log_change


def replace_village(
    session: Session, actor: User | None, made: Draw, row: DrawVillage, *, reason: str, note: str = "", now: datetime
) -> DrawVillageReplacement:
    """The replacement: the next village in reserve of the stratum comes in by itself; `reserve_code` is None when none was left.

    What is assigned in the village that leaves is assigned, for the same pairs and days, in the one that comes in: at its households of
    the same stratum, one for one. Raises INVALID_VALUE without a reason, for a village that is not in the sample, and once an interview
    of it has arrived.
    """
    check_changeable(made)
    note = check_reason(reason, note, VILLAGE_REASONS)
    villages = read_villages(session, made)
    if not any(each.row.village_code == row.village_code and each.is_in_sample for each in villages):
        raise refusal("village_not_in_sample", what=row.village.name)
    if has_answers(session, made, row.village_code):
        raise refusal("village_answered", what=row.village.name)
    reserve = next_village(villages, row)
    replacement = DrawVillageReplacement(
        id=new_id(),
        draw_id=made.id,
        village_code=row.village_code,
        reserve_code=reserve.village_code if reserve else None,
        reason=reason,
        note=note,
        replaced_at=now,
        replaced_by_id=actor.id if actor else None,
    )
    session.add(replacement)
    session.flush()
    details = {"village": row.village_code, "reserve": replacement.reserve_code, "reason": reason}
    log_change(session, actor, "draw.village_replaced", made.visit, now, draw=made.id, **details)
    _pass_on(session, actor, made, row.village_code, replacement.reserve_code, now)
    return replacement


def take_back_village_replacement(
    session: Session, actor: User | None, made: Draw, replacement: DrawVillageReplacement, reason: str, now: datetime
) -> None:
    """The village is in the sample again, and the one that came in waits again, in its old place; the reason is kept.

    Refused once the village that came in was replaced in turn, or an interview of it has arrived.
    """
    check_changeable(made)
    if not reason.strip():
        raise refusal("no_reason")
    if replacement.reverted_at is not None:
        raise refusal("already_reverted")
    code = replacement.reserve_code
    if code is not None:
        later = select(DrawVillageReplacement.id).where(
            DrawVillageReplacement.draw_id == made.id,
            DrawVillageReplacement.village_code == code,
            DrawVillageReplacement.reverted_at.is_(None),
        )
        if session.scalar(later.limit(1)):
            raise refusal("later_village_replacement")
        if has_answers(session, made, code):
            raise refusal("reserve_village_answered")
    replacement.reverted_at, replacement.reverted_by_id = now, actor.id if actor else None
    replacement.revert_reason = reason.strip()
    session.flush()
    details = {"village": replacement.village_code, "reason": replacement.revert_reason}
    log_change(session, actor, "draw.village_replacement_taken_back", made.visit, now, draw=made.id, **details)
    _pass_on(session, actor, made, code, replacement.village_code, now)


def has_answers(session: Session, made: Draw, village_code: str) -> bool:
    """Whether anything was received of the village; it can be replaced no more then."""
    received = select(Submission.instance_id).where(Submission.visit_id == made.visit_id, Submission.village_code == village_code)
    return session.scalar(received.limit(1)) is not None


def _pass_on(session: Session, actor: User | None, made: Draw, left: str | None, came: str | None, now: datetime) -> None:
    """Let the pairs that had the village that left go to the one that came in; a village that nothing holds leaves the visit."""
    visit = made.visit
    before = session.get(VisitVillage, (visit.id, left)) if left else None
    if came:
        add_villages(session, actor, visit, [came], made.basis, now, planned_on=before.planned_on if before else None)
    if before is None or left is None:
        return
    waiting = _open_assignments(session, made, left)
    if came:
        _assign_there(session, actor, made, left, came, waiting, now)
    remove_assignments(session, actor, visit, [each.id for each in waiting], now)
    is_held = exists().where(Assignment.visit_id == visit.id, Assignment.village_code == left)
    if not session.scalar(select(is_held)):
        remove_village(session, actor, visit, left, now)


def _assign_there(session: Session, actor: User | None, made: Draw, left: str, came: str, waiting: list[Assignment], now: datetime) -> None:
    counterparts = _counterparts(session, made, left, came)
    tasks: dict[tuple[str, date | None], list[Assignment]] = defaultdict(list)
    for each in waiting:
        tasks[each.form_id, each.planned_on].append(each)
    for (form_id, planned_on), same in tasks.items():
        shared: dict[str, Any] = {"form_id": form_id, "planned_on": planned_on, "now": now}
        by_pair: dict[str, list[Assignment]] = defaultdict(list)
        for each in same:
            by_pair[each.pair_id].append(each)
        for of_pair in by_pair.values():
            households = [counterparts[each.household_id] for each in of_pair if each.household_id in counterparts]
            assign(session, actor, made.visit, pair=of_pair[0].pair, households=households, **shared)
            if any(each.household_id is None for each in of_pair):
                assign_villages(session, actor, made.visit, pair=of_pair[0].pair, village_codes=[came], **shared)


def _counterparts(session: Session, made: Draw, left: str, came: str) -> dict[str | None, Household]:
    """For each household of the sample in the one village its like in the other: the same stratum, the same place in its order."""
    places: dict[str, dict[tuple[str, int], Household]] = {left: {}, came: {}}
    turns: dict[tuple[str, str], int] = defaultdict(int)
    for each in read_sample(session, made):
        unit = each.unit
        if unit.village_code in places and each.own_state in ("drawn", "taken") and unit.household is not None:
            turns[unit.village_code, unit.stratum] += 1
            places[unit.village_code][unit.stratum, turns[unit.village_code, unit.stratum]] = unit.household
    return {household.id: places[came][place] for place, household in places[left].items() if place in places[came]}


def _open_assignments(session: Session, made: Draw, village_code: str) -> list[Assignment]:
    """The visit's assignments in the village for which nothing was recorded."""
    statement = select(Assignment).where(
        Assignment.visit_id == made.visit_id,
        Assignment.village_code == village_code,
        ~exists().where(AssignmentOutcome.assignment_id == Assignment.id),
    )
    return list(session.scalars(statement.order_by(Assignment.form_id, Assignment.id)))
