"""A small questionnaire with one of everything that intake looks at, and interviews made with it. People and places are invented."""

import io
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from questionnaires.instance import write_instance
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from tests.builders import PASSWORD

FORM_ID = "visit_form"
FORM = (Path(__file__).parent / "visit_form.md").read_text(encoding="utf-8")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(200)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
HTML = b"<html><script>alert(1)</script></html>"
BEGAN = datetime(2018, 4, 20, 1, 0, tzinfo=UTC)
ANSWERS: dict[str, Any] = {
    "cadres_present": "no",
    "place": {"latitude": 33.33, "longitude": 106.15, "altitude": 900.0, "accuracy": 6.0},
    "family": {"n_members": 3, "members": [{"member_name": "甲", "age": 40}, {"member_name": "乙", "age": 12}]},
    "water_safe": "yes",
    "needs": ["road", "doctor"],
}


def questionnaire() -> Questionnaire:
    """The small questionnaire."""
    return read_questionnaire(FORM.encode(), "visit_form.md")


def interview_xml(instance_id: str = "uuid:0001", *, minutes: int = 40, replaces: str = "", **changes: Any) -> bytes:
    """The XML of an interview with `ANSWERS`, changed as given; it took `minutes`."""
    began = BEGAN.isoformat().replace("+00:00", "Z")
    ended = (BEGAN + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    preloads = {"start": began, "end": ended, "deviceid": "tablet-7"}
    return write_instance(
        questionnaire(), {**ANSWERS, **changes}, instance_id=instance_id, now=BEGAN, deprecated_id=replaces, preloads=preloads
    )


def with_text(xml: bytes, name: str, text: str) -> bytes:
    """The XML with the first element of this name holding `text`, as a faulty client might send it."""
    opening, empty = f"<{name}>".encode(), f"<{name}/>".encode()
    if empty in xml:
        return xml.replace(empty, opening + text.encode() + f"</{name}>".encode(), 1)
    before, _, rest = xml.partition(opening)
    _, closing, after = rest.partition(b"<")
    return before + opening + text.encode() + closing + after


def basic(username: str = "lead1", password: str = PASSWORD) -> dict[str, str]:
    """The headers of ODK Collect."""
    return {"Authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode(), "X-OpenRosa-Version": "1.0"}


def send(
    client: FlaskClient, xml: bytes, files: dict[str, bytes] | None = None, *, headers: dict[str, str] | None = None, **texts: str
) -> TestResponse:
    """What the server answers to this upload, sent as ODK Collect sends it."""
    parts: dict[str, Any] = {"xml_submission_file": (io.BytesIO(xml), "submission.xml", "text/xml"), **texts}
    parts.update({name: (io.BytesIO(data), name) for name, data in (files or {}).items()})
    return client.post("/openrosa/submission", data=parts, headers=basic() if headers is None else headers)
