"""Tokens: shown once, good for one purpose, ended by time, by revocation, and with the person's role."""

import base64
import json
import re
import zlib
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import ApiToken
from survey.accounts.token_operations import make_token, revoke_token
from survey.accounts.tokens import PREFIX, collect_settings, token_hash
from survey.cli import main
from survey.config import Settings
from survey.db import utc_now
from survey.events import Event
from tests.builders import add_person, find_or_add_person
from tests.conftest import SECRET_KEY, SignIn
from tests.survey.intake.interviews import basic


def bearer(text: str) -> dict[str, str]:
    """The header of a program with this token."""
    return {"Authorization": f"Bearer {text}"}


def made_for(session: Session, username: str = "lead1", scope: str = "submit", days: int = 30) -> tuple[ApiToken, str]:
    """A token made just now and its text."""
    person = find_or_add_person(session, username)
    return make_token(session, None, person, name="tablet 7", scope=scope, days=days, now=utc_now())


def test_token__as_bearer_or_in_place_of_the_password__is_its_person(client: FlaskClient, session: Session) -> None:
    token, text = made_for(session)
    assert text.startswith(PREFIX)
    assert token.sha256 == token_hash(text)
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 200
    assert client.get("/openrosa/formList", headers=basic("lead1", text)).status_code == 200
    assert token.last_used_at is not None
    add_person(session, "lead2", "interviewer")
    assert client.get("/openrosa/formList", headers=basic("lead2", text)).status_code == 401
    assert client.get("/openrosa/formList", headers=bearer(text[:-1])).status_code == 401
    # A token opens no page.
    assert client.get("/account/programs", headers=bearer(text)).status_code == 302


def test_token__revoked_expired_or_of_a_person_shut_out__does_nothing(client: FlaskClient, session: Session) -> None:
    revoked, text = made_for(session)
    revoke_token(session, None, revoked, utc_now())
    revoke_token(session, None, revoked, utc_now())
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 401
    expired, text = made_for(session, "lead2")
    expired.expires_at = utc_now() - timedelta(seconds=1)
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 401
    token, text = made_for(session, "lead3")
    token.user.active = False
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 401
    token.user.active, token.user.roles = True, []
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 401
    actions = session.scalars(select(Event.action).order_by(Event.number)).all()
    assert actions == ["token.made", "token.revoked", "token.made", "token.made"]


def test_token__of_another_scope__sends_no_interviews(client: FlaskClient, session: Session) -> None:
    _token, text = made_for(session, "admin", "handover")
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 401


def test_token__guessed_many_times__has_to_wait(client: FlaskClient, session: Session) -> None:
    _token, text = made_for(session)
    statuses = [client.get("/openrosa/formList", headers=bearer(f"{PREFIX}{number}")).status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 429


def test_make_token__wrong_role_or_values__says_why(session: Session) -> None:
    lead, author, admin = (find_or_add_person(session, name) for name in ("lead1", "author", "admin"))
    now = utc_now()
    for person, scope in ((author, "submit"), (lead, "handover")):
        with pytest.raises(SurveyError) as caught:
            make_token(session, admin, person, name="x", scope=scope, days=1, now=now)
        assert caught.value.code is ErrorCode.NOT_ALLOWED
    with pytest.raises(SurveyError, match="manage tokens of others"):
        make_token(session, lead, find_or_add_person(session, "lead2"), name="x", scope="submit", days=1, now=now)
    for wrong in ({"scope": "all"}, {"days": 0}, {"days": 400}, {"name": " "}):
        values = {"name": "x", "scope": "submit", "days": 1, **wrong}
        with pytest.raises(SurveyError) as caught:
            make_token(session, admin, admin, now=now, **values)
        assert caught.value.code is ErrorCode.INVALID_VALUE


def test_own_programs__token_made_on_the_page__is_shown_once_with_the_code_for_collect(sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    page = client.post("/account/programs", data={"name": "我的平板", "scope": "submit", "days": "30"})
    (text,) = re.findall(r'<code class="token">([^<]+)</code>', page.text)
    assert "data:image/svg+xml" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    again = client.get("/account/programs")
    assert text not in again.text
    assert "我的平板" in again.text
    token = session.scalars(select(ApiToken)).one()
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 200
    assert client.post(f"/account/programs/{token.id}/revoke").status_code == 302
    assert client.get("/openrosa/formList", headers=bearer(text)).status_code == 401
    assert client.post("/account/programs", data={"name": "", "scope": "submit", "days": "30"}).status_code == 422
    assert client.post("/account/programs", data={"name": "x", "scope": "handover", "days": "30"}).status_code == 422


def test_programs_of_others__are_the_administrators_business(sign_in: SignIn, session: Session) -> None:
    token, _text = made_for(session, "lead2")
    assert sign_in("lead1").post(f"/account/programs/{token.id}/revoke").status_code == 403
    assert sign_in("lead1").get(f"/admin/people/{token.user_id}/programs").status_code == 403
    client = sign_in("admin")
    assert "tablet 7" in client.get(f"/admin/people/{token.user_id}/programs").text
    assert client.post(f"/account/programs/{token.id}/revoke").headers["Location"].endswith(f"/{token.user_id}/programs")


def test_collect_settings__decoded__are_what_collect_reads() -> None:
    code = collect_settings("https://192.168.137.1:5443/openrosa", "lead1", "sst_x", "监督调研")
    settings = json.loads(zlib.decompress(base64.b64decode(code)))
    assert settings["general"]["server_url"] == "https://192.168.137.1:5443/openrosa"
    assert (settings["general"]["username"], settings["general"]["password"]) == ("lead1", "sst_x")
    assert settings["admin"] == {}
    assert settings["project"] == {"name": "监督调研"}


def test_command__makes_lists_and_revokes(settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person(session, "admin", "admin")
    session.commit()
    for name, value in {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": SECRET_KEY}.items():
        monkeypatch.setenv(name, value)
    made = CliRunner().invoke(main, ["user", "token", "admin", "--scope", "handover", "--days", "7", "--name", "county laptop"])
    assert made.exit_code == 0, made.output
    token = session.scalars(select(ApiToken)).one()
    assert token.sha256 == token_hash(made.stdout.strip())
    assert "county laptop" in CliRunner().invoke(main, ["user", "tokens", "admin"]).output
    assert "is revoked" in CliRunner().invoke(main, ["user", "revoke-token", token.id]).output
    assert "revoked" in CliRunner().invoke(main, ["user", "tokens", "admin"]).output
