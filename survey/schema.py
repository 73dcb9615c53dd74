"""The database's schema: bringing it up to date through the migrations, and telling whether it is.

`python -m survey.schema "what changes"` writes the next migration from the difference between the models and the migrated schema; read
it before you commit it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, Engine

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import UtcDateTime, create_engine_for
from survey.models import Base

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade_schema(engine: Engine) -> bool:
    """Whether anything was changed; afterwards the database has the schema of this version of the program.

    Raises INVALID_VALUE for the database of another version, which this one has no way from.
    """
    before = schema_revision(engine)
    if before is not None and not _is_known(before):
        place = engine.url.render_as_string(hide_password=True)
        detail = (
            f"it has schema {before}, which this version of the program does not know. Install the version that made it, or a later one."
        )
        raise SurveyError(ErrorCode.INVALID_VALUE, field=f"The database at {place}", detail=detail)
    with engine.connect() as connection, _references_checked_afterwards(connection), connection.begin():
        migrate(connection)
    return schema_revision(engine) != before


@contextmanager
def _references_checked_afterwards(connection: Connection) -> Iterator[None]:
    """While the block runs, SQLite lets a table be made anew that rows of others refer to; on PostgreSQL that never happens."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")  # which SQLite heeds outside of transactions only
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def migrate(connection: Connection, revision: str = "head") -> None:
    """Nothing; the database has the schema of this revision, in the open transaction. Raises INVALID_VALUE for an unknown one."""
    if revision != "head" and not _is_known(revision):
        detail = "this version of the program does not know it; install the one that made it, or a later one"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=f"The schema {revision}", detail=detail)
    command.upgrade(_config(connection=connection), revision)


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
    return ScriptDirectory.from_config(_config()).get_current_head()


def write_migration(message: str) -> Path:
    """The file of the migration that turns the migrated schema into that of the models."""
    engine = create_engine_for("sqlite://")
    with engine.begin() as connection:
        # The earlier migrations run as they do everywhere, without today's models, whose naming would reach into theirs.
        command.upgrade(_config(connection=connection), "head")
        config = _config(connection=connection, metadata=Base.metadata, render_item=_render)
        number = len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) + 1
        script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    return Path(script.path)  # type: ignore[union-attr]


def _is_known(revision: str) -> bool:
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config(**attributes: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(attributes)
    return config


def _render(kind: str, item: Any, context: Any) -> str | bool:
    """How a column type of ours is written in a migration, which must not import it; False for all others."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


if __name__ == "__main__":
    if any(word.startswith("-") for word in sys.argv[1:]):
        sys.exit('Usage: python -m survey.schema "what changes"')
    print(write_migration(" ".join(sys.argv[1:]) or "change the schema"))
