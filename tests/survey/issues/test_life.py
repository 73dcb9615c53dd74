"""The life of one issue through its operations, and what the database itself refuses."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.issues.life import ACTIONS, NEEDS, STATES
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence
from survey.issues.raising import raise_issue
from survey.issues.stepping import Change, act, edit_issue
from survey.verifications.operations import ask_verification
from tests.builders import VILLAGE, add_household, add_person, add_region, add_visit, find_or_add_person
from tests.issues import DUE, REPORT, add_issue, verify_issue


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


@pytest.fixture
def issue(session: Session, coordinator: User, now: datetime) -> Issue:
    return add_issue(session, coordinator, now)


def test_issue__through_its_whole_life__keeps_every_step(session: Session, issue: Issue, coordinator: User, now: datetime) -> None:
    assert issue.number == "2018-610727-001"
    verify_issue(session, issue, coordinator, now)

    def go(name: str, **values: object) -> None:
        act(session, coordinator, issue, name, now, seen=issue.n_steps, change=Change(**values))  # type: ignore[arg-type]

    go("verify")
    go("report", values=REPORT)
    assert issue.responsible_code == "610727000000", "the county sees it, as nobody else was named"
    go("start", reason="县里来电")
    go("rectify", reason="县里来函")
    household = add_household(session)
    visit = add_visit(session, "2018-06-back")
    session.add(HouseholdOutcome(issue_id=issue.id, household_id=household.id, visit_id=visit.id, outcome="fixed", found_at=now))
    session.flush()
    go("close", reason="回访已通水")
    go("reopen", reason="又停水")
    steps = session.execute(text("SELECT number, action, from_state, to_state FROM issue_steps ORDER BY number")).all()
    assert [tuple(step) for step in steps] == [
        (1, "raise", "raised", "raised"),
        (2, "ask_verification", "raised", "raised"),
        (3, "finish_verification", "raised", "raised"),
        (4, "verify", "raised", "verified"),
        (5, "report", "verified", "reported"),
        (6, "start", "reported", "rectifying"),
        (7, "rectify", "rectifying", "rectified"),
        (8, "close", "rectified", "closed"),
        (9, "reopen", "closed", "reopened"),
    ]


def test_verify__without_a_verification_by_somebody_else__says_what_it_needs(
    session: Session, issue: Issue, coordinator: User, now: datetime
) -> None:
    with pytest.raises(SurveyError, match="somebody other than its author") as caught:
        act(session, coordinator, issue, "verify", now, seen=issue.n_steps)
    assert caught.value.code is ErrorCode.MISSING_FOR_STEP
    with pytest.raises(SurveyError, match="whoever raised an issue does not verify it"):
        ask_verification(session, coordinator, issue, coordinator, now, kind="site", due_on=DUE)


def test_act__on_what_somebody_else_changed_meanwhile__is_refused(session: Session, issue: Issue, coordinator: User, now: datetime) -> None:
    seen = issue.n_steps
    assert edit_issue(session, coordinator, issue, {"severity": "acute"}, now, seen=seen)
    with pytest.raises(SurveyError) as caught:
        edit_issue(session, coordinator, issue, {"severity": "low"}, now, seen=seen)
    assert caught.value.code is ErrorCode.STALE
    assert issue.severity == "acute"


def test_report__before_verification_or_by_another_role__is_refused(
    session: Session, issue: Issue, coordinator: User, now: datetime
) -> None:
    with pytest.raises(SurveyError) as caught:
        act(session, coordinator, issue, "report", now, seen=issue.n_steps, change=Change(values=REPORT))
    assert caught.value.code is ErrorCode.INVALID_TRANSITION
    author = add_person(session, "writer", "author")
    verify_issue(session, issue, coordinator, now)
    with pytest.raises(SurveyError) as caught:
        act(session, author, issue, "verify", now, seen=issue.n_steps)
    assert caught.value.code is ErrorCode.NOT_ALLOWED


def test_due_date__before_today__is_refused(session: Session, issue: Issue, coordinator: User, now: datetime) -> None:
    with pytest.raises(SurveyError, match="before today"):
        edit_issue(session, coordinator, issue, {"due_on": date(2018, 4, 19)}, now, seen=issue.n_steps)


def test_merge__into_another_issue_of_the_county__hands_its_evidence_over(
    session: Session, issue: Issue, coordinator: User, now: datetime
) -> None:
    evidence = IssueEvidence(kind="note", village_code=VILLAGE, note="邻户也没有水")
    other = raise_issue(
        session, coordinator, now, title="没有水", area="water", level="village", severity="high", place=issue.place, evidence=[evidence]
    )
    assert other.number == "2018-610727-002"
    act(session, coordinator, other, "merge", now, seen=other.n_steps, change=Change(merged_into=issue))
    session.expire_all()
    assert (other.state, other.merged_into_id, len(other.evidence), len(issue.evidence)) == ("merged", issue.id, 0, 2)


def test_evidence__from_another_county__is_refused(session: Session, issue: Issue, coordinator: User, now: datetime) -> None:
    add_region(session, "610728101201")
    with pytest.raises(SurveyError, match="from county 610728"):
        raise_issue(
            session,
            coordinator,
            now,
            title="没有水",
            area="water",
            level="village",
            severity="high",
            place=issue.place,
            evidence=[IssueEvidence(kind="note", village_code="610728101201")],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issues SET state = 'verified'",
        "UPDATE issues SET state = 'reported', verified_at = raised_at",
        "UPDATE issues SET state = 'closed', verified_at = raised_at",
        "UPDATE issues SET state = 'merged'",
        "UPDATE issue_steps SET reason = 'never'",
        "DELETE FROM issue_steps",
        "INSERT INTO verifications (id, issue_id, author_id, kind, task, assigned_to_id, asked_at, asked_by_id, due_on, found)"
        " SELECT 'v', id, author_id, 'site', '', author_id, raised_at, author_id, '2018-06-30', '' FROM issues",
    ],
)
def test_database__asked_to_break_a_rule_of_the_life__refuses(session: Session, issue: Issue, statement: str) -> None:
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(text(statement))


def test_table_of_actions__names__are_known_everywhere() -> None:
    for action in ACTIONS:
        assert set(action.sources) <= set(STATES)
        assert action.target is None or action.target in STATES
        assert set(action.needs) <= set(NEEDS)
    reached = {action.target for action in ACTIONS}
    assert set(STATES) - reached == {"raised"} - reached
