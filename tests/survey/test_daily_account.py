"""A database account for daily work that may change rows and no table; tables are changed by another one, which upgrades alone use."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey import open_installation
from survey.config import Settings
from survey.daily_account import prepare_daily_account
from survey.db import create_engine_for, new_id
from survey.intake.models import Submission
from survey.schema import upgrade_schema
from tests.builders import add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.conftest import opened
from tests.signing_in import fill_cookie
from tests.survey.intake.interviews import FORM, JPEG, interview_xml, send

pytestmark = pytest.mark.soak


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Engine]:
    """The account that owns the tables, which are up to date."""
    engine = create_engine_for(postgres_url)
    upgrade_schema(engine)
    yield engine
    engine.dispose()


def test_account__that_may_change_no_table__does_the_daily_work(
    owner: Engine, postgres_url: str, one_app: Flask, settings: Settings
) -> None:
    name = f"daily_{new_id().replace('-', '')}"
    url = make_url(postgres_url).set(username=name, password="chosen by: 'whoever' runs it")
    for _ in range(2):  # every upgrade does it again
        assert prepare_daily_account(owner, url.render_as_string(hide_password=False)) == name
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


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"username": "survey"}, "owns the tables"),
        ({"password": ""}, "name and password"),
        ({"database": "other"}, "another database"),
        ({"drivername": "sqlite"}, "PostgreSQL only"),
    ],
)
def test_account__that_would_be_none__is_refused_with_the_reason(
    owner: Engine, postgres_url: str, changes: dict[str, str], reason: str
) -> None:
    url = make_url(postgres_url).set(**{"username": "daily", "password": "chosen", **changes})
    with pytest.raises(SurveyError, match=reason) as caught:
        prepare_daily_account(owner, url.render_as_string(hide_password=False))
    assert "chosen" not in str(caught.value)


def test_account__of_an_owner_that_may_make_none__has_to_be_there_before(owner: Engine, postgres_url: str) -> None:
    name, daily = (f"{kind}_{new_id().replace('-', '')}" for kind in ("owner", "daily"))
    with owner.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'x'"))
    plain = create_engine_for(make_url(postgres_url).set(username=name).render_as_string(hide_password=False))
    url = make_url(postgres_url).set(username=daily, password="chosen").render_as_string(hide_password=False)
    with pytest.raises(SurveyError, match="make it with CREATE ROLE"):
        prepare_daily_account(plain, url)
    plain.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP ROLE {name}"))
