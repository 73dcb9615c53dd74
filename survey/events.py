"""The append-only log of who did what to which thing; each event carries the hash of the one before it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import DDL, ForeignKey, Index, Insert, Select, String, event, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.db import Base, Id, Json, UtcDateTime

GENESIS = "0" * 64
HOLD_CHAIN = """CREATE FUNCTION hold_chain() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
PERFORM pg_advisory_xact_lock(5021969);
RETURN (SELECT digest FROM events ORDER BY number DESC LIMIT 1);
END $$"""
"""On PostgreSQL: wait until no other transaction extends the chain, then say where it ends. Two questions in one statement, for each of a
volatile function's own statements sees what was committed until then. SQLite has one writer anyway."""
LAST_DIGEST = "survey.last_digest"
"""Where a session remembers the digest of the event that it logged last, and the transaction in which it did."""


class Event(Base):
    """One thing that happened; `digest` covers its content and the previous event's digest."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject_type", "subject_id"),
        Index("ix_events_actor", "actor_id", "number"),
        Index("ix_events_action", "action", "actor_id", "happened_at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(128))
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64), unique=True)


event.listen(Event.__table__, "after_create", DDL(HOLD_CHAIN).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]


class LoggedEvent(Protocol):
    """An event of our log, or of another installation's that is kept here."""

    @property
    def happened_at(self) -> datetime:
        """When it happened."""

    @property
    def actor_id(self) -> str | None:
        """Who did it; None for the program itself."""

    @property
    def action(self) -> str:
        """What was done."""

    @property
    def subject_type(self) -> str:
        """The kind of thing that it was done to."""

    @property
    def subject_id(self) -> str:
        """Which of them."""

    @property
    def details(self) -> Mapping[str, Any]:
        """What else is to be known."""


def event_digest(event: LoggedEvent, previous: str) -> str:
    """The SHA-256, in hexadecimal, over the event's content and the digest of the event before it."""
    return chained_digest(previous, event_text(event))


def event_text(event: LoggedEvent) -> str:
    """The event's content as its digest covers it."""
    return _text(event.happened_at, event.actor_id, event.action, event.subject_type, event.subject_id, event.details)


def chained_digest(previous: str, text: str) -> str:
    """The digest of the event with this content, if it follows the one whose digest is `previous`."""
    return hashlib.sha256(f'["{previous}", {text[1:]}'.encode()).hexdigest()


def _text(happened_at: datetime, *content: Any) -> str:
    return json.dumps([happened_at.astimezone(UTC).isoformat(), *content], sort_keys=True, ensure_ascii=False)


def json_sha256(value: Any) -> str:
    """The SHA-256, in hexadecimal, of a JSON value, the same however a database orders and spaces it; what events tell of answers."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Happened:
    """What an event is to say. `details` are JSON values without personal data."""

    actor_id: str | None
    action: str
    subject_type: str
    subject_id: str
    happened_at: datetime
    details: Mapping[str, Any]


def log_event(
    session: Session, actor_id: str | None, action: str, subject_type: str, subject_id: str, now: datetime, **details: Any
) -> None:
    """Nothing; the event is in the log, chained to the last one. `details` are JSON values without personal data."""
    log_all(session, (Happened(actor_id, action, subject_type, subject_id, now, details),))


def log_events(
    session: Session, actor_id: str | None, action: str, subject_type: str, details: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Nothing; the same happened to several subjects, and each has its event, in the order of `details` by subject id."""
    log_all(session, [Happened(actor_id, action, subject_type, subject_id, now, told) for subject_id, told in details.items()])


def log_all(session: Session, happened: Sequence[Happened]) -> None:
    """Nothing; each of these has its event, in this order."""
    if not happened:
        return
    session.flush()
    previous, rows = _last_digest(session), []
    for each in happened:
        previous = chained_digest(previous, event_text(each))
        row = {"happened_at": each.happened_at, "actor_id": each.actor_id, "action": each.action, "subject_type": each.subject_type}
        rows.append({**row, "subject_id": each.subject_id, "details": each.details, "digest": previous})
    session.connection().execute(_insert(), rows)
    _remember(session, previous)


def hold_chain(session: Session, **settings: str) -> None:
    """Nothing; until its transaction ends nobody else logs an event. Whoever is going to write for many waits here, before they begin.

    `settings` of PostgreSQL hold as long, and cost no statement of their own.
    """
    _remember(session, _last_digest(session, settings))


def _remember(session: Session, digest: str) -> None:
    session.info[LAST_DIGEST] = (session.get_transaction(), session.get_nested_transaction(), digest)


def _last_digest(session: Session, settings: Mapping[str, str] = MappingProxyType({})) -> str:
    """The digest that the next event is chained to.

    Whoever has logged an event keeps all others from doing so until the transaction ends, so within one it is remembered; a savepoint,
    which may be rolled back alone, is a transaction of its own here.
    """
    *place, digest = session.info.get(LAST_DIGEST, (None, None, ""))
    if place[0] is not None and place[0] is session.get_transaction() and place[1] is session.get_nested_transaction():
        return str(digest)
    if session.get_bind().dialect.name == "postgresql":
        set_too = (func.set_config(name, value, True) for name, value in settings.items())
        return session.scalar(select(func.hold_chain(type_=String), *set_too)) or GENESIS
    return session.scalar(_newest()) or GENESIS


@cache
def _newest() -> Select[str]:
    return select(Event.digest).order_by(Event.number.desc()).limit(1)


@cache
def _insert() -> Insert:
    return insert(Event.__table__)
