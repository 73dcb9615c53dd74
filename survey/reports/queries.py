"""What reports read: the visits and counties one can ask for, and the register."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.intake.models import Submission
from survey.pages.paging import Page, page_of
from survey.places.codes import county_of
from survey.places.models import Region
from survey.reports.models import Report
from survey.storage import Storage
from survey.visits.models import Visit, VisitVillage

COUNTY_DIGITS, CODE_DIGITS = 6, 12
DIGITS = {"county": COUNTY_DIGITS, "village": CODE_DIGITS}
"""How many digits of a code name a place of this level."""


@dataclass(frozen=True, slots=True)
class ReportableCounty:
    """A county of a visit with accepted interviews; `code` has six digits."""

    code: str
    name: str
    n_submissions: int


@dataclass(frozen=True, slots=True)
class ReportableVisit:
    """A visit that a report can be drafted on, with its counties by code."""

    visit: Visit
    counties: tuple[ReportableCounty, ...]

    def record(self) -> dict[str, Any]:
        """The visit as JSON values, as `python -m survey report list --json` prints it."""
        counties = [{"code": each.code, "name": each.name, "submissions": each.n_submissions} for each in self.counties]
        return {"visit": self.visit.id, "title": self.visit.title, "counties": counties}


@dataclass(frozen=True, slots=True)
class Place:
    """A county or village of a visit by its twelve digits; `n_accepted` counts the accepted interviews that figures take."""

    code: str
    name: str
    n_accepted: int


@dataclass(frozen=True, slots=True)
class RegisteredReport:
    """One row of the register, with the names of what it is about ("" where it is about none)."""

    report: Report
    visit_title: str
    author_name: str


def list_reportable(session: Session) -> tuple[ReportableVisit, ...]:
    """The visits with at least one accepted interview, the latest first; of records that both of a pair made the lead's are counted."""
    county = func.substr(Submission.village_code, 1, COUNTY_DIGITS).label("county")
    statement = (
        select(Submission.visit_id, county, func.count())
        .where(Submission.review_state == "accepted", Submission.recorded_as == "lead")
        .where(Submission.visit_id.is_not(None), Submission.village_code.is_not(None))
        .group_by(Submission.visit_id, county)
    )
    counts: dict[str, dict[str, int]] = {}
    for visit_id, code, n_submissions in session.execute(statement):
        counts.setdefault(visit_id, {})[code] = n_submissions
    codes = {code.ljust(CODE_DIGITS, "0") for counties in counts.values() for code in counties}
    regions = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    names = {county_of(code): name for code, name in regions}
    visits = session.scalars(select(Visit).where(Visit.id.in_(counts)).order_by(Visit.starts_on.desc(), Visit.id))
    return tuple(
        ReportableVisit(
            visit, tuple(ReportableCounty(code, names.get(code, code), count) for code, count in sorted(counts[visit.id].items()))
        )
        for visit in visits
    )


def find_reportable(session: Session, visit_id: str, county_code: str) -> tuple[Visit, ReportableCounty]:
    """The visit and its county; NOT_FOUND, naming what there is, when no report can be drafted on them."""
    reportable = {each.visit.id: each for each in list_reportable(session)}
    if visit_id not in reportable:
        remedy, told = "No interview has been accepted yet.", "还没有已通过的答卷。"
        if reportable:
            remedy, told = f"There are: {', '.join(reportable)}.", f"有：{'、'.join(reportable)}。"
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit with accepted interviews", key=visit_id, remedy=remedy, remedy_zh=told)
    found = reportable[visit_id]
    for county in found.counties:
        if county.code == county_code:
            return found.visit, county
    known = [f"{county.code} {county.name}" for county in found.counties]
    raise SurveyError(
        ErrorCode.NOT_FOUND,
        what="County with accepted interviews",
        key=county_code,
        remedy=f"There are: {', '.join(known)}.",
        remedy_zh=f"有：{'、'.join(known)}。",
    )


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


def list_reports(session: Session, number: int) -> tuple[Page, tuple[RegisteredReport, ...]]:
    """Page `number` of the register, newest first."""
    total = session.scalar(select(func.count()).select_from(Report)) or 0
    page = page_of(number, total)
    statement = (
        select(Report, Visit.title, User.name)
        .outerjoin(Visit, Visit.id == Report.visit_id)
        .outerjoin(User, User.id == Report.created_by_id)
        .order_by(Report.created_at.desc(), Report.reported_on.desc(), Report.id)
        .limit(page.size)
        .offset(page.offset)
    )
    rows = session.execute(statement)
    return page, tuple(RegisteredReport(report, title or "", author or "") for report, title, author in rows)


def find_report(session: Session, report_id: str) -> Report:
    """The report of the register; NOT_FOUND otherwise."""
    report = session.get(Report, report_id)
    if report is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Report", key=report_id, remedy="Choose one of the register at /reports.")
    return report


def content_of(report: Report, storage: Storage) -> bytes:
    """The report's Word document; NOT_FOUND for one that was written elsewhere."""
    if report.sha256 is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="File of report", key=report.title, remedy="It was registered without a file.")
    return storage.get(report.sha256)


def list_visit_titles(session: Session) -> tuple[tuple[str, str], ...]:
    """Every visit as (id, title), the latest first."""
    return tuple((key, title) for key, title in session.execute(select(Visit.id, Visit.title).order_by(Visit.starts_on.desc(), Visit.id)))
