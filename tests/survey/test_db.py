"""One place commits; a request that fails leaves nothing; readers do not wait for a writer."""

from datetime import UTC, datetime
from time import monotonic

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey.accounts.models import Role
from survey.db import KEPT_OPEN, OPEN_AT_MOST, create_engine_for, current_session, session_scope, utc_now
from survey.events import Event
from tests.conftest import PATIENCE_SECONDS
from tests.recorder import Statements


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application to which these tests add pages."""
    return own_app


def test_request__that_succeeds__is_committed(app: Flask, client: FlaskClient, session: Session) -> None:
    @app.post("/writes")
    def writes() -> str:
        current_session().add(Role(name="interviewer"))
        return "done"

    assert client.post("/writes").status_code == 200
    assert session.get(Role, "interviewer") is not None


@pytest.mark.parametrize("failure", [ZeroDivisionError, KeyError])
def test_request__that_fails__leaves_nothing(app: Flask, client: FlaskClient, session: Session, failure: type[Exception]) -> None:
    @app.post("/fails")
    def fails() -> str:
        current_session().add(Role(name="interviewer"))
        current_session().flush()
        raise failure

    assert client.post("/fails").status_code == 500
    assert session.get(Role, "interviewer") is None


def test_session_scope__that_raises__leaves_nothing(app: Flask, session: Session) -> None:
    def fail() -> None:
        with session_scope(app) as scope:
            scope.add(Role(name="author"))
            scope.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert session.get(Role, "author") is None


def test_sqlite__connection__uses_the_write_ahead_log_and_keeps_foreign_keys(session: Session) -> None:
    assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_reader__while_somebody_writes__does_not_wait(app: Flask, session: Session) -> None:
    with session_scope(app) as writer:
        writer.add(Role(name="author"))
        writer.flush()
        assert session.scalars(select(Role)).all() == []


def test_postgres__many_connections_at_a_time__few_stay_open(postgres_url: str) -> None:
    watching, engine = create_engine_for(postgres_url), create_engine_for(postgres_url)
    opened = [engine.connect() for _ in range(OPEN_AT_MOST)]
    numbers = [each.scalar(text("SELECT pg_backend_pid()")) for each in opened]
    for each in opened:
        each.close()
    with watching.connect() as connection:
        asked = text("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(:numbers)")
        patient_until = monotonic() + PATIENCE_SECONDS
        while connection.scalar(asked, {"numbers": numbers}) != KEPT_OPEN:  # it takes PostgreSQL a moment to end one
            assert monotonic() < patient_until
            connection.rollback()
    engine.dispose()
    watching.dispose()


def test_instant__without_time_zone__is_refused(session: Session) -> None:
    session.add(Event(happened_at=datetime(2018, 4, 20), action="x", subject_type="x", subject_id="x", details={}, digest="x"))
    with pytest.raises(Exception, match="an instant needs a time zone"):
        session.flush()


def test_utc_now__always__is_aware() -> None:
    assert utc_now().tzinfo is UTC


def test_statements__sent_in_a_test__are_counted_without_transaction_control(session: Session, statements: Statements) -> None:
    session.scalars(select(Role)).all()
    session.scalars(select(Event)).all()
    assert len(statements) == 2
    assert len(statements.touching("events")) == 1
    statements.reset()
    assert statements == []
