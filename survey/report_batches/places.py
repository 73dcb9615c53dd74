"""The counties or villages of a visit that a batch drafts reports on, and which kinds of reports are about one of them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.report.kinds.names import KIND_NAMES
from analysis.report.kinds.records import About
from questionnaires.errors import ErrorCode, SurveyError
from survey.intake.models import Submission
from survey.places.models import Region
from survey.visits.models import Visit, VisitVillage

PARAMETER_OF = {"county": "county_code", "village": "village_code"}
"""The parameter of a report that names the place, by what a batch goes through."""
DIGITS = {"county": 6, "village": 12}
CODE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A county or village of a visit by its twelve digits; `n_accepted` counts the accepted interviews that figures take."""

    code: str
    name: str
    n_accepted: int


def kinds_by(place: str) -> tuple[str, ...]:
    """The kinds of reports on one visit and one "county" or "village" of it."""
    wanted = PARAMETER_OF[place]
    return tuple(kind.name for kind in KIND_NAMES if "visit_id" in kind.about and wanted in (*kind.about, *kind.optional))


def about_place(visit_id: str, kind: str, code: str) -> About:
    """What a report of this kind on the place with these twelve digits is about."""
    by = next(by for by in PARAMETER_OF if kind in kinds_by(by))
    return About(visit_id=visit_id, **{PARAMETER_OF[by]: code[: DIGITS[by]]})


def find_visit(session: Session, visit_id: str) -> Visit:
    """The visit; NOT_FOUND otherwise."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=visit_id, remedy="Choose one on the page of reports.")
    return visit


def list_places(session: Session, visit_id: str, by: str) -> tuple[Place, ...]:
    """Every county or village that the visit goes to or has accepted interviews of, by code."""
    digits = DIGITS[by]
    received = func.substr(Submission.village_code, 1, digits)
    counted = (
        select(received, func.count())
        .where(Submission.visit_id == visit_id, Submission.review_state == "accepted", Submission.recorded_as == "lead")
        .where(Submission.village_code.is_not(None))
        .group_by(received)
    )
    counts = {code.ljust(CODE_DIGITS, "0"): n for code, n in session.execute(counted)}
    planned = session.scalars(select(func.substr(VisitVillage.village_code, 1, digits)).where(VisitVillage.visit_id == visit_id).distinct())
    codes = sorted(set(counts) | {code.ljust(CODE_DIGITS, "0") for code in planned})
    names = {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))}
    return tuple(Place(code, names.get(code, code), counts.get(code, 0)) for code in codes)
