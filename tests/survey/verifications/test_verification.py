"""Verification on its pages: given, taken back, found on the start page, finished with files, and seen by nobody else."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.models import Issue, IssueEvidence, IssueFile, Verification
from survey.issues.raising import raise_issue
from survey.verifications.operations import ask_verification
from survey.verifications.queries import list_verifiers
from tests.builders import VILLAGE, add_household, add_pair, add_person, add_region, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements

WAITS = '<p class="flash warning">'


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


@pytest.fixture
def issue(session: Session, coordinator: User) -> Issue:
    """An issue that a coordinator raised at a visit with one pair."""
    add_pair(session, add_visit(session), lead="lead1", second="second1")
    return raise_one(session, coordinator)


def raise_one(session: Session, author: User, title: str = "饮水不安全") -> Issue:
    household = session.scalars(select(IssueEvidence.household_id)).first() or add_household(session).id
    evidence = IssueEvidence(kind="note", village_code=VILLAGE, household_id=household, note="水龙头三个月没有水")
    return raise_issue(
        session,
        author,
        utc_now(),
        title=title,
        finding="全组饮水困难",
        area="water",
        level="village",
        severity="high",
        place=add_region(session),
        visit_id="2018-04-test",
        evidence=[evidence],
    )


def give(session: Session, issue: Issue, username: str = "lead1", *, days: int = 5, kind: str = "site") -> Verification:
    person, now = find_or_add_person(session, username), utc_now()
    asker = session.get_one(User, issue.author_id)
    return ask_verification(session, asker, issue, person, now, kind=kind, due_on=field_date(now) + timedelta(days=days), task="看水表")


def test_verifiers__of_an_issue__are_all_but_its_author_and_those_of_the_visit_first(session: Session, issue: Issue) -> None:
    add_person(session, "aaa", "interviewer")
    find_or_add_person(session, "county")
    gone = add_person(session, "gone", "interviewer")
    gone.active = False
    session.flush()

    found = [(each.username, each.is_in_team) for each in list_verifiers(session, issue)]

    assert found == [("lead1", True), ("second1", True), ("aaa", False)]


def test_task__given_on_the_page__is_found_and_finished_by_its_person(session: Session, issue: Issue, sign_in: SignIn) -> None:
    path = f"/issues/{issue.number}"
    person = find_or_add_person(session, "lead1")
    due = field_date(utc_now()) + timedelta(days=14)
    client = sign_in("coordinator")

    page = client.get(path).text
    given = client.post(
        f"{path}/verifications",
        data={"seen": issue.n_steps, "kind": "site", "person": person.id, "due_on": due.isoformat(), "task": "看一看水表"},
    )
    [task] = session.scalars(select(Verification)).all()
    client = sign_in("lead1")
    start, mine, shown = (client.get(each).text for each in ("/", "/issues/verifications", f"{path}/verifications/{task.id}"))
    refused = client.post(f"{path}/verifications/{task.id}", data={"result": "confirmed", "found": " "})
    files = [(BytesIO(b"%PDF-1.4 minutes"), "记录.pdf"), (BytesIO(b"\x89PNG\r\n\x1a\n"), "水表.png")]
    sent = client.post(
        f"{path}/verifications/{task.id}",
        data={"result": "partly", "found": "两户有水", "files": files},
        content_type="multipart/form-data",
    )
    again = client.post(f"{path}/verifications/{task.id}", data={"result": "refuted", "found": "改主意"})

    assert f'value="{due.isoformat()}"' in page
    assert given.status_code == 302
    assert WAITS in start
    assert issue.title in mine
    assert all(word in shown for word in ("全组饮水困难", "看一看水表", "水龙头三个月没有水", "户主001"))
    assert (refused.status_code, sent.status_code, again.status_code) == (422, 302, 409)
    session.refresh(task)
    assert (task.result, task.found, task.assigned_to_id) == ("partly", "两户有水", person.id)
    assert WAITS not in client.get("/").text
    [pdf] = [file for file in session.scalars(select(IssueFile)) if file.name == "记录.pdf"]
    answer = client.get(f"{path}/verifications/{task.id}/files/{pdf.id}")
    assert answer.data == b"%PDF-1.4 minutes"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = sign_in("coordinator").get(path).text
    assert "两户有水" in page
    assert pdf.id in page


def test_task__asked_by_somebody_who_saw_less__is_shown_again_with_what_came_between(
    session: Session, issue: Issue, sign_in: SignIn
) -> None:
    seen, due = issue.n_steps, field_date(utc_now()).isoformat()
    give(session, issue)
    client = sign_in("coordinator")
    person = find_or_add_person(session, "second1")
    asked = {"seen": seen, "kind": "archive", "person": person.id, "due_on": due, "task": "查档案里的字"}

    stale = client.post(f"/issues/{issue.number}/verifications", data=asked)
    late = client.post(f"/issues/{issue.number}/verifications", data={**asked, "seen": issue.n_steps, "due_on": "2018-01-01"})
    own = client.post(f"/issues/{issue.number}/verifications", data={**asked, "seen": issue.n_steps, "person": issue.author_id})

    assert (stale.status_code, late.status_code, own.status_code) == (409, 422, 422)
    assert "查档案里的字" in stale.text
    assert "看水表" in stale.text
    assert len(session.scalars(select(Verification)).all()) == 1


def test_task__taken_back__waits_for_nobody_and_stays_in_the_history(session: Session, issue: Issue, sign_in: SignIn) -> None:
    task = give(session, issue)
    client = sign_in("coordinator")

    answer = client.post(f"/issues/{issue.number}/verifications/{task.id}/withdraw", data={"seen": issue.n_steps, "reason": "他已调走"})
    page = client.get(f"/issues/{issue.number}").text
    lead = sign_in("lead1")

    assert answer.status_code == 302
    assert "他已调走" in page
    assert WAITS not in lead.get("/").text
    assert lead.post(f"/issues/{issue.number}/verifications/{task.id}", data={"result": "confirmed", "found": "有"}).status_code == 409


def test_task__of_somebody_else__is_not_to_be_found(session: Session, issue: Issue, coordinator: User, sign_in: SignIn) -> None:
    task, other = give(session, issue), raise_one(session, coordinator, "另一个")
    path = f"/issues/{issue.number}/verifications/{task.id}"

    second = sign_in("second1")
    assert [second.get(path).status_code, second.get(f"/issues/{issue.number}").status_code] == [404, 403]
    assert second.post(path, data={"result": "refuted", "found": "没去"}).status_code == 404
    assert sign_in("county").get(path).status_code == 403
    author = sign_in("author")
    assert author.get(path).status_code == 200
    assert author.post(path, data={"result": "refuted", "found": "没去"}).status_code == 403
    assert sign_in("lead1").get(f"/issues/{other.number}/verifications/{task.id}").status_code == 404
    session.refresh(task)
    assert task.result is None


def test_my_verifications__with_more_of_them__send_no_more_statements(
    session: Session, issue: Issue, coordinator: User, sign_in: SignIn, statements: Statements
) -> None:
    give(session, issue)
    counts = []
    for size in (0, 8):
        for number in range(size):
            give(session, raise_one(session, coordinator, f"问题{number}"), days=0)
        client = sign_in("lead1")
        for path in ("/issues/verifications", "/"):
            statements.reset()
            client.get(path)
            counts.append(len(statements))

    assert counts[:2] == counts[2:]
    assert max(counts) < 12
