"""What ends at the provider ends here: which tokens are believed, whose sign-ins end, and what the log tells."""

import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.events import Event
from survey.openid.logout_token import EVENT, OLD_AFTER_S
from survey.openid.models import OpenIdLogout
from survey.openid.operations import bind_openid
from survey.signing_in.models import SignIn as Held
from tests.builders import NOW, PASSWORD, add_person
from tests.survey.openid.arriving import START, arrive, bound, is_in, set_up
from tests.survey.openid.provider import CLIENT_ID, Provider, shared_secret

TOLD = f"{START}/logout"


def tell(client: FlaskClient, token: str) -> tuple[int, str]:
    """What the program answers to the provider, which has no cookie of it."""
    answer = client.application.test_client().post(TOLD, data={"logout_token": token})
    return answer.status_code, answer.headers["Cache-Control"]


def test_logout__of_somebody_at_the_provider__ends_what_came_from_there_on_all_devices_and_nothing_else(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    bound(session, provider)
    app.config["WTF_CSRF_ENABLED"] = True
    browsers = [client, *(app.test_client() for _number in range(2))]
    for each in browsers:
        arrive(each)
    app.config["WTF_CSRF_ENABLED"] = False
    by_password = app.test_client()
    by_password.post("/sign-in", data={"username": "lead1", "password": PASSWORD})
    app.config["WTF_CSRF_ENABLED"] = True
    assert all(map(is_in, (*browsers, by_password)))
    assert tell(client, provider.logout_token(sub="somebody else")) == (200, "no-store")
    assert all(map(is_in, browsers)), "of whom nobody here is, nothing ends"
    assert tell(client, provider.logout_token()) == (200, "no-store")
    assert [is_in(each) for each in (*browsers, by_password)] == [False, False, False, True]
    reasons = session.scalars(select(Held.ended_because).where(Held.ended_at.is_not(None))).all()
    assert reasons == ["provider"] * 3
    event = session.scalars(select(Event).where(Event.action == "user.openid_ended")).one()
    assert (event.subject_id, event.details["n"]) == ("lead1", 3)
    arrive(client)
    assert is_in(client), "and whoever signs in there again comes in again"


def test_logout__of_one_sign_in_at_the_provider__ends_that_one_only(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    bound(session, provider)
    other = app.test_client()
    for browser, name in ((client, "first"), (other, "second")):
        provider.person["sid"] = name
        arrive(browser)
    assert tell(client, provider.logout_token(sub=None, sid="third"))[0] == 200
    assert tell(client, provider.logout_token(sub="another", sid="first"))[0] == 200
    assert (is_in(client), is_in(other)) == (True, True), "no sign-in of that name, or none of that person"
    assert tell(client, provider.logout_token(sub=None, sid="first"))[0] == 200
    assert (is_in(client), is_in(other)) == (False, True)
    assert tell(client, provider.logout_token(sid="second"))[0] == 200
    assert not is_in(other)


def test_logout__of_a_provider_that_told_no_sign_in_before__ends_all_of_its_person(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    bound(session, provider)
    arrive(client)
    assert tell(client, provider.logout_token(sid="one that was never told"))[0] == 200
    assert not is_in(client)


HOUR = 3600


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"iss": "https://elsewhere.example.org"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another program"}, "aud"),
        ({"aud": None}, "aud"),
        ({"iat": int(time.time()) - OLD_AFTER_S - 60, "exp": int(time.time()) + HOUR}, "too long ago"),
        ({"iat": int(time.time()) + HOUR, "exp": int(time.time()) + 2 * HOUR}, "future"),
        ({"iat": None}, "iat"),
        ({"exp": int(time.time()) - HOUR}, "expired"),
        ({"exp": None}, "exp"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"events": None}, "no logout"),
        ({"events": {"http://schemas.openid.net/event/another": {}}}, "no logout"),
        ({"events": {EVENT: True}}, "no logout"),
        ({"events": [EVENT]}, "no logout"),
        ({"nonce": "one"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"sub": None}, "neither"),
        ({"sub": "x" * 256}, "sub"),
        ({"sid": ["a list"]}, "sid"),
        ({"header": {"typ": "JWT"}}, "logout+jwt"),
        ({"header": {"typ": "at+jwt"}}, "logout+jwt"),
        ({"header": {"kid": "another"}}, "key"),
    ],
)
def test_logout_token__that_does_not_hold__ends_nothing(
    client: FlaskClient, session: Session, provider: Provider, caplog: pytest.LogCaptureFixture, lies: dict[str, Any], reason: str
) -> None:
    bound(session, provider)
    arrive(client)
    assert tell(client, provider.logout_token(**lies)) == (400, "no-store")
    assert reason in caplog.text.lower()
    assert is_in(client)
    assert session.scalars(select(OpenIdLogout)).all() == []


@pytest.mark.parametrize("how", ["another key", "shared secret", "no signature", "an id token", "none", "no token", "a megabyte"])
def test_logout_token__that_is_not_of_the_provider__ends_nothing(
    client: FlaskClient, session: Session, provider: Provider, how: str
) -> None:
    bound(session, provider)
    arrive(client)
    token = {"none": "", "no token": "a.b.c", "a megabyte": "x" * 1_000_000}.get(how)
    if how == "an id token":
        claims = {"nonce": "of a visit", "events": None, "jti": None}
        token = provider.logout_token({"typ": "JWT"}, **claims)
    elif token is None:
        if how == "another key":
            provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
        else:
            provider.algorithm, provider.signing_key = ("HS256", shared_secret()) if how == "shared secret" else ("none", None)
        token = provider.logout_token()
    assert tell(client, token)[0] == 400
    assert is_in(client)


def test_logout_token__said_twice__is_refused_the_second_time(client: FlaskClient, session: Session, provider: Provider) -> None:
    bound(session, provider)
    arrive(client)
    token = provider.logout_token()
    assert tell(client, token)[0] == 200
    arrive(client)
    assert tell(client, token)[0] == 400
    assert is_in(client), "whoever caught the token ends nothing more with it"


def test_logout__while_the_second_factor_is_asked_for__lets_nobody_in(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    person = bound(session, provider)
    factory = app.extensions["security"].totp_factory
    person.tf_primary_method, person.tf_totp_secret = "authenticator", factory.generate_totp_secret()
    location = arrive(client).headers["Location"]
    assert location.startswith("/sign-in/code")
    assert tell(client, provider.logout_token())[0] == 200
    code = factory._totp.from_source(person.tf_totp_secret).generate().token
    assert client.post(location, data={"code": code}).status_code == 302
    assert not is_in(client)


def test_logout__where_there_is_no_provider_or_it_is_away_or_it_comes_too_often__is_told_so(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    assert client.get(TOLD).status_code == 405
    issuer = provider.issuer
    set_up(app, openid_issuer="")
    assert tell(client, provider.logout_token())[0] == 404
    set_up(app, openid_issuer="http://127.0.0.1:9")
    assert tell(client, provider.logout_token())[0] == 400
    set_up(app, openid_issuer=issuer)
    stranger = app.test_client()
    answers = {stranger.post(TOLD).status_code for _time in range(301)}
    assert answers == {400, 429}


def test_logout__at_another_provider_than_that_of_the_account__ends_nothing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    person = add_person(session, "lead1", "interviewer")
    session.flush()
    bind_openid(session, None, person, issuer="https://former.example.org", subject="7f3a", told_name="", now=NOW)
    other = bound(session, provider, "lead2")
    arrive(client)
    assert session.scalars(select(User.username).where(User.id == other.id)).one() == "lead2"
    assert tell(client, provider.logout_token())[0] == 200
    told = session.scalars(select(Event.subject_id).where(Event.action == "user.openid_ended")).all()
    assert told == ["lead2"], f"{CLIENT_ID}: the same subject of another issuer is another person"
