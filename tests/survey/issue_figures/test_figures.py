"""Figures about issues: what they count, on lives written by hand; and their page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from survey.issue_figures.figures import IssueLife, Step, count_by, count_lives, flow_of, measure_stays
from survey.issues.models import HouseholdOutcome
from survey.issues.stepping import Change, act
from tests.builders import add_household, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.issues import add_reported_issue
from tests.recorder import Statements

BEGIN = datetime(2018, 4, 20, tzinfo=UTC)
ACTIONS = {
    "raised": "raise",
    "verified": "verify",
    "refuted": "refute",
    "reported": "report",
    "rectifying": "start",
    "rectified": "rectify",
    "closed": "close",
    "not_fixed": "not_fix",
    "reopened": "reopen",
    "merged": "merge",
}


def life(way: str, *, area: str = "water", days: int = 10) -> IssueLife:
    """An issue that came through these states, so many days in each."""
    states = way.split()
    steps = tuple(Step(ACTIONS[state], state, BEGIN + timedelta(days=days * n)) for n, state in enumerate(states))
    return IssueLife("610727", area, None, None, states[-1], steps)


CLOSED = "raised verified reported rectifying rectified closed"


def test_count_lives__of_every_kind__counts_each_as_the_head_of_the_module_says() -> None:
    lives = [
        life("raised"),
        life("raised refuted"),
        life("raised merged"),
        life("raised verified raised"),
        life(CLOSED),
        life(CLOSED + " reopened"),
        life("raised verified reported rectifying rectified not_fixed"),
        life("raised verified reported rectifying rectified"),
    ]
    numbers = count_lives(lives)
    assert numbers.counts() == {
        "raised": 7,
        "verified": 4,
        "refuted": 1,
        "reported": 4,
        "rectified": 4,
        "looked_back": 3,
        "confirmed": 2,
        "open": 5,
    }
    assert numbers.confirmation_share == pytest.approx(2 / 3)
    assert count_lives([]).confirmation_share is None


def test_count_lives__not_fixed_and_then_closed__is_confirmed_by_the_latest_decision() -> None:
    numbers = count_lives([life("raised verified reported rectifying rectified not_fixed rectifying rectified closed")])
    assert (numbers.rectified, numbers.looked_back, numbers.confirmed) == (1, 1, 1)


def test_count_by__area__has_the_largest_group_first() -> None:
    groups = count_by([life("raised"), life(CLOSED, area="housing"), life("raised", area="housing")], lambda each: each.area)
    assert [(name, numbers.raised) for name, numbers in groups.items()] == [("housing", 2), ("water", 1)]


def test_measure_stays__median_of_those_that_ended__and_how_many_are_in_it_now() -> None:
    stays = measure_stays([life("raised verified", days=4), life("raised verified reported", days=10), life("raised")])
    assert [(stay.state, stay.median_days, stay.n_ended, stay.n_now) for stay in stays] == [
        ("raised", 7.0, 2, 1),
        ("verified", 10.0, 1, 1),
        ("reported", None, 0, 1),
    ]


def test_flow_of__merged_ones__are_left_out() -> None:
    assert flow_of([life("raised merged"), life("raised"), life(CLOSED)]) == {
        ("waiting", "not_reported", "not_rectified", "not_looked_back"): 1,
        ("verified", "reported", "rectified", "confirmed"): 1,
    }


def test_page__of_one_issue_that_was_closed__shows_it_in_few_statements(
    session: Session, sign_in: SignIn, now: datetime, statements: Statements
) -> None:
    coordinator = find_or_add_person(session, "coordinator")
    household = add_household(session)
    issue = add_reported_issue(session, coordinator, now)
    for days, (name, reason) in enumerate((("rectify", "来函"), ("close", "已通水")), start=1):
        if name == "close":
            visit = add_visit(session, "2018-06-back")
            found = HouseholdOutcome(issue_id=issue.id, household_id=household.id, visit_id=visit.id, outcome="fixed", found_at=now)
            found.found_at = now + timedelta(days=days)
            session.add(found)
            session.flush()
        act(session, coordinator, issue, name, now + timedelta(days=days), seen=issue.n_steps, change=Change(reason=reason))
    client = sign_in("coordinator")
    statements.reset()
    page = client.get("/issues/figures?by=area").get_data(as_text=True)
    assert "饮水安全" in page
    assert "100%" in page
    assert len(statements) <= 12
    assert client.get("/issues/figures/flow.svg").get_data(as_text=True).startswith("<?xml")
    assert "No issue" not in client.get("/issues/figures?until=2017-01-01").get_data(as_text=True)
    assert client.get("/issues/figures/flow.pdf").data.startswith(b"%PDF")
