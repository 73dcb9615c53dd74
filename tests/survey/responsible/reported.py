"""Issues as they lie with the responsible side, made through the operations that make them."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from survey.issues.models import Issue, IssueEvidence
from survey.issues.raising import raise_issue
from survey.issues.stepping import Change, act
from survey.verifications.operations import ask_verification, finish_verification
from tests.builders import VILLAGE, add_person, add_region, find_or_add_person

COUNTY = "610727000000"
DUE = date(2018, 6, 30)


def add_county_office(session: Session, username: str = "county", code: str = COUNTY) -> None:
    """Somebody who answers for the county."""
    add_region(session, code)
    add_person(session, username, "responsible", name="县政府办公室", region_code=code)


def add_verified(
    session: Session, now: datetime, *, title: str = "饮水不安全", place_code: str = VILLAGE, finding: str = "", visit_id: str | None = None
) -> Issue:
    """A verified issue."""
    coordinator, verifier = find_or_add_person(session, "coordinator"), find_or_add_person(session, "lead1")
    place = add_region(session, place_code)
    evidence = IssueEvidence(kind="note", village_code=place_code, note="水龙头三个月没有水")
    issue = raise_issue(
        session,
        coordinator,
        now,
        title=title,
        finding=finding,
        area="water",
        level="village",
        severity="high",
        place=place,
        evidence=[evidence],
        visit_id=visit_id,
        basis={"households": 1, "households_asked": 6, "villages": 1, "villages_asked": 1},
    )
    task = ask_verification(session, coordinator, issue, verifier, now, kind="site", due_on=DUE)
    finish_verification(session, verifier, task, "confirmed", "到户查看，确无水", now)
    act(session, coordinator, issue, "verify", now, seen=issue.n_steps)
    return issue


def report(session: Session, issue: Issue, now: datetime, *, code: str = COUNTY, due_on: date = DUE, **values: str) -> None:
    """Report it to the place."""
    given = {
        "recommendation": "修复管网",
        "responsible_body": "县水利局",
        "responsible_code": add_region(session, code).code,
        "due_on": due_on,
        "attribution": "local",
        "scope": "single",
        **values,
    }
    act(session, find_or_add_person(session, "coordinator"), issue, "report", now, seen=issue.n_steps, change=Change(values=given))


def add_reported(session: Session, now: datetime, *, title: str = "饮水不安全", code: str = COUNTY, due_on: date = DUE) -> Issue:
    """An issue that was reported to the place."""
    issue = add_verified(session, now, title=title, place_code=code[:6] + "101201")
    report(session, issue, now, code=code, due_on=due_on)
    return issue
