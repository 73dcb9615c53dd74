"""Which revision of its schema a database has, and which one this version of the program wants; knows no models."""

from functools import cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from questionnaires.errors import ErrorCode, SurveyError

MIGRATIONS = Path(__file__).parent / "migrations"


def check_schema(engine: Engine) -> None:
    """Raise NOT_INITIALISED or OUTDATED_SCHEMA unless the database has the schema of this version of the program."""
    place = engine.url.render_as_string(hide_password=True)
    is_file = engine.url.get_backend_name() == "sqlite" and engine.url.database not in (None, "", ":memory:")
    found = None if is_file and not Path(str(engine.url.database)).exists() else schema_revision(engine)
    wanted = newest_revision()
    if found is None:
        raise SurveyError(ErrorCode.NOT_INITIALISED, place=place)
    if found != wanted:
        raise SurveyError(ErrorCode.OUTDATED_SCHEMA, place=place, found=found, wanted=wanted)


def schema_revision(engine: Engine) -> str | None:
    """The revision of the last migration that this database has seen, or None."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str | None:
    """The revision of the newest migration of this version of the program."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def is_known(revision: str) -> bool:
    """Whether this version of the program has a migration to this revision."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def alembic_config(**attributes: Any) -> Config:
    """What Alembic wants to know of our migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(attributes)
    return config
