"""The parts that counts are kept by, each one village of one visit, and which of them events have touched since they were counted.

Every write logs an event. Most events of a busy evening are about one interview, and change counts of its village only. Kinds of subject
that no count depends on are named here; whatever is not known touches everything, so that nothing can be forgotten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from survey.bundles.unrelated_events import UNRELATED
from survey.db import AnyRow
from survey.events import Event
from survey.intake.models import Submission
from survey.visits.models import Assignment

Part = tuple[str, str]
"""A visit's id and a village's code, each "" where it is unknown."""
UNTOUCHED = UNRELATED | {"questionnaire_draft", "questionnaire_version", "reconciliation", "recovered_interview"}
"""Subjects of events that leave every count of assignments and interviews as it is."""
OUTCOME = "visit.outcome_recorded"
FOLLOWED_AT_MOST = 500
"""After more events than these, or about more subjects, everything is counted anew."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Some parts, and all parts of some visits."""

    parts: frozenset[Part] = frozenset()
    visits: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.parts or self.visits)

    def __contains__(self, part: object) -> bool:
        return part in self.parts or (isinstance(part, tuple) and part[0] in self.visits)

    def within(self, visit_id: str) -> "Scope":
        """What of it belongs to one visit."""
        if visit_id in self.visits:
            return Scope(visits=frozenset((visit_id,)))
        return Scope(frozenset(part for part in self.parts if part[0] == visit_id))

    def holds(self, visit_id: InstrumentedAttribute[Any], village_code: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that a row with these columns belongs to it."""
        villages: dict[str, set[str]] = {}
        for visit, village in sorted(self.parts):
            if visit not in self.visits:
                villages.setdefault(visit, set()).add(village)
        found: list[ColumnElement[bool]] = [visit_id.in_(sorted(self.visits))] if self.visits else []
        found += [and_(_is_one_of(visit_id, {visit}), _is_one_of(village_code, codes)) for visit, codes in villages.items()]
        return or_(*found)


def _is_one_of(column: InstrumentedAttribute[Any], values: set[str]) -> ColumnElement[bool]:
    known = column.in_(sorted(values - {""}))
    return known if "" not in values else column.is_(None) if len(values) == 1 else or_(known, column.is_(None))


def touched_since(session: Session, number: int, digest: str) -> Scope | None:
    """The parts whose counts may have changed after an event, told by number and digest; None for any. At most three statements."""
    columns = (Event.number, Event.digest, Event.action, Event.subject_type, Event.subject_id, Event.details)
    events = session.execute(select(*columns).where(Event.number >= number).order_by(Event.number).limit(FOLLOWED_AT_MOST + 2)).all()
    if not events or (events[0].number, events[0].digest) != (number, digest) or len(events) > FOLLOWED_AT_MOST + 1:
        return None
    submissions, assignments, visits = set(), set(), set()
    for event in events[1:]:
        if event.subject_type in UNTOUCHED:
            continue
        if event.subject_type == "submission":
            submissions |= {event.subject_id, event.details.get("deprecated_id")} - {None}
            assignments |= {event.details.get("assignment")} - {None}
        elif event.action == OUTCOME and "assignments" in event.details:
            assignments |= set(event.details["assignments"])
        elif event.subject_type == "visit":
            visits.add(event.subject_id)
        else:
            return None
    if len(submissions) + len(assignments) > FOLLOWED_AT_MOST:
        return None
    return Scope(frozenset((*_of_submissions(session, submissions), *_of_assignments(session, assignments))), frozenset(visits))


def _of_submissions(session: Session, instance_ids: Iterable[str]) -> set[Part]:
    ids = sorted(instance_ids)
    if not ids:
        return set()
    own, assigned = (Submission.visit_id, Submission.village_code), (Assignment.visit_id, Assignment.village_code)
    statement = select(*own, *assigned).outerjoin(Assignment, Assignment.id == Submission.assignment_id)
    rows: Sequence[AnyRow] = session.execute(statement.where(Submission.instance_id.in_(ids))).all()
    return {(row[at] or "", row[at + 1] or "") for row in rows for at in (0, 2)}


def _of_assignments(session: Session, ids: Iterable[str]) -> set[Part]:
    wanted = sorted(ids)
    if not wanted:
        return set()
    statement = select(Assignment.visit_id, Assignment.village_code).where(Assignment.id.in_(wanted))
    return {(visit_id, village_code) for visit_id, village_code in session.execute(statement)}
