"""The pages of issues: the list with its filters and counts, one issue with what is done with it, and who may open what."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.issues.models import Issue, IssueEvidence
from survey.issues.raising import raise_issue
from survey.issues.stepping import edit_issue
from tests.builders import VILLAGE, add_region, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements

OTHER = "610728101201"
FORM = {"area": "water", "level": "village", "severity": "high", "attribution": "", "scope": "", "responsible_code": "610727000000"}
"""What the form of an issue sends where nobody changes it."""


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


def add_issue(
    session: Session, actor: User, now: datetime, title: str = "饮水不安全", *, code: str = VILLAGE, rule: str = "water"
) -> Issue:
    evidence = IssueEvidence(kind="note", village_code=code, note="水龙头三个月没有水")
    return raise_issue(
        session,
        actor,
        now,
        title=title,
        area="water",
        level="village",
        severity="high",
        place=add_region(session, code),
        evidence=[evidence],
        form_id="household",
        rule=rule,
    )


@pytest.fixture
def issue(session: Session, coordinator: User, now: datetime) -> Issue:
    return add_issue(session, coordinator, now)


def test_list__filters_and_search__narrow_it(session: Session, issue: Issue, coordinator: User, now: datetime, sign_in: SignIn) -> None:
    add_issue(session, coordinator, now, "学校离得太远", code=OTHER, rule="school")
    client = sign_in("author")
    for query, shown in (
        ("county=610728", ["学校离得太远"]),
        ("state=raised&area=water", ["饮水不安全", "学校离得太远"]),
        ("text=学校", ["学校离得太远"]),
        ("text=学校&page=9", ["学校离得太远"]),
        ("text=学校&state=closed", []),
        ("text=2018-610727", ["饮水不安全"]),
        ("state=verified", []),
        ("wait=unasked", ["饮水不安全", "学校离得太远"]),
        ("wait=asked", []),
        ("who=mine", []),
        ("overdue=yes", []),
        ("state=nonsense", ["饮水不安全", "学校离得太远"]),
    ):
        page = client.get(f"/issues?{query}").text
        assert [title for title in ("饮水不安全", "学校离得太远") if title in page] == shown, query


def test_list__more_issues__cost_the_same_statements(
    session: Session, issue: Issue, coordinator: User, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("author")
    client.get("/issues")
    statements.reset()
    client.get("/issues")
    before = len(statements)
    for number in range(8):
        add_issue(session, coordinator, now, f"问题{number}", code=f"61072810120{number}")
    client.get("/issues")
    statements.reset()
    page = client.get("/issues").text
    assert len(statements) == before
    assert page.count("问题") >= 8


def test_page__of_a_new_issue__says_what_each_action_still_needs(issue: Issue, sign_in: SignIn) -> None:
    page = sign_in("coordinator").get(f"/issues/{issue.number}").text
    assert "水龙头三个月没有水" in page
    assert "核实" in page
    assert "disabled" in page


def test_act__out_of_order_by_url__is_refused_with_the_page(session: Session, issue: Issue, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    answer = client.post(f"/issues/{issue.number}/act/close", data={"seen": 1, "reason": "done"})
    assert answer.status_code == 409
    session.refresh(issue)
    assert (issue.state, issue.n_steps) == ("raised", 1)
    assert client.post(f"/issues/{issue.number}/act/nonsense", data={"seen": 1}).status_code == 404
    assert client.get("/issues/2018-610727-999").status_code == 404


def test_edit__somebody_was_faster__keeps_what_was_written_and_says_what_changed(
    session: Session, issue: Issue, coordinator: User, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    edit_issue(session, coordinator, issue, {"severity": "acute"}, now, seen=1)
    told = {**FORM, "title": "饮水仍不安全", "seen": 1}
    answer = client.post(f"/issues/{issue.number}/edit", data=told)
    assert answer.status_code == 409
    assert "饮水仍不安全" in answer.text
    assert 'value="2"' in answer.text
    again = client.post(f"/issues/{issue.number}/edit", data={**told, "seen": 2})
    assert again.status_code == 302
    session.refresh(issue)
    assert issue.title == "饮水仍不安全"


def test_scope__other_than_proposed__needs_a_reason(session: Session, issue: Issue, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    told = {**FORM, "title": issue.title, "scope": "general"}
    assert client.post(f"/issues/{issue.number}/edit", data={**told, "seen": 1}).status_code == 422
    assert client.post(f"/issues/{issue.number}/edit", data={**told, "seen": 1, "scope_reason": "全县供水同一水源"}).status_code == 302
    session.refresh(issue)
    assert (issue.scope, issue.scope_reason, issue.basis["households"]) == ("general", "全县供水同一水源", 0)


def test_merge__of_two__keeps_the_evidence_of_both(
    session: Session, issue: Issue, coordinator: User, now: datetime, sign_in: SignIn
) -> None:
    other = add_issue(session, coordinator, now, "饮用水不安全")
    client = sign_in("coordinator")
    assert other.number in client.get(f"/issues/{issue.number}").text
    address = f"/issues/{issue.number}/merge/{other.number}"
    assert "水龙头三个月没有水" not in client.get(address).text
    stale = client.post(address, data={"seen": 1, "seen_other": 0, "keep": issue.number})
    assert stale.status_code == 409
    assert client.post(address, data={"seen": 1, "seen_other": 1, "keep": issue.number}).status_code == 302
    session.expire_all()
    assert (other.state, len(issue.evidence), len(other.evidence)) == ("merged", 2, 0)
    assert issue.number in client.get(f"/issues/{other.number}").text
