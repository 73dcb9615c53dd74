"""Files that others send, looked at by a real clamd: what is refused, what is kept and handed to nobody, and what is told of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.db import session_scope
from survey.events import Event
from survey.health.checks import check_readiness
from survey.intake.models import Attachment, Flag, QuarantinedSubmission, Submission
from survey.kept_files import GivenFile, keep_files
from survey.liaison.models import MaterialFile
from survey.pages.downloads import stored_file
from survey.review.operations import return_submission
from survey.scanning.again import look_again
from survey.scanning.clamd import Scanner, dated
from survey.storage import Storage
from tests import builders
from tests.clamav import CLAMD, FOUND, INFECTED, MOST_BYTES, Clamd, running_clamd
from tests.conftest import SignIn
from tests.survey.handover.test_push import Central, central, laptop
from tests.survey.handover.test_push import push as push_over
from tests.survey.intake.conftest import Field, field
from tests.survey.intake.interviews import JPEG, interview_xml, send
from tests.survey.intake.test_uploads import ask, push

__all__ = ["central", "field", "laptop"]

pytestmark = pytest.mark.skipif(CLAMD is None, reason="ClamAV is not installed (sudo apt-get install clamav-daemon)")


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    """One clamd for all tests of this file."""
    with running_clamd() as found:
        yield found


@pytest.fixture
def settings(settings: Settings, clamd: Clamd) -> Settings:
    """The settings of an installation that asks it."""
    if clamd.process is None:
        clamd.start()
    return replace(settings, clamav=clamd.socket)


def test_scanner__by_socket_or_port__finds_what_is_listed_and_says_when_it_could_not_look(clamd: Clamd) -> None:
    for address in (clamd.socket, f"unix:{clamd.socket}", f"127.0.0.1:{clamd.port}"):
        scanner = Scanner(address)
        assert [scanner.find(data) for data in (INFECTED, JPEG, b"", INFECTED)] == [f"{FOUND}.UNOFFICIAL", "", "", f"{FOUND}.UNOFFICIAL"]
        with pytest.raises(SurveyError, match="size limit exceeded") as caught:
            scanner.find(bytes(3 * MOST_BYTES))
        assert caught.value.code is ErrorCode.SCANNER_AWAY
    with pytest.raises(SurveyError, match="No such file"):
        Scanner(clamd.socket + ".other").find(JPEG)
    assert dated("ClamAV 1.4.3/27485/Fri Nov 29 09:36:36 2026") == datetime(2026, 11, 29, 9, 36, 36, tzinfo=UTC)
    assert dated("ClamAV 1.4.3") is None


def test_scanner__of_the_compose_file__is_asked_by_its_socket_only_and_takes_what_the_program_lets_in(settings: Settings) -> None:
    with running_clamd(of_compose=True) as composed:
        scanner = Scanner(f"unix:{composed.socket}")
        assert [scanner.find(data) for data in (INFECTED, JPEG)] == [f"{FOUND}.UNOFFICIAL", ""]
        assert scanner.find(bytes(settings.max_upload_mb * 1_000_000)) == ""
        with pytest.raises(SurveyError, match="Connection refused"):
            Scanner(f"127.0.0.1:{composed.port}").find(JPEG)


def test_upload__with_a_virus__is_kept_doubted_logged_and_handed_to_nobody(
    app: Flask, sign_in: SignIn, client: FlaskClient, field: Field, session: Session
) -> None:
    assert send(client, interview_xml(well="well.jpg")).status_code == 201
    assert push(client, 0, 300, INFECTED).status_code == 204
    assert push(client, 300, len(INFECTED), INFECTED).status_code == 204
    stored = session.scalars(select(Attachment)).one()
    assert stored.media_type == f"application/x-infected; found={FOUND}.UNOFFICIAL"
    assert app.extensions["survey.storage"].get(stored.sha256) == INFECTED
    flag = session.scalars(select(Flag).where(Flag.check == "infected_file")).one()
    assert (flag.question, flag.value) == ("well", f"well.jpg: {FOUND}.UNOFFICIAL")
    event = session.scalars(select(Event).where(Event.action == "submission.file_held_back")).one()
    assert event.details == {"sha256": hashlib.sha256(INFECTED).hexdigest(), "found": f"{FOUND}.UNOFFICIAL"}
    reader = sign_in("coordinator")
    page = reader.get("/review/uuid:0001")
    assert page.status_code == 200
    answer = reader.get("/review/uuid:0001/files/well.jpg")
    assert (answer.status_code, INFECTED[:30] in answer.data) == (403, False)
    assert f"{FOUND}.UNOFFICIAL" in answer.text
    assert "flag=infected_file" in reader.get("/").text
    assert any("virus" in warning for warning in check_readiness(app, datetime.now(UTC)).warnings)
    assert "survey_interviews_infected 1.0" in reader.get("/metrics").text
    return_submission(session, field.lead, session.get_one(Submission, "uuid:0001"), "请重拍水井。", datetime.now(UTC))
    given = sign_in("lead1").get("/tablet/submissions/uuid:0001.json").json
    assert given is not None
    assert (given["instance_id"], given["files"]) == ("uuid:0001", []), "it is corrected without the file"


def test_submission__with_a_virus_beside_the_answers__is_stored_and_its_file_held_back(
    client: FlaskClient, field: Field, session: Session
) -> None:
    assert send(client, interview_xml(well="well.jpg"), {"well.jpg": INFECTED}).status_code == 201
    assert send(client, interview_xml(well="well.jpg"), {"well.jpg": INFECTED}).status_code == 201
    assert session.scalars(select(Attachment.media_type)).one().startswith("application/x-infected")
    assert session.scalars(select(Flag.value).where(Flag.check == "infected_file")).all() == [f"well.jpg: {FOUND}.UNOFFICIAL"]
    assert len(session.scalars(select(Event).where(Event.action == "submission.file_held_back")).all()) == 1


def test_files__while_the_scanner_is_away__are_asked_to_come_again_and_interviews_without_are_taken(
    app: Flask, client: FlaskClient, clamd: Clamd, field: Field, session: Session
) -> None:
    clamd.end()
    answer = send(client, interview_xml(well="well.jpg"), {"well.jpg": JPEG})
    assert (answer.status_code, answer.headers["Retry-After"], session.scalars(select(Submission)).all()) == (503, "30", [])
    assert send(client, interview_xml(well="well.jpg")).status_code == 201
    late = push(client, 0, len(JPEG), JPEG)
    assert (late.status_code, late.headers["Retry-After"]) == (503, "30")
    found = check_readiness(app, datetime.now(UTC))
    assert (found.is_ready, [warning for warning in found.warnings if "cannot be looked at for viruses" in warning] != []) == (True, True)
    assert "survey_scanner_answers 0.0" in client.get("/metrics").text
    clamd.start()
    assert push(client, 0, len(JPEG), JPEG).status_code == 204
    assert ask(client, JPEG).headers["Upload-Complete"] == "?1"
    assert [each.media_type for each in session.scalars(select(Attachment))] == ["image/jpeg"]
    assert "survey_scanner_answers 1.0" in client.get("/metrics").text


def test_form__with_a_virus_in_a_file__is_refused_whole_and_on_record(sign_in: SignIn, session: Session) -> None:
    builders.add_region(session)
    client = sign_in("coordinator")
    asked = {"title": "项目台账", "region_code": "610727000000", "asked_on": "2018-04-01", "due_on": "2018-04-25"}
    made = client.post("/liaison/materials/new", data=asked)
    assert made.status_code == 302, made.text
    address = made.headers["Location"]
    files = [(BytesIO(JPEG), "屋.jpg"), (BytesIO(INFECTED), "井.jpg")]
    answer = client.post(f"{address}/receive", data={"files": files}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert f"{FOUND}.UNOFFICIAL" in answer.text
    assert session.scalars(select(MaterialFile)).all() == []
    event = session.scalars(select(Event).where(Event.action == "file.refused")).one()
    assert (event.subject_id, event.details["page"]) == (hashlib.sha256(INFECTED).hexdigest(), "liaison_materials.receive")
    clean = {"files": [(BytesIO(JPEG), "屋.jpg")]}
    assert client.post(f"{address}/receive", data=clean, content_type="multipart/form-data").status_code == 302
    assert [each.media_type for each in session.scalars(select(MaterialFile))] == ["image/jpeg"]


@pytest.mark.soak
def test_push__of_a_file_with_a_virus__leaves_it_behind_says_so_and_brings_all_else(
    laptop: Flask, client: FlaskClient, central: Central, clamd: Clamd
) -> None:
    laptop.extensions["survey.storage"].scanner = None
    assert send(client, interview_xml("uuid:d", well="d.jpg"), {"d.jpg": INFECTED}).status_code == 201
    storage: Storage = central.app.extensions["survey.storage"]
    storage.scanner = Scanner(clamd.socket)
    result = push_over(laptop, central.client())
    sha256 = hashlib.sha256(INFECTED).hexdigest()
    assert [problem for problem in result.problems if f"{FOUND}.UNOFFICIAL" in problem and "d.jpg" in problem] == result.problems
    assert (result.files.new, result.files.held_back, storage.exists(sha256)) == (1, 1, False)
    with session_scope(central.app) as there:
        assert there.get(Submission, "uuid:d") is not None


def test_files__of_look_backs_and_in_quarantine__are_handed_to_nobody_either(
    app: Flask, sign_in: SignIn, client: FlaskClient, field: Field, session: Session
) -> None:
    [kept] = keep_files(app.extensions["survey.storage"], [GivenFile("屋.jpg", INFECTED)])
    with app.test_request_context(), pytest.raises(SurveyError) as caught:
        stored_file(INFECTED, kept.name, kept.media_type)
    assert caught.value.code is ErrorCode.HELD_BACK_FILE
    refused = interview_xml(well="well.jpg", family={"n_members": 99, "members": []})
    assert send(client, refused, {"well.jpg": INFECTED}).status_code == 422
    row = session.scalars(select(QuarantinedSubmission)).one()
    assert sign_in("coordinator").get(f"/review/quarantine/{row.id}/files/well.jpg").status_code == 403


def test_look_again__with_lists_of_today__frees_a_false_alarm_and_holds_back_what_is_known_by_now(
    app: Flask, clamd: Clamd, client: FlaskClient, field: Field, session: Session
) -> None:
    assert send(client, interview_xml(well="well.jpg"), {"well.jpg": INFECTED}).status_code == 201
    refused = interview_xml("uuid:0002", well="well.jpg", family={"n_members": 99, "members": []})
    assert send(client, refused, {"well.jpg": JPEG}).status_code == 422
    clamd.end()
    clamd.list_only(JPEG)
    clamd.start()
    try:
        app.extensions["survey.storage"].scanner = Scanner(clamd.socket)
        told: list[tuple[int, int]] = []
        looked = look_again(app, datetime.now(UTC), lambda done, total: told.append((done, total)))
    finally:
        clamd.end()
        clamd.list_only(INFECTED)
    infected, clean = (hashlib.sha256(data).hexdigest() for data in (INFECTED, JPEG))
    name = f"{FOUND}.UNOFFICIAL"
    assert (looked.n_files, looked.held_back, looked.freed) == (2, ((clean, name),), ((infected, name),))
    assert told == [(1, 2), (2, 2)]
    session.expire_all()
    assert session.scalars(select(Attachment.media_type)).all() == ["image/jpeg"]
    assert session.scalars(select(Flag).where(Flag.check == "infected_file")).all() == [], "the interview is free of the doubt"
    [record] = session.scalars(select(QuarantinedSubmission)).one().files
    assert record["media_type"] == f"application/x-infected; found={name}"
    events = session.scalars(select(Event.action).where(Event.subject_type == "file").order_by(Event.number)).all()
    assert sorted(events) == ["file.freed", "file.held_back"]
