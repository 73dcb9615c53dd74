"""Sign-ins that hold, end and are ended."""

import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.commands import user as commands
from survey.db import utc_now
from survey.events import Event
from survey.signing_in.lasting import Lasting, device_name
from survey.signing_in.models import SignIn as Held
from survey.signing_in.throttling import FIRST_COSTLY
from tests.builders import NOW, PASSWORD, add_person
from tests.conftest import SECRET_KEY, SignIn

KEY = {"SURVEY_SECRET_KEY": SECRET_KEY}
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"


def enter(client: FlaskClient, username: str = "lead1", **more: str) -> None:
    """Sign in by the page."""
    data = {"username": username, "password": PASSWORD, **more}
    assert client.post("/sign-in", data=data, headers={"User-Agent": WINDOWS}).status_code == 302


def held(session: Session) -> Held:
    """The only sign-in."""
    session.expire_all()
    return session.scalars(select(Held)).one()


@pytest.mark.parametrize(
    ("begun", "seen", "is_remembered", "ends"),
    [(0 * DAYS, 5 * HOURS, False, 17 * HOURS), (0 * DAYS, 5 * DAYS, True, 35 * DAYS), (0 * DAYS, 80 * DAYS, True, 90 * DAYS)],
)
def test_sign_in__by_use_and_in_any_case__ends(begun: timedelta, seen: timedelta, is_remembered: bool, ends: timedelta) -> None:
    lasting = Lasting(12 * HOURS, 30 * DAYS, 90 * DAYS)
    assert lasting.ends_at(NOW + begun, NOW + seen, is_remembered) == NOW + ends


def test_device__by_what_its_browser_says__has_a_name() -> None:
    assert device_name(WINDOWS) == "Chrome · Windows"
    assert device_name("Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 Chrome/120.0 Safari/537.36") == "Chrome · Android"
    assert device_name("org.odk.collect.android/v2024 (Dalvik)").startswith("org.odk")


@pytest.mark.parametrize(("remember", "idle"), [({}, 12 * HOURS), ({"remember": "y"}, 30 * DAYS)])
def test_sign_in__not_used_for_long__is_over(client: FlaskClient, session: Session, remember: dict[str, str], idle: timedelta) -> None:
    add_person(session, "lead1", "interviewer")
    enter(client, **remember)
    assert client.get_cookie("remember_token") is None
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert (cookie.expires is not None) == bool(remember)
    found = held(session)
    found.last_seen_at = utc_now() - idle + HOURS
    assert client.get("/account/security").status_code == 200
    assert utc_now() - held(session).last_seen_at < HOURS, "being there renews it"
    held(session).last_seen_at = utc_now() - idle
    assert client.get("/account/security").status_code == 302


def test_sign_out__in_one_browser__ends_what_its_cookie_stood_for(client: FlaskClient, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    enter(client)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert client.post("/sign-out").headers["Clear-Site-Data"] == '"cache"'
    client.set_cookie("session", cookie.value)
    assert client.get("/account/security").status_code == 302, "a copied cookie opens nothing after that"
    assert held(session).ended_because == "signed out"


def test_cookie__with_a_sign_changed__opens_nothing(client: FlaskClient, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    enter(client)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(held(session).id) == 32
    for value, status in ((cookie.value[:-9] + "x" + cookie.value[-8:], 302), ("x" + cookie.value[1:], 302), (cookie.value, 200)):
        client.set_cookie("session", value)
        assert client.get("/account/security").status_code == status, value


def test_own_sign_ins__on_the_page__are_ended_one_by_one_or_all_others(app: Flask, client: FlaskClient, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    session.commit()
    others = [app.test_client() for _number in range(3)]
    for each in (client, *others):
        enter(each)
    page = client.get("/account/security")
    assert page.text.count(">Chrome · Windows") == 4
    second = others[0]
    with second.session_transaction() as cookie:
        ended = cookie["sign_in"]
    assert client.post(f"/account/sign-ins/{ended}/end").status_code == 302
    assert second.get("/account/security").status_code == 302
    assert client.post("/account/sign-ins/end").status_code == 302
    assert [each.get("/account/security").status_code for each in (client, *others)] == [200, 302, 302, 302]
    logged = session.scalars(select(Event.action).where(Event.action.like("user.sign%")).order_by(Event.number)).all()
    assert logged == ["user.sign_in_ended", "user.sign_ins_ended"]


def test_sign_ins__long_after_the_password__are_ended_only_after_it_was_given_again(sign_in: SignIn, app: Flask, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer")
    session.commit()
    other = app.test_client()
    enter(other)
    id_ = held(session).id
    own = ((f"/account/sign-ins/{id_}/end", "/account/security"), ("/account/sign-ins/end", "/account/security"))
    of_others = (
        (f"/admin/people/{person.id}/sign-ins/end", f"/admin/people/{person.id}/security"),
        ("/admin/sign-ins/end", "/admin/people"),
    )
    for username, addresses in (("lead1", own), ("admin", of_others)):
        for address, page in addresses:
            client = sign_in(username)
            with client.session_transaction() as cookie:
                cookie["fs_paa"] = time.time() - 3600
            location = client.post(address).headers["Location"]
            assert location == f"/account/verify?next={page}"
            assert other.get("/account/security").status_code == 200, "nothing has ended"
            assert client.post(location, data={"password": PASSWORD, "next": page}).headers["Location"] == page
            assert client.get(page).status_code == 200
            session.expire_all()
            session.get_one(Held, id_).ended_at = None
            assert client.post(address).status_code == 302
            assert other.get("/account/security").status_code == 302
            session.expire_all()
            session.get_one(Held, id_).ended_at = None
            session.commit()


def test_password__given_again__gives_the_sign_in_another_name_and_wrong_ones_are_counted(
    sign_in: SignIn, app: Flask, session: Session
) -> None:
    client = sign_in("lead1")
    former = client.get_cookie("session")
    assert former is not None
    for n in range(FIRST_COSTLY - 1):
        assert 'role="alert"' in client.post("/account/verify", data={"password": f"wrong {n}"}).text
    assert client.get("/account/security").status_code == 200
    before = held(session)
    begun_at, id_ = before.begun_at, before.id
    assert client.post("/account/verify", data={"password": PASSWORD}).status_code == 302
    after = held(session)
    assert (after.begun_at, after.id != id_) == (begun_at, True), "the same sign-in by another name"
    assert client.get("/account/security").status_code == 200
    thief = app.test_client()
    thief.set_cookie("session", former.value)
    assert thief.get("/account/security").status_code == 302, "a cookie that was copied before opens nothing"
    assert "后再试" in client.post("/account/verify", data={"password": "wrong"}).text
    assert "后再试" in client.post("/account/verify", data={"password": PASSWORD}).text


def test_sign_ins__of_others__are_ended_by_administrators_only(app: Flask, sign_in: SignIn, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer")
    session.commit()
    other = app.test_client()
    enter(other)
    id_ = held(session).id
    assert sign_in("lead2").post(f"/account/sign-ins/{id_}/end").status_code == 404
    assert sign_in("coordinator").post(f"/admin/people/{person.id}/sign-ins/end").status_code == 403
    assert other.get("/account/security").status_code == 200
    assert "Chrome · Windows" in sign_in("admin").get(f"/admin/people/{person.id}/security").text
    assert sign_in("admin").post(f"/admin/people/{person.id}/sign-ins/end").status_code == 302
    assert other.get("/account/security").status_code == 302


def test_all_sign_ins__ended_by_an_administrator__leave_the_one_that_ended_them(sign_in: SignIn, app: Flask, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    session.commit()
    other = app.test_client()
    enter(other)
    assert sign_in("coordinator").post("/admin/sign-ins/end").status_code == 403
    client = sign_in("admin")
    assert client.post("/admin/sign-ins/end").status_code == 302
    assert client.get("/account/security").status_code == 200
    assert other.get("/account/security").status_code == 302
    told = session.scalars(select(Event).where(Event.action == "user.all_sign_ins_ended")).one()
    assert told.details["n"] == 2
    ran = app.test_cli_runner().invoke(commands, ["sign-out-all"], env={"SURVEY_DATA": app.extensions["survey.settings"].data, **KEY})
    assert "1 device signed out" in ran.output, ran.output
    assert client.get("/account/security").status_code == 302
