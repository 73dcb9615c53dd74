"""The database account of daily work on PostgreSQL, which may change rows, but no table and no event that was logged."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, make_url, text

from questionnaires.errors import ErrorCode, SurveyError

SETTING = "SURVEY_DAILY_DATABASE_URL"
ENCRYPTED_AS = b"scram-sha-256"
MAY_MAKE = text("SELECT count(*) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)")
IS_THERE = text("SELECT count(*) FROM pg_roles WHERE rolname = :name")
RIGHTS = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON events FROM {}",
)


def prepare_daily_account(engine: Engine, url: str) -> str:
    """The name of the account that this address signs in with. It is there, with the address' password, and has the rights of daily work on
    the tables of `engine`, whose account owns them; all in one transaction.

    Where that account may make no others, this one has to be there, and keeps its password. Raises INVALID_SETTING.
    """
    account = _account_of(engine, url)
    name = engine.dialect.identifier_preparer.quote_identifier(str(account.username))
    with engine.begin() as connection:
        is_there, may_make = connection.scalar(IS_THERE, {"name": account.username}), connection.scalar(MAY_MAKE)
        if may_make:
            statement = "ALTER ROLE {} LOGIN PASSWORD '{}'" if is_there else "CREATE ROLE {} LOGIN PASSWORD '{}'"
            connection.exec_driver_sql(statement.format(name, _hashed(connection, account)))
        elif not is_there:
            raise _refusal(
                "there is no account {account}, and the one that runs this may make none; make it with CREATE ROLE",
                account=account.username,
            )
        for right in RIGHTS:
            connection.exec_driver_sql(right.format(name))
    return str(account.username)


def _account_of(engine: Engine, url: str) -> URL:
    account = make_url(url)
    if engine.dialect.name != "postgresql" or account.get_backend_name() != "postgresql":
        raise _refusal("it is for PostgreSQL only; leave it empty")
    if not account.username or not account.password:
        raise _refusal("it has to tell the account's name and password: postgresql+psycopg://daily:password@host/survey")
    if account.username == engine.url.username:
        raise _refusal("its account is the one that owns the tables; name another one")
    if account.database != engine.url.database:
        raise _refusal("it names another database than SURVEY_DATABASE_URL")
    return account


def _hashed(connection: Connection, account: URL) -> str:
    """The password as PostgreSQL keeps it, in letters, digits and `+/=$:-`, so that it stands in no statement and no log of statements."""
    driver: Any = connection.connection.driver_connection
    hashed: bytes = driver.pgconn.encrypt_password(str(account.password).encode(), str(account.username).encode(), ENCRYPTED_AS)
    return hashed.decode("ascii")


def _refusal(detail: str, **values: object) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_SETTING, name=SETTING, value="(not shown)", detail=detail, **values)
