"""Every write to assignments: who fills in which form where. One event and a fixed number of statements per call, whatever its size."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.intake.models import Submission
from survey.outcomes.models import AssignmentOutcome
from survey.places.models import Household
from survey.visits.models import Assignment, Pair, Visit, VisitVillage
from survey.visits.planning import check_plannable, invalid, log_change

NO_DAYS: Mapping[str, date] = MappingProxyType({})
Place = tuple[str, str | None, date | None]
"""Where a form is to be filled in and when: village, household (None for the village itself), and the planned day."""

MAX_TASKS = 20
"""So many assignments of one form in one village are made at once at most; more is a slip of the pen."""


def assign(
    session: Session,
    actor: User | None,
    visit: Visit,
    *,
    pair: Pair,
    form_id: str,
    households: Iterable[Household],
    now: datetime,
    planned_on: date | None = None,
    days_by_id: Mapping[str, date] = NO_DAYS,
) -> tuple[Assignment, ...]:
    """The new assignments, in the order of `households`; a household that has this form already in the visit is left as it is.

    A household's day is the one in `days_by_id`, else `planned_on`, else the day planned for its village. Raises INVALID_VALUE for a form,
    pair or village of another visit, and for a day outside the visit.
    """
    wanted = {household.id: household for household in households}
    asked_for = {planned_on, *days_by_id.values()} - {None}
    days = _check(session, visit, pair, form_id, {household.village_code for household in wanted.values()}, asked_for)
    taken = select(Assignment.household_id).where(Assignment.visit_id == visit.id, Assignment.form_id == form_id)
    present = set(session.scalars(taken))
    new = [(household.village_code, key) for key, household in wanted.items() if key not in present]
    places = [(code, key, days_by_id.get(key, planned_on) or days[code]) for code, key in new]
    return _add(session, actor, visit, pair, form_id, places, now)


def assign_villages(
    session: Session,
    actor: User | None,
    visit: Visit,
    *,
    pair: Pair,
    form_id: str,
    village_codes: Iterable[str],
    now: datetime,
    planned_on: date | None = None,
) -> tuple[Assignment, ...]:
    """The new assignments of a form that is filled in once per village; a village that has it already is left as it is.

    Raises INVALID_VALUE as `assign` does.
    """
    wanted = list(dict.fromkeys(village_codes))
    days = _check(session, visit, pair, form_id, set(wanted), {planned_on} - {None})
    taken = select(Assignment.village_code).where(
        Assignment.visit_id == visit.id, Assignment.form_id == form_id, Assignment.household_id.is_(None)
    )
    present = set(session.scalars(taken))
    places: list[Place] = [(code, None, planned_on or days[code]) for code in wanted if code not in present]
    return _add(session, actor, visit, pair, form_id, places, now)


def add_village_tasks(
    session: Session,
    actor: User | None,
    visit: Visit,
    *,
    pair: Pair,
    form_id: str,
    village_code: str,
    n: int,
    now: datetime,
    planned_on: date | None = None,
) -> tuple[Assignment, ...]:
    """`n` new assignments of a form in the village beside those that are there: one for each cadre to be interviewed, for instance.

    Raises INVALID_VALUE as `assign` does, and for a number below 1 or above MAX_TASKS.
    """
    if not 1 <= n <= MAX_TASKS:
        raise invalid("n", "between 1 and {most} can be assigned at once, not {n}", most=MAX_TASKS, n=n)
    days = _check(session, visit, pair, form_id, {village_code}, {planned_on} - {None})
    places: list[Place] = [(village_code, None, planned_on or days[village_code])] * n
    return _add(session, actor, visit, pair, form_id, places, now)


def _check(
    session: Session, visit: Visit, pair: Pair, form_id: str, village_codes: set[str], asked_for: Collection[date | None]
) -> dict[str, date | None]:
    """The visit's villages with their planned days, once everything named belongs to the visit."""
    check_plannable(visit)
    if pair.visit_id != visit.id:
        raise invalid(
            "pair", "'{pair}' belongs to the visit '{visit_id}', not to '{visit}'", pair=pair.name, visit_id=pair.visit_id, visit=visit.id
        )
    form_ids = sorted(version.form_id for version in visit.forms)
    if form_id not in form_ids:
        raise invalid(
            "form_id",
            "'{form_id}' is not a form of this visit; it uses {form_ids}",
            form_id=form_id,
            form_ids=", ".join(form_ids) or "none yet",
        )
    rows = session.execute(select(VisitVillage.village_code, VisitVillage.planned_on).where(VisitVillage.visit_id == visit.id))
    days = {code: day for code, day in rows}
    if outside := sorted(village_codes - set(days)):
        raise invalid(
            "households", "the village {outside} is not part of this visit; add it to the visit first", outside=", ".join(outside)
        )
    for day in asked_for:
        if day and not visit.starts_on <= day <= visit.ends_on:
            raise invalid(
                "planned_on",
                "{day} lies outside the visit ({starts_on} to {ends_on})",
                day=day,
                starts_on=visit.starts_on,
                ends_on=visit.ends_on,
            )
    return days


def _add(
    session: Session,
    actor: User | None,
    visit: Visit,
    pair: Pair,
    form_id: str,
    places: Sequence[Place],
    now: datetime,
) -> tuple[Assignment, ...]:
    if not places:
        return ()
    shared = {"visit_id": visit.id, "pair_id": pair.id, "form_id": form_id}
    records = [
        {"id": new_id(), **shared, "village_code": code, "household_id": household_id, "planned_on": day}
        for code, household_id, day in places
    ]
    statement = insert(Assignment).returning(Assignment, sort_by_parameter_order=True)
    added = tuple(session.scalars(statement, records))
    by_village = Counter(code for code, _, _ in places)
    log_change(session, actor, "visit.assigned", visit, now, pair=pair.id, form_id=form_id, n_by_village=dict(sorted(by_village.items())))
    return added


def move_assignments(session: Session, actor: User | None, visit: Visit, assignment_ids: Sequence[str], pair: Pair, now: datetime) -> int:
    """How many of the visit's assignments were given to `pair`; those that were answered stay with the pair that answered them."""
    check_plannable(visit)
    if pair.visit_id != visit.id:
        raise invalid("pair", "'{pair}' belongs to another visit", pair=pair.name)
    movable = [key for key in _unanswered(session, visit, assignment_ids, Assignment.pair_id != pair.id)]
    if movable:
        statement = update(Assignment).where(Assignment.id.in_(movable)).values(pair_id=pair.id)
        session.execute(statement.execution_options(synchronize_session="fetch"))
        log_change(session, actor, "visit.assignments_moved", visit, now, pair=pair.id, assignments=movable)
    return len(movable)


def plan_assignments(
    session: Session, actor: User | None, visit: Visit, assignment_ids: Sequence[str], planned_on: date | None, now: datetime
) -> int:
    """How many of the visit's unanswered assignments got this day."""
    check_plannable(visit)
    if planned_on and not visit.starts_on <= planned_on <= visit.ends_on:
        raise invalid(
            "planned_on",
            "{day} lies outside the visit ({starts_on} to {ends_on})",
            day=planned_on,
            starts_on=visit.starts_on,
            ends_on=visit.ends_on,
        )
    changed = _unanswered(session, visit, assignment_ids, Assignment.planned_on.is_distinct_from(planned_on))
    if changed:
        statement = update(Assignment).where(Assignment.id.in_(changed)).values(planned_on=planned_on)
        session.execute(statement.execution_options(synchronize_session="fetch"))
        day = planned_on.isoformat() if planned_on else None
        log_change(session, actor, "visit.assignments_planned", visit, now, planned_on=day, assignments=changed)
    return len(changed)


def remove_assignments(session: Session, actor: User | None, visit: Visit, assignment_ids: Sequence[str], now: datetime) -> int:
    """How many of the visit's assignments were taken back; those to which anything was ever received or recorded stay."""
    check_plannable(visit)
    told = exists().where(AssignmentOutcome.assignment_id == Assignment.id)
    removable = _unanswered(session, visit, assignment_ids, ~told)
    if removable:
        session.execute(delete(Assignment).where(Assignment.id.in_(removable)).execution_options(synchronize_session="fetch"))
        log_change(session, actor, "visit.assignments_removed", visit, now, n_assignments=len(removable))
    return len(removable)


def _unanswered(session: Session, visit: Visit, assignment_ids: Sequence[str], *conditions: object) -> list[str]:
    """Those of the visit's assignments to which nothing was received, and that meet the conditions."""
    statement = (
        select(Assignment.id)
        .where(Assignment.visit_id == visit.id, Assignment.id.in_(assignment_ids), *conditions)  # type: ignore[arg-type]
        .where(~exists().where(Submission.assignment_id == Assignment.id))
        .order_by(Assignment.id)
    )
    return list(session.scalars(statement))
