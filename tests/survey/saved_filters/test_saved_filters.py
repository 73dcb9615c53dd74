"""Filters of the list of issues under a name: kept, shared, changed, removed, opening the list; and what is refused."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import Event
from survey.issues.filters import IssueFilter
from survey.saved_filters.models import OpeningFilter, SavedFilter
from survey.saved_filters.operations import MOST_FILTERS, change_filter, open_with, remove_filter, save_filter
from survey.saved_filters.queries import list_filters, opening_filter, opening_key
from tests.builders import add_person, find_or_add_person
from tests.conftest import SignIn
from tests.issues import add_issue, verify_issue
from tests.recorder import Statements

WATER = IssueFilter(state="open", area="water", county="610727")


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("x", IssueFilter()),
        ("", WATER),
        ("长" * 41, WATER),
        ("x", IssueFilter(area="nothing")),
        ("x", IssueFilter(state="nothing")),
        ("x", IssueFilter(county="61072")),
        ("x", IssueFilter(county="６１０７２７")),
        ("x", IssueFilter(visit="none")),
        ("x", IssueFilter(text="水" * 65)),
    ],
)
def test_save__of_what_no_list_offers__is_refused(
    session: Session, coordinator: User, now: datetime, name: str, wanted: IssueFilter
) -> None:
    with pytest.raises(SurveyError) as refused:
        save_filter(session, coordinator, name, wanted, now)
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert session.scalars(select(SavedFilter)).all() == []


def test_save__of_a_name_that_is_taken__replaces_only_when_asked(session: Session, coordinator: User, now: datetime) -> None:
    save_filter(session, coordinator, " 饮水  问题 ", WATER, now)
    with pytest.raises(SurveyError):
        save_filter(session, coordinator, "饮水 问题", IssueFilter(overdue="yes"), now)
    save_filter(session, coordinator, "饮水 问题", IssueFilter(overdue="yes"), now, replaces=True)
    save_filter(session, find_or_add_person(session, "admin"), "饮水 问题", WATER, now)
    assert [row.parameters for row in list_filters(session, coordinator)] == [{"overdue": "yes"}]
    session.add(SavedFilter(user_id=coordinator.id, name="饮水 问题", parameters={}, is_shared=False, saved_at=now))
    with pytest.raises(IntegrityError):
        session.flush()


def test_save__of_too_many__is_refused_before_the_list_grows_endless(session: Session, coordinator: User, now: datetime) -> None:
    rows = [SavedFilter(user_id=coordinator.id, name=f"{n}", parameters={"state": "open"}, saved_at=now) for n in range(MOST_FILTERS)]
    session.add_all(rows)
    with pytest.raises(SurveyError, match="remove one first"):
        save_filter(session, coordinator, "再来", WATER, now)


def test_shared__filter__is_seen_by_coordinators_alone_and_changed_by_its_owner_alone(
    session: Session, coordinator: User, now: datetime
) -> None:
    other, author = add_person(session, "second", "coordinator"), find_or_add_person(session, "author")
    saved = save_filter(session, coordinator, "饮水", WATER, now, is_shared=True)
    assert [list_filters(session, person) for person in (coordinator, other, author)] == [(saved,), (saved,), ()]
    for person in (other, author):
        with pytest.raises(SurveyError) as refused:
            change_filter(session, person, saved.id, "我的", now, is_shared=True)
        assert refused.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(SurveyError) as refused:
        save_filter(session, author, "饮水", WATER, now, is_shared=True)
    assert refused.value.code is ErrorCode.NOT_ALLOWED
    with pytest.raises(SurveyError):
        open_with(session, author, saved.id, now)
    open_with(session, other, saved.id, now)
    open_with(session, coordinator, saved.id, now)
    change_filter(session, coordinator, saved.id, "饮水安全", now, is_shared=False)
    assert (opening_key(session, other), opening_filter(session, coordinator)) == ("", WATER)


def test_remove__of_the_filter_that_opens_a_list__leaves_that_list_with_nothing(session: Session, coordinator: User, now: datetime) -> None:
    other = add_person(session, "second", "coordinator")
    saved = save_filter(session, coordinator, "饮水", WATER, now, is_shared=True)
    open_with(session, other, saved.id, now)
    open_with(session, other, "mine", now)
    assert opening_filter(session, other) == IssueFilter(state="open", who="mine")
    open_with(session, other, saved.id, now)
    remove_filter(session, coordinator, saved.id, now)
    assert (opening_filter(session, other), session.scalars(select(OpeningFilter)).all()) == (None, [])
    logged = session.scalars(select(Event.action).where(Event.subject_type == "issue_filter").order_by(Event.number)).all()
    assert logged == ["issue_filter.saved", *["issue_filter.opened_with"] * 3, "issue_filter.removed"]


def test_pages__from_saving_to_removing__do_what_they_say(
    session: Session, coordinator: User, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    verify_issue(session, add_issue(session, coordinator, now), coordinator, now)
    client = sign_in("coordinator")
    told = {"area": "water", "state": "open", "name": "饮水"}
    assert client.post("/issues/filters", data={**told, "area": "", "state": ""}).status_code == 422
    assert client.post("/issues/filters", data={**told, "page": "board"}).location == "/issues/board?state=open&area=water"
    taken = client.post("/issues/filters", data=told)
    assert (taken.status_code, "replaces" in taken.text) == (422, True)
    assert client.post("/issues/filters", data={**told, "replaces": "y"}).location == "/issues?state=open&area=water"
    saved = session.scalars(select(SavedFilter)).one()
    key = saved.id
    page = client.get("/issues?area=water&state=open").text
    assert 'aria-current="page" >饮水 <span class="count">1</span>' in page
    assert client.get("/issues/filters").text.count("饮水") >= 2
    client.post("/issues/filters/opening", data={"key": saved.id})
    assert client.get("/issues").location == "/issues?state=open&area=water"
    everything = client.get("/issues?show=all")
    assert everything.status_code == 200
    assert 'name="show" value="all"' in everything.text
    assert client.post(f"/issues/filters/{saved.id}", data={"name": ""}).status_code == 422
    client.post(f"/issues/filters/{saved.id}", data={"name": "饮水安全", "is_shared": "y"})
    client.get("/issues/board")
    statements.reset()
    client.get("/issues/board")
    n_statements = len(statements)
    for number in range(4):
        save_filter(session, coordinator, f"筛选{number}", IssueFilter(severity="high", area="water"), now)
    session.commit()
    client.get("/issues/board")
    statements.reset()
    assert "筛选3" in client.get("/issues/board").text
    assert len(statements) == n_statements
    client.post(f"/issues/filters/{key}/remove")
    assert client.get("/issues").status_code == 200
    assert client.post(f"/issues/filters/{key}/remove").status_code == 404


@pytest.mark.parametrize("ready", ["mine", "overdue", "to_verify", "to_report", "to_look_back", "withdrawn"])
def test_ready__filters__find_what_they_are_named_for(
    session: Session, coordinator: User, now: datetime, sign_in: SignIn, ready: str
) -> None:
    issue = add_issue(session, coordinator, now)
    issue.due_on = now.date()
    issue.verified_at = now
    issue.recommendation, issue.responsible_body, issue.attribution, issue.scope = "修", "局", "local", "single"
    issue.reported_at = now
    issue.state = {"to_report": "verified", "to_look_back": "rectified"}.get(ready, "raised")
    issue.evidence[0].withdrawn_at = now if ready == "withdrawn" else None
    session.commit()
    client = sign_in("coordinator")
    client.post("/issues/filters/opening", data={"key": ready})
    page = client.get("/issues", follow_redirects=True).text
    assert issue.number in page
    assert client.get("/issues").location.startswith("/issues?")
