"""The pages of the responsible side: what they show, what they take, and that nothing else opens."""

import io
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import create_engine_for
from survey.issues.models import Issue, IssueReply
from survey.responsible.queries import count_reported
from survey.rights.table import RIGHT_OF
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from tests.builders import add_person, find_or_add_person
from tests.conftest import SECRET_KEY, SignIn
from tests.recorder import Statements
from tests.survey.responsible.reported import COUNTY, DUE, add_county_office, add_reported, add_verified

OPEN_TO_THE_RESPONSIBLE_SIDE = {
    "accounts.choose_language",
    "accounts.password",
    "dashboard.start",
    "draw_opening.public",
    "draw_opening.public_file",
    "first_run.administrator",
    "guide.file",
    "guide.start",
    "guide.tablet_file",
    "health.alive",
    "health.metrics",
    "health.ready",
    "looks.choose_theme",
    "openid.back",
    "openid.connect",
    "openid.leave",
    "openid.remove",
    "openid.start",
    "openid.unknown",
    "openid_logout.ended",
    "proof.key",
    "reminders.calendar",
    "reminders.feed",
    "reminders.frequency",
    "reminders.index",
    "responsible.file",
    "responsible.index",
    "responsible.ledger",
    "responsible.opinions",
    "responsible.reply",
    "responsible.show",
    "security.login",
    "security.logout",
    "security.mf_recovery",
    "security.mf_recovery_codes",
    "security.static",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
    "security.two_factor_token_validation",
    "security.verify",
    "security.wan_delete",
    "security.wan_register",
    "security.wan_register_response",
    "security.wan_signin",
    "security.wan_signin_response",
    "signing_in.end",
    "signing_in.end_others",
    "signing_in.later",
    "signing_in.own",
    "static",
    "tablet_package.manifest",
    "tablet_package.worker",
}
"""Every view that somebody of the responsible side may open, those for everybody included."""


@pytest.fixture
def issue(session: Session, now: datetime) -> Issue:
    add_county_office(session)
    return add_reported(session, now)


def reply_data(issue: Issue, **values: object) -> dict[str, object]:
    return {"seen": str(issue.n_steps), "kind": "progress", "body": "已开工，六月完成", **values}


def test_list__of_a_county__has_what_was_reported_to_it_only(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime, statements: Statements
) -> None:
    add_reported(session, now, title="别县的问题", code="610728000000")
    add_verified(session, now, title="尚未反馈")
    client = sign_in("county")
    page = client.get("/responsible").text
    assert issue.number in page
    assert "别县的问题" not in page
    assert "尚未反馈" not in page
    statements.reset()
    client.get("/responsible")
    first = len(statements)
    for number in range(3):
        add_reported(session, now, title=f"问题{number}")
    session.commit()
    statements.reset()
    assert "问题2" in client.get("/responsible").text
    assert len(statements) == first


def test_list__overdue_and_searched__shows_those_only(session: Session, issue: Issue, sign_in: SignIn, now: datetime) -> None:
    late = add_reported(session, now, title="签约医生未上门")
    late.due_on = date(2018, 4, 21)
    client = sign_in("county")
    page = client.get("/responsible?show=overdue").text
    assert late.number in page
    assert "逾期" in page or "Overdue" in page
    assert late.number not in client.get("/responsible?show=all&search=饮水").text
    assert client.get("/responsible?show=all&search=饮水&page=x").status_code == 200


def test_issue__of_another_county_or_not_reported__is_not_found(session: Session, issue: Issue, sign_in: SignIn, now: datetime) -> None:
    other = add_reported(session, now, title="别县的问题", code="610728000000")
    hidden = add_verified(session, now, title="尚未反馈")
    client = sign_in("county")
    assert client.get(f"/responsible/{issue.number}").status_code == 200
    for number in (other.number, hidden.number, "2018-610727-999", "opinions2"):
        page = client.get(f"/responsible/{number}")
        assert page.status_code == 404, number
        assert "别县的问题" not in page.text
        assert "尚未反馈" not in page.text
        assert client.post(f"/responsible/{number}/replies", data={}).status_code == 404


def test_account__without_a_place__sees_nothing_and_says_so(session: Session, issue: Issue, sign_in: SignIn) -> None:
    add_person(session, "nowhere", "responsible")
    client = sign_in("nowhere")
    assert issue.number not in client.get("/responsible?show=all").text
    assert client.get(f"/responsible/{issue.number}").status_code == 404


def test_reply__with_proof__is_kept_and_its_file_opens_for_the_county_only(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in("county")
    data = reply_data(issue, kind="rectified", files=[(io.BytesIO(b"\xff\xd8\xff proof"), "管网照片.jpg")])
    answer = client.post(f"/responsible/{issue.number}/replies", data=data)
    assert answer.status_code == 302
    reply = session.scalars(select(IssueReply)).one()
    assert (reply.kind, reply.way, issue.state) == ("rectified", "account", "reported")
    address = f"/responsible/{issue.number}/files/{reply.files[0].id}"
    assert client.get(address).data == b"\xff\xd8\xff proof"
    assert "管网照片.jpg" in client.get(f"/responsible/{issue.number}").text
    add_county_office(session, "county2", "610728000000")
    elsewhere = add_reported(session, now, code="610728000000")
    client = sign_in("county2")
    assert client.get(address).status_code == 404
    assert client.get(f"/responsible/{elsewhere.number}/files/{reply.files[0].id}").status_code == 404


def test_reply__after_the_issue_changed__shows_what_it_says_now_and_keeps_what_was_written(
    session: Session, issue: Issue, sign_in: SignIn
) -> None:
    client = sign_in("county")
    data = reply_data(issue)
    assert client.post(f"/responsible/{issue.number}/replies", data=data).status_code == 302
    again = client.post(f"/responsible/{issue.number}/replies", data=data)
    assert again.status_code == 409
    assert "已开工，六月完成" in again.text
    session.expire_all()
    assert f'value="{issue.n_steps}"' in again.text
    assert len(session.scalars(select(IssueReply)).all()) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"body": " "},
        {"kind": ""},
        {"kind": "rectified"},
        {"kind": "date"},
        {"kind": "date", "proposed_due_on": "2018-01-01"},
        {"kind": "date", "proposed_due_on": DUE.isoformat()},
        {"kind": "rectified", "files": [(io.BytesIO(b""), "leer.pdf")]},
    ],
)
def test_reply__that_lacks_something__says_so_at_the_field(
    session: Session, issue: Issue, sign_in: SignIn, values: dict[str, object]
) -> None:
    page = sign_in("county").post(f"/responsible/{issue.number}/replies", data=reply_data(issue, **values))
    assert page.status_code == 422
    assert 'class="errors"' in page.text
    assert session.scalars(select(IssueReply)).all() == []


def test_rights__of_the_responsible_side__are_its_own_pages_and_what_is_everybodys() -> None:
    """What the table says is tried at every address in `tests/survey/rights`; this list has to be changed with open eyes."""
    assert {
        endpoint for endpoint, right in RIGHT_OF.items() if right.who.admits(frozenset(("responsible",)))
    } == OPEN_TO_THE_RESPONSIBLE_SIDE


@pytest.mark.parametrize("username", ["admin", "coordinator", "author", "lead1"])
def test_pages__for_anybody_else__are_refused(session: Session, issue: Issue, sign_in: SignIn, username: str) -> None:
    find_or_add_person(session, username)
    client = sign_in(username)
    for address in ("", "/opinions", f"/{issue.number}", f"/{issue.number}/files/1"):
        assert client.get(f"/responsible{address}").status_code == 403
    assert client.post(f"/responsible/{issue.number}/replies").status_code == 403


def test_visitor__is_led_to_the_sign_in_page(app: Flask, issue: Issue, sign_in: SignIn) -> None:
    client = sign_in("county")
    with client.session_transaction() as cookie:
        cookie.clear()
    assert "/sign-in" in client.get(f"/responsible/{issue.number}").location


def test_count_reported__on_postgresql__counts_what_is_open_and_overdue(postgres_url: str, now: datetime) -> None:
    engine = create_engine_for(postgres_url)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    upgrade_schema(engine)
    with Session(engine, expire_on_commit=False) as session:
        add_reported(session, now)
        counts = [count_reported(session, COUNTY, day) for day in (DUE, DUE + timedelta(days=1))]
        session.rollback()
    engine.dispose()
    assert [(each.n_open, each.n_overdue, each.n_all) for each in counts] == [(1, 0, 1), (1, 1, 1)]
