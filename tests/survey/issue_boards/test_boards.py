"""The board of issues by state, the list of counties, and the page of one county."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.field_time import field_date
from survey.issue_boards.board_queries import CARDS, Column, read_columns
from survey.issue_boards.county import Sort, add_up
from survey.issue_boards.county_queries import ISSUES_OF_RULE, count_county, list_awaited, list_open, list_recurrences
from survey.issue_figures.figures import Confirmation, count_lives
from survey.issue_figures.queries import read_confirmation, read_lives
from survey.issues.filters import IssueFilter
from survey.issues.life import STATES
from survey.issues.models import Issue, IssueEvidence, IssueReply, IssueStep
from survey.issues.raising import raise_issue
from tests.builders import VILLAGE, add_region, find_or_add_person
from tests.conftest import SignIn
from tests.issues import add_issue, add_reported_issue
from tests.recorder import Statements

COUNTY = VILLAGE[:6]
SECOND = f"{VILLAGE[:9]}299"
OTHER = "610728101201"


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


def columns_of(session: Session, wanted: IssueFilter, reader: User, now: datetime, states: Sequence[str] = STATES) -> dict[str, Column]:
    today = field_date(now)
    return {column.state: column for column in read_columns(session, wanted, states, today, reader.id)}


def test_columns__of_more_issues_than_cards__show_those_due_first_and_how_many_more(
    session: Session, coordinator: User, now: datetime
) -> None:
    for number in range(CARDS + 2):
        add_issue(session, coordinator, now, f"无期{number}")
    late = add_issue(session, coordinator, now, "有期")
    late.due_on = now.date()
    add_issue(session, coordinator, now, "别处", place_code=OTHER)
    reported = add_reported_issue(session, coordinator, now)
    found = columns_of(session, IssueFilter(county=COUNTY), coordinator, now)
    raised = found["raised"]
    assert (raised.n, raised.n_more, len(raised.cards)) == (CARDS + 3, 3, CARDS)
    assert [card.title for card in raised.cards[:2]] == ["有期", "无期0"]
    assert [card.number for card in found["reported"].cards] == [reported.number]
    assert sum(column.n for column in found.values()) == CARDS + 4
    words = columns_of(session, IssueFilter(county=COUNTY, text="无期"), coordinator, now)["raised"]
    assert (words.n, [card.title for card in words.cards]) == (CARDS + 2, [f"无期{number}" for number in range(CARDS)])
    only = columns_of(session, IssueFilter(state="raised"), coordinator, now, ["raised"])
    assert only["raised"].n == CARDS + 4


def test_pages__of_more_issues__cost_the_same_statements(
    session: Session, coordinator: User, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    add_reported_issue(session, coordinator, now)
    add_with_rule(session, coordinator, now, [VILLAGE, SECOND])
    session.commit()
    client = sign_in("author")
    pages = "/issues/board", "/issues/counties", f"/issues/counties/{COUNTY}", "/issues"
    before = {}
    for page in pages:
        client.get(page)
        statements.reset()
        client.get(page)
        before[page] = len(statements)
    for number in range(3):
        add_reported_issue(session, coordinator, now)
        add_with_rule(session, coordinator, now, [VILLAGE, SECOND], rule=f"rule{number}")
        add_issue(session, coordinator, now, f"问题{number}", place_code=f"61072810120{number}")
    session.commit()
    for page in pages:
        client.get(page)
        statements.reset()
        assert client.get(page).status_code == 200
        assert len(statements) == before[page], page
    assert before["/issues/board"] <= 14
    assert before[f"/issues/counties/{COUNTY}"] <= 20


def add_with_rule(session: Session, author: User, now: datetime, villages: list[str], rule: str = "water") -> None:
    evidence = [IssueEvidence(kind="note", village_code=add_region(session, code).code, note="水龙头没有水") for code in villages]
    facts = {"title": "饮水不安全", "area": "water", "level": "village", "severity": "acute", "place": add_region(session)}
    raise_issue(session, author, now, **facts, evidence=evidence, form_id="household", rule=rule)


def newest_first(session: Session) -> list[str]:
    return list(session.scalars(select(Issue.number).where(Issue.rule == "water").order_by(Issue.sequence.desc())))


def test_add_up__of_sorts__counts_open_ones_by_age_area_and_severity() -> None:
    numbers = add_up(
        [
            Sort("raised", "water", "high", 0, False, 3),
            Sort("raised", "water", "low", 4, False, 1),
            Sort("reported", "health", "acute", 2, True, 2),
            Sort("closed", "health", "low", 4, False, 5),
            Sort("merged", "other", "low", 4, False, 7),
        ]
    )
    assert (numbers.n_all, numbers.n_open, numbers.n_overdue) == (11, 6, 2)
    assert numbers.ages == {"raised": (3, 0, 0, 0, 1), "reported": (0, 0, 2, 0, 0)}
    assert numbers.age_totals == (3, 0, 2, 0, 1)
    assert numbers.areas == {"water": (0, 3, 0, 1), "health": (2, 0, 0, 0)}
    assert numbers.severity_totals == (2, 3, 0, 1)


def test_confirmation__of_histories__counts_the_last_decision_after_a_rectification(
    session: Session, coordinator: User, now: datetime
) -> None:
    assert read_confirmation(session, COUNTY) == Confirmation(0, 0)
    states = {"rectify": "rectified", "close": "closed", "not_fix": "not_fixed", "escalate": "rectified"}
    for actions in (("rectify", "close"), ("rectify", "not_fix", "rectify"), ("rectify", "escalate"), ("not_fix",), ("not_fix", "rectify")):
        issue = add_reported_issue(session, coordinator, now)
        for number, action in enumerate(actions, start=issue.n_steps + 1):
            step = IssueStep(issue_id=issue.id, number=number, action=action, from_state="", to_state=states[action], taken_at=now)
            session.add(step)
    session.flush()
    found = read_confirmation(session, COUNTY)
    assert (found, found.share) == (Confirmation(2, 1), 0.5)
    numbers = count_lives(read_lives(session, county=COUNTY))
    assert (numbers.looked_back, numbers.confirmed) == (2, 1)


def test_county__with_issues__is_told_in_the_order_of_a_meeting(session: Session, coordinator: User, now: datetime) -> None:
    today = field_date(now)
    reported = add_reported_issue(session, coordinator, now)
    answered = add_reported_issue(session, coordinator, now)
    session.add(IssueReply(issue_id=answered.id, kind="progress", body="施工", replied_at=now, replied_by_id=coordinator.id))
    add_with_rule(session, coordinator, now, [VILLAGE, SECOND])
    add_with_rule(session, coordinator, now, [SECOND])
    add_with_rule(session, coordinator, now, [VILLAGE], rule="single")
    session.flush()
    later = now + timedelta(days=100)
    numbers = count_county(session, COUNTY, field_date(later), later)
    assert (numbers.n_open, numbers.n_overdue) == (5, 2)
    assert numbers.ages == {"raised": (0, 0, 0, 3, 0), "reported": (0, 0, 0, 2, 0)}
    issues = list_open(session, COUNTY)
    assert [issue.severity for issue in issues] == ["acute"] * 3 + ["high"] * 2
    assert issues[3].number == reported.number
    awaited, n_awaited = list_awaited(session, COUNTY)
    assert ([each.number for each in awaited], n_awaited) == ([reported.number], 1)
    (same,), n_same = list_recurrences(session, COUNTY)
    assert (n_same, same.rule, list(same.villages.values()), len(same.issues)) == (1, "water", [1, 2], 2)
    for _ in range(ISSUES_OF_RULE):
        add_with_rule(session, coordinator, now, [VILLAGE])
    ((named,), _n), newest = list_recurrences(session, COUNTY), newest_first(session)
    assert [number for number, _title, _state in named.issues] == newest[:ISSUES_OF_RULE]
    assert list_recurrences(session, OTHER[:6]) == ((), 0)
    assert count_county(session, OTHER[:6], today, now).by_state == {}


def test_county__page__opens_with_and_without_issues_and_names_no_other_place(
    session: Session, coordinator: User, now: datetime, sign_in: SignIn
) -> None:
    add_region(session, OTHER)
    issue = add_reported_issue(session, coordinator, now)
    session.commit()
    client = sign_in("author")
    page = client.get(f"/issues/counties/{COUNTY}").text
    assert issue.number in page
    assert "修复管网" not in page
    assert issue.number not in client.get(f"/issues/counties/{OTHER[:6]}").text
    for code in ("610799", "6107", VILLAGE, "nothing"):
        assert client.get(f"/issues/counties/{code}").status_code == 404
    assert client.get("/issues/board?text=none&state=to_report").status_code == 200
