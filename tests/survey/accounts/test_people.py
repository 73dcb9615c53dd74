"""Signing in and out, languages, passwords, and the administrator's pages of people."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.operations import add_user, set_password
from survey.config import Settings
from survey.events import Event
from tests.builders import NOW, PASSWORD, add_person, add_region
from tests.conftest import MakeApp, SignIn

NEW_PASSWORD = "another long password"


def user_of(session: Session, username: str) -> User:
    """The person of this user name."""
    return session.scalars(select(User).where(User.username == username)).one()


def test_sign_in__right_password__leads_where_the_visitor_wanted(client: FlaskClient, session: Session) -> None:
    add_person(session, "admin", "admin")
    response = client.post("/sign-in", data={"username": "admin", "password": PASSWORD, "next": "/admin/people"})
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/people")
    assert client.get("/admin/people").status_code == 200


def test_sign_in__password_of_any_signs_and_length__is_taken_as_it_was_typed(app: Flask, client: FlaskClient, session: Session) -> None:
    typed = f" 每天早上七点，去村口等班车é！{'x' * 60} "
    person = add_person(session, "lead1", "interviewer")
    with app.app_context():
        set_password(session, None, person, typed, NOW)
    for wrong in (typed.strip(), typed.upper(), typed[:72]):
        assert client.post("/sign-in", data={"username": "lead1", "password": wrong}).status_code == 200
    assert client.post("/sign-in", data={"username": "lead1", "password": typed}).status_code == 302


def test_pages_of_the_sign_in_library_that_we_do_not_show__are_not_there(sign_in: SignIn) -> None:
    assert sign_in("admin").get("/verify").status_code == 404


@pytest.mark.parametrize("next_page", ["https://elsewhere.invalid/", "//elsewhere.invalid/"])
def test_sign_in__address_of_another_host__is_not_followed(client: FlaskClient, session: Session, next_page: str) -> None:
    add_person(session, "admin", "admin")
    response = client.post("/sign-in", data={"username": "admin", "password": PASSWORD, "next": next_page})
    assert "elsewhere" not in response.headers.get("Location", "")


@pytest.mark.parametrize(("username", "password"), [("admin", "wrong password"), ("nobody", PASSWORD), ("", ""), ("gone", PASSWORD)])
def test_sign_in__wrong__says_the_same_whatever_is_wrong(client: FlaskClient, session: Session, username: str, password: str) -> None:
    add_person(session, "admin", "admin")
    add_person(session, "gone", "admin").active = False
    page = client.post("/sign-in", data={"username": username, "password": password}, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert client.get("/").status_code == 302


def test_sign_in__too_often__is_refused_for_a_while(make_app: MakeApp, settings: Settings) -> None:
    app = make_app(Settings(data=settings.data, secret_key=settings.secret_key, sign_in_limit="3 per minute"))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    statuses = [client.post("/sign-in", data={"username": "x", "password": "y"}).status_code for _time in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert client.get("/sign-in").status_code == 200


def test_sign_out__by_post__ends_the_session(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 302
    assert client.get("/password").status_code == 302


def test_form__without_token__is_refused_and_with_it_accepted(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in("admin")
    assert client.post("/language/en").status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/password").text)
    assert token
    assert client.post("/language/en", data={"csrf_token": token[1]}).status_code == 302


def test_language__chosen__is_kept_with_the_person_and_leads_back(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    assert '<html lang="zh-CN"' in client.get("/password").text
    response = client.post("/language/en", data={"next": "/password?x=1"})
    assert response.headers["Location"] == "/password?x=1"
    assert '<html lang="en"' in client.get("/password").text
    assert user_of(session, "admin").locale == "en"


@pytest.mark.parametrize("target", ["https://elsewhere.invalid", "//elsewhere.invalid", "/\\elsewhere.invalid"])
def test_language__next_page_of_another_host__is_not_followed(client: FlaskClient, target: str) -> None:
    assert client.post("/language/en", data={"next": target}).headers["Location"] == "/"


def test_language__unknown__is_no_page(client: FlaskClient) -> None:
    assert client.post("/language/xx").status_code == 404


def test_language__on_a_page_that_answers_a_form__leads_to_the_page_of_the_form(sign_in: SignIn) -> None:
    page = sign_in("admin").post("/password", data={}, headers={"Referer": "http://localhost/admin/people?x=1"})
    assert 'name="next" value="/admin/people?x=1"' in page.text


def test_own_password__changed__signs_out_other_devices_only(client: FlaskClient, app: Flask, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    other = app.test_client()
    for each in (client, other):
        each.post("/sign-in", data={"username": "lead1", "password": PASSWORD})
    response = client.post("/password", data={"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert response.status_code == 302
    assert client.get("/password").status_code == 200
    assert other.get("/password").status_code == 302
    client.post("/sign-out")
    assert 'role="alert"' in client.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).text
    assert client.post("/sign-in", data={"username": "lead1", "password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        {"current": "wrong", "password": NEW_PASSWORD, "again": NEW_PASSWORD},
        {"current": PASSWORD, "password": "short", "again": "short"},
        {"current": PASSWORD, "password": NEW_PASSWORD, "again": "something else"},
    ],
)
def test_own_password__wrong_in_some_way__stays(sign_in: SignIn, session: Session, data: dict[str, str]) -> None:
    before = add_person(session, "lead1", "interviewer").password
    page = sign_in("lead1").post("/password", data=data)
    assert page.status_code == 422
    assert 'class="errors"' in page.text
    assert user_of(session, "lead1").password == before


def test_password__of_a_demonstration__is_fixed(make_app: MakeApp, settings: Settings, session: Session) -> None:
    add_person(session, "admin", "admin")
    session.commit()
    app = make_app(Settings(data=settings.data, secret_key=settings.secret_key, demo=True))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"username": "admin", "password": PASSWORD})
    response = client.post("/password", data={"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert response.status_code == 403


def shown_password(page: str) -> str:
    """The first password that the page shows."""
    [password] = re.findall(r"<code>((?:[a-z2-9]{5}-){2}[a-z2-9]{5})</code>", page)
    return password


def test_people__new_one__can_sign_in(sign_in: SignIn, app: Flask, session: Session) -> None:
    county = add_region(session, "610727000000", "略阳县")
    data = {"username": "county2", "name": "县办", "roles": ["responsible"], "region_code": county.code}
    password = shown_password(sign_in("admin").post("/admin/people", data=data).text)
    assert user_of(session, "county2").region_code == county.code
    assert app.test_client().post("/sign-in", data={"username": "county2", "password": password}).status_code == 302
    event = session.scalars(select(Event).where(Event.action == "user.added")).one()
    assert (event.subject_id, event.details) == ("county2", {"roles": ["responsible"]})


@pytest.mark.parametrize("change", [{"username": "admin"}, {"username": "with space"}, {"name": ""}, {"roles": []}, {"region_code": "1"}])
def test_people__wrong_in_some_way__says_what_and_adds_nobody(sign_in: SignIn, session: Session, change: dict[str, object]) -> None:
    data = {"username": "new", "name": "新人", "roles": ["interviewer"], "region_code": ""} | change
    page = sign_in("admin").post("/admin/people", data=data)
    assert page.status_code == 422
    assert 'class="errors"' in page.text
    assert len(session.scalars(select(User)).all()) == 1


def test_person__changed_by_the_administrator__has_the_new_roles(sign_in: SignIn, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer", name="张三")
    client = sign_in("admin")
    page = client.get(f"/admin/people/{person.id}")
    assert 'value="interviewer" checked' in page.text
    data = {"name": "张三丰", "organisation": "省委", "roles": ["interviewer", "author"], "region_code": ""}
    data |= {"phone": "029-1234 567", "contact_email": "zhang@example.org"}
    assert client.post(f"/admin/people/{person.id}", data=data).status_code == 302
    changed = user_of(session, "lead1")
    assert (changed.name, changed.organisation) == ("张三丰", "省委")
    assert (changed.phone, changed.contact_email) == ("029-1234 567", "zhang@example.org")
    assert sorted(role.name for role in changed.roles) == ["author", "interviewer"]


def test_person__new_password_from_the_administrator__ends_old_sessions(sign_in: SignIn, app: Flask, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer")
    session.commit()
    other = app.test_client()
    other.post("/sign-in", data={"username": "lead1", "password": PASSWORD})
    client = sign_in("admin")
    pages = [client.post(f"/admin/people/{person.id}/password", data={"password": NEW_PASSWORD}).text for _time in range(2)]
    former, password = map(shown_password, pages)
    assert former != password
    assert other.get("/password").status_code == 302
    for wrong in (PASSWORD, NEW_PASSWORD, former):
        assert other.post("/sign-in", data={"username": "lead1", "password": wrong}).status_code == 200
    assert other.post("/sign-in", data={"username": "lead1", "password": password}).status_code == 302


def test_person__shut_out__is_signed_out_at_once(sign_in: SignIn, app: Flask, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer")
    session.commit()
    other = app.test_client()
    other.post("/sign-in", data={"username": "lead1", "password": PASSWORD})
    sign_in("admin").post(f"/admin/people/{person.id}/active", data={"active": "0"})
    assert other.get("/password").status_code == 302
    assert 'role="alert"' in other.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).text
    sign_in("admin").post(f"/admin/people/{person.id}/active", data={"active": "1"})
    assert other.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).status_code == 302


def test_administrator__themselves__stay_administrator_and_active(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    me = user_of(session, "admin")
    assert client.post(f"/admin/people/{me.id}/active", data={"active": "0"}).status_code == 403
    data = {"name": "a", "roles": ["author"], "region_code": ""}
    assert client.post(f"/admin/people/{me.id}", data=data).status_code == 403
    assert user_of(session, "admin").active


def test_person__that_does_not_exist__is_no_page(sign_in: SignIn) -> None:
    assert sign_in("admin").get("/admin/people/nobody").status_code == 404


@pytest.mark.parametrize("change", [{"username": " "}, {"roles": ["king"]}, {"password": "short"}])
def test_add_user__wrong_value__names_the_field(app: Flask, session: Session, change: dict[str, object]) -> None:
    values = {"username": "new", "name": "新人", "password": NEW_PASSWORD, "roles": ["author"], "now": NOW} | change
    with app.app_context(), pytest.raises(SurveyError, match=next(iter(change))) as caught:
        add_user(session, None, **values)
    assert caught.value.code is ErrorCode.INVALID_VALUE


def test_first_password__page_loaded_again__says_that_it_was_shown_once_and_what_to_do(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    given = {"username": "li", "name": "李四", "roles": ["interviewer"], "region_code": ""}
    shown = client.post("/admin/people", data=given)
    assert shown.status_code == 200
    password = shown_password(shown.text)
    again = client.post("/admin/people", data=given)
    assert again.status_code == 422
    assert "li已经添加过" in again.text
    person = user_of(session, "li")
    told = client.get(f"/admin/people/{person.id}/password", follow_redirects=True)
    assert (told.status_code, password in told.text, "初始密码只显示一次" in told.text) == (200, False, True)
    person.must_change_password = False
    session.commit()
    assert "用户名已被使用" in client.post("/admin/people", data=given).text
