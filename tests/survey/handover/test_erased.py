"""People who were erased on one side of a handover do not come back by it, and the other side is told."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import session_scope
from survey.intake.attachments import ReceivedFile
from survey.intake.models import AnswerNote, Attachment, Submission
from survey.intake.receive import Received, receive_submission
from survey.places.models import Household
from survey.protection.answers import ERASED
from survey.protection.erasing import erase
from survey.protection.held import Found, find_subject
from survey.protection.models import ErasureRequest
from survey.protection.operations import confirm_erasure, decline_erasure
from survey.registry.models import HouseholdMember
from survey.verify import verify
from survey.visits.models import Assignment
from tests.builders import add_person
from tests.conftest import SECRET_KEY
from tests.survey.handover.test_push import Central, agrees, push, serving_central
from tests.survey.intake.interviews import JPEG
from tests.survey.protection.test_erasing import XML, dump, household

__all__ = ["household"]


@pytest.fixture
def central(other_app: Flask, tmp_path: Path, empty_database: Path) -> Iterator[Central]:
    """A central server whose keys are its own."""
    data = tmp_path / "central"
    data.mkdir()
    (data / "survey.sqlite3").write_bytes(empty_database.read_bytes())
    with serving_central(other_app, Settings(data=str(data), secret_key=SECRET_KEY[::-1])) as central:
        yield central


def add_late_interview(app: Flask, session: Session, now: datetime) -> None:
    """Another interview of the household, with a picture and a note, which nobody has handed over yet."""
    assignment = session.scalars(select(Assignment)).one()
    xml = XML.format(assignment=assignment.id).replace("uuid:p1", "uuid:p2").replace("house.jpg", "yard.jpg").encode()
    files = {"yard.jpg": ReceivedFile("yard.jpg", JPEG + b"yard")}
    received = receive_submission(session, assignment.pair.lead, Received(xml, files, assignment.id), app.extensions["survey.storage"], now)
    assert received.outcome == "stored"
    session.add(AnswerNote(instance_id="uuid:p2", node="/data/wish", question="wish", text="李四妹的女儿在县城"))
    session.commit()


@pytest.mark.soak
def test_push__household_erased_here__waits_there_for_somebodys_word_and_is_then_the_same(
    app: Flask, session: Session, household: Household, central: Central, now: datetime
) -> None:
    assert agrees(push(app, central.client()))
    erase(session, app.extensions["survey.storage"], None, Found(household, None), "asked in writing", now)
    session.commit()
    for _again in range(2):
        told = push(app, central.client())
        assert [each for each in told.problems if "a request waits" in each]
        assert not agrees(told)
    with central.app.app_context(), session_scope(central.app) as there:
        request = there.scalars(select(ErasureRequest)).one()
        assert (request.household_id, request.asked_by.username) == (household.id, "central.admin")
        assert "张大山" in dump(there), "a token destroys nothing"
        confirm_erasure(there, central.app.extensions["survey.storage"], add_person(there, "central.lead", "coordinator"), request, now)
    with session_scope(central.app) as there:
        assert "张大山" not in dump(there)
        assert central.app.extensions["survey.storage"].sizes() == {}
    with session_scope(central.app) as there:
        assert verify(there, central.app.extensions["survey.storage"], lambda _what, _done, _total: None).problems == ()
    again = push(app, central.client())
    assert again.problems == []
    assert agrees(again)


@pytest.mark.soak
def test_push__one_member_erased_here_and_declined_there__is_told(
    app: Flask, session: Session, household: Household, central: Central, now: datetime
) -> None:
    push(app, central.client())
    member = session.scalars(select(HouseholdMember).where(HouseholdMember.name == "李四妹")).one()
    erase(session, app.extensions["survey.storage"], None, Found(household, member), "asked in writing", now)
    session.commit()
    push(app, central.client())
    with central.app.app_context(), session_scope(central.app) as there:
        request = there.scalars(select(ErasureRequest)).one()
        assert request.member_id == member.id
        decline_erasure(there, add_person(there, "central.lead", "coordinator"), request, now)
    assert [each for each in push(app, central.client()).problems if "declined to erase it" in each]
    with session_scope(central.app) as there:
        assert there.scalar(select(func.count()).select_from(ErasureRequest)) == 1
        assert "李四妹" in dump(there)


def test_push__of_a_household_that_was_erased_there__brings_figures_and_nothing_of_people(
    app: Flask, session: Session, household: Household, central: Central, now: datetime
) -> None:
    push(app, central.client())
    storage = central.app.extensions["survey.storage"]
    with central.app.app_context(), session_scope(central.app) as there:
        erase(there, storage, None, find_subject(there, household.id), "asked in writing", now)
    add_late_interview(app, session, now)
    told = push(app, central.client())
    assert [each for each in told.problems if f"person erase {household.id}" in each]
    with session_scope(central.app) as there:
        everything = dump(there)
        assert [name for name in ("张大山", "李四妹", "女儿") if name in everything] == []
        assert there.get_one(Submission, "uuid:p2").answers["n_members"] == 2
        assert there.scalar(select(func.count()).select_from(Attachment)) == 0
        assert storage.sizes() == {}
        assert verify(there, storage, lambda _what, _done, _total: None).problems == ()


@pytest.mark.soak
def test_push__of_a_member_who_was_erased_there__leaves_out_that_entry_alone(
    app: Flask, session: Session, household: Household, central: Central, now: datetime
) -> None:
    push(app, central.client())
    storage = central.app.extensions["survey.storage"]
    member = session.scalars(select(HouseholdMember.id).where(HouseholdMember.name == "李四妹")).one()
    with central.app.app_context(), session_scope(central.app) as there:
        erase(there, storage, None, find_subject(there, household.id, member), "asked in writing", now)
    add_late_interview(app, session, now)
    push(app, central.client())
    with session_scope(central.app) as there:
        members = there.get_one(Submission, "uuid:p2").answers["members"]
        assert [each["member_name"] for each in members] == ["张大山", ERASED]
        assert there.scalar(select(func.count()).select_from(Attachment)) == 2


def test_server__list_of_erased_people_that_is_none__is_refused(central: Central) -> None:
    client = central.app.test_client()
    headers = {"Authorization": f"Bearer {central.token}"}
    for people in (None, [{}], [{"household_id": 1, "member_id": None}], [{"household_id": "x", "member_id": None}] * 501):
        assert client.post("/handover/erased.json", json={"people": people}, headers=headers).status_code == 422
    unknown = {"people": [{"household_id": "x", "member_id": None}]}
    assert client.post("/handover/erased.json", json=unknown, headers=headers).json == {"states": ["unknown"]}
    assert client.post("/handover/erased.json", json=unknown).status_code == 401
