"""Migrations over a database that has rows in every table: none is lost, and every reference holds."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, Float, Integer, LargeBinary, MetaData, String, Table, inspect
from sqlalchemy.types import TypeEngine

from survey.copying.tables import REVISION_TABLE
from survey.db import create_engine_for
from survey.schema import MIGRATIONS, migrate, upgrade_schema

VALUES: tuple[tuple[type[TypeEngine[Any]], Any], ...] = (
    (JSON, {}),
    (DateTime, datetime(2018, 4, 20, 8, 30, tzinfo=UTC)),
    (Date, date(2018, 4, 20)),
    (Boolean, False),
    (Integer, 1),
    (Float, 0.5),
    (LargeBinary, b"1"),
    (String, "1"),
)
CHECKED = {"api_tokens": {"scope": "submit"}}
"""What a check asks for that the newest migration writes anew, and with it the rows."""


def fill(connection: Connection, filled: set[str]) -> None:
    """Nothing; every table that had no row has one, whose columns hold something, and refer to the one row of other tables."""
    inspector, metadata = inspect(connection), MetaData()
    for name in inspector.get_table_names():
        if name == REVISION_TABLE or name in filled:
            continue
        told = inspector.get_columns(name)
        table = Table(name, metadata, *(Column(each["name"], each["type"]) for each in told))
        row = {each["name"]: next(value for kind, value in VALUES if isinstance(each["type"], kind)) for each in told}
        connection.execute(table.insert(), row | CHECKED.get(name, {}))
        filled.add(name)


@pytest.mark.parametrize("every", [16, pytest.param(1, marks=pytest.mark.soak)])
def test_migrations__over_rows_in_every_table__keep_them_and_their_references(every: int, tmp_path: Path) -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    revisions = [each.revision for each in script.walk_revisions()][::-1]
    engine = create_engine_for(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    filled: set[str] = set()
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON", "synchronous = OFF"):
            driver.execute(f"PRAGMA {pragma}")
        for revision in revisions[-2::-every][::-1]:
            with connection.begin():
                migrate(connection, revision)
                fill(connection, filled)
    engine.dispose()
    assert upgrade_schema(engine)  # the last step as `init` takes it, with references looked at
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        counts = {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in filled & names}
        assert {name for name, n_rows in counts.items() if n_rows == 0} == set()
        assert len(counts) > 80
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()
