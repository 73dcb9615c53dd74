"""What is read of a table to be handed over, on PostgreSQL, which reads it by a cursor of the server."""

from contextlib import closing

from sqlalchemy import text
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import create_engine_for
from survey.handover.queries import read_rows
from survey.schema import upgrade_schema
from tests.builders import add_person

CURSORS = text("SELECT count(*) FROM pg_cursors")


def test_rows__given_up_in_the_middle__leave_no_cursor_open(postgres_url: str) -> None:
    engine = create_engine_for(postgres_url)
    upgrade_schema(engine)
    with Session(engine) as session:
        add_person(session, "lead1")
        session.flush()
        with closing(read_rows(session, User.__table__)) as rows:
            assert next(rows)
            assert session.scalar(CURSORS) == 1
        assert session.scalar(CURSORS) == 0
    engine.dispose()
