"""What coordinators do with replies: the list of those that wait, decisions, letters, and the responsible side's own view."""

import io
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.issues.models import Issue, IssueReply
from survey.responsible.answering import ReplyFacts, give_reply
from tests.builders import add_household, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.responsible.reported import add_county_office, add_reported, add_verified

LATER = date(2099, 7, 30)


@pytest.fixture
def issue(session: Session, now: datetime) -> Issue:
    add_county_office(session)
    return add_reported(session, now)


def add_reply(session: Session, issue: Issue, now: datetime, kind: str = "progress", due_on: date | None = None) -> IssueReply:
    facts = ReplyFacts(kind, "已开工，六月完成", due_on)
    return give_reply(session, find_or_add_person(session, "county"), issue, facts, [], now, seen=issue.n_steps)


def decision(reply: IssueReply, decision: str, answer: str = "", seen: int | None = None) -> dict[str, object]:
    values = {"decision": decision, "answer": answer, "seen": str(reply.issue.n_steps if seen is None else seen)}
    return {f"reply-{reply.id[:8]}-{name}": value for name, value in values.items()}


def test_list__of_replies__has_those_without_a_decision(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime, statements: Statements
) -> None:
    reply = add_reply(session, issue, now)
    client = sign_in("coordinator")
    page = client.get("/issues/replies").text
    assert issue.number in page
    assert issue.number not in client.get("/issues/replies?county=610728").text
    statements.reset()
    client.get("/issues/replies")
    first = len(statements)
    add_reply(session, issue, now)
    add_reply(session, add_reported(session, now, title="其他问题"), now)
    session.commit()
    statements.reset()
    client.get("/issues/replies")
    assert len(statements) == first
    assert client.post(f"/issues/{issue.number}/replies/{reply.id}/decision", data=decision(reply, "noted")).status_code == 302
    assert client.get("/issues/replies").text.count("已开工") == 2


def test_decision__that_accepts_another_date__stands_on_the_page_of_both_sides(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime
) -> None:
    reply = add_reply(session, issue, now, "date", LATER)
    client = sign_in("coordinator")
    answer = client.post(f"/issues/{issue.number}/replies/{reply.id}/decision", data=decision(reply, "accepted", "同意延期"))
    assert answer.location.endswith("#replies")
    assert issue.due_on == LATER
    assert "同意延期" in client.get(f"/issues/{issue.number}").text
    page = sign_in("county").get(f"/responsible/{issue.number}").text
    assert "同意延期" in page
    assert "7月30日" in page


def test_decision__without_why_or_out_of_date__is_shown_again_with_what_was_written(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime
) -> None:
    add_household(session, "017")
    reply = add_reply(session, issue, now, "disagreed")
    client = sign_in("coordinator")
    address = f"/issues/{issue.number}/replies/{reply.id}/decision"
    assert client.post(address, data=decision(reply, "declined")).status_code == 422
    named = client.post(address, data=decision(reply, "declined", "户主017家确实无水"))
    assert named.status_code == 422
    assert "户主017家确实无水" in named.text
    late = client.post(address, data=decision(reply, "declined", "请再核实", seen=issue.n_steps - 1))
    assert late.status_code == 409
    assert "请再核实" in late.text
    session.expire_all()
    assert reply.decision is None
    assert client.post(f"/issues/{issue.number}/replies/unknown/decision").status_code == 404


def test_letter__entered_with_its_scan__is_a_reply_with_a_file(session: Session, issue: Issue, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    data = {"kind": "rectified", "body": "管网已修复", "written_on": "2018-04-19", "seen": str(issue.n_steps)}
    data = {f"letter-{name}": value for name, value in data.items()}
    bad = client.post(f"/issues/{issue.number}/replies", data={**data, "letter-written_on": "2999-01-01"})
    assert bad.status_code == 422
    assert "管网已修复" in bad.text
    sent = client.post(f"/issues/{issue.number}/replies", data={**data, "letter-files": [(io.BytesIO(b"%PDF-1.4 scan"), "来函.pdf")]})
    assert sent.status_code == 302
    reply = session.scalars(select(IssueReply)).one()
    assert (reply.way, reply.written_on) == ("letter", date(2018, 4, 19))
    address = f"/issues/{issue.number}/replies/{reply.id}/files/{reply.files[0].id}"
    assert client.get(address).data == b"%PDF-1.4 scan"
    assert sign_in("county").get(address).status_code == 403


def test_preview__of_a_verified_issue__shows_what_would_be_read_and_the_page_what_may_not(
    session: Session, sign_in: SignIn, now: datetime
) -> None:
    add_household(session, "017")
    issue = add_verified(session, now, finding="户主017家无水")
    client = sign_in("author")
    page = client.get(f"/issues/{issue.number}/as-responsible").text
    assert "township" in page
    assert "<form class=" not in page.split('id="content"')[1]
    shown = client.get(f"/issues/{issue.number}").text
    assert "<strong>户主017</strong>" in shown


@pytest.mark.parametrize("username", ["author", "lead1", "county"])
def test_writes__by_anybody_but_coordinators__are_refused(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime, username: str
) -> None:
    reply = add_reply(session, issue, now)
    client = sign_in(username)
    assert client.post(f"/issues/{issue.number}/replies").status_code == 403
    assert client.post(f"/issues/{issue.number}/replies/{reply.id}/decision").status_code == 403
    if username != "author":
        assert client.get("/issues/replies").status_code == 403
        assert client.get(f"/issues/{issue.number}/as-responsible").status_code == 403
