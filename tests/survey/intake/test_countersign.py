"""What comes of the second interviewer with a submission: a signature that is proven, one that is not, none; and records of their own."""

import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.devices.keys import countersign_proof
from survey.devices.operations import register_pin
from survey.events import Event
from survey.intake.countersign import read_countersign
from survey.intake.models import Countersignature, Flag, QuarantinedSubmission, Submission
from survey.tablet.queries import find_correctable
from survey.visits.queries import list_assigned, list_assignments_of
from tests.builders import NOW, find_or_add_person
from tests.conftest import SignIn
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import basic, interview_xml, send

SIGN = bytes(range(32))
SIGNED_AT = "2018-04-20T02:00:00.000Z"
CHANGE = {"node": "/data/family/members[2]/age", "old": "12", "new": "13", "at": SIGNED_AT}


@pytest.fixture
def signing(app: Flask, field: Field, session: Session) -> Field:
    """The visit in the field, where both of the pair have a PIN."""
    with app.app_context():
        for person in (field.lead, field.second):
            register_pin(session, person, sign_key=SIGN, salt=bytes(16), rounds=1000, now=NOW)
    session.commit()
    return field


def signed(xml: bytes, username: str = "second1", key: bytes = SIGN, **more: Any) -> str:
    """What the tablet sends of a signature."""
    proof = countersign_proof(key, "uuid:0001", hashlib.sha256(xml).hexdigest(), SIGNED_AT)
    return json.dumps({"username": username, "signed_at": SIGNED_AT, "proof": proof, "changes": [], **more})


def checks(session: Session, instance_id: str = "uuid:0001") -> set[str]:
    """The doubts about an interview that concern the second."""
    found = session.scalars(select(Flag.check).where(Flag.instance_id == instance_id))
    return {check for check in found if "sign" in check and check != "outside_pair"} & {"not_countersigned", "countersign_unproven"}


def test_signature__of_the_second_with_their_pin__is_verified_and_keeps_the_changes(
    signing: Field, client: FlaskClient, session: Session
) -> None:
    xml = interview_xml(assignment_id=signing.assignment.id)
    assert send(client, xml, countersign=signed(xml, changes=[CHANGE])).status_code == 201
    [row] = session.scalars(select(Countersignature))
    assert (row.user_id, row.is_verified, row.signed_at is not None, row.changes) == (signing.second.id, True, True, [CHANGE])
    assert checks(session) == set()
    [event] = session.scalars(select(Event).where(Event.action == "submission.countersigned"))
    assert (event.actor_id, event.details["n_changes"]) == (signing.second.id, 1)


@pytest.mark.parametrize(
    "told",
    [
        {"username": "second1", "key": bytes(32)},
        {"username": "lead1"},
        {"username": "stranger"},
        {"username": "nobody"},
        {"username": "second1", "signed_at": "2018-04-20T03:00:00.000Z"},
    ],
)
def test_signature__wrong_pin_person_or_instant__is_kept_and_doubted(
    app: Flask, signing: Field, client: FlaskClient, session: Session, told: dict[str, Any]
) -> None:
    with app.app_context():
        register_pin(session, find_or_add_person(session, "stranger"), sign_key=SIGN, salt=bytes(16), rounds=1000, now=NOW)
    xml = interview_xml(assignment_id=signing.assignment.id)
    assert send(client, xml, countersign=signed(xml, **told)).status_code == 201
    assert session.scalars(select(Countersignature.is_verified)).one() is False
    assert checks(session) == {"countersign_unproven"}


@pytest.mark.parametrize("told", ["{", "[]", "[" * 100_000, '"x"', '{"changes": 5, "proof": 7}'])
def test_signature__that_cannot_be_read__costs_no_interview(signing: Field, client: FlaskClient, session: Session, told: str) -> None:
    assert send(client, interview_xml(assignment_id=signing.assignment.id), countersign=told).status_code == 201
    assert checks(session) == {"countersign_unproven"}


def test_no_signature__with_a_reason__is_a_doubt_that_says_it(signing: Field, client: FlaskClient, session: Session) -> None:
    xml = interview_xml(assignment_id=signing.assignment.id)
    send(client, xml, countersign=json.dumps({"reason": "副访去了另一户", "changes": []}))
    [flag] = session.scalars(select(Flag).where(Flag.check == "not_countersigned"))
    assert (flag.severity, flag.value) == ("notice", "副访去了另一户")
    assert session.scalars(select(Countersignature.reason)).one() == "副访去了另一户"


def test_no_word_of_the_second__as_odk_collect_sends__is_doubted_and_found_by_the_filter(
    signing: Field, client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    send(client, interview_xml(assignment_id=signing.assignment.id))
    signed_xml = interview_xml("uuid:0001b", assignment_id=signing.assignment.id)
    assert checks(session) == {"not_countersigned"}
    office = sign_in("coordinator")
    assert "uuid:0001" in office.get("/review?signed=no").text
    office.post("/language/en")
    assert "lets nobody countersign" in office.get("/review/uuid:0001").text
    proof = countersign_proof(SIGN, "uuid:0001b", hashlib.sha256(signed_xml).hexdigest(), SIGNED_AT)
    told = json.dumps({"username": "second1", "signed_at": SIGNED_AT, "proof": proof, "changes": [CHANGE]})
    send(client, signed_xml, countersign=told)
    assert "uuid:0001b" not in sign_in("coordinator").get("/review?signed=no").text
    page = client.get("/review/uuid:0001b").text
    for text in ("Countersigned", "Age [2]", '<del class="muted">12</del>', "<ins>13</ins>"):
        assert text in page, text


def test_signature__of_a_quarantined_interview__counts_once_it_is_admitted(
    signing: Field, client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    xml = interview_xml(assignment_id=signing.assignment.id, replaces="uuid:0000")
    assert send(client, xml, countersign=signed(xml)).status_code == 422
    row = session.scalars(select(QuarantinedSubmission)).one()
    assert row.countersign
    assert row.countersign["username"] == "second1"
    send(client, interview_xml("uuid:0000", assignment_id=signing.assignment.id))
    assert sign_in("coordinator").post(f"/review/quarantine/{row.id}/check").status_code == 302
    assert session.scalars(select(Countersignature.is_verified).where(Countersignature.instance_id == "uuid:0001")).one() is True


def test_read_countersign__nothing__is_nothing() -> None:
    assert read_countersign("") is None
    assert read_countersign(None) is None
    told = read_countersign('{"username": "a", "changes": [{"node": "/data/x"}, 5]}')
    assert told
    assert read_countersign(told.record()) == told
    assert told.changes[0].node == "/data/x"


@pytest.fixture
def independent(field: Field, session: Session) -> Field:
    """The visit in the field, where each of the pair fills in a form of their own."""
    field.visit.records = "independent"
    session.commit()
    return field


def test_independent_records__one_of_each__are_no_repetition_and_know_whose_they_are(
    independent: Field, client: FlaskClient, session: Session
) -> None:
    for number, (username, instance_id) in enumerate((("lead1", "uuid:a"), ("second1", "uuid:b"), ("second1", "uuid:c"))):
        xml = interview_xml(instance_id, assignment_id=independent.assignment.id, minutes=40 + number)
        assert send(client, xml, headers=basic(username), countersign=signed(xml)).status_code == 201
    roles = {row.instance_id: row.recorded_as for row in session.scalars(select(Submission))}
    assert roles == {"uuid:a": "lead", "uuid:b": "second", "uuid:c": "second"}
    repeated = session.scalars(select(Flag.instance_id).where(Flag.check == "repeated_assignment")).all()
    assert repeated == ["uuid:c"], "only the second's second one repeats"
    assert session.scalars(select(Countersignature)).all() == [], "nobody countersigns what they do not see"


def test_independent_records__of_the_other__are_seen_corrected_and_edited_by_nobody_else(
    independent: Field, client: FlaskClient, session: Session
) -> None:
    lead, second = independent.lead, independent.second
    send(client, interview_xml("uuid:b", assignment_id=independent.assignment.id), headers=basic("second1"))
    session.get_one(Submission, "uuid:b").review_state = "returned"
    session.commit()
    assert [task.state for task in list_assignments_of(session, lead.id)] == ["open"]
    assert [(task.state, task.instance_id) for task in list_assignments_of(session, second.id)] == [("returned", "uuid:b")]
    assert [task.state for task in list_assigned(session)] == ["open"], "who reads both sees what is missing"
    assert find_correctable(session, second, "uuid:b").instance_id == "uuid:b"
    with pytest.raises(SurveyError, match="does not exist"):
        find_correctable(session, lead, "uuid:b")
    edit = interview_xml("uuid:b2", replaces="uuid:b", assignment_id=independent.assignment.id)
    assert send(client, edit, headers=basic("lead1")).status_code == 422
    assert send(client, interview_xml("uuid:b3", replaces="uuid:b", minutes=50), headers=basic("second1")).status_code == 201
    assert session.get_one(Submission, "uuid:b3").recorded_as == "second"


def test_paired_records__sent_by_the_second__are_the_pairs_one_record(field: Field, client: FlaskClient, session: Session) -> None:
    send(client, interview_xml("uuid:a", assignment_id=field.assignment.id), headers=basic("second1"))
    assert session.get_one(Submission, "uuid:a").recorded_as == "lead"
    assert [task.state for task in list_assignments_of(session, field.lead.id)] == ["received"]
