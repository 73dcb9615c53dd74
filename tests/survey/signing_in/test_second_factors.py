"""Authenticator apps, recovery codes, roles that need a second factor, and what is done when it is lost."""

import random
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from passlib.utils import rng as passlib_rng
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.passwords import first_password
from survey.config import Settings, read_settings
from survey.events import Event
from survey.signing_in.throttling import FIRST_COSTLY
from tests.builders import PASSWORD, add_person
from tests.conftest import SECRET_KEY, SignIn

OWN = "/account/security"


@pytest.fixture(autouse=True)
def clock_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment by which codes are made and judged: they change every half a minute, which may be between any two lines of a test."""
    moment = time.time()
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: moment))


def set_up(client: FlaskClient) -> TOTP:
    """The authenticator app that the person who is signed in has set up by the pages."""
    return set_up_and_go_on(client)[0]


def set_up_and_go_on(client: FlaskClient) -> tuple[TOTP, str]:
    """The authenticator app, and where its setting up leads."""
    page = client.post("/account/authenticator", data={"setup": "authenticator"})
    key = re.search(r"<code>([A-Z2-7 -]+)</code>", page.text)
    assert key, page.text
    assert 'src="data:image/svg+xml' in page.text
    app = TOTP(key=key[1].replace("-", "").replace(" ", ""))
    action = re.search(r'action="(/account/authenticator/[^"]+|/sign-in/code[^"]*)"', page.text)
    assert action
    answer = client.post(action[1], data={"code": app.generate(TOTP.now() - 30).token})
    assert answer.status_code == 302
    return app, answer.headers["Location"]


def give_password(client: FlaskClient, username: str = "lead1", next_page: str = "/tablet/") -> str:
    """Where the page of signing in leads after the right password."""
    return client.post("/sign-in", data={"username": username, "password": PASSWORD, "next": next_page}).headers.get("Location", "")


def test_authenticator__set_up__is_asked_at_every_sign_in_and_each_code_is_good_once(sign_in: SignIn, app: Flask, session: Session) -> None:
    client = sign_in("lead1")
    factor = set_up(client)
    assert "已设置" in client.get(OWN).text
    tablet = app.test_client()
    location = give_password(tablet)
    assert location.startswith("/sign-in/code")
    assert "next=/tablet/" in location or "next=%2Ftablet%2F" in location
    assert tablet.get("/tablet/").status_code == 302, "the password alone opens nothing"
    code = factor.generate().token
    assert 'role="alert"' in tablet.post(location, data={"code": "000000"}).text
    answer = tablet.post(location, data={"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tablet/")
    assert tablet.get("/tablet/session.json").status_code == 200
    other = app.test_client()
    assert 'role="alert"' in other.post(give_password(other), data={"code": code}).text, "seen over a shoulder, it opens nothing more"
    assert session.scalars(select(Event.action).where(Event.action.like("user.auth%"))).all() == ["user.authenticator_set"]
    assert client.get("/openrosa/formList", auth=("lead1", PASSWORD)).status_code == 403, "a program has a token"


def test_codes__tried_too_often__close_the_account_for_a_while(sign_in: SignIn, app: Flask, session: Session) -> None:
    factor = set_up(sign_in("lead1"))
    thief = app.test_client()
    location = give_password(thief)
    for number in range(FIRST_COSTLY):
        thief.post(location, data={"code": f"00000{number}"})
    assert "后再试" in thief.post(location, data={"code": factor.generate().token}).text
    assert give_password(app.test_client()) == "", "giving the password again makes nobody forget the wrong codes"


def test_recovery_codes__when_the_phone_is_lost__are_good_once_each(sign_in: SignIn, app: Flask, session: Session) -> None:
    client = sign_in("lead1")
    set_up(client)
    assert "恢复码" in client.get(OWN).text
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", client.post("/account/recovery-codes", data={"generate_new_codes": "y"}).text)
    assert len(codes) == 8
    assert codes[0] not in client.get("/account/recovery-codes").text
    kept = session.scalars(select(User.mf_recovery_codes).where(User.username == "lead1")).one()
    assert kept is not None
    assert all(each.startswith("$argon2id$") for each in kept), "only hashes are kept"
    assert len({each.rsplit("$", 2)[1] for each in kept}) == 8, "each with a salt of its own"
    for code, is_in in ((codes[0], True), (codes[0], False), ("0000-0000-0000", False), (codes[1], True)):
        other = app.test_client()
        give_password(other)
        other.post("/sign-in/recovery-code", data={"code": code})
        assert (other.get(OWN).status_code == 200) == is_in
    assert "剩余6个" in client.get(OWN).text


def test_recovery_codes__that_an_earlier_version_encrypted__are_good_once_still(sign_in: SignIn, app: Flask, session: Session) -> None:
    set_up(sign_in("lead1"))
    person = session.scalars(select(User).where(User.username == "lead1")).one()
    with app.app_context():
        person.mf_recovery_codes = app.extensions["security"].mf_recovery_codes_util._encrypt_codes(["1111-2222-3333", "4444-5555-6666"])
    session.commit()
    for code, is_in in (("1111-2222-3333", True), ("1111-2222-3333", False), ("4444-5555-6666", True)):
        other = app.test_client()
        give_password(other)
        other.post("/sign-in/recovery-code", data={"code": code})
        assert (other.get(OWN).status_code == 200) == is_in


def test_secrets_and_codes__made__come_from_the_system_whatever_other_numbers_by_chance_were_begun_with(app: Flask) -> None:
    security = app.extensions["security"]
    made: list[str] = []
    with app.app_context():
        for _time in range(2):
            random.seed(2018)
            made += security.totp_factory.generate_recovery_codes(8)
            made.append(security.totp_factory._totp.from_source(security.totp_factory.generate_totp_secret()).base32_key)
            made.append(first_password())
    assert len(set(made)) == 20
    assert type(passlib_rng) is random.SystemRandom
    assert {len(each) for each in made} >= {14, 32}, "48 bits as three groups, and the 160 bits of an app's secret"


def test_code__of_an_app__is_good_half_a_minute_around_its_own_time(sign_in: SignIn, app: Flask, session: Session) -> None:
    sign_in("lead1")
    person = session.scalars(select(User).where(User.username == "lead1")).one()
    factory = app.extensions["security"].totp_factory
    with app.app_context():
        validity = app.config["SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY"]
        secret = factory.generate_totp_secret()
        totp = factory._totp.from_source(secret)
        now = TOTP.now()
        taken = {}
        for steps in (-3, 3, -2, 2):
            person.tf_last_counter = None
            taken[steps] = factory.verify_totp(totp.generate(now + 30 * steps).token, secret, person, window=validity)
        assert not any(taken.values()), taken
        person.tf_last_counter = None
        code = totp.generate(now).token
        assert factory.verify_totp(code, secret, person, window=validity)
        assert not factory.verify_totp(code, secret, person, window=validity), "each is good once"
        assert not factory.verify_totp(totp.generate(now - 30).token, secret, person, window=validity), "and none from before it"


def test_second_factor__set_up_or_given_up__ends_the_other_sign_ins(sign_in: SignIn, app: Flask, session: Session) -> None:
    other = app.test_client()
    add_person(session, "lead1", "interviewer")
    session.commit()
    assert give_password(other) == "/tablet/"
    client = sign_in("lead1")
    factor = set_up(client)
    assert (client.get(OWN).status_code, other.get(OWN).status_code) == (200, 302)
    other.post(give_password(other), data={"code": factor.generate().token})
    assert other.get(OWN).status_code == 200
    client.post("/account/authenticator", data={"setup": "disable"})
    assert (client.get(OWN).status_code, other.get(OWN).status_code) == (200, 302)
    logged = session.scalars(select(Event.action).where(Event.action.like("user.%")).order_by(Event.number)).all()
    assert logged == ["user.authenticator_set", "user.sign_ins_ended", "user.authenticator_removed", "user.sign_ins_ended"]


def test_second_factor__lost__is_reset_by_administrators_only(sign_in: SignIn, app: Flask, session: Session) -> None:
    client = sign_in("lead1")
    set_up(client)
    person = session.scalars(select(User).where(User.username == "lead1")).one()
    address = f"/admin/people/{person.id}/second-factors/reset"
    assert sign_in("coordinator").post(address, data={"proof": "in person"}).status_code == 403
    admin = sign_in("admin")
    for said in ({}, {"proof": "somebody called"}):
        refused = admin.post(address, data=said)
        assert (refused.status_code, "说明您是如何核实的" in refused.text) == (422, not said)
    assert give_password(app.test_client()).startswith("/sign-in/code"), "without proof nothing is reset"
    assert admin.post(address, data={"proof": "called back"}).status_code == 302
    other = app.test_client()
    assert give_password(other) == "/tablet/"
    assert other.get(OWN).status_code == 200
    told = session.scalars(select(Event).where(Event.action == "user.second_factors_reset")).one()
    assert told.details["proof"] == "called back"


def test_second_factor__of_a_role_that_needs_one__is_set_up_first(app: Flask, client: FlaskClient, session: Session) -> None:
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], second_factor_roles="admin coordinator")
    add_person(session, "coordinator", "coordinator")
    add_person(session, "lead1", "interviewer")
    session.commit()
    assert give_password(client, "coordinator") == "/account/authenticator"
    assert client.get("/visits").status_code == 302, "nobody is signed in yet"
    set_up(client)
    assert client.get("/visits").status_code == 200
    assert "disable" not in client.get("/account/authenticator").text
    assert client.post("/account/authenticator", data={"setup": "disable"}).status_code == 200
    assert session.scalars(select(User.tf_totp_secret).where(User.username == "coordinator")).one()
    assert give_password(app.test_client(), "lead1") == "/tablet/"


def test_second_factor__needed_from_now_on__comes_before_everything_else(sign_in: SignIn, app: Flask) -> None:
    client = sign_in("coordinator")
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], second_factor_roles="coordinator")
    assert client.get("/visits").headers["Location"] == "/account/authenticator"
    assert client.get("/account/authenticator").status_code == 200


def test_second_factor__set_up_because_it_is_needed__leads_on_to_the_page_that_was_wanted(
    sign_in: SignIn, app: Flask, session: Session
) -> None:
    present, client, wanted = sign_in("coordinator"), app.test_client(), "/visits?page=2"
    set_factors(app, second_factor_roles="coordinator author")
    present.get(wanted)
    assert wanted not in present.get("/account/authenticator").text
    set_up(present)
    for _time in range(2):
        assert f'href="{wanted}"' in present.get(OWN).text, "also after the recovery codes were made"
    present.get(wanted)
    assert wanted not in present.get(OWN).text
    add_person(session, "author", "author")
    session.commit()
    assert give_password(client, "author", wanted) == "/account/authenticator"
    give_password(client, "author", "//elsewhere.example/")
    assert "elsewhere" not in client.post("/account/authenticator", data={"setup": "authenticator"}).text
    give_password(client, "author", wanted)
    assert set_up_and_go_on(client)[1] == wanted


def test_second_factor__set_up_while_signing_in__is_followed_by_the_advice_to_make_recovery_codes(
    client: FlaskClient, app: Flask, session: Session
) -> None:
    set_factors(app, second_factor_roles="coordinator")
    add_person(session, "coordinator", "coordinator")
    session.commit()
    give_password(client, "coordinator", "/visits")
    set_up(client)
    page = client.get("/visits").text
    assert "请生成恢复码，否则手机丢失时只能请管理员帮助。" in page
    assert 'href="/account/recovery-codes"' in page
    assert "请生成恢复码" not in client.get("/visits").text, "it is said once"


def test_second_factor__by_default__is_needed_by_administrators_and_asked_of_coordinators(sign_in: SignIn, app: Flask) -> None:
    plain = Settings(secret_key=SECRET_KEY)
    for demo in (False, True):
        set_factors(app, second_factor_roles=plain.second_factor_roles, second_factor_asked=plain.second_factor_asked, demo=demo)
        assert sign_in("admin").get("/").status_code == (200 if demo else 302)
        page = sign_in("coordinator").get("/").text
        assert ("/account/second-factor/later" in page) != demo
    client = sign_in("coordinator")
    set_factors(app, demo=False)
    assert client.post("/account/second-factor/later").headers["Location"] == "/"
    assert "/account/second-factor/later" not in client.get("/").text
    assert "/account/second-factor/later" not in sign_in("author").get("/").text


def set_factors(app: Flask, **values: Any) -> None:
    """Nothing; the application has these settings."""
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], **values)


def test_second_factor__after_a_while__asks_for_the_password_once_more(sign_in: SignIn, app: Flask) -> None:
    client = sign_in("lead1")
    with client.session_transaction() as cookie:
        cookie["fs_paa"] = time.time() - 3600
    location = client.get("/account/authenticator").headers["Location"]
    assert location.startswith("/account/verify")
    assert 'role="alert"' in client.post(location, data={"password": "wrong password"}).text
    assert client.post(location, data={"password": PASSWORD}).status_code == 302
    assert client.get("/account/authenticator").status_code == 200


def test_setting__of_a_role_that_does_not_exist__is_refused() -> None:
    with pytest.raises(SurveyError, match="king") as caught:
        read_settings({"SURVEY_SECRET_KEY": SECRET_KEY, "SURVEY_SECOND_FACTOR_ROLES": "admin,king"})
    assert caught.value.code is ErrorCode.INVALID_SETTING
