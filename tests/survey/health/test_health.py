"""Whether the service says that it is well, ready, and what it did; and to whom."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.config import Settings
from survey.db import create_engine_for, utc_now
from survey.events import log_event
from survey.health.checks import check_readiness
from survey.health.logs import JsonLines, PlainLines
from tests.conftest import SignIn

TOKEN = "a-token-for-prometheus-only"
FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}
THROUGH_PROXY = {"X-Forwarded-For": "203.0.113.7"}


def test_health__database_answers__is_ok_as_json(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "demo": False}


def test_ready__everything_there__is_told_to_this_machine_only(client: FlaskClient) -> None:
    told = client.get("/readyz").get_json()
    assert (told["status"], told["checks"]) == ("ready", {"database": "ok", "storage": "ok", "disk": "ok"})
    for options in ({"environ_base": FROM_OUTSIDE}, {"headers": THROUGH_PROXY}):
        assert client.get("/readyz", **options).get_json() == {"status": "ready"}


def test_ready__storage_away_old_schema_or_full_disk__is_not_ready_and_says_why(
    app: Flask, client: FlaskClient, session: Session, settings: Settings
) -> None:
    app.extensions["survey.settings"] = replace(settings, min_free_mb=10**9)
    assert "fewer than" in client.get("/readyz").get_json()["checks"]["disk"]
    app.extensions["survey.settings"] = settings
    app.extensions.pop("survey.storage_tried", None)
    attachments = Path(settings.attachments_url)
    if attachments.exists():
        attachments.rename(attachments.with_name("gone"))
    attachments.write_bytes(b"no folder")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "cannot be used at present" in response.get_json()["checks"]["storage"]
    attachments.unlink()
    session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    response = client.get("/readyz")
    assert "python -m survey init" in response.get_json()["checks"]["database"]
    assert response.get_json()["checks"]["storage"] == "ok"


def test_ready__database_away__is_a_line_in_the_log_at_each_look(app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app.extensions["survey.engine"] = create_engine_for(f"sqlite:///{tmp_path}")  # a folder is no database
    assert check_readiness(app, utc_now()).checks["database"] == "failed (OperationalError)"
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [("a check of readiness failed: DISK_BROKEN", None)]


def test_ready__schema_of_a_later_version__is_ready_until_the_upgrade_comes_to_this_process(client: FlaskClient, session: Session) -> None:
    session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["checks"]["database"]) == (200, "ok")


def test_ready__backup_old_or_clock_behind__is_ready_and_warns(app: Flask, session: Session) -> None:
    now = utc_now()
    log_event(session, None, "household.changed", "household", "x", now - timedelta(days=3))
    session.commit()
    found = check_readiness(app, now)
    assert found.is_ready
    assert any("in no backup; none was made yet" in warning for warning in found.warnings)
    assert any("clock" in warning for warning in check_readiness(app, now - timedelta(days=4)).warnings)


def test_metrics__asked_by_this_machine_or_with_the_token__count_by_view(app: Flask, client: FlaskClient, settings: Settings) -> None:
    client.get("/healthz")
    text = client.get("/metrics").text
    assert 'survey_requests_total{method="GET",status="200",view="health.alive"}' in text
    assert "survey_disk_free_bytes" in text
    app.extensions["survey.settings"] = replace(settings, metrics_token=TOKEN)
    assert client.get("/metrics", environ_base=FROM_OUTSIDE).status_code == 404
    assert client.get("/metrics", headers=THROUGH_PROXY).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, environ_base=FROM_OUTSIDE).status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, environ_base=FROM_OUTSIDE).status_code == 200


def test_request__with_or_without_a_number__has_one_in_answer_and_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, now: datetime
) -> None:
    caplog.set_level(logging.INFO, logger="survey.requests")
    assert client.get("/healthz", headers={"X-Request-ID": "from-nginx-1"}).headers["X-Request-ID"] == "from-nginx-1"
    made = client.get("/calendar/secret-token.ics?token=secret-token", headers={"X-Request-ID": "bad id\t"}).headers["X-Request-ID"]
    assert len(made) == 32
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "survey.requests"]
    assert (lines[0]["page"], lines[0]["status"], lines[0]["level"]) == ("/healthz", 200, "info")
    assert "secret-token" not in json.dumps(lines)


def test_request__refused__is_a_warning_that_tells_who_asked(sign_in: SignIn, caplog: pytest.LogCaptureFixture, session: Session) -> None:
    client = sign_in("lead1")
    client.get("/admin/people")
    (line,) = [json.loads(JsonLines().format(each)) for each in caplog.records if each.name == "survey.requests"]
    person = session.scalars(select(User.id).where(User.username == "lead1")).one()
    told = {"level": "warning", "page": "/admin/people", "status": 403, "person": person, "address": "127.0.0.1"}
    assert told.items() <= line.items()
    assert line["message"] == f"GET /admin/people 403: not allowed, by {person} from 127.0.0.1"


def test_request__with_a_wrong_token_no_token_of_its_form_or_for_what_is_hidden__is_a_warning_without_any_secret(
    sign_in: SignIn, app: Flask, session: Session, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, client = sign_in("coordinator"), app.test_client()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    token = {"Authorization": "Bearer typed-secret"}
    asked = [
        client.get("/api/v1/visits", headers=token),
        client.get("/openrosa/formList", headers={"Authorization": "Basic bGVhZDE6dHlwZWQtc2VjcmV0"}),
        person.post("/visits/new", data={"name": "typed-secret"}),
        person.get("/visits/typed-secret"),
        client.get("/metrics", headers=token, environ_base={"REMOTE_ADDR": "10.9.8.7"}),
    ]
    lines = [json.loads(JsonLines().format(each)) for each in caplog.records if each.name == "survey.requests"]
    known = session.scalars(select(User.id).where(User.username == "coordinator")).one()
    assert [(each["status"], each["why"], each["person"], each["address"]) for each in lines] == [
        (401, "wrong token or password", "", "127.0.0.1"),
        (401, "wrong token or password", "", "127.0.0.1"),
        (400, "form without its token", known, "127.0.0.1"),
        (404, "hidden, or nothing there", known, "127.0.0.1"),
        (404, "hidden, or nothing there", "", "10.9.8.7"),
    ]
    assert [each.status_code for each in asked] == [each["status"] for each in lines]
    assert all(each["level"] == "warning" and each["address"] in each["message"] for each in lines)
    assert "typed-secret" not in "".join(JsonLines().format(each) + PlainLines().format(each) for each in caplog.records)


def test_request__that_asks_without_telling_who_or_for_what_is_nowhere__is_no_warning(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert [client.get(path).status_code for path in ("/openrosa/formList", "/wp-login.php", "/static/nothing.js")] == [401, 404, 404]
    assert [each for each in caplog.records if each.name == "survey.requests" and each.levelno >= logging.WARNING] == []


def test_line__with_line_breaks_in_what_somebody_typed__is_one_line_in_either_form(caplog: pytest.LogCaptureFixture) -> None:
    typed = "well\r\n2026-01-01 WARNING forged\x1b[2J\u2028and\x85more"
    logging.getLogger("survey.typed").warning("not found: %s", typed)
    (record,) = [each for each in caplog.records if each.name == "survey.typed"]
    plain, line = PlainLines().format(record), JsonLines().format(record)
    assert plain == r"not found: well\r\n2026-01-01 WARNING forged\x1b[2J\u2028and\x85more"
    assert json.loads(line)["message"] == f"not found: {typed}"
    assert "\n" not in line
