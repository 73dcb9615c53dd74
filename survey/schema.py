"""The database's schema: bringing it up to date through the migrations.

`python -m survey.schema "what changes"` writes the next migration from the difference between the models and the migrated schema; read
it before you commit it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Connection, Engine

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import UtcDateTime, create_engine_for
from survey.models import Base
from survey.revisions import MIGRATIONS, is_known, schema_revision


def upgrade_schema(engine: Engine) -> bool:
    """Whether anything was changed; afterwards the database has the schema of this version of the program.

    Raises LATER_SCHEMA for the database of another version, which this one has no way from.
    """
    before = schema_revision(engine)
    if before is not None and not is_known(before):
        place = engine.url.render_as_string(hide_password=True)
        raise SurveyError(ErrorCode.LATER_SCHEMA, place=place, found=before)
    with engine.connect() as connection, _references_checked_afterwards(connection), connection.begin():
        migrate(connection)
    return schema_revision(engine) != before


@contextmanager
def _references_checked_afterwards(connection: Connection) -> Iterator[None]:
    """While the block runs, SQLite lets a table be made anew that rows of others refer to; on PostgreSQL that never happens."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")  # which SQLite heeds outside of transactions only
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def migrate(connection: Connection, revision: str = "head") -> None:
    """Nothing; the database has the schema of this revision, in the open transaction. Raises INVALID_VALUE for an unknown one."""
    if revision != "head" and not is_known(revision):
        detail = "this version of the program does not know it; install the one that made it, or a later one"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="The schema {revision}", detail=detail, revision=revision)
    command.upgrade(alembic_config(connection=connection), revision)


def alembic_config(**attributes: Any) -> Config:
    """What Alembic wants to know of our migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(attributes)
    return config


def write_migration(message: str) -> Path:
    """The file of the migration that turns the migrated schema into that of the models."""
    engine = create_engine_for("sqlite://")
    with engine.begin() as connection:
        # The earlier migrations run as they do everywhere, without today's models, whose naming would reach into theirs.
        command.upgrade(alembic_config(connection=connection), "head")
        config = alembic_config(connection=connection, metadata=Base.metadata, render_item=_render)
        number = len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) + 1
        script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    return Path(script.path)  # type: ignore[union-attr]


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
