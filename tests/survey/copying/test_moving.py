"""A database moves to another server whole and compared, and the old one takes nothing more."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.console import foreseen
from survey.copying.moving import move_database, move_files
from survey.copying.tables import count_and_hash, read_tables
from survey.db import create_engine_for, session_scope
from survey.events import Event, log_event
from survey.failures import passing_failure
from survey.proof.chain import check_chain, own_and_handed_logs
from survey.storage import Storage
from tests.builders import add_household, add_visit, find_or_add_person


def nothing(_done: int, _total: int) -> None:
    """Nothing is shown."""


@pytest.fixture
def filled(app: Flask, session: Session, now: datetime) -> Flask:
    """The application with rows of many kinds."""
    actor = find_or_add_person(session, "coordinator")
    visit = add_visit(session)
    for number in range(20):
        household = add_household(session, f"{number:03}")
        told: dict[str, Any] = {"name": "户", "visit": visit.id}
        log_event(session, actor.id, "household.added", "household", household.id, now, **told)
    session.commit()
    return app


def test_move__to_postgresql__is_the_same_there_and_the_old_one_takes_nothing_more(filled: Flask, postgres_url: str, now: datetime) -> None:
    moved = move_database(filled, postgres_url, now, nothing)
    assert (moved.tables["households"].n_rows, moved.tables["events"].n_rows) == (20, 20)
    engine = create_engine_for(postgres_url)
    with engine.connect() as connection:
        tables = read_tables(connection)
        assert count_and_hash(connection, tables["households"]) == (20, moved.tables["households"].hash)
    with Session(engine) as session, session.begin():
        log_event(session, None, "household.changed", "household", "x", now)
        assert session.scalar(select(func.max(Event.number))) == 22
        assert check_chain(session, next(iter(own_and_handed_logs(session))), lambda _rows: None).first_broken is None
    with pytest.raises(DBAPIError) as refused, session_scope(filled) as session:
        log_event(session, None, "household.changed", "household", "x", now)
    assert passing_failure(refused.value) is ErrorCode.MOVED_AWAY
    with pytest.raises(click.ClickException, match=r"^The survey was moved to another server"), foreseen():
        raise refused.value
    with pytest.raises(SurveyError, match="nothing there is overwritten"):
        move_database(filled, postgres_url, now, nothing)
    engine.dispose()


@pytest.mark.soak
def test_move__row_that_the_other_database_refuses__leaves_both_as_they_were(
    filled: Flask, session: Session, postgres_url: str, now: datetime
) -> None:
    log_event(session, None, "household.changed", "household", "x", now, note="a\0b")  # PostgreSQL holds no such character
    session.commit()
    with pytest.raises(DBAPIError):
        move_database(filled, postgres_url, now, nothing)
    engine = create_engine_for(postgres_url)
    with engine.connect() as connection:
        assert read_tables(connection) == {}
    engine.dispose()
    with session_scope(filled) as session:
        log_event(session, None, "household.changed", "household", "x", now)


def test_move_files__to_another_storage__copies_what_is_missing_and_compares_all(tmp_path: Path) -> None:
    source, target = Storage(str(tmp_path / "a")), Storage(str(tmp_path / "b"))
    hashes = [source.put(data) for data in (b"one", b"two")]
    target.put(b"one")
    assert move_files(source, target, nothing) == 2
    assert set(target.sizes()) == set(hashes)
    sha256 = hashes[0]
    (tmp_path / "b" / sha256[:2] / sha256[2:]).write_bytes(b"eno")
    with pytest.raises(SurveyError, match="another one there"):
        move_files(source, target, nothing)
