"""Removing a visit in planning: whatever refers to visits goes along with it, or stands against it and is named."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Table, func, insert, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.models import Base
from survey.visits.models import Visit
from survey.visits.removal import STANDS_AGAINST, TAKEN_ALONG, remove_visit
from tests.builders import NOW, add_visit
from tests.conftest import SignIn

VALUES: dict[type, Any] = {
    str: "x",
    int: 1,
    float: 1.0,
    bool: False,
    datetime: datetime(2018, 4, 20, tzinfo=UTC),
    date: date(2018, 4, 20),
    bytes: b"x",
    dict: {},
}


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit in planning. Rows may refer to anything for as long as the test does not commit."""
    visit = add_visit(session)
    visit.state = "planned"
    session.commit()
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    return visit


def targets(column: Column[Any]) -> set[str]:
    """The tables that a column refers to."""
    return {key.column.table.name for key in column.foreign_keys}


def referring_to(names: set[str]) -> set[str]:
    """The tables with a column that refers to one of these tables."""
    return {table.name for table in Base.metadata.sorted_tables if any(targets(column) & names for column in table.columns)}


def add_row(session: Session, table: Table, visit: Visit) -> None:
    """A row of made-up values that refers to the visit, or to the made-up rows of the tables it refers to."""

    def value(column: Column[Any]) -> Any:
        if "visits" in targets(column):
            return visit.id
        if column.nullable and not targets(column) & TAKEN_ALONG:
            return None
        kind = getattr(column.type, "impl_instance", column.type)
        return VALUES[dict if isinstance(kind, JSON) else kind.python_type]

    session.execute(insert(table).values({column.name: value(column) for column in table.columns}))


def count(session: Session, name: str) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(Base.metadata.tables[name]))


def test_tables__that_refer_to_visits__go_along_or_stand_against() -> None:
    assert referring_to({"visits"}) == TAKEN_ALONG | STANDS_AGAINST.keys()
    assert not TAKEN_ALONG & STANDS_AGAINST.keys()


def test_remove_visit__every_table_of_its_plan_filled__leaves_nothing_behind(session: Session, visit: Visit) -> None:
    dependent = {name for name in referring_to(set(TAKEN_ALONG)) if name not in STANDS_AGAINST} - TAKEN_ALONG
    for table in Base.metadata.sorted_tables:
        if table.name in TAKEN_ALONG | dependent:
            session.execute(table.delete())
            add_row(session, table, visit)
    remove_visit(session, None, visit, NOW)
    assert {name: count(session, name) for name in ("visits", *TAKEN_ALONG, *dependent)} == dict.fromkeys(
        ("visits", *TAKEN_ALONG, *dependent), 0
    )
    assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []


@pytest.mark.parametrize("name", STANDS_AGAINST)
def test_remove_visit__something_says_what_was_done__is_refused_and_names_it(session: Session, visit: Visit, name: str) -> None:
    before = count(session, name)
    if name == "visits":
        add_visit(session, "2018-08-test").look_back_of_id = visit.id
        session.flush()
    else:
        add_row(session, Base.metadata.tables[name], visit)
    with pytest.raises(SurveyError) as refused:
        remove_visit(session, None, visit, NOW)
    one, _several, chinese = STANDS_AGAINST[name]
    assert refused.value.code is ErrorCode.INVALID_TRANSITION
    assert refused.value.values["state"] == f"referred to by 1 {one}"
    assert chinese in refused.value.values["state_zh"]
    assert count(session, name) == before + 1
    assert session.get(Visit, visit.id) is visit


def test_edit_page__meeting_held_while_planning__says_why_it_stays(session: Session, visit: Visit, sign_in: SignIn) -> None:
    session.rollback()
    client = sign_in("coordinator")
    path = f"/visits/{visit.id}"
    assert f"{path}/remove" in client.get(f"{path}/edit").text
    meeting = {"region_code": "610727000000", "kind": "feedback", "held_on": "2018-04-19", "title": "行前会"}
    assert client.post(f"{path}/meetings", data=meeting).status_code in (200, 302)
    page = client.get(f"{path}/edit").text
    assert f"{path}/remove" not in page
    assert "1 次会议" in page
    refused = client.post(f"{path}/remove")
    assert refused.status_code == 409
    assert "已关联1 次会议" in refused.text
    client.post("/language/en")
    assert "referred to by 1 meeting" in client.post(f"{path}/remove").text
