"""Giving assignments to other pairs and days, applying a proposal, and taking the last of these changes back; one event each.

What was answered stays with the pair that answered it. A change is refused while one of a pair is planned for another visit on that day.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import new_id
from survey.intake.models import Submission
from survey.places.models import Household
from survey.teams.distributing import Share
from survey.teams.plan_queries import ARRANGED, PROPOSAL_APPLIED, UNDONE, Engagement, OpenWork, find_undoable, list_engagements
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.planning import check_plannable, invalid, log_change


def find_engagement(session: Session, visit: Visit, pair: Pair, day: date | None) -> Engagement | None:
    """Where one of the pair is planned to be for another visit on that day, if anywhere."""
    people = (pair.lead_id, pair.second_id)
    return next((each for each in list_engagements(session, visit) if each.day == day and each.user_id in people), None)


def arrange(
    session: Session, actor: User | None, visit: Visit, assignment_ids: Collection[str], pair: Pair, day: date | None, now: datetime
) -> int:
    """How many of the visit's assignments now belong to this pair and day; answered ones, and those that did already, stay as they are.

    Raises INVALID_VALUE for a pair of another visit, a day outside the visit, and a pair of which one is elsewhere on that day.
    """
    check_plannable(visit)
    if pair.visit_id != visit.id:
        raise invalid("pair", "'{pair}' belongs to another visit", pair=pair.name)
    if day and not visit.starts_on <= day <= visit.ends_on:
        raise invalid(
            "planned_on",
            "{day} lies outside the visit ({starts_on} to {ends_on})",
            day=day,
            starts_on=visit.starts_on,
            ends_on=visit.ends_on,
        )
    if (elsewhere := find_engagement(session, visit, pair, day)) is not None:
        raise _engaged(pair, elsewhere)
    differs = (Assignment.pair_id != pair.id) | Assignment.planned_on.is_distinct_from(day)
    before: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    for key, pair_id, planned_on in session.execute(_open(visit, assignment_ids).where(differs)):
        before[pair_id, planned_on].append(key)
    changed = [key for keys in before.values() for key in keys]
    if changed:
        _write(session, changed, pair.id, day)
        told = [{"pair": pair_id, "planned_on": _text(planned_on), "assignments": keys} for (pair_id, planned_on), keys in before.items()]
        log_change(session, actor, ARRANGED, visit, now, pair=pair.id, planned_on=_text(day), before=told)
    return len(changed)


def apply_shares(session: Session, actor: User | None, visit: Visit, shares: Sequence[Share], work: OpenWork, now: datetime) -> int:
    """How many assignments were made of these shares: every form that a household lacks, for the pair and day of its share.

    The forms of a household that has some already go to the pair and day of those. Raises INVALID_VALUE for a pair or day that does
    not belong to the visit, and INVALID_TRANSITION when a household was assigned meanwhile; then nothing is made.
    """
    check_plannable(visit)
    pairs = {pair.id for pair in visit.pairs}
    places = {stop.key: stop.village_code for stop in work.stops}
    slots = {key: slot for key, slot in work.begun.items() if key in places}
    for share in shares:
        if share.pair_id not in pairs or not visit.starts_on <= share.day <= visit.ends_on:
            raise invalid("pair", "the proposal speaks of a pair or day that the visit no longer has; propose again")
        slots.update({stop.key: (share.pair_id, share.day) for stop in share.stops})
    records: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "visit_id": visit.id,
            "pair_id": slots[key][0],
            "form_id": form_id,
            "village_code": places[key],
            "household_id": key,
            "planned_on": slots[key][1],
        }
        for key in slots
        for form_id in work.forms[key]
    ]
    if not records:
        return 0
    _check_free(session, visit, {(record["household_id"], record["form_id"]) for record in records})
    session.execute(insert(Assignment), records)
    by_slot: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    for record in records:
        by_slot[record["pair_id"], record["planned_on"]].append(record["id"])
    told = [{"pair": pair_id, "planned_on": _text(day), "assignments": keys} for (pair_id, day), keys in by_slot.items()]
    log_change(session, actor, PROPOSAL_APPLIED, visit, now, made=told)
    return len(records)


def undo_last(session: Session, actor: User | None, visit: Visit, now: datetime) -> int:
    """How many assignments the taking back of the board's last change touched; NOT_FOUND when there is none.

    Assignments that were answered or changed otherwise since then are left as they are.
    """
    check_plannable(visit)
    event = find_undoable(session, visit)
    if event is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Change", key=visit.id, remedy="Nothing on the board is left to be taken back.")
    n = (
        _take_back_arrangement(session, visit, event.details)
        if event.action == ARRANGED
        else _take_back_proposal(session, visit, event.details)
    )
    log_change(session, actor, UNDONE, visit, now, event=event.number, n_assignments=n)
    return n


def _take_back_arrangement(session: Session, visit: Visit, details: Mapping[str, Any]) -> int:
    n = 0
    pairs = {pair.id for pair in visit.pairs}
    for group in details["before"]:
        keys = _still(session, visit, group["assignments"], details["pair"], _day(details["planned_on"]))
        if keys and group["pair"] in pairs:
            _write(session, keys, group["pair"], _day(group["planned_on"]))
            n += len(keys)
    return n


def _take_back_proposal(session: Session, visit: Visit, details: Mapping[str, Any]) -> int:
    removable = [
        key for group in details["made"] for key in _still(session, visit, group["assignments"], group["pair"], _day(group["planned_on"]))
    ]
    if removable:
        session.execute(delete(Assignment).where(Assignment.id.in_(removable)).execution_options(synchronize_session="fetch"))
    return len(removable)


def _open(visit: Visit, assignment_ids: Collection[str]) -> Select[str, str, date | None]:
    """Id, pair and day of those of the visit's assignments to which nothing was received."""
    columns = select(Assignment.id, Assignment.pair_id, Assignment.planned_on)
    return columns.where(
        Assignment.visit_id == visit.id, Assignment.id.in_(assignment_ids), ~exists().where(Submission.assignment_id == Assignment.id)
    ).order_by(Assignment.id)


def _still(session: Session, visit: Visit, assignment_ids: Collection[str], pair_id: str, day: date | None) -> list[str]:
    """Those of the assignments that are still open and where the change left them."""
    where_left = (Assignment.pair_id == pair_id, Assignment.planned_on.is_not_distinct_from(day))
    return [key for key, *_ in session.execute(_open(visit, assignment_ids).where(*where_left))]


def _write(session: Session, assignment_ids: Sequence[str], pair_id: str, day: date | None) -> None:
    statement = update(Assignment).where(Assignment.id.in_(assignment_ids)).values(pair_id=pair_id, planned_on=day)
    session.execute(statement.execution_options(synchronize_session="fetch"))


def _check_free(session: Session, visit: Visit, wanted: set[tuple[str, str]]) -> None:
    """Refuse when one of these households has its form already."""
    present = select(Assignment.household_id, Assignment.form_id, Household.number).join(Household).where(Assignment.visit_id == visit.id)
    for household_id, form_id, number in session.execute(present):
        if (household_id, form_id) in wanted:
            raise SurveyError(
                ErrorCode.INVALID_TRANSITION, what="Household {given}", state="assigned meanwhile", action="assigned again", given=number
            )


def _engaged(pair: Pair, engagement: Engagement) -> SurveyError:
    person = pair.lead.name if pair.lead_id == engagement.user_id else pair.second.name
    place = f"{engagement.visit_title} · {engagement.village_name}"
    return SurveyError(
        ErrorCode.INVALID_VALUE,
        field="planned_on",
        detail=f"{person} of '{pair.name}' is planned for '{place}' on {engagement.day}; choose another day or pair",
        detail_zh=f"“{pair.name}”的{person}在 {engagement.day} 已安排到“{place}”，请选择其他日期或小组",
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
