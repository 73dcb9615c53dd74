"""The log of events: each is chained to the one before, and a change is found."""

from datetime import datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey.db import create_engine_for, session_scope
from survey.events import GENESIS, Event, event_digest, log_event, log_events
from survey.models import Base
from survey.proof.chain import check_chain
from survey.storage import Storage
from survey.verify import verify
from tests.builders import add_form, add_submission
from tests.recorder import Statements


def log_three(session: Session, now: datetime) -> list[Event]:
    """Three events of one subject."""
    for number, word in enumerate("abc"):
        log_event(session, None, f"thing.{word}", "thing", "1", now, count=number)
    return list(session.scalars(select(Event).order_by(Event.number)))


def test_log_event__first__is_chained_to_the_beginning(session: Session, now: datetime) -> None:
    first, second, _third = log_three(session, now)
    assert first.digest == event_digest(first, GENESIS)
    assert second.digest == event_digest(second, first.digest)


def test_log_events__several_subjects__are_chained_in_their_order(session: Session, now: datetime) -> None:
    log_three(session, now)
    log_events(session, None, "thing.done", "thing", {"2": {"count": 2}, "3": {}}, now)
    events = session.scalars(select(Event).order_by(Event.number)).all()
    assert [(event.subject_id, event.details) for event in events[3:]] == [("2", {"count": 2}), ("3", {})]
    assert check_chain(session).first_broken is None


def test_log_event__many_in_one_transaction__ask_once_for_the_last(session: Session, now: datetime, statements: Statements) -> None:
    log_three(session, now)
    asked = [each for each in statements.touching("events") if each.lstrip().upper().startswith("SELECT")]
    assert len(asked) == 2  # the other one reads the three for this test


@pytest.mark.parametrize("is_kept", [True, False])
def test_log_event__after_a_savepoint__follows_what_is_really_there(session: Session, now: datetime, is_kept: bool) -> None:
    log_event(session, None, "thing.before", "thing", "1", now)
    savepoint = session.begin_nested()
    log_event(session, None, "thing.within", "thing", "1", now)
    if is_kept:
        savepoint.commit()
    else:
        savepoint.rollback()
    log_event(session, None, "thing.after", "thing", "1", now)
    check = check_chain(session)
    assert (check.n_events, check.first_broken) == (3 if is_kept else 2, None)


def test_log_event__another_session_between__follows_its_event(app: Flask, session: Session, now: datetime) -> None:
    log_event(session, None, "thing.before", "thing", "1", now)
    session.commit()
    with session_scope(app) as other:
        log_event(other, None, "thing.elsewhere", "thing", "1", now)
    log_event(session, None, "thing.after", "thing", "1", now)
    check = check_chain(session)
    assert (check.n_events, check.first_broken) == (3, None)


def test_check_chain__untouched__counts_all(session: Session, now: datetime) -> None:
    log_three(session, now)
    session.commit()
    session.expire_all()
    check = check_chain(session)
    assert (check.n_events, check.first_broken) == (3, None)


def test_check_chain__instant_of_another_zone__survives_the_database(session: Session, now: datetime) -> None:
    log_event(session, None, "thing.done", "thing", "1", now.astimezone(timezone(timedelta(hours=8))), nested={"a": [1, 2.5, None]})
    session.commit()
    session.expire_all()
    assert check_chain(session).first_broken is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET action = 'thing.other' WHERE number = 2",
        "UPDATE events SET details = '{\"count\": 7}' WHERE number = 2",
        "UPDATE events SET happened_at = '2018-04-21 00:00:00' WHERE number = 2",
        "UPDATE events SET digest = 'f' WHERE number = 2",
    ],
)
def test_check_chain__changed_event__is_found(session: Session, now: datetime, change: str) -> None:
    log_three(session, now)
    session.execute(text(change))
    session.expire_all()
    assert check_chain(session).first_broken == 2


def test_check_chain__removed_event__is_found_at_the_next(session: Session, now: datetime) -> None:
    log_three(session, now)
    session.execute(text("DELETE FROM events WHERE number = 2"))
    session.expire_all()
    assert check_chain(session).first_broken == 3


def test_log_event__on_postgresql__is_chained_too(postgres_url: str, now: datetime) -> None:
    engine = create_engine_for(postgres_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA events_test")
        connection.exec_driver_sql("SET search_path TO events_test")
        Base.metadata.create_all(connection)
        with Session(connection) as session:
            log_three(session, now)
            session.expire_all()
            assert check_chain(session).first_broken is None
            session.execute(text("UPDATE events SET action = 'x' WHERE number = 3"))
            session.expire_all()
            assert check_chain(session).first_broken == 3
    engine.dispose()


def test_verify__missing_and_changed_file__are_named(app: Flask, session: Session, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("storage")
    storage = Storage(str(folder))
    submission = add_submission(session, add_form(session), "uuid:1")
    good, changed, missing = storage.put(b"good"), storage.put(b"changed"), "0" * 64
    for name, sha256 in (("good.jpg", good), ("changed.jpg", changed), ("missing.jpg", missing)):
        session.execute(
            text("INSERT INTO attachments VALUES (:name, :id, :name, :sha256, 1, 'image/jpeg')"),
            {"name": name, "id": submission.instance_id, "sha256": sha256},
        )
    (folder / changed[:2] / changed[2:]).write_bytes(b"other")
    steps: list[tuple[str, int, int]] = []
    result = verify(session, storage, lambda what, done, total: steps.append((what, done, total)))
    assert result.n_files == 3
    assert steps[-1] == ("Files", 3, 3)
    in_storage = [problem for problem in result.problems if "in storage" in problem]
    assert sorted(problem.split(":")[1].split()[1] for problem in in_storage) == ["changed.jpg", "missing.jpg"]
