"""The review pages: who may open them, what they show, and that their price does not grow with the list."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.storage import Storage
from tests.builders import add_assignment, add_form, add_household, add_pair, add_region, add_submission, add_visit
from tests.recorder import Statements
from tests.survey.intake.interviews import FORM, FORM_ID, HTML, PNG, basic, interview_xml, send, with_text

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def interviews(session: Session) -> list[Submission]:
    """Three interviews of one pair, oldest first; the second carries a grave doubt."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    made = []
    for number in (1, 2, 3):
        assignment = add_assignment(session, pair, add_household(session, f"00{number}"), FORM_ID)
        flags = ("cadre_present",) if number == 2 else ()
        answers = {"family": {"n_members": number}, "well": "well.png"}
        submission = add_submission(session, version, f"uuid:{number}", assignment=assignment, answers=answers, flags=flags)
        submission.received_at = submission.received_at.replace(minute=number)
        made.append(submission)
    session.commit()
    return made


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/review", {"admin", "coordinator", "author"}),
        ("/review/uuid:1", {"admin", "coordinator", "author"}),
        ("/review/uuid:1/submission.xml", {"admin", "coordinator"}),
        ("/review/accept", {"admin", "coordinator"}),
        ("/review/quarantine", {"admin", "coordinator"}),
        ("/issues/candidates", {"admin", "coordinator", "author"}),
        ("/reports", {"admin", "coordinator", "author"}),
    ],
)
def test_page__each_role__opens_or_is_refused(interviews: list[Submission], sign_in: SignIn, address: str, allowed: set[str]) -> None:
    for role in ("admin", "coordinator", "author", "county", "lead1"):
        status = sign_in(role).get(address).status_code
        assert status == (200 if role in allowed else 403), role


@pytest.mark.parametrize("action", ["accept", "return", "reopen"])
def test_decision__role_that_may_only_read__is_refused(interviews: list[Submission], sign_in: SignIn, action: str) -> None:
    for role in ("author", "county", "lead1"):
        assert sign_in(role).post(f"/review/uuid:1/{action}", data={"reason": "理由"}).status_code == 403


def test_list__filters__narrow_it_and_tabs_count(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    interviews[0].review_state = "accepted"
    page = client.get("/review").text
    assert all(f"户主00{number}" in page for number in (1, 2, 3))
    flagged = client.get("/review?flag=any").text
    assert "户主002" in flagged
    assert "户主001" not in flagged
    accepted = client.get("/review?state=accepted&visit=2018-04-test&county=610727").text
    assert "户主001" in accepted
    assert "户主003" not in accepted
    assert "户主00" not in client.get("/review?county=610728").text


def test_submission__its_page__shows_answers_flags_and_neighbours(interviews: list[Submission], sign_in: SignIn) -> None:
    page = sign_in("coordinator").get("/review/uuid:2?state=received").text
    assert "您家有几口人？" in page
    assert "/review/uuid:3?state=received" in page
    assert "/review/uuid:1?state=received" in page
    assert 'name="then"' in page
    assert 'name="then"' not in sign_in("author").get("/review/uuid:2").text


def test_accept__and_go_on__leads_to_the_next_of_the_list(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    response = client.post("/review/uuid:3/accept?flag=none", data={"then": "next"})
    assert response.location == "/review/uuid:1?flag=none"
    response = client.post("/review/uuid:1/accept?flag=none", data={"then": "next"})
    assert response.location == "/review/uuid:1?flag=none"
    assert session.get_one(Submission, "uuid:3").review_state == "accepted"


def test_accept__flagged_without_a_reason__is_422_and_says_so(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    assert client.post("/review/uuid:2/accept", data={}).status_code == 422
    assert session.get_one(Submission, "uuid:2").review_state == "received"
    assert client.post("/review/uuid:2/accept", data={"reason": "已核实"}).status_code == 302
    assert "已核实" in client.get("/review/uuid:2").text


def test_return_and_reopen__keep_their_reasons_in_the_history(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    assert client.post("/review/uuid:1/return", data={"reason": " "}).status_code == 422
    assert client.post("/review/uuid:1/return", data={"reason": "请补问收入"}).status_code == 302
    assert session.get_one(Submission, "uuid:1").review_state == "returned"
    assert client.post("/review/uuid:1/reopen", data={"reason": "误退"}).status_code == 302
    page = client.get("/review/uuid:1").text
    assert "请补问收入" in page
    assert "误退" in page
    assert client.post("/review/uuid:1/reopen", data={"reason": "再次"}).status_code == 409


def test_accept_clean__ticked_ones__are_accepted_and_no_other(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    page = client.get("/review/accept").text
    assert "uuid:1" in page
    assert "uuid:2" not in page
    client.post("/review/accept", data={"instance_ids": ["uuid:1", "uuid:2"]})
    states = {row.instance_id: row.review_state for row in session.scalars(select(Submission))}
    assert states == {"uuid:1": "accepted", "uuid:2": "received", "uuid:3": "received"}


def test_file__picture__is_shown_and_anything_else_is_a_download(
    app: Flask, interviews: list[Submission], sign_in: SignIn, session: Session
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    for name, data, media_type in (("well.png", PNG, "image/png"), ("paper.html", HTML, "text/html")):
        session.add(Attachment(instance_id="uuid:1", name=name, sha256=storage.put(data), size_bytes=len(data), media_type=media_type))
    client = sign_in("coordinator")
    picture = client.get("/review/uuid:1/files/well.png")
    assert (picture.data, picture.mimetype, picture.headers["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    paper = client.get("/review/uuid:1/files/paper.html")
    assert paper.mimetype == "application/octet-stream"
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/review/uuid:1/files/absent.png").status_code == 404
    assert sign_in("county").get("/review/uuid:1/files/well.png").status_code == 403


def test_list__ten_times_as_long__costs_the_same_statements(
    interviews: list[Submission], sign_in: SignIn, session: Session, statements: Statements
) -> None:
    client = sign_in("coordinator")
    costs = []
    for first in (10, 40):
        client.get("/review")
        statements.reset()
        client.get("/review")
        costs.append(len(statements))
        pair_id = interviews[0].assignment.pair if interviews[0].assignment else None
        assert pair_id is not None
        for number in range(first, first + 20):
            assignment = add_assignment(session, pair_id, add_household(session, f"{number:03}"), FORM_ID)
            add_submission(session, interviews[0].questionnaire, f"uuid:{number}", assignment=assignment, flags=("no_position",))
    assert costs[0] == costs[1]


def test_quarantine__refused_interview__is_seen_checked_again_and_settled(
    interviews: list[Submission], sign_in: SignIn, session: Session, now: datetime
) -> None:
    client = sign_in("coordinator")
    xml = with_text(interview_xml("uuid:bad", well="well.jpg"), "n_members", "99")
    assert send(client, xml, {"well.jpg": PNG}, headers=basic("lead1")).status_code == 422
    row_id = session.scalars(select(QuarantinedSubmission.id)).one()
    interviews[0].questionnaire.titles = {"zh": "入户问卷"}
    assert "<td>入户问卷 <small" in client.get("/review/quarantine").text
    assert row_id in client.get("/review/quarantine").text
    page = client.get(f"/review/quarantine/{row_id}").text
    assert "您家有几口人？" in page
    assert "人数应在 1 至 20 之间。" in page
    assert "<code>99</code>" in page
    assert client.get(f"/review/quarantine/{row_id}/submission.xml").data == xml
    stored = client.get(f"/review/quarantine/{row_id}/files/well.jpg")
    assert (stored.data, stored.mimetype) == (PNG, "application/octet-stream")
    assert client.post(f"/review/quarantine/{row_id}/check").location.endswith(f"/review/quarantine/{row_id}")
    assert client.post(f"/review/quarantine/{row_id}/settle", data={"reason": ""}).status_code == 422
    assert client.post(f"/review/quarantine/{row_id}/settle", data={"reason": "重新访谈"}).status_code == 302
    assert "重新访谈" in client.get(f"/review/quarantine/{row_id}").text
    assert row_id not in client.get("/review/quarantine").text
    assert client.get("/review/quarantine?state=settled").text.count(row_id) >= 1
    assert sign_in("author").get(f"/review/quarantine/{row_id}").status_code == 403


def test_quarantine__reason_has_gone__is_admitted(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    edit = interview_xml("uuid:edit", replaces="uuid:absent")
    assert send(client, edit, headers=basic("lead1")).status_code == 422
    send(client, interview_xml("uuid:absent"), headers=basic("lead1"))
    row_id = session.scalars(select(QuarantinedSubmission.id)).one()
    assert client.post(f"/review/quarantine/{row_id}/check").location == "/review/uuid:edit"
    assert session.get_one(Submission, "uuid:absent").review_state == "replaced"
    assert client.get(f"/review/quarantine/{row_id}").status_code == 200


def test_submission__unknown__is_404(sign_in: SignIn, session: Session) -> None:
    add_region(session)
    client = sign_in("coordinator")
    assert client.get("/review/uuid:absent").status_code == 404
    assert client.get("/review/quarantine/absent").status_code == 404
    assert client.get("/review/quarantine?state=nowhere").status_code == 404
