"""The shortcut receives what is in order as the ordinary way does, and leaves everything else to that."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.events import Event
from survey.health.metrics import EXTENSION, Metrics
from survey.intake.models import QuarantinedSubmission, Submission
from survey.intake.shortcut import xml_of
from survey.proof.chain import check_chain
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import basic, interview_xml, with_text

BOUNDARY = "----odk"


def body_of(xml: bytes, *, name: str = "xml_submission_file", media_type: str = "text/xml") -> bytes:
    """An upload of this part alone, as ODK Collect writes it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="i.xml"\r\nContent-Type: {media_type}\r\n\r\n'
    return head.encode() + xml + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """The requests that came to Flask."""
    found: list[str] = []

    def note(_app: Flask, **_more: object) -> None:
        found.append("asked")

    with request_started.connected_to(note, app):
        yield found


@pytest.fixture
def post(client: FlaskClient, field: Field, asked: list[str]) -> Callable[..., TestResponse]:
    """Sends such a body, after an interview has been received the ordinary way."""

    def send(body: bytes, **more: str) -> TestResponse:
        headers = {**basic(), **more}
        return client.post("/openrosa/submission", data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}", headers=headers)

    assert send(body_of(interview_xml("uuid:first"))).status_code == 201
    asked.clear()
    return send


def counted(app: Flask) -> float:
    """How many interviews were stored, as the metrics of the process tell."""
    metrics: Metrics = app.extensions[EXTENSION]
    labels = {"view": "openrosa.submission", "method": "POST", "status": "201"}
    return metrics.registry.get_sample_value("survey_requests_total", labels) or 0


def test_interview__in_order__is_received_without_flask_and_answered_the_same(
    app: Flask, post: Callable[..., TestResponse], asked: list[str], session: Session
) -> None:
    first = post(body_of(interview_xml("uuid:slow")), Accept="text/xml, application/xml")
    assert asked == ["asked"]  # for another kind of client the answer might have been another
    asked.clear()
    before = counted(app)
    quick = post(body_of(interview_xml("uuid:quick")), **{"X-Request-ID": "a-number-of-ours"})
    assert not asked
    assert (quick.status_code, quick.data) == (201, first.data)
    assert quick.headers["X-Request-ID"] == "a-number-of-ours"
    assert {name for name, _ in quick.headers} == {name for name, _ in first.headers}
    assert [value for name, value in quick.headers if name == "Content-Security-Policy"]
    stored = {each.instance_id: each for each in session.scalars(select(Submission))}
    slow, fast = stored["uuid:slow"], stored["uuid:quick"]
    assert fast.xml == interview_xml("uuid:quick")
    assert (fast.answers, fast.received_from_id, fast.lead_id) == (slow.answers, slow.received_from_id, slow.lead_id)
    told = {event.subject_id: event for event in session.scalars(select(Event).where(Event.action == "submission.received"))}
    assert told["uuid:quick"].actor_id == told["uuid:slow"].actor_id
    assert told["uuid:quick"].details.keys() == told["uuid:slow"].details.keys()
    assert not check_chain(session).breaks
    assert counted(app) == before + 1


def test_upload__otherwise_than_in_order__is_answered_the_ordinary_way(post: Callable[..., TestResponse], session: Session) -> None:
    xml = interview_xml("uuid:next")
    whole = body_of(xml)
    cases = {
        "cut in the XML": (body_of(xml[: len(xml) // 2]), 400),
        "mis-nested": (body_of(xml.replace(b"</n_members>", b"</n_member>")), 400),
        "no instance id": (body_of(xml.replace(b"<instanceID>uuid:next</instanceID>", b"")), 400),
        "entities": (body_of(b"<!DOCTYPE data [<!ENTITY a 'b'>]>" + xml.partition(b"?>")[2]), 400),
        "another part": (body_of(xml, name="picture.jpg"), 400),
        "unknown form": (body_of(xml.replace(b'id="visit_form"', b'id="absent"')), 404),
        "wrong answer": (body_of(with_text(interview_xml("uuid:bad"), "n_members", "99")), 422),
        "other under the same id": (body_of(interview_xml("uuid:first", water_safe="no")), 409),
        "unknown original": (body_of(interview_xml("uuid:edit", replaces="uuid:nowhere")), 422),
        "the same again": (body_of(interview_xml("uuid:first")), 201),
    }
    assert {name: post(body).status_code for name, (body, _) in cases.items()} == {name: status for name, (_, status) in cases.items()}
    assert post(whole, Authorization="Basic bGVhZDE6d3Jvbmc=").status_code == 401
    assert post(whole, Accept="application/json").get_json()["outcome"] == "stored"
    assert set(session.scalars(select(Submission.instance_id))) == {"uuid:first", "uuid:next"}
    assert set(session.scalars(select(QuarantinedSubmission.instance_id))) == {"uuid:bad", "uuid:edit"}


@pytest.mark.parametrize("change", ["password", "active", "roles", "must_change_password"])
def test_sender__no_longer_let_in__is_refused_although_remembered(
    post: Callable[..., TestResponse], field: Field, session: Session, change: str
) -> None:
    values = {"password": "another", "active": False, "roles": [], "must_change_password": True}
    setattr(field.lead, change, values[change])
    session.commit()
    assert post(body_of(interview_xml("uuid:late"))).status_code in (401, 403)
    assert session.get(Submission, "uuid:late") is None


def test_xml_of__anything_but_one_whole_part__is_left_to_the_ordinary_way() -> None:
    kind, xml = f"multipart/form-data; boundary={BOUNDARY}", b"<data/>"
    whole = body_of(xml)
    assert xml_of(kind, whole) == xml_of(kind, whole.removesuffix(b"\r\n")) == xml
    second = whole.replace(xml, xml + f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'.encode())
    others = (whole[:-5], whole[5:], b"", b"more" + whole, second, body_of(xml, name="other"), body_of(xml, media_type="image/png"))
    assert [xml_of(kind, each) for each in others] == [None] * len(others)
    assert xml_of("multipart/form-data", whole) is None
    assert xml_of(f"{kind}x", whole) is None
