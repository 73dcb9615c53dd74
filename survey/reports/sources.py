"""Reading what a report of any kind is made of: interviews from the bundles of visits, issues, meetings and work from the register."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from analysis.bundle import Bundle, read_bundle
from analysis.report.kinds.names import KindName
from analysis.report.kinds.records import About, IssueFact, LogHead, MeetingFact, Quotation, Sources
from analysis.report.kinds.registry import find_kind
from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from questionnaires.model import AREAS
from survey.bundles.export import Progress
from survey.bundles.of_visits import fresh_bundle
from survey.field_time import field_date
from survey.intake.models import Submission
from survey.issues.models import Issue
from survey.places import codes
from survey.places.queries import county_names
from survey.proof.heads import fingerprint
from survey.proof.operations import head_now
from survey.report_texts.queries import current_texts
from survey.reports.facts_issues import (
    joint_meeting_before,
    read_issue_facts,
    read_issues_of_visit,
    read_meeting_facts,
    read_standing_facts,
)
from survey.reports.facts_work import read_agreement_facts, read_work_fact
from survey.reports.queries import find_reportable, list_reportable
from survey.visits.models import Visit
from survey.visits.periods import EVER, NamedPeriod, Period

FIRST_YEAR, LAST_YEAR = 2000, 2100


def read_sources(
    session: Session,
    kind: str,
    about: About,
    *,
    language: str,
    today: date,
    quotations: Iterable[Quotation] = (),
    progress: Progress | None = None,
) -> Sources:
    """Everything that a report of this kind on this is made of, as `session` sees it; writes nothing.

    NOT_FOUND for a kind, visit, county or village that there is not, INVALID_VALUE for a parameter that is missing or not to be.
    """
    told = find_kind(kind).told
    check_about(session, told, about)
    visit = session.get(Visit, about.visit_id) if about.visit_id else None
    period = NamedPeriod(about.year, about.quarter, about.month).period if about.year else EVER
    day = min(period.until or today, today)
    bundles = _bundles(session, told, about, period, progress)
    before = None
    if "before" in told.needs and visit is not None:
        if visit.look_back_of_id is None:
            raise _invalid("visit", "'{title}' looks back on no earlier visit.", title=visit.title)
        before = _bundle(session, visit.look_back_of_id, progress)
    return Sources(
        about=about,
        language=language,
        today=day,
        bundles=bundles,
        before=before,
        issues=_issues(session, told, about, visit, day, period, language) if "issues" in told.needs else (),
        meetings=_meetings(session, about, period) if "meetings" in told.needs else (),
        work=read_work_fact(session, about.year, today) if "work" in told.needs else None,
        agreement=read_agreement_facts(session, about.visit_id, language) if about.visit_id else (),
        log_head=_log_head(session),
        quotations=tuple(quotations),
        texts=current_texts(session, language),
        county=county_names(session, {about.county_code}).get(about.county_code, "") if about.county_code and not bundles else "",
    )


def check_about(session: Session, told: KindName, about: About) -> None:
    """Nothing; raises when the parameters do not name something that a report of this kind can be drafted on."""
    if "visit_id" in told.about:
        place = about.county_code or codes.county_of(about.village_code) if about.county_code or about.village_code else ""
        if place:
            find_reportable(session, about.visit_id, place)
        else:
            _find_visit(session, about.visit_id)
    if "village_code" in told.about:
        _check_village(session, about)
    if "area" in told.about and about.area not in AREAS:
        raise not_one_of("area", about.area, AREAS)
    for name, low, high in (("year", FIRST_YEAR, LAST_YEAR), ("quarter", 1, 4), ("month", 1, 12)):
        value = getattr(about, name)
        if (name in told.about or value) and not low <= value <= high:
            raise _invalid(name, "{value} is not between {low} and {high}.", value=value, low=low, high=high)


def _find_visit(session: Session, visit_id: str) -> None:
    known = {each.visit.id for each in list_reportable(session)}
    if visit_id not in known:
        remedy = "There are: {choices}."
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="Visit with accepted interviews",
            key=visit_id,
            remedy=remedy,
            choices=", ".join(sorted(known)) or "none yet",
        )


def _check_village(session: Session, about: About) -> None:
    statement = select(func.count()).where(
        Submission.visit_id == about.visit_id, Submission.village_code == about.village_code, Submission.review_state == "accepted"
    )
    if not session.scalar(statement):
        remedy = "Choose a village of the visit with accepted interviews."
        raise SurveyError(ErrorCode.NOT_FOUND, what="Village with accepted interviews", key=about.village_code, remedy=remedy)


def _bundles(session: Session, told: KindName, about: About, period: Period, progress: Progress | None) -> tuple[Bundle, ...]:
    if "interviews" in told.needs:
        return (_bundle(session, about.visit_id, progress),)
    if "all_interviews" in told.needs:
        visits = [each.visit for each in list_reportable(session) if period.holds(each.visit.starts_on)]
        if not visits:
            raise _invalid("year", "no visit of this time has accepted interviews.")
        return tuple(_bundle(session, visit.id, progress) for visit in sorted(visits, key=lambda visit: (visit.starts_on, visit.id)))
    return ()


def _bundle(session: Session, visit_id: str, progress: Progress | None) -> Bundle:
    with fresh_bundle(session, visit_id, progress) as (path, _):
        return read_bundle(path)


def _issues(
    session: Session, told: KindName, about: About, visit: Visit | None, day: date, period: Period, language: str
) -> tuple[IssueFact, ...]:
    match told.name:
        case "village":
            return read_issue_facts(session, day, language, Issue.place_code == about.village_code)
        case "look_back" if visit is not None:
            conditions: list[ColumnElement[bool]] = [Issue.visit_id.in_([visit.id, visit.look_back_of_id])]
            if about.county_code:
                conditions.append(Issue.county_code == about.county_code)
            return read_issue_facts(session, day, language, *conditions)
        case "quarter":
            since = joint_meeting_before(session, period.since) if period.since else None
            return read_standing_facts(session, day, language, since=since, county_code=about.county_code)
        case "month" | "year":
            return read_standing_facts(session, day, language, since=None)
        case "area":
            return read_issue_facts(session, day, language, Issue.area == about.area, *_of_year(about.year, period))
    return read_issues_of_visit(session, about.visit_id, day, language, county_code=about.county_code)


def _of_year(year: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    """The condition of issues from visits that began in the year, and of those from no visit with a number of it; none without a year."""
    if not year:
        return ()
    visits = select(Visit.id).where(Visit.starts_on >= period.since, Visit.starts_on <= period.until)
    return (or_(Issue.visit_id.in_(visits), and_(Issue.visit_id.is_(None), Issue.year == year)),)


def _meetings(session: Session, about: About, period: Period) -> tuple[MeetingFact, ...]:
    return read_meeting_facts(session, period, visit_id=about.visit_id)


def _log_head(session: Session) -> LogHead | None:
    head = head_now(session)
    if head is None:
        return None
    return LogHead(head.number, head.digest, field_date(datetime.fromisoformat(head.at)), head.signature, fingerprint(head.public_key))


def _invalid(field: str, detail: str, **values: object) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, **values)
