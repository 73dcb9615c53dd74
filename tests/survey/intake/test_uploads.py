"""Files that come after their interview, in pieces: what is known to be missing, and that nothing is lost or doubled on the way."""

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.config import Settings
from survey.db import utc_now
from survey.events import Event
from survey.intake.models import Attachment, AwaitedFile, Flag, QuarantinedSubmission, Submission
from survey.intake.partials import KEPT_FOR, PartialKey, Partials
from survey.review.operations import return_submission
from survey.visits.progress import read_progress
from tests.builders import find_or_add_person
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import JPEG, PNG, basic, interview_xml, send

JSON = {**basic(), "Accept": "application/json"}
PICTURE = JPEG + bytes(range(256)) * 40
UPLOAD = "/tablet/uploads/uuid:0001/well.jpg"


def digest(data: bytes) -> str:
    """The header that announces the hash of a whole file."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def ask(client: FlaskClient, data: bytes = PICTURE, address: str = UPLOAD, username: str = "lead1") -> TestResponse:
    """The answer to the question how far the file is."""
    return client.head(address, headers={**JSON, **basic(username), "Repr-Digest": digest(data)})


def push(client: FlaskClient, start: int, end: int, data: bytes = PICTURE, address: str = UPLOAD, **headers: str) -> TestResponse:
    """The answer to the bytes from `start` up to `end` of the file."""
    told = {"Upload-Offset": str(start), "Upload-Length": str(len(data)), "Repr-Digest": digest(data)}
    return client.patch(address, data=data[start:end], headers={**JSON, **told, **headers})


def receipt(client: FlaskClient, instance_id: str = "uuid:0001", username: str = "lead1") -> TestResponse:
    """The answer to the question what is kept."""
    return client.get(f"/tablet/receipts/{instance_id}.json", headers=basic(username))


def count(session: Session, model: type) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_upload__in_pieces_after_the_interview__is_attached_and_no_longer_missing(
    client: FlaskClient, field: Field, session: Session, app: Flask
) -> None:
    answer = send(client, interview_xml(well="well.jpg", paper="paper.pdf"), headers=JSON, assignment_id=field.assignment.id)
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["missing"] == ["paper.pdf", "well.jpg"]
    assert answer.json["xml_sha256"] == hashlib.sha256(interview_xml(well="well.jpg", paper="paper.pdf")).hexdigest()
    assert ask(client).headers["Upload-Offset"] == "0"
    assert push(client, 0, 4000).headers["Upload-Offset"] == "4000"
    assert ask(client).headers["Upload-Offset"] == "4000"
    assert count(session, Attachment) == 0
    assert read_progress(session, field.visit.id).total.n_awaited == 2
    last = push(client, 4000, len(PICTURE))
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(PICTURE)))
    stored = session.scalars(select(Attachment)).one()
    assert (stored.name, stored.media_type, stored.size_bytes) == ("well.jpg", "image/jpeg", len(PICTURE))
    assert app.extensions["survey.storage"].get(stored.sha256) == PICTURE
    told = receipt(client).json
    assert told is not None
    assert told["files"] == [{"name": "well.jpg", "sha256": hashlib.sha256(PICTURE).hexdigest(), "n_bytes": len(PICTURE)}]
    assert (told["missing"], told["people"], told["state"]) == (["paper.pdf"], ["lead1", "second1"], "stored")
    actions = session.scalars(select(Event.action).where(Event.subject_id == "uuid:0001").order_by(Event.number)).all()
    assert actions == ["submission.received", "submission.attachments_received"]
    assert session.scalars(select(Flag.check)).all() == ["not_countersigned"]


def test_upload__repeated_pieces_and_ends__change_nothing(client: FlaskClient, field: Field, session: Session, settings: Settings) -> None:
    send(client, interview_xml(well="well.jpg"))
    push(client, 0, 4000)
    repeated = push(client, 0, 4000)
    assert (repeated.status_code, repeated.headers["Upload-Offset"]) == (409, "4000")
    ahead = push(client, 9000, len(PICTURE))
    assert (ahead.status_code, ahead.headers["Upload-Offset"]) == (409, "4000")
    push(client, 4000, len(PICTURE))
    again = push(client, 4000, len(PICTURE))
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, str(len(PICTURE)))
    assert push(client, len(PICTURE), len(PICTURE)).status_code == 204
    asked = ask(client)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Complete"]) == (str(len(PICTURE)), "?1")
    assert send(client, interview_xml(well="well.jpg"), headers=JSON).json["missing"] == []  # type: ignore[index]
    assert (count(session, Attachment), count(session, AwaitedFile)) == (1, 0)
    assert list(settings.uploads_path.iterdir()) == []


def test_upload__other_bytes_than_announced__are_dropped_and_may_come_again(
    client: FlaskClient, field: Field, session: Session, settings: Settings
) -> None:
    send(client, interview_xml(well="well.jpg"))
    push(client, 0, 4000)
    damaged = PICTURE[:-1] + b"?"
    answer = push(client, 4000, len(PICTURE), damaged, **{"Repr-Digest": digest(PICTURE)})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "DAMAGED_UPLOAD")  # type: ignore[index]
    assert (count(session, Attachment), ask(client).headers["Upload-Offset"]) == (0, "0")
    assert push(client, 0, len(PICTURE)).status_code == 204
    assert count(session, Attachment) == 1


def test_upload__pieces_that_a_failure_of_power_took_or_emptied__are_sent_again_from_where_the_server_is(
    client: FlaskClient, field: Field, session: Session, settings: Settings
) -> None:
    send(client, interview_xml(well="well.jpg"))
    push(client, 0, 4000)
    push(client, 4000, 8000)
    [path] = settings.uploads_path.iterdir()
    os.truncate(path, 3000)
    late = push(client, 8000, len(PICTURE))
    assert (late.status_code, late.headers["Upload-Offset"], ask(client).headers["Upload-Offset"]) == (409, "3000", "3000")
    push(client, 3000, 8000)
    path.write_bytes(PICTURE[:2000] + bytes(6000))
    emptied = push(client, 8000, len(PICTURE))
    assert (emptied.status_code, ask(client).headers["Upload-Offset"]) == (422, "0")
    assert (push(client, 0, len(PICTURE)).status_code, count(session, Attachment)) == (204, 1)


def test_upload__another_file_of_the_same_name__is_refused_and_the_first_stays(client: FlaskClient, field: Field, session: Session) -> None:
    send(client, interview_xml(well="well.jpg"), {"well.jpg": PICTURE})
    assert ask(client, PNG).status_code == 409
    assert push(client, 0, len(PNG), PNG).json["error"]["code"] == "INSTANCE_CONFLICT"  # type: ignore[index]
    assert session.scalars(select(Attachment.sha256)).one() == hashlib.sha256(PICTURE).hexdigest()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Repr-Digest": ""}, 422),
        ({"Repr-Digest": "sha-256=:not base64:"}, 422),
        ({"Upload-Offset": "-1"}, 422),
        ({"Upload-Length": "many"}, 422),
        ({"Upload-Length": "10"}, 422),
        ({"Upload-Length": "100000001"}, 413),
        (basic("lead1", "wrong-password-1"), 401),
        (basic("author"), 403),
        (basic("stranger"), 404),
        (basic("second1"), 204),
        (basic("coordinator"), 204),
    ],
)
def test_upload__badly_told_or_by_somebody_else__is_refused(
    client: FlaskClient, field: Field, session: Session, headers: dict[str, str], status: int
) -> None:
    for username in ("author", "stranger", "coordinator"):
        find_or_add_person(session, username)
    send(client, interview_xml(well="well.jpg"), assignment_id=field.assignment.id)
    assert push(client, 0, 4000, **headers).status_code == status


def test_upload__file_that_no_answer_names_or_interview_that_is_not_here__is_not_taken(
    client: FlaskClient, field: Field, settings: Settings
) -> None:
    assert push(client, 0, 100).status_code == 404
    send(client, interview_xml(well="well.jpg"))
    assert push(client, 0, 100, address="/tablet/uploads/uuid:0001/other.jpg").status_code == 404
    assert push(client, 0, 100, address="/tablet/uploads/uuid:0001/..%5Cwell.jpg").status_code == 422
    assert receipt(client, "uuid:0009").status_code == 404
    assert not settings.uploads_path.exists()


def test_upload__signed_in_browser_without_the_pages_token__is_refused(
    sign_in: object, app: Flask, field: Field, client: FlaskClient
) -> None:
    send(client, interview_xml(well="well.jpg"))
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in("lead1")  # type: ignore[operator]
    told = {"Upload-Offset": "0", "Upload-Length": str(len(PICTURE)), "Repr-Digest": digest(PICTURE), "Accept": "application/json"}
    assert client.head(UPLOAD, headers=told).status_code == 204
    assert client.patch(UPLOAD, data=PICTURE, headers=told).status_code == 400


def test_upload__nothing_comes_for_two_weeks__what_had_come_is_swept_away(tmp_path: Path) -> None:
    partials, now = Partials(tmp_path / "uploads"), utc_now()
    old, young = (PartialKey("uuid:0001", name, "0" * 64) for name in ("old.jpg", "young.jpg"))
    for key in (old, young):
        partials.write(key, 0, b"begun")
    past = (now - KEPT_FOR - timedelta(hours=1)).timestamp()
    os.utime(tmp_path / "uploads" / old.file_name, (past, past))
    assert partials.sweep(now) == 1
    assert (partials.n_bytes(old), partials.n_bytes(young)) == (0, 5)


def test_upload__of_another_kind_than_asked__is_kept_and_doubted(client: FlaskClient, field: Field, session: Session) -> None:
    send(client, interview_xml(well="well.jpg"))
    text = b"%PDF-1.7 not a picture"
    assert push(client, 0, len(text), text).status_code == 204
    flag = session.scalars(select(Flag)).one()
    assert (flag.check, flag.question, flag.value) == ("wrong_media", "well", "well.jpg")
    assert session.scalars(select(Attachment.media_type)).one() == "application/pdf"


def test_upload__of_a_refused_interview__waits_with_it_and_is_admitted_with_it(client: FlaskClient, field: Field, session: Session) -> None:
    family = {"n_members": 99, "members": []}
    assert send(client, interview_xml(well="well.jpg", family=family)).status_code == 422
    assert push(client, 0, len(PICTURE)).status_code == 204
    row = session.scalars(select(QuarantinedSubmission)).one()
    assert [record["name"] for record in row.files] == ["well.jpg"]
    assert receipt(client).json["state"] == "quarantined"  # type: ignore[index]
    assert send(client, interview_xml(well="well.jpg"), headers=JSON).json["missing"] == ["well.jpg"]  # type: ignore[index]


def test_upload__that_the_corrected_interview_had__need_not_be_sent_again(client: FlaskClient, field: Field, session: Session) -> None:
    send(client, interview_xml(well="well.jpg"), {"well.jpg": PICTURE})
    original = session.get_one(Submission, "uuid:0001")
    return_submission(session, find_or_add_person(session, "coordinator"), original, "请补充。", utc_now())
    edit = interview_xml("uuid:0002", replaces="uuid:0001", well="well.jpg")
    assert send(client, edit, headers=JSON).json["missing"] == ["well.jpg"]  # type: ignore[index]
    address = "/tablet/uploads/uuid:0002/well.jpg"
    asked = ask(client, address=address)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Complete"]) == (str(len(PICTURE)), "?0")
    assert push(client, len(PICTURE), len(PICTURE), address=address).status_code == 204
    assert receipt(client, "uuid:0002").json["missing"] == []  # type: ignore[index]


def test_submission__files_with_the_interview_or_in_a_later_upload__leave_nothing_missing(
    client: FlaskClient, field: Field, session: Session
) -> None:
    xml = interview_xml(well="well.jpg", paper="paper.pdf")
    send(client, xml, {"well.jpg": PICTURE})
    assert session.scalars(select(AwaitedFile.name)).all() == ["paper.pdf"]
    send(client, xml, {"paper.pdf": b"%PDF-1.7"})
    assert count(session, AwaitedFile) == 0


def test_piece__whose_earlier_ones_are_gone__is_not_taken_and_leaves_nothing(tmp_path: Path) -> None:
    partials, key = Partials(tmp_path / "uploads"), PartialKey("uuid:1", "well.jpg", "0" * 64)
    assert partials.write(key, 0, b"begun ")
    assert partials.write(key, 6, b"and whole")
    assert partials.read(key) == b"begun and whole"
    partials.remove(key)
    assert not partials.write(key, 6, b"and whole")
    assert list((tmp_path / "uploads").iterdir()) == []
