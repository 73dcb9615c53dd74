"""What progress reads: counts by visit, village, pair and form, each one statement whatever the number of interviews.

Each counts within a scope: whole visits, or some villages of them; None for everything.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, cast, exists, extract, func, select
from sqlalchemy.orm import Session

from survey.db import AnySelect, ColumnOf
from survey.draws.models import Draw, DrawOpening, DrawReplacement, DrawUnit, DrawVillage
from survey.draws.standing import given_up_villages
from survey.intake.models import RECORDING_ROLES, AwaitedFile, Countersignature, Flag, Submission
from survey.outcomes.models import AssignmentOutcome
from survey.outcomes.queries import standing_subquery
from survey.places.models import Household
from survey.visits.ledger import ARCHIVE_FORM, HOUSEHOLD_FORM
from survey.visits.models import Assignment, Visit, VisitQuota
from survey.visits.parts import Part, Scope

__all__ = ["ARCHIVE_FORM", "HOUSEHOLD_FORM"]

STILL_COUNTS = Submission.review_state.in_(("received", "accepted", "returned"))
"""Not replaced. The states are named so that an index by visit, state and village is entered at the village."""
LONGEST_MINUTES = 24 * 60
"""An interview that seems to take longer, or to end before it begins, tells of a wrong clock and is left out of the minutes."""


class Cell(NamedTuple):
    """One group of counts; each part is "" where it is unknown, or not counted by. `kind` is the household's."""

    visit_id: str
    village_code: str
    pair_id: str = ""
    form_id: str = ""
    kind: str = ""

    @property
    def part(self) -> Part:
        """The village of the visit that it belongs to."""
        return self.visit_id, self.village_code


@dataclass(slots=True)
class Received:
    """The interviews of one cell by review state; `n_lead` are the lead's own, of whom `n_lead_accepted` are accepted.

    `n_flagged` carry a doubt, `n_signed` a countersignature that is proven.
    """

    by_state: dict[str, int] = field(default_factory=dict)
    n_flagged: int = 0
    n_signed: int = 0
    n_lead: int = 0
    n_lead_accepted: int = 0


_ASSIGNED = (Assignment.visit_id, Assignment.village_code, Assignment.pair_id, Assignment.form_id)
_RECEIVED = (Submission.visit_id, Submission.village_code, Assignment.pair_id, Submission.form_id)
_ASSIGNED_TO_VILLAGE, _RECEIVED_OF_VILLAGE = _ASSIGNED[:2], _RECEIVED[:2]
"""What is counted by where nobody asks for pairs and forms: one walk over an index that holds it in this order."""


def _cell(values: Any) -> Cell:
    return Cell(*(value or "" for value in values))


def _assigned_within(scope: Scope | None) -> tuple[ColumnElement[bool], ...]:
    return () if scope is None else (scope.holds(Assignment.visit_id, Assignment.village_code),)


def _received_within(scope: Scope | None) -> tuple[ColumnElement[bool], ...]:
    """Which interviews count: those that stand, of a visit, within the scope."""
    own = Submission.visit_id.is_not(None) if scope is None else scope.holds(Submission.visit_id, Submission.village_code)
    return own, STILL_COUNTS


def count_assigned(session: Session, scope: Scope | None, *, in_detail: bool) -> dict[Cell, int]:
    """The assignments, of an independent visit each twice, as forms to be filled in. `in_detail` by pair, form and kind of household."""
    key: tuple[ColumnOf[Any], ...] = (*_ASSIGNED, Household.kind) if in_detail else _ASSIGNED_TO_VILLAGE
    counted = select(*key, func.count().label("n")).where(*_assigned_within(scope)).group_by(*key)
    if in_detail:
        counted = counted.outerjoin(Household, Household.id == Assignment.household_id)
    groups = counted.subquery()
    records = select(Visit.records).where(Visit.id == groups.c.visit_id).scalar_subquery()
    rows = session.execute(select(groups, records))
    return {_cell(cell): n * (len(RECORDING_ROLES) if kept_as == "independent" else 1) for *cell, n, kept_as in rows}


def count_open(session: Session, scope: Scope | None, *, in_detail: bool) -> dict[Cell, int]:
    """The forms of which nothing was received, `in_detail` by pair and form. Where each of a pair fills in their own, each is looked for.

    Two statements.
    """
    key = _ASSIGNED if in_detail else _ASSIGNED_TO_VILLAGE
    independent = Assignment.visit_id.in_(select(Visit.id).where(Visit.records == "independent"))
    counts: defaultdict[Cell, int] = defaultdict(int)
    for role in RECORDING_ROLES:
        answered = exists().where(Submission.assignment_id == Assignment.id, Submission.recorded_as == role, STILL_COUNTS)
        statement = select(*key, func.count()).where(~answered, *_assigned_within(scope)).group_by(*key)
        for *cell, n in session.execute(statement.where(independent) if role == "second" else statement):
            counts[_cell(cell)] += n
    return dict(counts)


def count_received(session: Session, scope: Scope | None, *, in_detail: bool) -> dict[Cell, Received]:
    """The interviews that count; `in_detail` by pair, form and kind of household, with how many carry a doubt or a proven signature."""
    key: tuple[ColumnOf[Any], ...] = (*_RECEIVED, Household.kind) if in_detail else _RECEIVED_OF_VILLAGE
    facts: tuple[ColumnOf[Any], ...] = (Submission.review_state, Submission.recorded_as)
    flagged = exists().where(Flag.instance_id == Submission.instance_id)
    signed = exists().where(Countersignature.instance_id == Submission.instance_id, Countersignature.is_verified)
    numbers = (func.count(), func.count().filter(flagged), func.count().filter(signed)) if in_detail else (func.count(),)
    statement = select(*key, *facts, *numbers)
    if in_detail:
        statement = statement.outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        statement = statement.outerjoin(Household, Household.id == Submission.household_id)
    found: defaultdict[Cell, Received] = defaultdict(Received)
    # By form in any case: the index that holds the interviews of a visit by state and village has them in this order.
    for row in session.execute(statement.where(*_received_within(scope)).group_by(*key, Submission.form_id, *facts)):
        cell, (state, role, n, *more) = found[_cell(row[: len(key)])], row[len(key) :]
        cell.by_state[state] = cell.by_state.get(state, 0) + n
        if in_detail:
            cell.n_flagged += more[0]
            cell.n_signed += more[1]
        if role == "lead":
            cell.n_lead += n
            cell.n_lead_accepted += n if state == "accepted" else 0
    return dict(found)


def count_awaited(session: Session, scope: Scope | None) -> dict[Cell, int]:
    """The files still to come of interviews that count."""
    statement = (
        select(*_RECEIVED, func.count())
        .select_from(AwaitedFile)
        .join(Submission, Submission.instance_id == AwaitedFile.instance_id)
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(*_received_within(scope))
        .group_by(*_RECEIVED)
    )
    return {_cell(row): n for *row, n in session.execute(statement)}


Outcomes = dict[tuple[str, bool], int]
"""How many assignments by outcome and whether a form told it, which then counts as received as well."""


def count_unmet(session: Session, scope: Scope | None) -> dict[Cell, Outcomes]:
    """The outcomes that stand."""
    standing = standing_subquery(*_assigned_within(scope))
    is_told = AssignmentOutcome.instance_id.is_not(None)
    statement = (
        select(*_ASSIGNED, AssignmentOutcome.outcome, is_told, func.count())
        .select_from(standing)
        .join(AssignmentOutcome, AssignmentOutcome.id == standing.c.id)
        .join(Assignment, Assignment.id == AssignmentOutcome.assignment_id)
        .group_by(*_ASSIGNED, AssignmentOutcome.outcome, is_told)
    )
    found: defaultdict[Cell, Outcomes] = defaultdict(dict)
    for *cell, outcome, told, n in session.execute(statement):
        found[_cell(cell)][outcome, bool(told)] = n
    return dict(found)


def _of_received(scope: Scope | None, *columns: ColumnOf[Any]) -> AnySelect:
    """The interviews that count by what they are counted by, and these columns."""
    joined = select(*_RECEIVED, *columns).select_from(Submission).outerjoin(Assignment, Assignment.id == Submission.assignment_id)
    return joined.where(*_received_within(scope))


def count_minutes(session: Session, scope: Scope | None) -> dict[Cell, dict[int, int]]:
    """How many interviews took how many whole minutes."""
    minutes = _minutes(session).label("whole_minutes")
    statement = _of_received(scope, minutes, func.count()).where(Submission.ended_at.is_not(None))
    found: defaultdict[Cell, dict[int, int]] = defaultdict(dict)
    for *cell, n_minutes, n in session.execute(statement.group_by(*_RECEIVED, "whole_minutes")):
        if n_minutes is not None and 0 <= n_minutes <= LONGEST_MINUTES:
            found[_cell(cell)][int(n_minutes)] = n
    return dict(found)


def _minutes(session: Session) -> ColumnElement[int]:
    """The whole minutes between beginning and end, as the database says it."""
    started, ended = Submission.started_at, Submission.ended_at
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.round(extract("epoch", ended - started) / 60), Integer)
    return cast(func.round((func.julianday(ended) - func.julianday(started)) * 1440), Integer)


def count_checks(session: Session, scope: Scope | None) -> dict[Cell, dict[str, int]]:
    """How many interviews carry each doubt."""
    statement = _of_received(scope, Flag.check, func.count(Flag.instance_id.distinct()))
    found: defaultdict[Cell, dict[str, int]] = defaultdict(dict)
    joined = statement.join(Flag, Flag.instance_id == Submission.instance_id).group_by(*_RECEIVED, Flag.check)
    for *cell, check, n in session.execute(joined):
        found[_cell(cell)][check] = n
    return dict(found)


def count_replacements(session: Session, visit_id: str) -> tuple[int, int]:
    """How many households the visit's opened draw drew, and how many of the sample were given up, alone or with their village."""
    is_given_up = DrawUnit.village_code.in_(given_up_villages(visit_id))
    drawn = (
        select(func.count(), func.count().filter(is_given_up))
        .select_from(DrawUnit)
        .join(Draw, Draw.id == DrawUnit.draw_id)
        .join(DrawOpening, DrawOpening.draw_id == Draw.id)
        .join(DrawVillage, (DrawVillage.draw_id == DrawUnit.draw_id) & (DrawVillage.village_code == DrawUnit.village_code))
        .where(Draw.visit_id == visit_id, Draw.voided_at.is_(None), DrawUnit.role == "drawn", DrawVillage.role == "drawn")
    ).subquery()
    replaced = (
        select(func.count())
        .select_from(DrawReplacement)
        .join(Draw, Draw.id == DrawReplacement.draw_id)
        .join(DrawUnit, DrawUnit.id == DrawReplacement.unit_id)
        .where(Draw.visit_id == visit_id, Draw.voided_at.is_(None), DrawReplacement.reverted_at.is_(None), ~is_given_up)
    )
    of_drawn, of_village = drawn.c
    n_drawn, n_with_village, n_alone = session.execute(select(of_drawn, of_village, replaced.scalar_subquery())).one()
    return n_drawn, n_with_village + n_alone


def list_quotas(session: Session, visit_id: str) -> dict[str, int]:
    """How many respondents of each kind the visit wants."""
    rows = session.execute(select(VisitQuota.kind, VisitQuota.n_wanted).where(VisitQuota.visit_id == visit_id))
    return {kind: n_wanted for kind, n_wanted in rows}
