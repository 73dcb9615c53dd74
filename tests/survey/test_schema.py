"""The migrated schema is that of the models, on every database that this machine can offer."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import create_engine_for
from survey.models import Base
from survey.revisions import check_schema, newest_revision, schema_revision
from survey.schema import upgrade_schema


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
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(SurveyError, match="has schema 0000") as caught:
        check_schema(engine)
    assert caught.value.code is ErrorCode.OUTDATED_SCHEMA


def test_upgrade_schema__of_a_later_version__says_what_to_do(tmp_path: Path) -> None:
    engine = create_engine_for(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SurveyError, match=r"schema 9999, .* a later one\."):
        upgrade_schema(engine)
