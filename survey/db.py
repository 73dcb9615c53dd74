"""The declarative base, what every slice shares of columns and identifiers, and the one place where work is committed."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import (
    JSON,
    URL,
    ColumnElement,
    CursorResult,
    DateTime,
    Executable,
    MetaData,
    Row,
    Select,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.this_app import this_app
from survey.turns import going_first

V = TypeVar("V", bound=Callable[..., Any])
T = TypeVar("T")
ColumnOf = ColumnElement[T] | InstrumentedAttribute[T]
"""A column or an expression of one, as statements take both."""
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = JSON().with_variant(JSONB(), "postgresql")
Id = String(36)
RegionCode = String(12)
KEPT_OPEN, OPEN_AT_MOST = 3, 15
"""So many connections of a process to PostgreSQL stay open, as each is a process there of three megabytes and more; and so many are open
while many requests need one."""
ENCODING = "UTF8"
"""What PostgreSQL calls the one encoding that holds every sign of every name."""
_AT_ONCE = 500
"""So many identifiers go into one statement; databases limit them."""


class Base(DeclarativeBase):
    """The root of all tables; constraint names are fixed so that migrations can name them."""

    __table__: ClassVar[Table]
    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC, aware in Python on every database; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC as the database stores it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> str:
    """A fresh random identifier; rows keep it when they are handed from one server to another."""
    return str(uuid.uuid4())


def batches(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The identifiers in order and without repetition, as many at a time as go into one statement."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        yield tuple(ordered[start : start + _AT_ONCE])


def utc_now() -> datetime:
    """The present instant; operations take it as an argument so that tests can fix it."""
    return datetime.now(UTC)


def create_engine_for(url: str) -> Engine:
    """An engine; on SQLite with write-ahead log, foreign keys, and writers that wait for each other instead of failing."""
    parsed = make_url(url)  # parameters are hidden in errors, and so in logs: they are names and answers
    if parsed.get_backend_name() != "sqlite":
        # The connection that was used last knows the plans of what is asked most.
        kept = {"pool_size": KEPT_OPEN, "max_overflow": OPEN_AT_MOST - KEPT_OPEN, "pool_pre_ping": True, "pool_use_lifo": True}
        engine = create_engine(parsed, **kept, hide_parameters=True)
        event.listen(engine, "connect", _refuse_other_encodings(parsed), insert=True)  # before SQLAlchemy reads anything
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # so that the driver does not begin transactions behind SQLAlchemy's back
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "busy_timeout = 30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A reader that later writes cannot wait for another writer in SQLite; taking the write lock at once can.
        writes = connection.get_execution_options().get("writes", True)
        if not writes:
            connection.exec_driver_sql("BEGIN")
            return
        with going_first(engine):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _refuse_other_encodings(url: URL) -> Callable[[Any, Any], None]:
    """A function that closes a new connection and raises WRONG_ENCODING where PostgreSQL does not keep text as UTF-8.

    It costs no statement: the server tells its encoding when it is connected to.
    """

    def refuse(connection: Any, _record: Any) -> None:
        found = connection.info.parameter_status("server_encoding")
        if found != ENCODING:
            connection.close()
            place = url.render_as_string(hide_password=True)
            raise SurveyError(ErrorCode.WRONG_ENCODING, place=place, found=found)

    return refuse


def _open_session(app: Flask, *, writes: bool) -> Session:
    engine: Engine = app.extensions["survey.engine"]
    return Session(engine.execution_options(writes=writes), expire_on_commit=False)


@contextmanager
def session_scope(app: Flask) -> Iterator[Session]:
    """A session for a command or a test: committed when the block ends, rolled back when it raises."""
    with _open_session(app, writes=True) as session, session.begin():
        yield session


@contextmanager
def reading_scope(app: Flask) -> Iterator[Session]:
    """A session that only reads, all of it as at one moment, and keeps nobody from writing meanwhile."""
    engine: Engine = app.extensions["survey.engine"]
    options: dict[str, Any] = {"writes": False}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with Session(engine.execution_options(**options), expire_on_commit=False) as session:
        yield session


def only_reads(view: V) -> V:
    """The view, whose requests only read, whatever their method: what they bring is written together with that of others."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def note_whether_it_writes() -> None:
    """Nothing; the session of the current request will take the write lock, or will not. To be called before it is opened."""
    view = current_app.view_functions.get(request.endpoint or "")
    g.survey_writes = request.method not in ("GET", "HEAD", "OPTIONS") and not getattr(view, "only_reads", False)


def current_session() -> Session:
    """The session of the current request, opened at its first use; reading requests do not take the write lock."""
    if "survey_session" not in g:
        writes = g.get("survey_writes", True)
        g.survey_session = _open_session(this_app(), writes=writes)
    session: Session = g.survey_session
    return session


def n_changed(session: Session, statement: Executable) -> int:
    """How many rows an UPDATE or DELETE changed, after it is done."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def end_reading() -> None:
    """Nothing; the request, which has only read, gives its connection back, and what it reads next is as of then."""
    if "survey_session" in g:
        g.survey_session.commit()


def rollback_request() -> None:
    """Forget what the current request has written; the error handler calls it."""
    if "survey_session" in g:
        g.survey_session.rollback()


def commit_request(response: Response) -> Response:
    """The response, after everything the request wrote is on disk: the one place where a request commits."""
    if "survey_session" in g:
        g.survey_session.commit()
    return response


def close_request(_error: BaseException | None) -> None:
    """Close the request's session; what was not committed is gone."""
    session = g.pop("survey_session", None)
    if session is not None:
        session.close()
