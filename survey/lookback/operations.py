"""Every write of look-backs: making one from an earlier visit, and adding households that the earlier visit did not know."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.db import new_id
from survey.lookback.models import ADDITION_REASONS, LookBackAddition
from survey.lookback.plan_queries import list_team, read_source
from survey.lookback.planning import WHOM, LookBackPlan, PlannedPair, plan_look_back
from survey.places.models import Household
from survey.visits.models import Assignment, Pair, Visit, VisitMember
from survey.visits.operations import add_forms, add_pair, add_villages, assign, create_visit
from survey.visits.planning import check_plannable, invalid, log_change

MAX_NOTE_LENGTH = 500


def check_can_be_looked_back_on(visit: Visit) -> None:
    """Raise INVALID_TRANSITION unless the visit is closed, because only then it is certain what it found."""
    if visit.state != "closed":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state=visit.state, action="looked back on")


def make_look_back(
    session: Session,
    actor: User | None,
    earlier: Visit,
    *,
    id: str,
    title: str,
    starts_on: date,
    ends_on: date,
    purpose: str,
    whom: str,
    pairs: Sequence[PlannedPair],
    now: datetime,
) -> Visit:
    """The new visit, in planning, that looks back on a closed one: its villages, households, pairs, and newest forms, all assigned.

    Raises INVALID_TRANSITION unless the earlier visit is closed, and INVALID_VALUE for what `create_visit` and `add_pair` refuse, for days
    that do not come after the earlier visit, when no pair is left, and when there is no household to visit again.
    """
    check_can_be_looked_back_on(earlier)
    if whom not in WHOM:
        raise not_one_of("whom", whom, WHOM)
    if starts_on <= earlier.ends_on:
        raise invalid("starts_on", "the look-back must begin after the earlier visit ended on {ends_on}", ends_on=earlier.ends_on)
    source = read_source(session, earlier)
    if {pair.earlier_id for pair in pairs} != {pair.id for pair in source.pairs}:
        raise invalid("pairs", "say for every pair of the earlier visit who goes, or that it is dissolved")
    if all(pair.is_dissolved for pair in pairs):
        raise invalid("pairs", "at least one pair has to go")
    plan = plan_look_back(source, starts_on, ends_on, whom, pairs)
    if not plan.n_households():
        raise invalid("whom", "the earlier visit left no household that could be visited again")
    of_earlier: dict[str, Any] = {"records": earlier.records, "look_back_of_id": earlier.id, "is_invented": earlier.is_invented}
    visit = create_visit(session, actor, id=id, title=title, starts_on=starts_on, ends_on=ends_on, purpose=purpose, now=now, **of_earlier)
    _add_villages(session, actor, visit, earlier, plan, now)
    add_forms(session, actor, visit, [newest for _then, newest in source.versions], now)
    made = {
        pair.earlier_id: add_pair(session, actor, visit, name=pair.name, lead_id=pair.lead_id, second_id=pair.second_id, now=now)
        for pair in pairs
        if not pair.is_dissolved
    }
    for member in list_team(session, earlier):
        session.add(VisitMember(visit_id=visit.id, user_id=member.user_id, role=member.role))
    _assign(session, visit, plan, made)
    log_change(
        session,
        actor,
        "visit.look_back_planned",
        visit,
        now,
        look_back_of=earlier.id,
        whom=whom,
        n_assignments=len(plan.tasks),
        n_households=plan.n_households(),
        left_out=dict(sorted(plan.left_out.items())),
    )
    return visit


def _add_villages(session: Session, actor: User | None, visit: Visit, earlier: Visit, plan: LookBackPlan, now: datetime) -> None:
    def kind(code: str) -> tuple[str, str]:
        return bases[code], str(plan.village_days[code] or "")

    bases = {row.village_code: row.basis for row in earlier.villages}
    for (basis, _day), codes in groupby(sorted(bases, key=kind), key=kind):
        alike = sorted(codes)
        add_villages(session, actor, visit, alike, basis, now, plan.village_days[alike[0]])


def _assign(session: Session, visit: Visit, plan: LookBackPlan, pairs: Mapping[str, Pair]) -> None:
    rows = [
        {
            "id": new_id(),
            "visit_id": visit.id,
            "pair_id": pairs[task.pair_id].id,
            "form_id": task.form_id,
            "village_code": task.village_code,
            "household_id": task.household_id,
            "planned_on": task.planned_on,
        }
        for task in plan.tasks
    ]
    session.execute(insert(Assignment), rows)


def add_new_household(
    session: Session,
    actor: User | None,
    visit: Visit,
    household: Household,
    *,
    reason: str,
    note: str,
    pair: Pair,
    form_ids: Sequence[str],
    planned_on: date | None,
    now: datetime,
) -> LookBackAddition:
    """The household as new to the look-back, assigned to a pair with these forms; one that is assigned already is only marked.

    Raises INVALID_VALUE for a visit that looks back on none, a household that the earlier visit was to visit, an unknown reason, no form,
    and for what `assign` refuses; INVALID_TRANSITION when the visit is closed.
    """
    check_plannable(visit)
    if visit.look_back_of_id is None:
        raise invalid("visit", "'{visit}' looks back on no visit; assign the household in the usual way", visit=visit.id)
    if reason not in ADDITION_REASONS:
        raise not_one_of("reason", reason, ADDITION_REASONS)
    if len(note) > MAX_NOTE_LENGTH:
        raise invalid("note", "the note is longer than {most} characters", most=MAX_NOTE_LENGTH)
    known = select(Assignment.id).where(Assignment.visit_id == visit.look_back_of_id, Assignment.household_id == household.id)
    if session.scalar(known.limit(1)):
        raise invalid(
            "household",
            "the earlier visit was to visit {household}, so it is not new; assign it in the usual way",
            household=household.number,
        )
    if not form_ids:
        raise invalid("form_id", "choose at least one questionnaire")
    for form_id in form_ids:
        assign(session, actor, visit, pair=pair, form_id=form_id, households=(household,), now=now, planned_on=planned_on)
    added = session.get(LookBackAddition, (visit.id, household.id)) or LookBackAddition(visit_id=visit.id, household_id=household.id)
    added.reason, added.note = reason, note.strip()
    added.added_at, added.added_by_id = now, actor.id if actor else None
    session.add(added)
    session.flush()
    log_change(session, actor, "visit.household_new", visit, now, household=household.id, reason=reason)
    return added
