"""First passwords: made by the program, shown once, changed before anything else, and over when nobody used them."""

import re
from dataclasses import replace
from datetime import timedelta

from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.commands import user as commands
from survey.accounts.models import User
from survey.accounts.passwords import ALPHABET, first_password, weakness
from survey.db import utc_now
from tests.builders import add_person
from tests.conftest import SECRET_KEY, SignIn

SHOWN = re.compile(r"\b(?:[a-z2-9]{5}-){2}[a-z2-9]{5}\b")
OWN = "one that only I know"


def add(client: FlaskClient, session: Session, username: str = "y.m-1") -> str:
    """The first password of somebody whom an administrator adds."""
    page = client.post("/admin/people", data={"username": username, "name": "新人", "roles": ["interviewer"], "region_code": ""})
    session.commit()
    [password] = SHOWN.findall(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    return password


def is_in(client: FlaskClient, username: str, password: str) -> bool:
    """Whether this password lets the person in."""
    return client.post("/sign-in", data={"username": username, "password": password}).status_code == 302


def person(session: Session, username: str = "y.m-1") -> User:
    """The person as the database has them now."""
    session.rollback()
    return session.scalars(select(User).where(User.username == username)).one()


def test_first_password__made__is_long_of_signs_that_paper_tells_apart_and_never_the_same() -> None:
    made = {first_password() for _number in range(500)}
    assert len(made) == 500
    assert all(SHOWN.fullmatch(each) and not set("ilo01") & set(each) for each in made)
    assert len(ALPHABET) ** 15 > 2**70
    assert {weakness(each, ("zhangsan", "张三")) for each in made} == {""}


def test_first_password__given_by_the_administrator__is_changed_before_anything_else(sign_in: SignIn, app: Flask, session: Session) -> None:
    admin = sign_in("admin")
    first = add(admin, session)
    assert first not in admin.get("/admin/people").text, "it is shown once"
    client = app.test_client()
    assert is_in(client, "y.m-1", first)
    address = client.get("/tablet/").headers["Location"]
    assert address == "/password?next=/tablet/"
    refused = client.get("/tablet/session.json")
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "PASSWORD_TO_CHANGE")
    assert app.test_client().get("/openrosa/formList", auth=("y.m-1", first)).status_code == 403
    assert client.post("/password", data={"current": first, "password": first, "again": first}).status_code == 422
    chosen = client.post(address, data={"current": first, "password": OWN, "again": OWN})
    assert (chosen.status_code, chosen.headers["Location"]) == (302, "/tablet/")
    assert client.get("/tablet/").status_code == 200
    found = person(session)
    assert (found.must_change_password, found.first_password_until) == (False, None)


def test_first_password__that_nobody_used_in_time__opens_nothing_until_there_is_a_new_one(
    sign_in: SignIn, app: Flask, session: Session
) -> None:
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], first_password_days=3)
    admin = sign_in("admin")
    first = add(admin, session)
    found = person(session)
    assert found.first_password_until is not None
    assert timedelta(days=2.9) < found.first_password_until - utc_now() <= timedelta(days=3)
    found.first_password_until = utc_now() - timedelta(seconds=1)
    session.commit()
    client = app.test_client()
    page = client.post("/sign-in", data={"username": "y.m-1", "password": first})
    assert "初始密码未及时使用" in page.text
    assert client.get("/tablet/").status_code == 302
    assert app.test_client().get("/openrosa/formList", auth=("y.m-1", first)).status_code in (401, 403)
    wrong = client.post("/sign-in", data={"username": "y.m-1", "password": "another"}).text
    assert "初始密码未及时使用" not in wrong, "only whoever knows it is told"
    [second] = SHOWN.findall(admin.post(f"/admin/people/{found.id}/password").text)
    assert is_in(client, "y.m-1", second)


def run(app: Flask, *words: str, given: str = "") -> Result:
    """What the command says."""
    env = {"SURVEY_DATA": app.extensions["survey.settings"].data, "SURVEY_SECRET_KEY": SECRET_KEY}
    return app.test_cli_runner().invoke(commands, words, env=env, input=given)


def test_first_password__of_the_command_line__is_printed_and_ends_too(app: Flask, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    session.commit()
    for words in (("add", "li", "--role", "author", "--temporary"), ("password", "lead1", "--temporary")):
        told = run(app, *words)
        [password] = SHOWN.findall(told.output)
        assert is_in(app.test_client(), words[1], password)
        found = person(session, words[1])
        assert found.must_change_password
        assert found.first_password_until is not None
        assert f"{found.first_password_until:%Y-%m-%d}" in told.output
    refused = run(app, "password", "lead1", "--temporary", "--password-stdin", given=f"{OWN}\n")
    assert (refused.exit_code, "--temporary or --password-stdin" in refused.output) == (2, True)
    run(app, "password", "lead1", "--password-stdin", given=f"{OWN}\n")
    assert person(session, "lead1").first_password_until is None
    assert is_in(app.test_client(), "lead1", OWN)
