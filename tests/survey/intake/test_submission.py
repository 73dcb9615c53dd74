"""Sending interviews over HTTP: what is stored, what is refused, and that nothing is ever lost or doubled."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.events import Event
from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.intake.openrosa import RESPONSE_NAMESPACE
from survey.storage import Storage
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import HTML, JPEG, PNG, basic, interview_xml, send, with_text

JSON = {**basic(), "Accept": "application/json"}


def count(session: Session, model: type[Any]) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def told(data: bytes) -> str:
    """The message of an OpenRosa answer."""
    message = etree.fromstring(data).find(f"{{{RESPONSE_NAMESPACE}}}message")
    assert message is not None
    return str(message.text)


def test_submission__in_order__is_stored_as_it_came(client: FlaskClient, field: Field, session: Session) -> None:
    xml = interview_xml()
    response = send(client, xml, assignment_id=field.assignment.id)
    assert response.status_code == 201
    stored = session.get_one(Submission, "uuid:0001")
    assert stored.xml == xml
    assert stored.answers["family"] == {"n_members": 3, "members": [{"member_name": "甲", "age": 40}, {"member_name": "乙", "age": 12}]}
    assert (stored.review_state, stored.form_version, stored.device_id) == ("received", "2018.1", "tablet-7")
    assert (stored.visit_id, stored.assignment_id) == (field.visit.id, field.assignment.id)
    assert (stored.household_id, stored.village_code) == (field.assignment.household_id, field.assignment.village_code)
    assert (stored.lead_id, stored.second_id) == (field.lead.id, field.second.id)
    assert stored.started_at is not None
    assert stored.ended_at is not None
    assert (stored.ended_at - stored.started_at).total_seconds() == 2400
    assert [flag.check for flag in stored.flags] == ["not_countersigned"]
    assert [event.action for event in session.scalars(select(Event).where(Event.subject_id == "uuid:0001"))] == ["submission.received"]


@pytest.mark.parametrize(
    ("xml", "nature"),
    [
        (b"<data id='visit_form'><unclosed></data>", "MALFORMED_XML"),
        (b"not xml", "MALFORMED_XML"),
        (b"", "MALFORMED_XML"),
        (b"<!DOCTYPE data [<!ENTITY a 'b'>]><data id='visit_form'>&a;</data>", "UNSAFE_XML"),
        (b"<!DOCTYPE data [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><data id='visit_form'>&a;</data>", "UNSAFE_XML"),
        (b"<data id='visit_form' version='2018.1'><n_members>3</n_members></data>", "MISSING_INSTANCE_ID"),
    ],
)
def test_submission__unreadable_xml__is_400_and_nothing_is_stored(
    client: FlaskClient, field: Field, session: Session, xml: bytes, nature: str
) -> None:
    response = send(client, xml, headers=JSON)
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == nature
    assert count(session, Submission) == count(session, QuarantinedSubmission) == 0


@pytest.mark.parametrize("replaces", ["", "practice:9c0f"])
def test_submission__of_practice_sent_by_hand__is_refused_with_the_reason_and_nothing_is_kept(
    client: FlaskClient, field: Field, session: Session, replaces: str
) -> None:
    response = send(client, interview_xml("uuid:0009" if replaces else "practice:9c0f", replaces=replaces), headers=JSON)
    assert response.status_code == 422
    error = response.get_json()["error"]
    assert error["code"] == "PRACTICE_SUBMISSION"
    assert "practise" in error["message"] or "练习" in error["message"]
    assert count(session, Submission) == count(session, QuarantinedSubmission) == 0


@pytest.mark.parametrize(
    ("found", "other", "names"),
    [(b'id="visit_form"', b'id="absent_form"', ("absent_form", "visit_form")), (b'"2018.1"', b'"1999"', ("1999", "2018.1"))],
)
def test_submission__unknown_form_or_version__is_404_with_its_name_and_what_there_is(
    client: FlaskClient, field: Field, session: Session, found: bytes, other: bytes, names: tuple[str, ...]
) -> None:
    response = send(client, interview_xml().replace(found, other, 1))
    assert response.status_code == 404
    assert all(name in told(response.data) for name in names)
    assert count(session, Submission) == 0


@pytest.mark.parametrize("instance_id", ["../../etc", "uuid:" + "x" * 80, "uuid:中"])
def test_submission__identifier_that_cannot_be_a_key__is_422(client: FlaskClient, field: Field, instance_id: str) -> None:
    assert send(client, interview_xml(instance_id)).status_code == 422


def test_submission__same_again__is_201_and_nothing_is_doubled(client: FlaskClient, field: Field, session: Session) -> None:
    xml = interview_xml(well="well.jpg")
    before = [send(client, xml, {"well.jpg": JPEG}).status_code for _ in range(3)]
    assert before == [201, 201, 201]
    assert (count(session, Submission), count(session, Attachment), count(session, Event)) == (1, 1, 1 + published_events(session))


def published_events(session: Session) -> int:
    """Events that the fixture's publishing logged."""
    return session.scalar(select(func.count()).select_from(Event).where(Event.subject_type == "questionnaire_version")) or 0


def test_submission__same_id_with_other_xml__is_409_and_the_first_is_kept(client: FlaskClient, field: Field, session: Session) -> None:
    first = interview_xml()
    assert send(client, first).status_code == 201
    response = send(client, interview_xml(water_safe="no"))
    assert response.status_code == 409
    assert "uuid:0001" in told(response.data)
    assert session.get_one(Submission, "uuid:0001").xml == first
    assert count(session, Submission) == 1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("n_members", "99", "人数应在 1 至 20 之间。"),
        ("n_members", "三", "三"),
        ("n_members", "", ""),
        ("water_safe", "perhaps", "perhaps"),
        ("needs", "road castle", "castle"),
        ("age", "200", "年龄应小于 120。"),
    ],
)
def test_submission__wrong_answer__is_422_naming_question_value_and_message_and_is_kept(
    client: FlaskClient, field: Field, session: Session, name: str, value: str, message: str
) -> None:
    xml = with_text(interview_xml(), name, value)
    response = send(client, xml, headers=JSON, assignment_id=field.assignment.id)
    assert response.status_code == 422
    answer = response.get_json()
    assert answer["outcome"] == "quarantined"
    [finding] = answer["findings"]
    assert (finding["question"], finding["value"]) == (name, value)
    assert finding["label"]
    assert message in finding["message"]
    assert finding["message"]
    assert name in answer["error"]["message"]
    kept = session.scalars(select(QuarantinedSubmission)).one()
    assert (kept.xml, kept.instance_id, kept.assignment_id, kept.state) == (xml, "uuid:0001", field.assignment.id, "waiting")
    assert kept.findings[0]["message"].keys() == {"zh", "en"}
    assert count(session, Submission) == 0


def test_submission__wrong_answer_from_odk_collect__is_told_in_the_persons_language(
    client: FlaskClient, field: Field, session: Session
) -> None:
    xml = with_text(interview_xml(), "n_members", "99")
    assert "您家有几口人？ (n_members) '99': 人数应在 1 至 20 之间。" in told(send(client, xml).data)
    field.lead.locale = "en"
    broken = told(send(client, b"<broken").data)
    assert "well-formed" in broken
    message = told(send(client, xml).data)
    assert "How many members? (n_members) '99': Between 1 and 20, please." in message
    assert count(session, QuarantinedSubmission) == 1


def test_submission__wrong_answer_in_a_repeat__names_its_position(client: FlaskClient, field: Field) -> None:
    members = [{"member_name": "甲", "age": 40}, {"member_name": "乙", "age": 12}]
    xml = interview_xml(family={"n_members": 2, "members": members}).replace(b"<age>12</age>", b"<age>150</age>")
    [finding] = send(client, xml, headers=JSON).get_json()["findings"]
    assert (finding["question"], finding["position"]) == ("age", [2])


def test_submission__question_that_the_form_does_not_ask__is_422(client: FlaskClient, field: Field) -> None:
    xml = interview_xml().replace(b"<meta>", b"<stowaway>1</stowaway><meta>", 1)
    response = send(client, xml, headers=JSON)
    assert response.status_code == 422
    assert response.get_json()["findings"][0]["code"] == "unknown"


def test_submission__too_large__is_413_with_the_limit(settings: Settings, app: Flask, client: FlaskClient, field: Field) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    response = send(client, interview_xml(well="well.jpg"), {"well.jpg": JPEG + bytes(200_000)})
    assert response.status_code == 413
    assert f"{settings.max_upload_mb} MB" in told(response.data)


def test_submission__long_xml_as_text__is_read(client: FlaskClient, field: Field, session: Session) -> None:
    members = [{"member_name": "人" * 200, "age": 40}] * 1000
    xml = interview_xml(family={"n_members": 3, "members": members})
    response = client.post("/openrosa/submission", data={"xml_submission_file": xml.decode()}, headers=basic())
    assert response.status_code == 201
    assert len(session.get_one(Submission, "uuid:0001").answers["family"]["members"]) == 1000


def test_submission__files_in_several_requests__are_all_attached(app: Flask, client: FlaskClient, field: Field, session: Session) -> None:
    xml = interview_xml(well="well.jpg", paper="paper.bin")
    assert send(client, xml, {"well.jpg": JPEG}).status_code == 201
    assert send(client, xml, {"paper.bin": b"anything"}).status_code == 201
    assert send(client, xml, {"well.jpg": JPEG}).status_code == 201
    storage: Storage = app.extensions["survey.storage"]
    files = {file.name: file for file in session.get_one(Submission, "uuid:0001").attachments}
    assert {name: storage.get(file.sha256) for name, file in files.items()} == {"well.jpg": JPEG, "paper.bin": b"anything"}
    assert (files["well.jpg"].media_type, files["paper.bin"].media_type) == ("image/jpeg", "application/octet-stream")
    actions = list(session.scalars(select(Event.action).where(Event.subject_id == "uuid:0001").order_by(Event.number)))
    assert actions == ["submission.received", "submission.attachments_received"]


def test_submission__other_file_of_the_same_name__is_409_and_the_first_is_kept(
    app: Flask, client: FlaskClient, field: Field, session: Session
) -> None:
    xml = interview_xml(well="well.jpg")
    send(client, xml, {"well.jpg": JPEG})
    response = send(client, xml, {"well.jpg": PNG}, headers=JSON)
    assert response.status_code == 409
    assert response.get_json()["findings"][0]["code"] == "other_content"
    [kept] = session.get_one(Submission, "uuid:0001").attachments
    assert app.extensions["survey.storage"].get(kept.sha256) == JPEG


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [("unnamed.jpg", JPEG, "unnamed_file"), ("well.jpg", HTML, "wrong_media"), ("../well.jpg", JPEG, "unsafe_name")],
)
def test_submission__file_that_does_not_belong__is_422_and_everything_is_kept(
    client: FlaskClient, field: Field, session: Session, name: str, data: bytes, code: str
) -> None:
    response = send(client, interview_xml(well="well.jpg"), {name: data}, headers=JSON)
    assert response.status_code == 422
    assert [finding["code"] for finding in response.get_json()["findings"]] == [code]
    [row] = session.scalars(select(QuarantinedSubmission))
    assert [record["size_bytes"] for record in row.files] == [len(data)]
