"""What the server says while it cannot keep anything, and that it goes on by itself afterwards: kept is what was acknowledged, once."""

import json
import os
import resource
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import create_engine_for
from survey.intake.models import Attachment, Submission
from survey.intake.receive import Received, receive_submission
from survey.proof.chain import check_chain, own_and_handed_logs
from survey.storage import Storage
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import JPEG, interview_xml, send

JSON = {"Accept": "application/json"}


def told_by_child(do: Callable[[], Any]) -> Any:
    """What this gives in a process of its own, whose limits are its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(do()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        data = told.read()
    os.waitpid(child, 0)
    return json.loads(data)


@pytest.fixture
def plain(app: Flask, session: Session, field: Field) -> FlaskClient:
    """A client of an application whose connections are all closed, so that another process may open its own."""
    session.close()
    app.test_client_class = None
    app.extensions["survey.engine"].dispose()
    return app.test_client()


def test_submission__disk_full_at_every_write__is_refused_until_there_is_room_and_kept_once(
    app: Flask, plain: FlaskClient, session: Session
) -> None:
    xml, files = interview_xml(well="a.jpg"), {"a.jpg": JPEG + b"\0" * 30_000}

    def send_with_ever_more_room() -> list[tuple[int, int, str]]:
        answers: list[tuple[int, int, str]] = []
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        for n_bytes in (*range(0, 200_000, 10_000), hard):
            resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
            answer = send(plain, xml, files)
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            answers.append((answer.status_code, n_bytes, answer.headers.get("Retry-After", "")))
            if answer.status_code == 201:
                break
        return answers

    *refused, last = told_by_child(send_with_ever_more_room)
    assert len(refused) >= 5
    assert {(status, after) for status, _n_bytes, after in refused} == {(503, "30")}
    assert last[0] == 201
    assert session.scalar(select(func.count()).select_from(Submission)) == 1
    kept = session.scalars(select(Attachment.sha256)).one()
    assert app.extensions["survey.storage"].get(kept) == files["a.jpg"]


def test_submission__database_locked_or_storage_away__is_refused_for_now_and_kept_later(
    app: Flask, plain: FlaskClient, session: Session, settings: Settings
) -> None:
    event.listen(app.extensions["survey.engine"], "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout = 20"))
    other = sqlite3.connect(Path(settings.data) / "survey.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked = send(plain, interview_xml())
    other.execute("ROLLBACK")
    other.close()
    assert (locked.status_code, locked.headers["Retry-After"]) == (503, "30")
    assert "busy" in locked.text or "正忙" in locked.text
    attachments = Path(settings.attachments_url)
    attachments.write_bytes(b"no folder")
    away = send(plain, interview_xml(well="a.jpg"), {"a.jpg": JPEG})
    assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
    assert session.scalar(select(func.count()).select_from(Submission)) == 0
    attachments.unlink()
    assert send(plain, interview_xml(well="a.jpg"), {"a.jpg": JPEG}).status_code == 201


def test_pages__database_away__say_so_and_come_back(app: Flask, plain: FlaskClient) -> None:
    engine = app.extensions["survey.engine"]
    app.extensions["survey.engine"] = create_engine_for("postgresql+psycopg://survey@127.0.0.1:9/none?connect_timeout=2")
    page = plain.get("/", headers={"Accept": "text/html"})
    answer = plain.get("/openrosa/formList", headers=JSON)
    app.extensions["survey.engine"].dispose()
    app.extensions["survey.engine"] = engine
    assert {page.status_code, answer.status_code} <= {503, 302, 401}
    assert plain.get("/healthz").status_code == 200


def test_receive__clock_set_back_by_a_day__is_kept_and_the_log_holds(session: Session, field: Field, tmp_path: Path, now: datetime) -> None:
    storage = Storage(str(tmp_path / "files"))
    for number in range(3):
        received = Received(interview_xml(f"uuid:{number}"), {}, "")
        receive_submission(session, field.lead, received, storage, now - timedelta(days=number))
    assert session.scalar(select(func.count()).select_from(Submission)) == 3
    own = next(iter(own_and_handed_logs(session)))
    assert check_chain(session, own, lambda _rows: None).first_broken is None
