"""What progress reads: counts by visit, village, pair and form, each one statement whatever the number of interviews."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, exists, extract, func, select
from sqlalchemy.orm import Session

from survey.draws.models import Draw, DrawOpening, DrawReplacement, DrawUnit, DrawVillage
from survey.draws.standing import given_up_villages
from survey.intake.models import RECORDING_ROLES, AwaitedFile, Countersignature, Flag, Submission
from survey.outcomes.models import AssignmentOutcome
from survey.outcomes.queries import standing_subquery
from survey.places.models import Household
from survey.visits.ledger import ARCHIVE_FORM, HOUSEHOLD_FORM
from survey.visits.models import Assignment, Visit, VisitQuota

__all__ = ["ARCHIVE_FORM", "HOUSEHOLD_FORM"]

STILL_COUNTS = Submission.review_state != "replaced"
LONGEST_MINUTES = 24 * 60
"""An interview that seems to take longer, or to end before it begins, tells of a wrong clock and is left out of the minutes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of counts; each part is "" where it is unknown. `kind` is the household's."""

    visit_id: str
    village_code: str
    pair_id: str
    form_id: str
    kind: str = ""

    def without_kind(self) -> "Cell":
        """The cell over all kinds of households."""
        return replace(self, kind="")


@dataclass(slots=True)
class Received:
    """The interviews of one cell by review state; `n_lead` are the lead's own, of whom `n_lead_accepted` are accepted."""

    by_state: dict[str, int] = field(default_factory=dict)
    n_flagged: int = 0
    n_lead: int = 0
    n_lead_accepted: int = 0


def _cell(values: Any) -> Cell:
    return Cell(*(value or "" for value in values))


def count_assigned(session: Session, visit_id: str | None) -> dict[Cell, int]:
    """The forms to be filled in; of an independent visit each assignment is two. Kinds are told for one visit only."""
    columns: tuple[ColumnElement[Any], ...] = (Assignment.visit_id, Assignment.village_code, Assignment.pair_id, Assignment.form_id)
    n_each = func.sum(_n_records())
    statement = select(*columns, n_each).join(Visit, Visit.id == Assignment.visit_id).group_by(*columns)
    if visit_id is not None:
        columns = (*columns, Household.kind)
        statement = (
            select(*columns, n_each)
            .join(Visit, Visit.id == Assignment.visit_id)
            .outerjoin(Household, Household.id == Assignment.household_id)
            .where(Assignment.visit_id == visit_id)
            .group_by(*columns)
        )
    return {_cell(key): int(n) for *key, n in session.execute(statement)}


def _n_records() -> ColumnElement[int]:
    """How many forms an assignment is: one, or one for each of the pair."""
    return 1 + cast(Visit.records == "independent", Integer)


def count_open(session: Session, visit_id: str | None) -> dict[Cell, int]:
    """The forms of which nothing was received. Where each of a pair fills in their own, each is looked for. Two statements."""
    columns = (Assignment.visit_id, Assignment.village_code, Assignment.pair_id, Assignment.form_id)
    counts: defaultdict[Cell, int] = defaultdict(int)
    for role in RECORDING_ROLES:
        answered = exists().where(Submission.assignment_id == Assignment.id, Submission.recorded_as == role, STILL_COUNTS)
        statement = select(*columns, func.count()).where(~answered).group_by(*columns)
        if role == "second":
            statement = statement.join(Visit, Visit.id == Assignment.visit_id).where(Visit.records == "independent")
        if visit_id is not None:
            statement = statement.where(Assignment.visit_id == visit_id)
        for *key, n in session.execute(statement):
            counts[_cell(key)] += n
    return dict(counts)


def count_received(session: Session, visit_id: str | None, *, in_detail: bool) -> dict[Cell, Received]:
    """The interviews that count; `in_detail` with kinds of households and how many carry a doubt."""
    key: tuple[ColumnElement[Any], ...] = (Submission.visit_id, Submission.village_code, Assignment.pair_id, Submission.form_id)
    key = (*key, Household.kind) if in_detail else key
    facts: tuple[ColumnElement[Any], ...] = (Submission.review_state, Submission.recorded_as)
    flagged = exists().where(Flag.instance_id == Submission.instance_id)
    numbers = (func.count(), func.count().filter(flagged)) if in_detail else (func.count(),)
    statement = (
        select(*key, *facts, *numbers)
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(Submission.visit_id.is_not(None), STILL_COUNTS)
        .group_by(*key, *facts)
    )
    if in_detail:
        statement = statement.outerjoin(Household, Household.id == Submission.household_id)
    if visit_id is not None:
        statement = statement.where(Submission.visit_id == visit_id)
    found: defaultdict[Cell, Received] = defaultdict(Received)
    for row in session.execute(statement):
        cell, (state, role, n, *more) = found[_cell(row[: len(key)])], row[len(key) :]
        cell.by_state[state] = cell.by_state.get(state, 0) + n
        cell.n_flagged += sum(more)
        if role == "lead":
            cell.n_lead += n
            cell.n_lead_accepted += n if state == "accepted" else 0
    return dict(found)


def count_awaited(session: Session, visit_id: str) -> dict[Cell, int]:
    """The files still to come of interviews that count."""
    key = (Submission.visit_id, Submission.village_code, Assignment.pair_id, Submission.form_id)
    statement = (
        select(*key, func.count())
        .select_from(AwaitedFile)
        .join(Submission, Submission.instance_id == AwaitedFile.instance_id)
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(Submission.visit_id == visit_id, STILL_COUNTS)
        .group_by(*key)
    )
    return {_cell(row): n for *row, n in session.execute(statement)}


Outcomes = dict[tuple[str, bool], int]
"""How many assignments by outcome and whether a form told it, which then counts as received as well."""


def count_unmet(session: Session, visit_id: str | None) -> dict[Cell, Outcomes]:
    """The outcomes that stand."""
    standing = standing_subquery(*(() if visit_id is None else (Assignment.visit_id == visit_id,)))
    is_told = AssignmentOutcome.instance_id.is_not(None)
    key = (Assignment.visit_id, Assignment.village_code, Assignment.pair_id, Assignment.form_id)
    statement = (
        select(*key, AssignmentOutcome.outcome, is_told, func.count())
        .select_from(standing)
        .join(AssignmentOutcome, AssignmentOutcome.id == standing.c.id)
        .join(Assignment, Assignment.id == AssignmentOutcome.assignment_id)
        .group_by(*key, AssignmentOutcome.outcome, is_told)
    )
    found: defaultdict[Cell, Outcomes] = defaultdict(dict)
    for *cell, outcome, told, n in session.execute(statement):
        found[_cell(cell)][outcome, bool(told)] = n
    return dict(found)


def _of_pairs(visit_id: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """The interviews of a visit that count, by pair and these columns."""
    return (
        select(Assignment.pair_id, *columns)
        .select_from(Submission)
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(Submission.visit_id == visit_id, STILL_COUNTS)
    )


def count_minutes(session: Session, visit_id: str, form_id: str) -> dict[str, dict[int, int]]:
    """How many interviews took how many whole minutes, by pair."""
    minutes = _minutes(session).label("whole_minutes")
    statement = _of_pairs(visit_id, minutes, func.count()).where(Submission.form_id == form_id, Submission.ended_at.is_not(None))
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for pair_id, n_minutes, n in session.execute(statement.group_by(Assignment.pair_id, "whole_minutes")):
        if n_minutes is not None and 0 <= n_minutes <= LONGEST_MINUTES:
            found[pair_id or ""][int(n_minutes)] = n
    return dict(found)


def _minutes(session: Session) -> ColumnElement[int]:
    """The whole minutes between beginning and end, as the database says it."""
    started, ended = Submission.started_at, Submission.ended_at
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.round(extract("epoch", ended - started) / 60), Integer)
    return cast(func.round((func.julianday(ended) - func.julianday(started)) * 1440), Integer)


def count_checks(session: Session, visit_id: str) -> dict[str, dict[str, int]]:
    """How many interviews carry each doubt, by pair."""
    statement = _of_pairs(visit_id, Flag.check, func.count(Flag.instance_id.distinct()))
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    joined = statement.join(Flag, Flag.instance_id == Submission.instance_id).group_by(Assignment.pair_id, Flag.check)
    for pair_id, check, n in session.execute(joined):
        found[pair_id or ""][check] = n
    return dict(found)


def count_signed(session: Session, visit_id: str) -> dict[str, tuple[int, int]]:
    """By pair: how many interviews there are, and how many of them carry a countersignature that is proven."""
    signed = exists().where(Countersignature.instance_id == Submission.instance_id, Countersignature.is_verified)
    statement = _of_pairs(visit_id, func.count(), func.count().filter(signed)).group_by(Assignment.pair_id)
    return {pair_id or "": (n, n_signed) for pair_id, n, n_signed in session.execute(statement)}


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
    n_drawn, n_with_village, n_alone = session.execute(select(*drawn.c, replaced.scalar_subquery())).one()
    return n_drawn, n_with_village + n_alone


def list_quotas(session: Session, visit_id: str) -> dict[str, int]:
    """How many respondents of each kind the visit wants."""
    rows = session.execute(select(VisitQuota.kind, VisitQuota.n_wanted).where(VisitQuota.visit_id == visit_id))
    return {kind: n_wanted for kind, n_wanted in rows}
