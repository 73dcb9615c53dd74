"""The encrypted file of a tablet that cannot send any more: what is received from it, what waits for its person, and what is refused."""

import io
import re
from io import BytesIO
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.cli import main
from survey.devices.keys import make_key_pair
from survey.devices.operations import make_visit_keys
from survey.devices.queries import visit_public_keys
from survey.events import Event
from survey.intake.models import Attachment, AwaitedFile, QuarantinedSubmission, RecoveredInterview, Submission
from survey.intake.sealed_file import SealedFile, read_header
from survey.intake.sealed_operations import Imported, import_sealed
from survey.outcomes.models import AssignmentOutcome
from survey.storage import Storage
from tests.builders import NOW, find_or_add_person
from tests.conftest import SECRET_KEY
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import JPEG, interview_xml, send
from tests.survey.intake.sealed_exports import export_file

PICTURE = JPEG + bytes(range(256)) * 12
WRONG_FAMILY = {"n_members": 99, "members": []}


def kept(number: int, state: str = "finished", *, xml: bytes | None = None, **card: Any) -> dict[str, Any]:
    """An interview as a tablet keeps it."""
    xml = interview_xml(f"uuid:000{number}", well="well.jpg") if xml is None else xml
    return {
        "id": f"card-{number}",
        "username": "lead1",
        "title": f"00{number} 王大",
        "state": state,
        "instance_id": f"uuid:000{number}",
        "assignment_id": "",
        "file_names": ["well.jpg"],
        "answers": {"values": {}},
        "xml": xml.decode() if state not in ("draft", "awaiting") else None,
        **card,
    }


@pytest.fixture
def public_keys(app: Flask, session: Session, field: Field) -> dict[str, bytes]:
    """The public key of the visit."""
    with app.app_context():
        make_visit_keys(session, None, [field.visit.id], NOW)
        session.commit()
    return dict(visit_public_keys(session, [field.visit.id]))


def take(app: Flask, session: Session, data: bytes) -> Imported:
    """What an import of this file gives, committed."""
    storage: Storage = app.extensions["survey.storage"]
    with app.test_request_context():
        imported = import_sealed(session, None, io.BytesIO(data), "unsent.sealed", storage, NOW)
        session.commit()
    return imported


def outcomes(imported: Imported) -> list[str]:
    """What became of each interview."""
    return [each.outcome for each in imported.interviews]


def count(session: Session, model: type[Any]) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_import__of_everything_a_tablet_may_hold__receives_each_and_repeating_it_changes_nothing(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes], client: FlaskClient
) -> None:
    refused = kept(2, xml=interview_xml("uuid:0002", well="well.jpg", family=WRONG_FAMILY))
    other_form = kept(5, xml=interview_xml("uuid:0005").replace(b"2018.1", b"2099.1"))
    interviews = [kept(1, assignment_id=field.assignment.id), refused, kept(3, "draft"), kept(4, "sent"), other_form]
    data = export_file(public_keys, interviews, {"card-1": {"well.jpg": PICTURE}, "card-3": {"well.jpg": PICTURE}})
    first = take(app, session, data)
    assert outcomes(first) == ["stored", "quarantined", "recovered", "confirmed", "failed"]
    assert "2099.1" in first.interviews[4].detail
    stored = session.get_one(Submission, "uuid:0001")
    assert (stored.received_from_id, stored.assignment_id, stored.device_id) == (field.lead.id, field.assignment.id, "tablet:7")
    assert [(file.name, file.size_bytes) for file in stored.attachments] == [("well.jpg", len(PICTURE))]
    assert count(session, AwaitedFile) == 0
    row = session.get_one(RecoveredInterview, "card-3")
    assert (row.user_id, row.title, row.files[0]["name"]) == (field.lead.id, "003 王大", "well.jpg")
    again = take(app, session, data)
    assert outcomes(again) == ["repeated", "quarantined", "waiting", "confirmed", "failed"]
    assert [count(session, model) for model in (Submission, Attachment, QuarantinedSubmission, RecoveredInterview)] == [1, 1, 1, 1]
    event = session.scalars(select(Event).where(Event.action == "export.imported")).first()
    assert event is not None
    assert event.details["outcomes"] == {"stored": 1, "quarantined": 1, "recovered": 1, "confirmed": 1, "failed": 1}


def test_import__of_what_was_sent_meanwhile__adds_only_the_files_that_were_still_to_come(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes], client: FlaskClient
) -> None:
    send(client, interview_xml("uuid:0001", well="well.jpg"))
    assert count(session, AwaitedFile) == 1
    data = export_file(public_keys, [kept(1), kept(2, "draft", instance_id="uuid:0001")], {"card-1": {"well.jpg": PICTURE}})
    assert outcomes(take(app, session, data)) == ["repeated", "repeated"]
    assert (count(session, AwaitedFile), count(session, Attachment), count(session, RecoveredInterview)) == (0, 1, 0)


def test_import__of_outcomes__takes_those_that_were_not_sent_once(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes]
) -> None:
    told = {"assignment_id": field.assignment.id, "outcome": "absent", "note": "", "found_at": "2018-04-20T08:00:00Z", "state": "waiting"}
    sent = told | {"id": "9e8f9c1e-2b7a-4c58-9d7e-4d2a5f0c1b3e", "state": "sent"}
    data = export_file(public_keys, [], {}, values={"outcomes": [told | {"id": "0e8f9c1e-2b7a-4c58-9d7e-4d2a5f0c1b3e"}, sent]})

    assert [(found.n_unmet, found.n_unmet_left) for found in (take(app, session, data), take(app, session, data))] == [(1, 0), (1, 0)]
    assert count(session, AssignmentOutcome) == 1
    unreadable = export_file(public_keys, [kept(1, "draft")], {}, values={"outcomes": [told | {"id": "?"}]})
    found = take(app, session, unreadable)
    assert (outcomes(found), found.n_unmet_left) == (["recovered"], 1)


def test_import__damaged_parts__loses_only_what_is_damaged(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes]
) -> None:
    data = bytearray(export_file(public_keys, [kept(1), kept(2)], {"card-1": {"well.jpg": PICTURE}}))
    header = read_header(io.BytesIO(bytes(data)), "unsent.sealed")
    for place in (("pieces", ("lead1", "card-1", "well.jpg", 4)), ("bodies", ("lead1", "card-2"))):
        data[header.parts[place].offset + 20] ^= 1
    imported = take(app, session, bytes(data))
    assert outcomes(imported) == ["stored", "damaged"]
    assert imported.interviews[0].missing == ("well.jpg",)
    assert session.scalars(select(AwaitedFile.name)).all() == ["well.jpg"]


def test_import__of_another_file__says_what_is_wrong_with_it(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes]
) -> None:
    good = export_file(public_keys, [kept(1)], {})
    cases = {
        b"": "does not begin",
        b"PK\x03\x04 not such a file": "does not begin",
        good.replace(b"export 1", b"export 9"): "supervision-survey-export 9",
        b"[" * 100_000: "does not begin",
        good.replace(b"tablet:7", b"\\ud800"): "does not begin",
        good.replace(b"tablet:7", b"\\u0000"): "does not begin",
        re.sub(rb'"n_bytes": \d+', b'"n_bytes": -9', good, count=1): "does not begin",
        re.sub(rb'"n_bytes": \d+', b'"n_bytes": 1e999', good, count=1): "does not begin",
        re.sub(rb'"sealed": "[^"]+"', '"sealed": "密"'.encode(), good): "no visit on this server",
        good[:-1]: "end is missing",
        good.replace(b'"username": "lead1"', b'"username": "other"'): "'other', who is not known",
        export_file({field.visit.id: make_key_pair()[0]}, [kept(1)], {}): "no visit on this server",
        export_file({}, [kept(1)], {}): "no visit on this server",
    }
    for data, reason in cases.items():
        with pytest.raises(SurveyError, match=reason) as caught:
            take(app, session, data)
        assert caught.value.code is ErrorCode.UNREADABLE_EXPORT
    assert count(session, Submission) == 0


def test_sealed_file__whose_parts_have_other_places__has_nothing_there() -> None:
    whole = export_file({}, [kept(1)], {"card-1": {"well.jpg": PICTURE}}, username="lead1")
    file = BytesIO(re.sub(rb'("store": "facts", "key": \["lead1", "card-1"), "well.jpg"', rb"\1", whole))
    assert list(SealedFile(file, read_header(file, "file"), bytes(32)).files("card-1")) == []
    short = BytesIO(re.sub(rb'"n_bytes": \d+', b'"n_bytes": 1', whole))
    assert SealedFile(short, read_header(short, "file"), bytes(32)).interview("card-1") is None


def test_recovered_draft__is_offered_to_its_person_only_and_fetched_whole_until_it_is_taken(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes], sign_in: Any
) -> None:
    take(app, session, export_file(public_keys, [kept(3, "awaiting")], {"card-3": {"well.jpg": PICTURE}}))
    other = sign_in("second1")
    assert other.get("/tablet/recovered.json").json == {"interviews": []}
    assert other.get("/tablet/recovered/card-3.json").status_code == 404
    own = sign_in("lead1")
    [offered] = own.get("/tablet/recovered.json").json["interviews"]
    assert offered["title"] == "003 王大"
    whole = own.get(offered["url"]).json
    assert (whole["interview"]["state"], whole["interview"]["answers"]) == ("awaiting", {"values": {}})
    fetched = own.get(whole["files"][0]["url"])
    assert (fetched.data, fetched.mimetype) == (PICTURE, "image/jpeg")
    assert own.get("/tablet/recovered/card-3/files/other.jpg").status_code == 404
    assert own.post("/tablet/recovered/card-3/taken").status_code == 200
    assert own.post("/tablet/recovered/card-3/taken").status_code == 200
    assert own.get("/tablet/recovered.json").json == {"interviews": []}
    assert len(session.scalars(select(Event).where(Event.action == "draft.taken")).all()) == 1


def test_import_page__of_a_coordinator__shows_what_became_of_each_interview(
    session: Session, field: Field, public_keys: dict[str, bytes], sign_in: Any
) -> None:
    find_or_add_person(session, "coordinator")
    assert sign_in("lead1").get("/tablets/import").status_code == 403
    client = sign_in("coordinator")
    assert client.get("/tablets/import").status_code == 200
    data = export_file(public_keys, [kept(1), kept(3, "draft")], {"card-1": {"well.jpg": PICTURE}})
    page = client.post("/tablets/import", data={"file": (io.BytesIO(data), "unsent.sealed")}, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "001 王大" in page.text
    assert "003 王大" in page.text
    refused = client.post("/tablets/import", data={"file": (io.BytesIO(b"hello"), "unsent.sealed")})
    assert refused.status_code == 422
    assert "unsent.sealed" in refused.text
    assert client.post("/tablets/import", data={}).status_code == 422


def test_import_command__tells_of_each_interview_and_fails_when_something_is_left(
    app: Flask, session: Session, field: Field, public_keys: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("SURVEY_DATA", app.extensions["survey.settings"].data)
    monkeypatch.setenv("SURVEY_SECRET_KEY", SECRET_KEY)
    path = tmp_path / "unsent.sealed"
    path.write_bytes(export_file(public_keys, [kept(1), kept(3, "draft")], {"card-1": {"well.jpg": PICTURE}}))
    session.commit()
    result = CliRunner().invoke(main, ["import", str(path)])
    assert result.exit_code == 0, result.output
    assert "001 王大: Received, 1 file" in result.output
    assert "2 interviews taken in, 0 known already, 0 to look at." in result.output
    path.write_bytes(path.read_bytes()[:-200])
    assert CliRunner().invoke(main, ["import", str(path)]).exit_code == 1
