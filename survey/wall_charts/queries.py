"""What the wall charts of a visit show; one statement for each of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.candidates.raised_queries import counts_as_finding
from survey.intake.models import COUNTED, Submission
from survey.places.models import Household, Region
from survey.visits.models import Assignment, Visit


@dataclass(frozen=True, slots=True)
class PlannedBundle:
    """How many households a pair is to visit in a village on a day."""

    pair_id: str
    day: date
    village_code: str
    n_households: int


@dataclass(frozen=True, slots=True)
class VisitedVillage:
    """A village of the visit with where it is, None where that is not known."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None


def list_planned(session: Session, visit: Visit) -> tuple[PlannedBundle, ...]:
    """What is planned, by day, pair and village; assignments without a day are left out."""
    key = (Assignment.pair_id, Assignment.planned_on, Assignment.village_code)
    statement = (
        select(*key, func.count(Assignment.household_id.distinct()))
        .where(Assignment.visit_id == visit.id, Assignment.planned_on.is_not(None))
        .group_by(*key)
        .order_by(Assignment.planned_on, Assignment.pair_id, Assignment.village_code)
    )
    return tuple(PlannedBundle(pair_id, day, village, n) for pair_id, day, village, n in session.execute(statement) if day is not None)


def list_villages(session: Session, visit: Visit) -> tuple[VisitedVillage, ...]:
    """The villages of the visit, by code."""
    codes = [row.village_code for row in visit.villages]
    statement = select(Region.code, Region.name, Region.latitude, Region.longitude).where(Region.code.in_(codes)).order_by(Region.code)
    return tuple(VisitedVillage(*row) for row in session.execute(statement))


def count_interviewed(session: Session, visit: Visit) -> dict[tuple[str, str], int]:
    """How many households gave an interview that counts, by village code and kind of household."""
    statement = (
        select(Submission.village_code, Household.kind, func.count(Household.id.distinct()))
        .join(Household, Household.id == Submission.household_id)
        .where(Submission.visit_id == visit.id, Submission.review_state.in_(COUNTED))
        .group_by(Submission.village_code, Household.kind)
    )
    return {(code or "", kind): n for code, kind, n in session.execute(statement)}


def count_raised(session: Session, visit: Visit) -> dict[tuple[str, str, str], int]:
    """How many issue candidates of interviews that count there are, by area, severity and level."""
    key = (IssueCandidate.area, IssueCandidate.severity, IssueCandidate.level)
    statement = (
        select(*key, func.count())
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(IssueCandidate.visit_id == visit.id, Submission.review_state.in_(COUNTED), *counts_as_finding())
        .group_by(*key)
    )
    return {(area, severity, level): n for area, severity, level, n in session.execute(statement)}
