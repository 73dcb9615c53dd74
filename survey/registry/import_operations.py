"""Importing persons and rows of the register of identification: all or nothing, in a number of statements that does not grow."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.events import log_event
from survey.field_time import field_date
from survey.places.draft_operations import MAX_FILE_NAME_LENGTH, store_draft
from survey.places.models import Household, RosterDraft
from survey.places.sheet_layout import SheetProblem, count_bad_rows, refuse_bad_rows
from survey.registry.drafts import identification_record, identifications_of, member_record, members_of
from survey.registry.identification_plan import IdentificationPlan, in_sequence, plan_identifications
from survey.registry.identification_sheet import IdentificationList, IdentificationRow
from survey.registry.member_plan import FIELDS, MemberPlan, plan_members
from survey.registry.member_sheet import MemberList, MemberRow
from survey.registry.models import HouseholdMember, Identification
from survey.registry.order import Row, Step, kind_on


@dataclass(frozen=True, slots=True)
class MemberResult:
    """What an import of persons did; `problems` are the rows that were left out."""

    n_new: int
    n_changed: int
    n_unchanged: int
    n_new_households: int
    problems: tuple[SheetProblem, ...]


@dataclass(frozen=True, slots=True)
class IdentificationResult:
    """What an import of the register did; `problems` are the rows that were left out."""

    n_new: int
    n_known: int
    n_kinds_changed: int
    problems: tuple[SheetProblem, ...]


def import_members(
    session: Session, actor: User | None, listed: MemberList, *, keep_good: bool, now: datetime, file_name: str = "members"
) -> MemberResult:
    """What the import did: households made from their persons where the roster has none, persons added or updated, nobody removed.

    With bad rows nothing is written unless `keep_good`; then BAD_ROWS tells how many there are and where the first is.
    """
    plan = plan_members(session, listed)
    refuse_bad_rows(plan.members.problems, file_name, keep_good=keep_good)
    ids = _add_households(session, plan)
    if plan.new:
        session.execute(insert(HouseholdMember), _new_members(session, plan, ids))
    updates = [{"id": member.id, **_given(row)} for row, member, _ in plan.changed]
    if updates:
        session.execute(update(HouseholdMember), sorted(updates, key=lambda values: sorted(values)))
        for _, member, _ in plan.changed:
            session.expire(member)
    result = MemberResult(len(plan.new), len(plan.changed), len(plan.unchanged), len(plan.new_households), plan.members.problems)
    counts = {"n_new": result.n_new, "n_changed": result.n_changed, "n_unchanged": result.n_unchanged}
    counts |= {"n_new_households": result.n_new_households, "n_bad_rows": plan.n_bad_rows}
    _log(session, actor, "members.imported", "household_members", file_name, now, **counts)
    return result


def _add_households(session: Session, plan: MemberPlan) -> dict[tuple[str, str], str]:
    """The identifiers of the plan's households by village code and number, the new ones stored."""
    values = [
        {
            "id": new_id(),
            "village_code": household.village_code,
            "number": household.number,
            "head_name": household.head_name,
            "kind": household.kind,
            "n_members": household.n_members,
            "cause": household.cause,
            "group_name": household.group_name,
            "markers": [],
        }
        for household in plan.new_households
    ]
    if values:
        session.execute(insert(Household), values)
    known = {key: household.id for key, household in plan.households.items()}
    return known | {(str(each["village_code"]), str(each["number"])): str(each["id"]) for each in values}


def _new_members(session: Session, plan: MemberPlan, ids: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    """The columns of the new persons, each behind the last that its household ever had; the head of a new household comes first."""
    codes = sorted({row.village_code for row in plan.new})
    last = (
        select(HouseholdMember.household_id, func.max(HouseholdMember.position))
        .join(Household, Household.id == HouseholdMember.household_id)
        .where(Household.village_code.in_(codes))
        .group_by(HouseholdMember.household_id)
    )
    position: dict[str, int] = defaultdict(int, {household_id: n for household_id, n in session.execute(last)})
    values = []
    for row in sorted(plan.new, key=lambda row: row.relation != "head"):
        household_id = ids[row.village_code, row.number]
        position[household_id] += 1
        filled = {name: getattr(row, name) or ("" if name not in ("birth_year", "id_number") else None) for name in FIELDS}
        hashed = {"id_number_hash": row.id_number_hash}
        values.append(
            {"id": new_id(), "household_id": household_id, "position": position[household_id], "left_reason": "", **filled, **hashed}
        )
    return values


def _given(row: MemberRow) -> dict[str, Any]:
    """Every field that the row says something about."""
    values = {name: getattr(row, name) for name in FIELDS if getattr(row, name) is not None}
    return values | ({"id_number_hash": row.id_number_hash} if row.id_number_hash is not None else {})


def import_identifications(
    session: Session, actor: User | None, listed: IdentificationList, *, keep_good: bool, now: datetime, file_name: str = "register"
) -> IdentificationResult:
    """What the import did: rows that are not in the register yet are added, and households take the kind that this makes them today.

    With bad rows nothing is written unless `keep_good`; then BAD_ROWS tells how many there are and where the first is.
    """
    plan = plan_identifications(session, listed)
    refuse_bad_rows(plan.listed.problems, file_name, keep_good=keep_good)
    values, kinds = _new_identifications(plan, actor, now)
    if values:
        session.execute(insert(Identification), values)
    if kinds:
        session.execute(update(Household), [{"id": household.id, "kind": kind} for household, kind in kinds])
        for household, _ in kinds:
            session.expire(household)
    result = IdentificationResult(len(plan.new), len(plan.known), len(kinds), plan.listed.problems)
    counts = {"n_new": result.n_new, "n_known": result.n_known, "n_kinds_changed": result.n_kinds_changed}
    _log(session, actor, "identifications.imported", "identifications", file_name, now, **counts, n_bad_rows=plan.n_bad_rows)
    return result


def _new_identifications(
    plan: IdentificationPlan, actor: User | None, now: datetime
) -> tuple[list[dict[str, Any]], list[tuple[Household, str]]]:
    """The columns of the new rows, and the households whose kind they change, with the kind."""
    groups: dict[tuple[str, str], list[IdentificationRow]] = defaultdict(list)
    for row in plan.new:
        groups[row.village_code, row.number].append(row)
    values: list[dict[str, Any]] = []
    kinds = []
    today = field_date(now)
    for key, group in groups.items():
        household = plan.households[key]
        stored = plan.stored.get(household.id, ())
        steps: list[Row] = list(stored)
        for turn, row in enumerate(in_sequence(group), start=len(stored) + 1):
            step = Step(new_id(), row.kind, row.happened_on, turn)
            steps.append(step)
            values.append(
                {
                    "id": step.id,
                    "household_id": household.id,
                    "position": turn,
                    "turn": turn,
                    "kind": row.kind,
                    "happened_on": row.happened_on,
                    "note": row.note,
                    "is_withdrawn": False,
                    "reason": "",
                    "recorded_at": now,
                    "recorded_by_id": actor.id if actor else None,
                }
            )
        kind = kind_on(steps, today)
        if kind is not None and kind != household.kind:
            kinds.append((household, kind))
    return values, kinds


def _log(session: Session, actor: User | None, action: str, kind: str, file_name: str, now: datetime, **counts: int) -> None:
    log_event(session, actor.id if actor else None, action, kind, file_name[-MAX_FILE_NAME_LENGTH:], now, **counts)


def keep_draft(session: Session, actor: User, listed: MemberList | IdentificationList, file_name: str, now: datetime) -> RosterDraft:
    """The draft that waits for the importer's word."""
    is_members = isinstance(listed, MemberList)
    content = member_record(listed) if isinstance(listed, MemberList) else identification_record(listed)
    draft = store_draft(session, actor, "members" if is_members else "identification", content, file_name, now)
    action, kind = ("members.read", "household_members") if is_members else ("identifications.read", "identifications")
    _log(session, actor, action, kind, draft.file_name, now, n_rows=len(listed.rows), n_bad_rows=count_bad_rows(listed.problems))
    return draft


def import_member_draft(session: Session, actor: User, draft: RosterDraft, *, keep_good: bool, now: datetime) -> MemberResult:
    """What importing the draft did; it is removed with that."""
    result = import_members(session, actor, members_of(draft.content), keep_good=keep_good, now=now, file_name=draft.file_name)
    session.delete(draft)
    session.flush()
    return result


def import_identification_draft(
    session: Session, actor: User, draft: RosterDraft, *, keep_good: bool, now: datetime
) -> IdentificationResult:
    """What importing the draft did; it is removed with that."""
    listed = identifications_of(draft.content)
    result = import_identifications(session, actor, listed, keep_good=keep_good, now=now, file_name=draft.file_name)
    session.delete(draft)
    session.flush()
    return result
