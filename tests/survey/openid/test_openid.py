"""Signing in at a provider: to it and back, what is believed and what not, whose account it is, second factors, and leaving."""

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.config import read_settings
from survey.events import Event
from survey.openid.deciding import granted_roles, is_vouched, read_role_map
from survey.openid.models import OpenIdAccount, OpenIdArrival
from survey.outgoing import is_public, opener
from survey.signing_in.models import SignIn as Held
from tests.builders import PASSWORD, add_person
from tests.conftest import SECRET_KEY, SignIn
from tests.survey.openid.arriving import OWN, START, arrive, at_provider, bound, is_in, set_up
from tests.survey.openid.provider import CLIENT_ID, Provider, shared_secret


def test_provider__of_a_bound_account__lets_in_with_the_account_s_rights_and_leads_on(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    bound(session, provider, "writer", "author")
    page = client.get("/sign-in").text
    assert "通过统一认证登录" in page
    asked = parse_qs(urlsplit(client.get(START).headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) > 40 < len(asked["state"][0])
    answer = arrive(client, f"{START}?next=/visits&remember=y")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/visits")
    assert client.get("/visits").status_code == 200
    assert client.get("/admin/people").status_code == 403, "rights are those of the account"
    held = session.scalars(select(Held)).one()
    assert held.is_remembered
    assert held.arrival_id == session.scalars(select(OpenIdArrival.id)).one()
    assert "统一认证" in client.get(OWN).text
    token = session.scalars(select(OpenIdArrival)).one().sealed_token
    assert token.startswith("$sealed1$"), "the id token lies sealed"


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"aud": "other"}, "aud"),
        ({"aud": [CLIENT_ID, "other"]}, "azp"),
        ({"iss": "https://elsewhere.example.org"}, "iss"),
        ({"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200}, "expired"),
        ({"iat": int(time.time()) + 3600}, "future"),
        ({"sub": ""}, "nobody"),
        ({"at_hash": "bm90aGluZw"}, "at_hash"),
    ],
)
def test_id_token__that_does_not_hold__lets_nobody_in(
    client: FlaskClient, session: Session, provider: Provider, caplog: pytest.LogCaptureFixture, lies: dict[str, Any], reason: str
) -> None:
    bound(session, provider)
    provider.lies = lies
    answer = arrive(client)
    assert answer.headers["Location"] == "/sign-in"
    assert reason in caplog.text.lower()
    assert not is_in(client)
    assert "重新开始" in client.get("/sign-in").text


@pytest.mark.parametrize("how", ["another key", "shared secret", "no signature"])
def test_id_token__with_a_signature_not_of_the_provider__lets_nobody_in(
    client: FlaskClient, session: Session, provider: Provider, how: str
) -> None:
    bound(session, provider)
    if how == "another key":
        provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    else:
        provider.algorithm, provider.signing_key = ("HS256", shared_secret()) if how == "shared secret" else ("none", None)
    arrive(client)
    assert not is_in(client)


def test_key__changed_by_the_provider__is_asked_for_once(client: FlaskClient, session: Session, provider: Provider) -> None:
    bound(session, provider)
    arrive(client)
    client.post("/sign-out")
    known = client.application.extensions["survey.openid"][1]
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    arrive(client)
    assert not is_in(client), "keys were asked for a moment ago, and nobody can make us ask without end"
    known._keys_asked_at -= 60
    arrive(client)
    assert is_in(client)
    assert provider.n_asked["/keys"] == 2
    assert provider.n_asked["/.well-known/openid-configuration"] == 1


def test_answer__replayed_forged_or_of_another_provider__lets_nobody_in(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    bound(session, provider)
    way_back = at_provider(client.get(START).headers["Location"]).removeprefix("http://localhost")
    stranger = app.test_client()
    stranger.get(START)
    stranger.get(way_back)
    assert not is_in(stranger), "an answer is for the browser that asked"
    client.get(f"{way_back}&iss=https://elsewhere.example.org")
    assert not is_in(client), "mix-up of providers"
    client.get(way_back)
    assert not is_in(client), "a visit is good once, whatever became of it"
    way_back = at_provider(client.get(START).headers["Location"]).removeprefix("http://localhost")
    with client.session_transaction() as cookie:
        kept = dict(cookie["openid_visit"])
    client.get(way_back)
    assert is_in(client)
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie["openid_visit"] = kept
    client.get(way_back)
    assert not is_in(client), "and so is a code, even with the cookie of then"
    way_back = at_provider(client.get(START).headers["Location"]).removeprefix("http://localhost")
    with client.session_transaction() as cookie:
        cookie["openid_visit"] = {**cookie["openid_visit"], "verifier": "another"}
    client.get(way_back)
    assert not is_in(client), "a code that was stolen is worth nothing without what proves who asked (PKCE)"


def test_provider__that_says_no_or_names_its_answers__is_heard(client: FlaskClient, session: Session, provider: Provider) -> None:
    bound(session, provider)
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    way_back = at_provider(client.get(START).headers["Location"]).removeprefix("http://localhost")
    state = parse_qs(urlsplit(way_back).query)["state"][0]
    assert client.get(f"{START}/back?error=access_denied&state={state}&iss={provider.issuer}").headers["Location"] == "/sign-in"
    arrive(client)
    assert not is_in(client), "it promises to name itself and did not"
    way_back = at_provider(client.get(START).headers["Location"]).removeprefix("http://localhost")
    client.get(f"{way_back}&iss={provider.issuer}")
    assert is_in(client)


@pytest.mark.parametrize(
    "way", ["https://elsewhere.example.org", "//elsewhere.example.org", "/\\elsewhere", "/\t/elsewhere", "javascript:1"]
)
def test_way_on__to_another_site__leads_home(client: FlaskClient, session: Session, provider: Provider, way: str) -> None:
    bound(session, provider)
    location = client.get(START, query_string={"next": way}).headers["Location"]
    answer = client.get(at_provider(location).removeprefix("http://localhost"))
    assert answer.headers["Location"] == "/"


def test_stranger__with_a_password_here__connects_once_after_signing_in(client: FlaskClient, session: Session, provider: Provider) -> None:
    add_person(session, "lead1", "interviewer")
    assert arrive(client).headers["Location"] == f"{START}/unknown"
    page = client.get(f"{START}/unknown").text
    assert "zhang.wei" in page
    assert not is_in(client)
    assert session.scalars(select(OpenIdAccount)).all() == [], "the same name alone connects nobody"
    data = {"username": "lead1", "password": PASSWORD, "next": "/account/openid"}
    assert client.post("/sign-in", data=data).headers["Location"] == "/account/openid"
    assert session.scalars(select(OpenIdAccount)).all() == [], "only after saying so"
    assert "zhang.wei" in client.get("/account/openid").text
    client.post("/account/openid")
    client.post("/sign-out")
    arrive(client)
    assert is_in(client)
    account = session.scalars(select(OpenIdAccount)).one()
    client.post(f"/account/openid/{account.id}/remove")
    assert session.scalars(select(OpenIdAccount)).all() == []
    assert not is_in(client), "what came from there has ended"
    actions = session.scalars(select(Event.action).where(Event.action.like("user.openid%")).order_by(Event.number)).all()
    assert actions == ["user.openid_bound", "user.openid_unbound"]


def test_connecting__long_after_the_password_or_with_another_s_identity__is_refused(
    sign_in: SignIn, session: Session, provider: Provider
) -> None:
    client = sign_in("lead1")
    with client.session_transaction() as cookie:
        cookie["fs_paa"] = time.time() - 3600
    assert arrive(client).headers["Location"] == "/account/openid"
    assert client.get("/account/openid").headers["Location"].startswith("/account/verify")
    assert client.post("/account/openid").headers["Location"].startswith("/account/verify")
    assert session.scalars(select(OpenIdAccount)).all() == []
    bound(session, provider, "lead2")
    assert arrive(client).headers["Location"] == OWN
    assert "另一个账号" in client.get(OWN).text


def test_sign_in__from_the_provider_and_long_ago__is_proved_anew_there(client: FlaskClient, session: Session, provider: Provider) -> None:
    bound(session, provider)
    arrive(client)

    def grow_old() -> None:
        with client.session_transaction() as cookie:
            cookie["fs_paa"] = time.time() - 3600

    grow_old()
    page = client.get(client.post("/account/sign-ins/end").headers["Location"]).text
    [again] = re.findall(r'href="(/sign-in/openid\?again=[^"]+)"', page)
    again = again.replace("&amp;", "&")
    asked = parse_qs(urlsplit(client.get(again).headers["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    for told in ({"auth_time": None}, {"auth_time": int(time.time()) - 3600}):
        provider.person |= told
        assert arrive(client, again).headers["Location"] == OWN
        assert client.post("/account/sign-ins/end").headers["Location"].startswith("/account/verify"), "it did not ask anew"
    provider.person["auth_time"] = int(time.time())
    arrive(client)
    assert client.post("/account/sign-ins/end").headers["Location"].startswith("/account/verify"), "it was not told to"
    assert arrive(client, again).headers["Location"] == OWN
    assert client.post("/account/sign-ins/end").headers["Location"] == OWN
    assert is_in(client)


def test_administrator__by_the_identifier__connects_and_removes(sign_in: SignIn, session: Session, provider: Provider) -> None:
    person, other = add_person(session, "lead1", "interviewer"), add_person(session, "lead2", "interviewer")
    client = sign_in("admin")
    page = f"/admin/people/{person.id}"
    assert "标识" in client.get(f"{page}/security").text
    client.post(f"{page}/openid", data={"subject": " 7f3a "})
    client.post(f"/admin/people/{other.id}/openid", data={"subject": "7f3a"})
    assert "已与一个账号绑定" in client.get(f"{page}/security").text
    account = session.scalars(select(OpenIdAccount)).one()
    assert account.user_id == person.id
    visitor = client.application.test_client()
    arrive(visitor)
    assert is_in(visitor)
    client.post(f"/admin/people/{other.id}/openid/{account.id}/remove")
    assert is_in(visitor)
    client.post(f"{page}/openid/{account.id}/remove")
    assert not is_in(visitor)


def test_account__made_by_the_role_of_a_claim__has_that_role_and_no_name_of_others(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    provider.person["realm_access"] = {"roles": ["offline", "survey-team"]}
    arrive(client)
    assert session.scalars(select(User)).all() == [], "nobody is let in by default"
    set_up(app, openid_roles="survey-team=interviewer", openid_roles_claim="realm_access.roles")
    assert arrive(client, f"{START}?next=/tablet/").headers["Location"] == "/tablet/"
    made = session.scalars(select(User)).one()
    assert (made.username, made.name, [role.name for role in made.roles]) == ("zhang.wei", "张伟", ["interviewer"])
    client.post("/sign-out")
    provider.person["sub"] = "another person of the same name"
    assert arrive(client).headers["Location"] == f"{START}/unknown", "an account that is there is taken over by nobody"


def test_second_factor__of_the_account__is_asked_unless_the_provider_s_word_counts(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    person = bound(session, provider, "chief", "coordinator")
    set_up(app, second_factor_roles="coordinator")
    provider.person["amr"] = ["pwd", "otp"]
    arrive(client)
    assert client.get("/visits").headers["Location"] == "/account/authenticator", "the provider's word does not count"
    client.post("/sign-out")
    set_up(app, openid_second_factor="mfa otp")
    arrive(client)
    assert client.get("/visits").status_code == 200
    client.post("/sign-out")
    person.tf_primary_method, person.tf_totp_secret = "authenticator", app.extensions["security"].totp_factory.generate_totp_secret()
    provider.person["amr"] = ["pwd"]
    assert arrive(client, f"{START}?next=/visits").headers["Location"].startswith("/sign-in/code?next=/visits")
    assert not is_in(client)


def test_somebody__shut_out_or_with_a_password_to_change__by_the_provider(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    person = bound(session, provider)
    person.must_change_password = True
    arrive(client)
    assert is_in(client), "a password that is not used need not be changed"
    person.active = False
    assert not is_in(client)
    arrive(client)
    assert not is_in(client)
    assert "停用" in client.get("/sign-in").text


def test_passwords__where_only_the_provider_is_used__let_administrators_in(app: Flask, client: FlaskClient, session: Session) -> None:
    set_up(app, openid_issuer="https://id.example.org", openid_client_id="survey", openid_only=True)
    add_person(session, "lead1", "interviewer")
    add_person(session, "boss", "admin")
    page = client.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).text
    assert "id.example.org" in page
    assert not is_in(client)
    assert client.get("/openrosa/formList", auth=("lead1", PASSWORD)).status_code == 403
    client.post("/sign-in", data={"username": "boss", "password": PASSWORD})
    assert is_in(client)


def test_sign_out__of_somebody_from_the_provider__offers_to_leave_it_too(client: FlaskClient, session: Session, provider: Provider) -> None:
    bound(session, provider)
    arrive(client)
    client.post("/sign-out")
    assert re.search(r'href="/sign-in/openid/leave"', client.get("/sign-in").text)
    address = client.get("/sign-in/openid/leave").headers["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{provider.issuer}/end?")
    assert asked["post_logout_redirect_uri"] == ["http://localhost/sign-in"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert "openid/leave" not in client.get("/sign-in").text


def test_provider__that_is_away_or_another__is_said_and_passwords_still_serve(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    add_person(session, "lead1", "interviewer")
    set_up(app, openid_issuer="http://127.0.0.1:9")
    assert client.get(START).headers["Location"] == "/sign-in"
    assert "没有应答" in client.get("/sign-in").text
    set_up(app, openid_issuer=provider.issuer)
    provider.metadata = {"issuer": "https://elsewhere.example.org"}
    assert client.get(START).headers["Location"] == "/sign-in"
    client.post("/sign-in", data={"username": "lead1", "password": PASSWORD})
    assert is_in(client)


def test_role_map_and_vouching__by_claims__follow_the_settings() -> None:
    roles = read_role_map("a=author, x=y=interviewer")
    assert granted_roles({"groups": ["a", "x=y", "b"]}, "groups", roles) == ("author", "interviewer")
    assert granted_roles({"groups": "b"}, "groups", roles) == granted_roles({"groups": {"a": 1}}, "groups", roles) == ()
    assert is_vouched({"acr": "gold"}, frozenset(("gold",)))
    assert not is_vouched({"amr": ["pwd"]}, frozenset())


@pytest.mark.parametrize(
    "values",
    [
        {"ISSUER": "http://id.example.org", "CLIENT_ID": "a"},
        {"ISSUER": "https://id.example.org"},
        {"ISSUER": "https://id.example.org", "CLIENT_ID": "a", "SCOPE": "profile"},
        {"ISSUER": "https://id.example.org", "CLIENT_ID": "a", "ROLES": "x=admin"},
        {"ISSUER": "https://id.example.org", "CLIENT_ID": "a", "SECRET_FILE": "/nowhere/secret"},
        {"ONLY": "1"},
    ],
)
def test_settings__of_a_provider_that_nobody_could_use_safely__are_refused(values: dict[str, str]) -> None:
    given = {f"SURVEY_OPENID_{name}": value for name, value in values.items()}
    with pytest.raises(SurveyError, match="SURVEY_OPENID"):
        read_settings({"SURVEY_SECRET_KEY": SECRET_KEY, **given})


def test_opener__for_addresses_that_people_chose__reaches_nothing_of_the_own_network(provider: Provider) -> None:
    assert is_public("8.8.8.8")
    private = ("127.0.0.1", "10.1.2.3", "192.168.1.5", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1%eth0", "::ffff:10.0.0.1")  # noqa: S104
    assert not any(map(is_public, (*private, "224.0.0.1", "ff02::1", "fd00::1", "2002:7f00:1::")))
    port = urlsplit(provider.issuer).port
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(OSError, match="not public"):
            opener(is_public_only=True).open(f"https://{host}:{port}/", timeout=60)
