"""Issues as they lie with the responsible side, made through the operations that make them."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from survey.issues.models import Issue
from survey.issues.stepping import Change, act
from tests.builders import VILLAGE, add_person, add_region, find_or_add_person
from tests.issues import DUE, REPORT, add_issue, verify_issue

COUNTY = "610727000000"


def add_county_office(session: Session, username: str = "county", code: str = COUNTY) -> None:
    """Somebody who answers for the county."""
    add_region(session, code)
    add_person(session, username, "responsible", name="县政府办公室", region_code=code)


def add_verified(
    session: Session, now: datetime, *, title: str = "饮水不安全", place_code: str = VILLAGE, finding: str = "", visit_id: str | None = None
) -> Issue:
    """A verified issue."""
    coordinator = find_or_add_person(session, "coordinator")
    basis = {"households": 1, "households_asked": 6, "villages": 1, "villages_asked": 1}
    issue = add_issue(session, coordinator, now, title, place_code=place_code, finding=finding, visit_id=visit_id, basis=basis)
    verify_issue(session, issue, coordinator, now)
    act(session, coordinator, issue, "verify", now, seen=issue.n_steps)
    return issue


def report(session: Session, issue: Issue, now: datetime, *, code: str = COUNTY, due_on: date = DUE, **values: str) -> None:
    """Report it to the place."""
    given = {**REPORT, "responsible_code": add_region(session, code).code, "due_on": due_on, **values}
    act(session, find_or_add_person(session, "coordinator"), issue, "report", now, seen=issue.n_steps, change=Change(values=given))


def add_reported(session: Session, now: datetime, *, title: str = "饮水不安全", code: str = COUNTY, due_on: date = DUE) -> Issue:
    """An issue that was reported to the place."""
    issue = add_verified(session, now, title=title, place_code=code[:6] + "101201")
    report(session, issue, now, code=code, due_on=due_on)
    return issue
