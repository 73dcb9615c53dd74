"""The lives of issues, read for their figures in two statements, whatever their number."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from survey.issue_figures.figures import Confirmation, IssueLife, Step
from survey.issues.life import HANDED_OVER
from survey.issues.models import Issue, IssueStep
from survey.places.queries import county_names
from survey.visits.models import Visit
from survey.visits.periods import EVER, Period


def read_lives(session: Session, *, period: Period = EVER, county: str = "", visit: str = "") -> tuple[IssueLife, ...]:
    """Every issue that was raised in the period, perhaps of one county (six digits) or one visit, in the order of their identifiers."""
    conditions = _conditions(period, county, visit)
    steps = _steps(session, conditions)
    statement = (
        select(Issue.id, Issue.county_code, Issue.area, Issue.attribution, Issue.visit_id, Issue.state)
        .where(*conditions)
        .order_by(Issue.id)
    )
    return tuple(IssueLife(*row[1:], steps.get(row[0], ())) for row in session.execute(statement))


def read_confirmation(session: Session, county: str) -> Confirmation:
    """How many rectifications of a county (six digits) its look-backs decided on and confirmed, by the latest decision of each issue."""
    of_issue = IssueStep.issue_id == Issue.id
    is_decision, is_rectified = IssueStep.action.in_(("close", "not_fix")), IssueStep.action == "rectify"
    # Twice the number of the step, and one more if it closed the issue: one value that tells both which was the latest and what it said.
    decided = func.max(2 * IssueStep.number + case((IssueStep.action == "close", 1), else_=0))
    histories = (
        select(
            select(decided).where(of_issue, is_decision).scalar_subquery().label("decided"),
            select(func.min(IssueStep.number)).where(of_issue, is_rectified).scalar_subquery().label("rectified"),
        )
        .where(Issue.county_code == county, Issue.state.in_(HANDED_OVER))
        .subquery()
    )
    statement = select(func.count(), func.sum(histories.c.decided % 2)).where(histories.c.decided > 2 * histories.c.rectified)
    looked_back, confirmed = session.execute(statement).one()
    return Confirmation(looked_back, confirmed or 0)


def visit_titles(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The titles of visits by their identifiers."""
    return {key: title for key, title in session.execute(select(Visit.id, Visit.title).where(Visit.id.in_(list(ids))))}


def list_issue_counties(session: Session) -> tuple[tuple[str, str], ...]:
    """Every county with an issue, as (six digits, name)."""
    codes = tuple(session.scalars(select(Issue.county_code).distinct().order_by(Issue.county_code)))
    names = county_names(session, codes)
    return tuple((code, names.get(code, code)) for code in codes)


def list_issue_visits(session: Session) -> tuple[tuple[str, str], ...]:
    """Every visit with an issue, the latest first, as (id, title)."""
    used = select(Issue.visit_id).distinct()
    statement = select(Visit.id, Visit.title).where(Visit.id.in_(used)).order_by(Visit.starts_on.desc(), Visit.id)
    return tuple((key, title) for key, title in session.execute(statement))


def _conditions(period: Period, county: str, visit: str) -> list[ColumnElement[bool]]:
    since, before = period.instants()
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(Issue.raised_at >= since)
    if before is not None:
        found.append(Issue.raised_at < before)
    if county:
        found.append(Issue.county_code == county)
    if visit:
        found.append(Issue.visit_id == visit)
    return found


def _steps(session: Session, conditions: list[ColumnElement[bool]]) -> dict[str, tuple[Step, ...]]:
    """The steps that brought issues into a state, by issue."""
    moved = (IssueStep.from_state != IssueStep.to_state) | (IssueStep.action == "raise")
    statement = (
        select(IssueStep.issue_id, IssueStep.action, IssueStep.to_state, IssueStep.taken_at)
        .where(moved)
        .order_by(IssueStep.issue_id, IssueStep.number)
    )
    if conditions:
        statement = statement.join(Issue, Issue.id == IssueStep.issue_id).where(*conditions)
    rows = session.execute(statement)
    return {issue_id: tuple(Step(*row[1:]) for row in group) for issue_id, group in groupby(rows, key=itemgetter(0))}
