"""The migrated schema is that of the models, on every database that this machine can offer."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, inspect

from questionnaires.errors import ErrorCode, SurveyError
from survey.copying.moving import move_database
from survey.db import create_engine_for, new_id
from survey.models import Base
from survey.revisions import check_schema, is_known, newest_revision, schema_revision
from survey.schema import alembic_config, upgrade_schema


def differences(engine: Engine) -> list[Any]:
    """What a further migration would have to change."""
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def check_names(engine: Engine) -> dict[str, set[str]]:
    """The names of the check constraints, by table; alembic does not compare those."""
    inspector = inspect(engine)
    return {table: {str(check["name"]) for check in inspector.get_check_constraints(table)} for table in Base.metadata.tables}


def test_migrations__on_sqlite__make_the_schema_of_the_models(tmp_path: Path) -> None:
    migrated = create_engine_for(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    assert upgrade_schema(migrated) is True
    assert differences(migrated) == []
    created = create_engine_for(f"sqlite:///{tmp_path / 'created.sqlite3'}")
    Base.metadata.create_all(created)
    assert check_names(migrated) == check_names(created)


def test_migrations__on_postgresql__make_the_schema_of_the_models(postgres_url: str) -> None:
    engine = create_engine_for(postgres_url)
    assert upgrade_schema(engine) is True
    assert differences(engine) == []
    engine.dispose()


def test_upgrade_schema__second_time__changes_nothing(tmp_path: Path) -> None:
    engine = create_engine_for(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade_schema(engine)
    assert upgrade_schema(engine) is False
    assert schema_revision(engine) == newest_revision()
    check_schema(engine)


def test_revisions__read_from_the_names_of_files__are_those_of_alembic() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert newest_revision() == scripts.get_current_head()
    assert all(is_known(script.revision) for script in scripts.walk_revisions())
    assert not is_known("9999")


def test_check_schema__no_file__says_how_to_make_it_and_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "survey.sqlite3"
    with pytest.raises(SurveyError, match="python -m survey init") as caught:
        check_schema(create_engine_for(f"sqlite:///{path}"))
    assert caught.value.code is ErrorCode.NOT_INITIALISED
    assert not path.exists()


def test_check_schema__of_another_version__names_both(tmp_path: Path) -> None:
    engine = create_engine_for(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(SurveyError, match="has schema 0001, .* python -m survey init") as caught:
        check_schema(engine)
    assert caught.value.code is ErrorCode.OUTDATED_SCHEMA


@pytest.mark.parametrize("look", [check_schema, upgrade_schema])
def test_schema__of_a_later_version__says_what_to_do(tmp_path: Path, look: Callable[[Engine], object]) -> None:
    engine = create_engine_for(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SurveyError, match=r"schema 9999, .* a later one\."):
        look(engine)


@pytest.fixture
def ascii_url(postgres_cluster: str) -> str:
    """The address of an empty PostgreSQL database that keeps text in no encoding, as an old cluster's databases do."""
    return new_database(postgres_cluster, "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")


def new_database(cluster: str, how: str) -> str:
    """The address of a database that was created so."""
    name, engine = f"test_{new_id().replace('-', '')}", create_engine_for(cluster)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} {how}")
    engine.dispose()
    return f"{cluster.rpartition('/')[0]}/{name}"


def test_database__in_sql_ascii__is_refused_by_every_way_to_it_and_what_the_refusal_says_helps(
    app: Flask, ascii_url: str, postgres_cluster: str, now: datetime
) -> None:
    engine = create_engine_for(ascii_url)
    ways = (
        lambda: check_schema(engine),
        lambda: upgrade_schema(engine),
        lambda: move_database(app, ascii_url, now, lambda _done, _total: None),
    )
    for way in ways:
        with pytest.raises(SurveyError, match="stores text as SQL_ASCII") as caught:
            way()
        assert caught.value.code is ErrorCode.WRONG_ENCODING
    engine.dispose()
    ready = create_engine_for(new_database(postgres_cluster, str(caught.value).partition("survey_utf8 ")[2]))
    assert upgrade_schema(ready) is True
    check_schema(ready)
    ready.dispose()
