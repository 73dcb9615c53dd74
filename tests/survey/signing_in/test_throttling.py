"""Passwords that keep nobody out, pauses after wrong ones, and passwords that somebody else chose."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.passwords import COMMON, LONG, OWN, SHORT, weakness
from survey.db import utc_now
from survey.events import Event
from survey.signing_in.models import SignInFailures
from survey.signing_in.operations import note_failure
from survey.signing_in.queries import failures_of, paused_until
from survey.signing_in.throttling import FIRST_COSTLY, FORGOTTEN_AFTER, PAUSES, is_paused, pause_after
from tests.builders import NOW, PASSWORD, add_person
from tests.conftest import SignIn

NEW_PASSWORD = "another long password"


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("short", SHORT),
        ("password1234", COMMON),
        ("qwertyuiop12", COMMON),
        ("123456789012", COMMON),
        ("aaaaaaaaaaaaaaa", COMMON),
        ("zhangsan2018", OWN),
        ("民盟陕西省委民盟陕西省委", OWN),
        ("脱贫攻坚民主监督调研2018", COMMON),
        ("Supervision-Survey2018", COMMON),
        ("x" * 300, LONG),
        ("correct horse battery", ""),
        ("每天早上七点去村口", SHORT),
        ("每天早上七点去村口等班车", ""),
        ("m9 x2 kQ p7 wL", ""),
    ],
)
def test_password__by_length_and_what_is_tried_first__is_weak_or_not(password: str, wrong: str) -> None:
    assert weakness(password, ("zhangsan", "张三", "民盟陕西省委")) == wrong


def test_pause__with_every_wrong_password__grows_to_an_hour() -> None:
    assert [pause_after(n) for n in range(1, FIRST_COSTLY)] == [None] * (FIRST_COSTLY - 1)
    assert [pause_after(n) for n in range(FIRST_COSTLY, FIRST_COSTLY + 7)] == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_pause__begun_by_a_clock_that_was_set_back_since__keeps_nobody_out() -> None:
    assert is_paused(NOW + PAUSES[-1], NOW)
    assert not is_paused(NOW + PAUSES[-1] + timedelta(seconds=1), NOW)
    assert not is_paused(NOW, NOW)


def test_failures__of_a_day_ago__count_no_more(session: Session) -> None:
    for _time in range(FIRST_COSTLY):
        until = note_failure(session, " lead1 ", NOW)
    assert until == NOW + PAUSES[0]
    assert paused_until(session, "lead1", NOW) == until
    assert paused_until(session, "lead1", NOW + PAUSES[0]) is None
    assert failures_of(session, "lead1", NOW + FORGOTTEN_AFTER - timedelta(seconds=1)) is not None
    assert note_failure(session, "lead1", NOW + FORGOTTEN_AFTER) is None
    assert session.scalars(select(SignInFailures.n_failed)).all() == [1]


@pytest.mark.parametrize("username", ["lead1", "nobody"])
def test_sign_in__after_many_wrong_passwords__is_told_until_when_and_refuses_the_right_one(
    client: FlaskClient, session: Session, username: str, caplog: pytest.LogCaptureFixture
) -> None:
    add_person(session, "lead1", "interviewer")
    pages = [client.post("/sign-in", data={"username": username, "password": f"wrong {n}"}).text for n in range(FIRST_COSTLY)]
    assert caplog.messages == [f"wrong password or code, {n} in a row, from 127.0.0.1" for n in range(1, FIRST_COSTLY + 1)], (
        "no name, no password"
    )
    assert ["后再试" in page for page in pages] == [False] * (FIRST_COSTLY - 1) + [True]
    assert "后再试" in client.post("/sign-in", data={"username": username, "password": PASSWORD}).text
    assert client.get("/account/security").status_code == 302
    assert session.scalars(select(SignInFailures.n_failed)).all() == [FIRST_COSTLY], "while nobody may try, trying costs nothing"
    logged = session.scalars(select(Event.subject_id).where(Event.action == "user.sign_in_paused")).all()
    assert logged == (["lead1"] if username == "lead1" else []), "what was typed for nobody may be a password"


def test_pause__lifted_by_the_administrator__lets_the_person_in(sign_in: SignIn, app: Flask, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer")
    for _time in range(FIRST_COSTLY + 3):
        note_failure(session, "lead1", utc_now())
    client = sign_in("admin")
    assert "暂停登录" in client.get("/admin/people").text
    assert "连续8次" in client.get(f"/admin/people/{person.id}/security").text
    assert client.post(f"/admin/people/{person.id}/allow-sign-in").status_code == 302
    assert app.test_client().post("/sign-in", data={"username": "lead1", "password": PASSWORD}).status_code == 302
    assert session.scalars(select(SignInFailures)).all() == []
    assert "user.sign_in_allowed" in session.scalars(select(Event.action)).all()


def test_program__with_wrong_passwords__pauses_the_person_too(app: Flask, client: FlaskClient, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    answers = [client.get("/openrosa/formList", auth=("lead1", f"wrong {n}")).status_code for n in range(FIRST_COSTLY)]
    assert answers == [401] * FIRST_COSTLY
    refused = client.get("/openrosa/formList", auth=("lead1", PASSWORD))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 30
    assert "后再试" in client.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).text


def test_present_password__tried_too_often__stays_wrong_for_a_while(sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    for n in range(FIRST_COSTLY):
        client.post("/password", data={"current": f"wrong {n}", "password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert client.post("/password", data={"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 422
    assert paused_until(session, "lead1", utc_now() + timedelta(seconds=20)) is not None
