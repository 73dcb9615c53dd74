"""Every write to a visit's plan: the visit itself, its villages, forms and pairs. Assignments and records have files of their own.

A closed visit's plan no longer changes; what the visit left behind (meetings, recommendations) may still be added.
`actor` is None for commands.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.draws.refusals import refusal
from survey.draws.standing import is_drawn_village
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.places.models import Region
from survey.visits.assignment_operations import assign, assign_villages, move_assignments, plan_assignments, remove_assignments
from survey.visits.meeting_operations import record_meeting, remove_meeting
from survey.visits.models import BASES, RECORDS, Assignment, Pair, Visit, VisitForm, VisitVillage
from survey.visits.planning import check_plannable, invalid, log_change
from survey.visits.record_operations import record_recommendation, remove_recommendation
from survey.visits.removal import remove_visit

__all__ = [
    "add_forms",
    "add_pair",
    "add_villages",
    "assign",
    "assign_villages",
    "create_visit",
    "move_assignments",
    "plan_assignments",
    "record_meeting",
    "record_recommendation",
    "remove_assignments",
    "remove_form",
    "remove_meeting",
    "remove_pair",
    "remove_recommendation",
    "remove_village",
    "remove_visit",
    "set_village",
    "set_visit_state",
    "update_pair",
    "update_visit",
]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_ID_LENGTH, MAX_TITLE_LENGTH, MAX_PAIR_NAME_LENGTH = 36, 128, 32
RESERVED_IDS = frozenset(("new", "mine"))
"""Ids that would hide a page behind a visit's address."""

TRANSITIONS = {"open": ("planned", "closed"), "closed": ("open",), "planned": ("open",)}
"""For each state of a visit: the states from which it may be reached."""
ACTIONS = {"open": "opened", "closed": "closed", "planned": "put back into planning"}
FIELD_ROLES = frozenset(("interviewer", "coordinator", "admin"))
"""The roles that may open the field pages, and so may be in a pair."""


def create_visit(
    session: Session,
    actor: User | None,
    *,
    id: str,
    title: str,
    starts_on: date,
    ends_on: date,
    purpose: str = "",
    look_back_of_id: str | None = None,
    records: str = "paired",
    is_invented: bool = False,
    now: datetime,
) -> Visit:
    """The new visit, in planning; raises INVALID_VALUE for an id that is taken or no slug, and for dates in the wrong order."""
    if not SLUG.fullmatch(id) or len(id) > MAX_ID_LENGTH:
        raise invalid(
            "id", "'{given}' must consist of small letters, digits and single hyphens, at most {most}", given=id, most=MAX_ID_LENGTH
        )
    if id in RESERVED_IDS or session.get(Visit, id) is not None:
        raise invalid("id", "'{given}' is taken; choose another id", given=id)
    visit = Visit(id=id, state="planned", is_invented=is_invented)
    _set_facts(session, visit, title, starts_on, ends_on, purpose, look_back_of_id)
    _set_records(visit, records)
    session.add(visit)
    session.flush()
    log_change(session, actor, "visit.created", visit, now, starts_on=starts_on.isoformat(), look_back_of=look_back_of_id)
    return visit


def update_visit(
    session: Session,
    actor: User | None,
    visit: Visit,
    *,
    title: str,
    starts_on: date,
    ends_on: date,
    purpose: str,
    look_back_of_id: str | None,
    records: str | None = None,
    now: datetime,
) -> Visit:
    """The visit with its facts changed; its id never changes, nor once it was opened how its pairs record.

    Raises INVALID_VALUE as `create_visit` does.
    """
    names = ("title", "starts_on", "ends_on", "purpose", "look_back_of_id", "records")
    before = {name: getattr(visit, name) for name in names}
    _set_facts(session, visit, title, starts_on, ends_on, purpose, look_back_of_id)
    _set_records(visit, records or visit.records)
    changed = [name for name in names if getattr(visit, name) != before[name]]
    if changed:
        log_change(session, actor, "visit.changed", visit, now, fields=changed)
    return visit


def _set_facts(
    session: Session, visit: Visit, title: str, starts_on: date, ends_on: date, purpose: str, look_back_of_id: str | None
) -> None:
    title = title.strip()
    if not 0 < len(title) <= MAX_TITLE_LENGTH:
        raise invalid("title", "write a title of at most {most} characters", most=MAX_TITLE_LENGTH)
    if ends_on < starts_on:
        raise invalid("ends_on", "the visit cannot end on {ends_on} before it begins on {starts_on}", ends_on=ends_on, starts_on=starts_on)
    if look_back_of_id:
        earlier = session.get(Visit, look_back_of_id)
        if earlier is None or earlier.id == visit.id or earlier.starts_on >= starts_on:
            raise invalid("look_back_of_id", "'{look_back_of_id}' is no earlier visit", look_back_of_id=look_back_of_id)
    visit.title, visit.purpose = title, purpose.strip()
    visit.starts_on, visit.ends_on = starts_on, ends_on
    visit.look_back_of_id = look_back_of_id or None


def _set_records(visit: Visit, records: str) -> None:
    if records not in RECORDS:
        raise not_one_of("records", records, RECORDS)
    if visit.records not in (None, records) and visit.state != "planned":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state=visit.state, action="recorded in another way")
    visit.records = records


def set_visit_state(session: Session, actor: User | None, visit: Visit, state: str, now: datetime) -> Visit:
    """The visit in its new state; the same state again changes nothing.

    Opening lets pairs see their households and needs a village, a form and a pair (INVALID_VALUE says which is missing first). A visit
    that has begun cannot go back into planning once something was received (INVALID_TRANSITION, as for every step not foreseen).
    """
    if state == visit.state:
        return visit
    if visit.state not in TRANSITIONS.get(state, ()):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state=visit.state, action=ACTIONS.get(state, f"'{state}'"))
    if state == "open" and (missing := missing_for_opening(session, visit)):
        detail = {
            "village": "before '{visit}' can be opened it needs at least one village",
            "form": "before '{visit}' can be opened it needs at least one form",
            "pair": "before '{visit}' can be opened it needs at least one pair",
        }[missing[0]]
        raise invalid("state", detail, visit=visit.id)
    if state == "planned" and _has_submissions(session, Submission.visit_id == visit.id):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state="open with interviews", action=ACTIONS[state])
    before, visit.state = visit.state, state
    log_change(session, actor, f"visit.{'reopened' if (before, state) == ('closed', 'open') else state}", visit, now, before=before)
    return visit


def missing_for_opening(session: Session, visit: Visit) -> tuple[str, ...]:
    """Which of "village", "form" and "pair" the visit still lacks before pairs can set out."""
    tables: dict[str, type[VisitVillage | VisitForm | Pair]] = {"village": VisitVillage, "form": VisitForm, "pair": Pair}
    return tuple(
        name for name, table in tables.items() if session.scalar(select(table.visit_id).filter_by(visit_id=visit.id).limit(1)) is None
    )


def add_villages(
    session: Session,
    actor: User | None,
    visit: Visit,
    village_codes: Iterable[str],
    basis: str,
    now: datetime,
    planned_on: date | None = None,
) -> tuple[VisitVillage, ...]:
    """The villages that were added; those already in the visit stay as they are.

    Raises INVALID_VALUE for an unknown basis and for codes that are no village here.
    """
    check_plannable(visit)
    wanted = list(dict.fromkeys(village_codes))
    _check_village(visit, basis, planned_on)
    known = set(session.scalars(select(Region.code).where(Region.code.in_(wanted), Region.level == "village")))
    if unknown := [code for code in wanted if code not in known]:
        raise invalid("village_codes", "{unknown} is no village among the places here; add it there first", unknown=", ".join(unknown))
    present = set(session.scalars(select(VisitVillage.village_code).where(VisitVillage.visit_id == visit.id)))
    added = [VisitVillage(village_code=code, basis=basis, planned_on=planned_on) for code in wanted if code not in present]
    if added:
        visit.villages.extend(added)
        session.flush()
        log_change(session, actor, "visit.villages_added", visit, now, villages=[row.village_code for row in added], basis=basis)
    return tuple(added)


def set_village(
    session: Session, actor: User | None, visit: Visit, village_code: str, basis: str, planned_on: date | None, now: datetime
) -> VisitVillage:
    """The visit's village with its basis and planned day changed; the basis of one that was drawn is the draw's."""
    check_plannable(visit)
    row = find_visit_village(session, visit, village_code)
    _check_village(visit, basis, planned_on)
    if row.basis != basis and is_drawn_village(session, visit.id, village_code):
        raise refusal("basis_drawn")
    if (row.basis, row.planned_on) != (basis, planned_on):
        row.basis, row.planned_on = basis, planned_on
        day = planned_on.isoformat() if planned_on else None
        log_change(session, actor, "visit.village_changed", visit, now, village=village_code, basis=basis, planned_on=day)
    return row


def _check_village(visit: Visit, basis: str, planned_on: date | None) -> None:
    if basis not in BASES:
        raise not_one_of("basis", basis, BASES)
    if planned_on and not visit.starts_on <= planned_on <= visit.ends_on:
        raise invalid(
            "planned_on",
            "{day} lies outside the visit ({starts_on} to {ends_on})",
            day=planned_on,
            starts_on=visit.starts_on,
            ends_on=visit.ends_on,
        )


def remove_village(session: Session, actor: User | None, visit: Visit, village_code: str, now: datetime) -> None:
    """Take a village out of the plan.

    INVALID_TRANSITION while households in it are assigned, once something was received, and while the draw that counts has it.
    """
    check_plannable(visit)
    row = find_visit_village(session, visit, village_code)
    assigned = select(Assignment.id).where(Assignment.visit_id == visit.id, Assignment.village_code == village_code).limit(1)
    is_used = session.scalar(assigned) or is_drawn_village(session, visit.id, village_code)
    if is_used or _has_submissions(session, Submission.visit_id == visit.id, Submission.village_code == village_code):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=village_code, state="in use", action="removed")
    visit.villages.remove(row)
    session.flush()
    log_change(session, actor, "visit.village_removed", visit, now, village=village_code)


def find_visit_village(session: Session, visit: Visit, village_code: str) -> VisitVillage:
    """The village as part of the visit; raises NOT_FOUND."""
    row = session.get(VisitVillage, (visit.id, village_code))
    if row is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Village", key=village_code, remedy="It is not part of the visit.")
    return row


def add_forms(
    session: Session, actor: User | None, visit: Visit, versions: Sequence[QuestionnaireVersion], now: datetime
) -> tuple[QuestionnaireVersion, ...]:
    """The versions that were added. A version of a form that the visit already uses takes the earlier version's place.

    What was received with the earlier version stays valid, and what a tablet still holds of it will be received.
    """
    check_plannable(visit)
    added = []
    for version in versions:
        if version.id in {each.id for each in visit.forms}:
            continue
        visit.forms[:] = [each for each in visit.forms if each.form_id != version.form_id] + [version]
        added.append(version)
    if added:
        session.flush()
        log_change(session, actor, "visit.forms_added", visit, now, forms=[f"{each.form_id} {each.version}" for each in added])
    return tuple(added)


def remove_form(session: Session, actor: User | None, visit: Visit, form_id: str, now: datetime) -> None:
    """Take a form out of the visit; INVALID_TRANSITION while it is assigned or once something was received with it."""
    check_plannable(visit)
    assigned = select(Assignment.id).where(Assignment.visit_id == visit.id, Assignment.form_id == form_id).limit(1)
    if session.scalar(assigned) or _has_submissions(session, Submission.visit_id == visit.id, Submission.form_id == form_id):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=form_id, state="in use", action="removed")
    visit.forms[:] = [each for each in visit.forms if each.form_id != form_id]
    session.flush()
    log_change(session, actor, "visit.form_removed", visit, now, form_id=form_id)


def add_pair(session: Session, actor: User | None, visit: Visit, *, name: str, lead_id: str, second_id: str, now: datetime) -> Pair:
    """The new pair; raises INVALID_VALUE unless it is two people with field roles who are in no other pair of the visit."""
    check_plannable(visit)
    pair = Pair(name=_pair_name(session, visit, name, None), lead_id=lead_id, second_id=second_id)
    _check_people(session, visit, pair)
    visit.pairs.append(pair)
    session.flush()
    log_change(session, actor, "visit.pair_added", visit, now, pair=pair.id, lead=lead_id, second=second_id)
    return pair


def update_pair(session: Session, actor: User | None, pair: Pair, *, name: str, lead_id: str, second_id: str, now: datetime) -> Pair:
    """The pair under its new name or with other people; interviews already received keep the people who held them."""
    check_plannable(pair.visit)
    new_name = _pair_name(session, pair.visit, name, pair.id)
    _check_people(session, pair.visit, Pair(id=pair.id, name=new_name, lead_id=lead_id, second_id=second_id))
    if (pair.name, pair.lead_id, pair.second_id) != (new_name, lead_id, second_id):
        pair.name, pair.lead_id, pair.second_id = new_name, lead_id, second_id
        session.flush()
        session.expire(pair, ("lead", "second"))
        log_change(session, actor, "visit.pair_changed", pair.visit, now, pair=pair.id, lead=lead_id, second=second_id)
    return pair


def remove_pair(session: Session, actor: User | None, pair: Pair, now: datetime) -> None:
    """Dissolve a pair; INVALID_TRANSITION while it has assignments, which are moved to another pair or removed first."""
    check_plannable(pair.visit)
    if session.scalar(select(Assignment.id).where(Assignment.pair_id == pair.id).limit(1)):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=pair.name, state="still assigned to households", action="removed")
    visit = pair.visit
    visit.pairs.remove(pair)
    session.flush()
    log_change(session, actor, "visit.pair_removed", visit, now, pair=pair.id)


def _pair_name(session: Session, visit: Visit, name: str, pair_id: str | None) -> str:
    name = name.strip()
    taken = session.scalar(select(Pair.id).where(Pair.visit_id == visit.id, Pair.name == name))
    if not 0 < len(name) <= MAX_PAIR_NAME_LENGTH or (taken and taken != pair_id):
        raise invalid(
            "name", "'{name}' is empty, longer than {most} characters, or the name of another pair", name=name, most=MAX_PAIR_NAME_LENGTH
        )
    return name


def _check_people(session: Session, visit: Visit, pair: Pair) -> None:
    people = (pair.lead_id, pair.second_id)
    if pair.lead_id == pair.second_id:
        raise invalid("second_id", "a pair is two different people; nobody interviews alone")
    found = {person.id: person for person in session.scalars(select(User).where(User.id.in_(people)))}
    for person_id in people:
        person = found.get(person_id)
        if person is None or not person.active or not FIELD_ROLES & {role.name for role in person.roles}:
            raise invalid(
                "lead_id", "{value} cannot sign in to the field pages; give them the role first", value=person.name if person else person_id
            )
    elsewhere = (
        select(Pair)
        .where(Pair.visit_id == visit.id, Pair.id != (pair.id or ""), or_(Pair.lead_id.in_(people), Pair.second_id.in_(people)))
        .limit(1)
    )
    if (other := session.scalar(elsewhere)) is not None:
        busy = found[pair.lead_id if pair.lead_id in (other.lead_id, other.second_id) else pair.second_id]
        raise invalid("lead_id", "{busy} is already in the pair '{other}' of this visit", busy=busy.name, other=other.name)


def _has_submissions(session: Session, *conditions: object) -> bool:
    return session.scalar(select(Submission.instance_id).where(*conditions).limit(1)) is not None  # type: ignore[arg-type]
