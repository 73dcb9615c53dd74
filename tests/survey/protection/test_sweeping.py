"""What was cut off leaves nothing behind: half-written files, files of erasures, interviews that come after their household was erased."""

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey import storage as storage_module
from survey.db import utc_now
from survey.intake.attachments import ReceivedFile
from survey.intake.models import Attachment, Submission
from survey.intake.receive import Received, receive_submission
from survey.places.models import Household
from survey.protection.erased import lift_erased
from survey.protection.erasing import erase
from survey.protection.held import Found
from survey.protection.models import ErasedPerson
from survey.protection.sweeping import Swept, sweep
from survey.storage import Storage
from survey.verify import verify
from survey.visits.models import Assignment
from tests.builders import find_or_add_person
from tests.survey.intake.interviews import JPEG
from tests.survey.protection.test_erasing import XML, dump, household

__all__ = ["household"]


def in_killed_child(do: Callable[[], object]) -> None:
    """A process of its own does this and is killed by it."""
    child = os.fork()
    if child == 0:
        try:
            do()
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def files_in(folder: Path) -> set[str]:
    """The names of all files in a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_sweep__picture_of_a_process_that_was_killed__goes_and_others_stay(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    folder = storage.local_folder()
    assert folder is not None
    kept = storage.put(b"whole")
    storage.waits_for_disk = True

    def killed(_file: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(storage_module.os, "fsync", killed)
        in_killed_child(lambda: storage.put(b"half-written"))
        in_killed_child(storage.try_out)
    assert len(files_in(folder)) == 3
    now = utc_now()
    assert sweep(app, now) == Swept(0, 0, 0), "somebody may be writing to it this moment"
    assert sweep(app, now + timedelta(hours=2)) == Swept(2, 0, 0)
    assert files_in(folder) == {f"{kept[:2]}/{kept[2:]}"}


def test_sweep__erasure_of_a_process_that_was_killed_after_its_commit__is_finished(
    app: Flask, session: Session, household: Household, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    [sha256] = session.scalars(select(Attachment.sha256)).all()
    with monkeypatch.context() as patch:
        patch.setattr(Storage, "remove", lambda _storage, _sha256: None)
        erase(session, storage, None, Found(household, None), "asked in writing", now)
        session.commit()
    assert storage.exists(sha256)
    assert sweep(app, now) == Swept(0, 1, 0)
    assert not storage.exists(sha256)
    assert sweep(app, now) == Swept(0, 0, 0)


def test_sweep__interviews_that_come_after_the_erasure__are_erased_where_they_were_held_before(
    app: Flask, session: Session, household: Household, now: datetime
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    assignment = session.scalars(select(Assignment)).one()
    erase(session, storage, None, Found(household, None), "asked in writing", now)
    session.commit()
    later = now + timedelta(days=2)
    for name, ended_at in (("uuid:late", now - timedelta(days=1)), ("uuid:new", now + timedelta(days=1))):
        xml = XML.format(assignment=assignment.id).replace("uuid:p1", name)
        xml = xml.replace("</wish>", f"</wish><end>{ended_at.isoformat()}</end>").encode()
        files = {"house.jpg": ReceivedFile("house.jpg", JPEG + name.encode())}
        received = receive_submission(session, assignment.pair.lead, Received(xml, files, assignment.id), storage, later)
        assert received.outcome == "stored"
    session.commit()
    assert sweep(app, later) == Swept(0, 0, 1)
    session.expire_all()
    wishes = {each.instance_id: each.answers["wish"] for each in session.scalars(select(Submission))}
    assert wishes["uuid:new"] == "张大山想要一口井"
    assert "张大山" not in wishes["uuid:late"]
    assert verify(session, storage, lambda _what, _done, _total: None).problems == ()
    assert sweep(app, later) == Swept(0, 0, 0)


def test_sweep__household_that_agreed_anew__keeps_what_comes(app: Flask, session: Session, household: Household, now: datetime) -> None:
    storage: Storage = app.extensions["survey.storage"]
    erase(session, storage, None, Found(household, None), "asked in writing", now)
    lift_erased(session, find_or_add_person(session, "coordinator"), household.id, now)
    session.execute(update(Submission).values(received_at=now + timedelta(days=1), ended_at=now - timedelta(days=1)))
    session.commit()
    assert session.scalars(select(ErasedPerson)).all()
    assert sweep(app, now) == Swept(0, 0, 0)
    assert "张大山" not in dump(session)
