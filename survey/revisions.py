"""Which revision of its schema a database has, and which one this version of the program wants; knows no models.

Nor does it import Alembic, of which it knows only the table that keeps the revision: servers look, and migrate nothing.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Engine, column, inspect, select, table

from questionnaires.errors import ErrorCode, SurveyError

MIGRATIONS = Path(__file__).parent / "migrations"
_KEPT = table("alembic_version", column("version_num"))


def check_schema(engine: Engine) -> None:
    """Raise NOT_INITIALISED, LATER_SCHEMA or OUTDATED_SCHEMA unless the database has the schema of this version of the program."""
    place = engine.url.render_as_string(hide_password=True)
    is_file = engine.url.get_backend_name() == "sqlite" and engine.url.database not in (None, "", ":memory:")
    found = None if is_file and not Path(str(engine.url.database)).exists() else schema_revision(engine)
    wanted = newest_revision()
    if found is None:
        raise SurveyError(ErrorCode.NOT_INITIALISED, place=place)
    if not is_known(found):
        raise SurveyError(ErrorCode.LATER_SCHEMA, place=place, found=found)
    if found != wanted:
        raise SurveyError(ErrorCode.OUTDATED_SCHEMA, place=place, found=found, wanted=wanted)


def schema_revision(engine: Engine) -> str | None:
    """The revision of the last migration that this database has seen, or None."""
    with engine.connect() as connection:
        return connection.scalar(select(_KEPT.c.version_num)) if inspect(connection).has_table(_KEPT.name) else None


def newest_revision() -> str:
    """The revision of the newest migration of this version of the program."""
    return max(_known_revisions())


def is_known(revision: str) -> bool:
    """Whether this version of the program has a migration to this revision."""
    return revision in _known_revisions()


@cache
def _known_revisions() -> frozenset[str]:
    """The numbers of the migrations, each of which follows the one before it, as their files begin with them."""
    return frozenset(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
