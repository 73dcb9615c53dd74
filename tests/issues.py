"""Small builders of issues for tests: raised in the village of the other builders, verified by somebody else, reported. All is invented."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.issues.models import Issue, IssueEvidence
from survey.issues.raising import raise_issue
from survey.issues.stepping import Change, act
from survey.verifications.operations import ask_verification, finish_verification
from tests.builders import VILLAGE, add_region, find_or_add_person

DUE = date(2018, 6, 30)
REPORT: dict[str, Any] = {
    "recommendation": "由县水利局于六月底前修复管网",
    "responsible_body": "县水利局",
    "due_on": DUE,
    "attribution": "local",
    "scope": "single",
}
"""What an issue needs before it is reported."""


def add_issue(
    session: Session, author: User, now: datetime, title: str = "饮水不安全", *, place_code: str = VILLAGE, **values: Any
) -> Issue:
    """An issue about water in a village, raised with a note unless other evidence is given."""
    note = IssueEvidence(kind="note", village_code=place_code, note="水龙头三个月没有水")
    given: dict[str, Any] = {"area": "water", "level": "village", "severity": "high", "evidence": [note]}
    return raise_issue(session, author, now, title=title, place=add_region(session, place_code), **{**given, **values})


def verify_issue(
    session: Session, issue: Issue, coordinator: User, now: datetime, result: str = "confirmed", *, due_on: date = DUE
) -> None:
    """A verification of the issue by an interviewer, finished with this result."""
    verifier = find_or_add_person(session, "lead1")
    task = ask_verification(session, coordinator, issue, verifier, now, kind="site", due_on=due_on)
    finish_verification(session, verifier, task, result, "到户查看，确无水", now)


def add_reported_issue(session: Session, author: User, now: datetime, **report: Any) -> Issue:
    """An issue that was verified and reported; `report` overrides what it is reported with."""
    issue = add_issue(session, author, now)
    verify_issue(session, issue, author, now, due_on=report.get("due_on", DUE))
    act(session, author, issue, "verify", now, seen=issue.n_steps)
    act(session, author, issue, "report", now, seen=issue.n_steps, change=Change(values={**REPORT, **report}))
    return issue
