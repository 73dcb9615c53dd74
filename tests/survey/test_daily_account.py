"""A database account for daily work that may change rows and no table; tables are changed by another one, which upgrades alone use."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from survey import open_installation
from survey.config import Settings
from survey.db import create_engine_for, new_id
from survey.intake.models import Submission
from survey.schema import upgrade_schema
from tests.builders import add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.conftest import opened
from tests.signing_in import fill_cookie
from tests.survey.intake.interviews import FORM, JPEG, interview_xml, send

pytestmark = pytest.mark.soak

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Engine]:
    """The account that owns the tables, which are up to date."""
    engine = create_engine_for(postgres_url)
    upgrade_schema(engine)
    yield engine
    engine.dispose()


def rights(name: str) -> list[str]:
    """The statements of docs/security.md that give an account what daily work needs."""
    told = PAGE.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    return [line.replace("daily", name).rstrip(";") for line in told.splitlines()]


def test_account__that_may_change_no_table__does_the_daily_work(
    owner: Engine, postgres_url: str, one_app: Flask, settings: Settings
) -> None:
    name = f"daily_{new_id().replace('-', '')}"
    with owner.begin() as connection:
        for statement in rights(name):
            connection.execute(text(statement))
    url = make_url(postgres_url).set(username=name, password="chosen by whoever runs it")
    with opened(one_app, settings):
        open_installation(one_app, replace(settings, database_url=url.render_as_string(hide_password=False)))
        engine, client = one_app.extensions["survey.engine"], one_app.test_client()
        try:
            with Session(engine) as session:
                add_pair(session, add_visit(session, forms=[add_form(session, FORM, "visit_form.md")]))
                add_household(session)
                with client.session_transaction() as cookie:
                    fill_cookie(cookie, session, find_or_add_person(session, "coordinator"))
                session.commit()
            assert send(one_app.test_client(), interview_xml(well="well.jpg"), {"well.jpg": JPEG}).status_code == 201
            pages = {page: client.get(page).status_code for page in ("/", "/visits", "/review", "/issues")}
            assert set(pages.values()) == {200}, pages
            assert client.post("/review/uuid:0001/accept", data={"reason": "read"}).status_code == 302
            with Session(engine) as session:
                assert session.scalar(select(func.count()).select_from(Submission)) == 1
            for statement in (
                "CREATE TABLE more (n int)",
                "ALTER TABLE visits ADD COLUMN more int",
                "DROP TABLE events",
                "TRUNCATE events",
            ):
                with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
                    connection.execute(text(statement))
            for statement in ("UPDATE events SET action = 'other'", "DELETE FROM events"):
                with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
                    connection.execute(text(statement))
        finally:
            engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))
