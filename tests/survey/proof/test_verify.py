"""Tampering with anything that is kept is found and named; what is kept as it was is not."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.db import create_engine_for
from survey.events import Event, chained_digest, event_text, log_event
from survey.handover.models import HandedEvent
from survey.intake.attachments import ReceivedFile
from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.intake.receive import Received, receive_submission
from survey.models import Base
from survey.proof.chain import Log, check_chain
from survey.proof.heads import Head, is_signed, read_head
from survey.proof.models import SignedHead
from survey.proof.operations import give_head, sign_logs_of
from survey.review.operations import accept_submission, reopen_submission, return_submission
from survey.storage import Storage
from survey.verify import Verification, verify
from tests.builders import add_form, add_person
from tests.conftest import SignIn
from tests.survey.intake.interviews import FORM, JPEG, interview_xml

ID = "uuid:0001"


@pytest.fixture
def storage(app: Flask) -> Storage:
    """The application's storage."""
    storage: Storage = app.extensions["survey.storage"]
    return storage


@pytest.fixture
def kept(session: Session, storage: Storage, now: datetime) -> Head:
    """An interview with a picture, three events after it, and the head of the log that was given away then."""
    add_form(session, FORM)
    receive_submission(session, None, Received(interview_xml(ID, well="a.jpg"), {"a.jpg": ReceivedFile("a.jpg", JPEG)}), storage, now)
    log_three(session, now)
    head = give_head(session, now)
    session.commit()
    return head


def log_three(session: Session, now: datetime) -> None:
    """Three events of one subject, the last of this log."""
    for number, word in enumerate("abc"):
        log_event(session, None, f"thing.{word}", "thing", "1", now, count=number)


def check(session: Session, storage: Storage, against: Head | None = None) -> Verification:
    """What `verify` says now."""
    session.expire_all()
    return verify(session, storage, lambda _what, _done, _total: None, against)


def test_verify__as_it_was__finds_nothing_and_continues_the_head(session: Session, storage: Storage, kept: Head, now: datetime) -> None:
    log_three(session, now)
    result = check(session, storage, kept)
    assert (result.problems, result.n_submissions, result.n_files) == ((), 1, 1)
    assert f"continues from event {kept.number}, signed" in result.continued
    assert "with 3 more" in result.continued
    assert "3 more" in check(session, storage, Head(kept.number, kept.digest)).continued


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE events SET details = '{\"count\": 7}' WHERE number = :n - 1", "Event {m} was changed after it was logged"),
        ("UPDATE events SET happened_at = '2018-04-21 00:00:00' WHERE number = :n - 1", "Event {m} was changed"),
        ("DELETE FROM events WHERE number = :n - 1", "Event {m} is missing."),
        ("DELETE FROM events WHERE number >= :n - 1", "its head was signed at event {n}: what came after is missing"),
        ("DELETE FROM signed_heads", None),
        ("UPDATE signed_heads SET event_number = 1", "The head signed at event 1 was changed"),
        ("UPDATE submissions SET xml = CAST('<data>5</data>' AS BLOB)", f"Submission {ID}: its XML was changed"),
        ("UPDATE submissions SET answers = '{\"n\": 9}'", f"Submission {ID}: its answers were changed"),
        ("UPDATE submissions SET answers = replace(answers, substr(answers, 60, 2), 'AA')", f"Submission {ID}: its answers were changed"),
        ("UPDATE submissions SET xml = CAST(substr(xml, 1, length(xml) - 1) AS BLOB)", f"Submission {ID}: its XML was changed"),
        ("UPDATE submissions SET xml_sha256 = 'f'", f"Submission {ID}: the hash of its XML"),
        ("UPDATE submissions SET recorded_as = 'second'", f"Submission {ID}: where it belongs, who held it or when was changed"),
        ("UPDATE submissions SET village_code = '610727101201'", f"Submission {ID}: where it belongs"),
        ("UPDATE submissions SET started_at = '2018-04-01 00:00:00'", f"Submission {ID}: where it belongs"),
        ("UPDATE attachments SET sha256 = :other", f"Submission {ID}: a file was put in that was not received"),
        ("DELETE FROM attachments", f"Submission {ID}: a file that was received is missing"),
        ("UPDATE submissions SET review_state = 'accepted'", f"Submission {ID}: it is accepted, and no event tells of that decision"),
        ("UPDATE submissions SET review_state = 'replaced'", f"Submission {ID}: it is replaced, and no event tells"),
        ("DELETE FROM submissions", f"Submission {ID}, received by event {{received}}, is missing"),
        ("DELETE FROM events WHERE action = 'submission.received'", f"Submission {ID}: no event tells that it was received"),
    ],
)
def test_verify__changed_by_sql__names_what_was_changed(
    session: Session, storage: Storage, kept: Head, change: str, told: str | None
) -> None:
    received = session.scalar(select(Event.number).where(Event.action == "submission.received"))
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    values = {"n": kept.number, "other": storage.put(b"another picture")}
    session.execute(text(change), {name: value for name, value in values.items() if f":{name}" in change})
    problems = check(session, storage).problems
    if told is None:
        assert problems == ()
    else:
        assert told.format(n=kept.number, m=kept.number - 1, received=received) in "\n".join(problems)
    session.rollback()


def test_verify__log_written_anew_with_its_heads_removed__does_not_continue_the_printed_one(
    session: Session, storage: Storage, kept: Head
) -> None:
    session.execute(update(Event).where(Event.number == kept.number).values(action="thing.other"))
    events = list(session.scalars(select(Event).order_by(Event.number)))
    forged = chained_digest(events[-2].digest, event_text(replace_action(events[-1])))
    session.execute(update(Event).where(Event.number == kept.number).values(digest=forged))
    told = f"Event {kept.number} is not the one whose head was signed: the log was written anew."
    assert check(session, storage).problems == (told,)
    session.execute(delete(SignedHead))
    assert check(session, storage).problems == ()
    assert check(session, storage, kept).problems == (told,)
    assert not check(session, storage, kept).continued


def replace_action(event: Event) -> Event:
    """The event as the forger wrote it."""
    event.action = "thing.other"
    return event


def test_verify__refused_interview_changed__names_it(session: Session, storage: Storage, kept: Head, now: datetime) -> None:
    received = Received(interview_xml("uuid:0002", well="a.jpg"), {"b.jpg": ReceivedFile("b.jpg", JPEG)})
    assert receive_submission(session, None, received, storage, now).outcome == "quarantined"
    assert check(session, storage).problems == ()
    session.execute(update(QuarantinedSubmission).values(xml=received.xml + b" "))
    [row_id] = session.scalars(select(QuarantinedSubmission.id))
    assert check(session, storage).problems == (f"Quarantined submission {row_id}: its XML was changed after it was received.",)
    session.execute(delete(QuarantinedSubmission))
    [problem] = check(session, storage).problems
    assert problem.startswith(f"Quarantined submission {row_id}, received by event")


def test_verify__decided_by_people__is_in_the_state_that_the_last_decision_left_it_in(
    session: Session, storage: Storage, kept: Head, now: datetime
) -> None:
    submission, actor = session.get_one(Submission, ID), add_person(session, "coordinator", "coordinator")
    for decide in (accept_submission, reopen_submission, return_submission):
        decide(session, actor, submission, "因为", now)
        assert check(session, storage).problems == ()
    session.execute(update(Submission).values(review_state="accepted"))
    assert check(session, storage).problems == (f"Submission {ID}: it is accepted, and no event tells of that decision.",)
    session.execute(update(Submission).values(review_state="returned"))
    receive_submission(session, None, Received(interview_xml("uuid:0003", well="a.jpg", replaces=ID)), storage, now)
    session.refresh(submission)
    assert submission.review_state == "replaced"
    assert check(session, storage).problems == ()


def test_check_chain__two_events_in_each_others_place__are_told_where_they_belong(session: Session, now: datetime) -> None:
    log_three(session, now)
    for number, other in ((1, 9), (2, 1), (9, 2)):
        session.execute(update(Event).where(Event.number == number).values(number=other))
    assert [each.told for each in check_chain(session).breaks] == [
        "Event 1 was logged after event 2 and stands first: events were moved, removed or put in between.",
        "Event 2 was logged first and stands after event 1: events were moved, removed or put in between.",
        "Event 3 was logged after event 1 and stands after event 2: events were moved, removed or put in between.",
    ]


def test_check_chain__only_a_digest_changed__blames_no_other_event(session: Session, now: datetime) -> None:
    log_three(session, now)
    session.execute(update(Event).where(Event.number == 2).values(digest="f" * 64))
    assert [each.number for each in check_chain(session).breaks] == [2]


def test_verify__log_handed_over_and_changed_bundle__are_named(app: Flask, session: Session, storage: Storage, now: datetime) -> None:
    log_event(session, None, "thing.a", "thing", "1", now)
    own = session.scalars(select(Event)).one()
    values = {name: getattr(own, name) for name in ("happened_at", "actor_id", "subject_type", "subject_id", "details", "digest")}
    session.add(HandedEvent(source=own.digest, number=1, action="thing.b", **values))
    session.flush()
    assert check_chain(session, Log(own.digest)).first_broken == 1
    folder = app.extensions["survey.settings"].figures_path / "visit" / "bundle"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"schema_version": 1, "files": {"households.parquet": "0"}}', encoding="utf-8")
    result = check(session, storage)
    assert result.n_bundles == 1
    assert re.search(r"handed over by \w{8}: Event 1 was changed", result.problems[0])
    assert "households.parquet" in result.problems[1]


def test_head__with_another_number_or_key__is_refused(kept: Head, session: Session, storage: Storage) -> None:
    assert read_head(json.dumps(kept.record()), "head.json") == kept
    assert read_head(f" {kept.number}:{kept.digest}\n", "paper").digest == kept.digest
    with pytest.raises(SurveyError, match="its signature is not that of its key"):
        read_head(json.dumps(kept.record() | {"event": 1}), "head.json")
    with pytest.raises(SurveyError, match="neither"):
        read_head("abc", "head.json")
    for told in ("[" * 100_000, json.dumps(kept.record() | {"event": float("inf")})):
        with pytest.raises(SurveyError, match="neither"):
            read_head(told, "head.json")
    engine = create_engine_for("sqlite://")
    Base.metadata.create_all(engine)
    sign_logs_of(engine, "another secret key of another installation")
    with Session(engine) as other:
        log_three(other, datetime(2018, 4, 20, tzinfo=UTC))
        foreign = give_head(other, datetime(2018, 4, 20, tzinfo=UTC))
    assert is_signed(foreign)
    assert "another installation" in check(session, storage, foreign).problems[0]
    stolen = replace(foreign, log="", number=kept.number, digest=kept.digest)
    assert "which this installation never had" in check(session, storage, stolen).problems[0]
    engine.dispose()


def test_page__by_role__shows_the_key_to_all_and_gives_heads_to_some(sign_in: SignIn, session: Session, kept: Head) -> None:
    page = sign_in("lead1").get("/protection/key").get_data(as_text=True)
    assert kept.public_key in page
    assert kept.digest not in page
    assert sign_in("lead1").post("/protection/head").status_code == 403
    client = sign_in("coordinator")
    assert kept.digest in client.get("/protection").get_data(as_text=True)
    given = read_head(client.post("/protection/head").get_data(as_text=True), "head")
    assert session.scalar(select(SignedHead.digest).where(SignedHead.event_number == given.number)) == given.digest
    assert session.scalars(select(Attachment)).one().sha256
