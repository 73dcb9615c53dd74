"""Who sends interviews, remembered for a few minutes after their password was right, and asked about once more where they are written.

A remembered sender costs no statement of their own: the transaction that writes reads the people of all its interviews at once, and
nothing of anybody is kept whose password, roles or account have changed since they were let in.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from flask import Flask, Request, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import Authorization

from survey.accounts.models import User
from survey.accounts.tokens import is_token
from survey.intake.arrivals import Arrival
from survey.intake.authenticate import FAILURES, REMEMBERED_AT_MOST, REMEMBERED_FOR, Gate, authenticate, challenge
from survey.intake.receive import Receipt, receive_together
from survey.storage import current_storage

_EXTENSION = "survey.known_senders"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends; `standing` is all that they were let in for, and `locale` the language that they are answered in."""

    user_id: str
    locale: str
    standing: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """An upload and who sends it."""

    arrival: Arrival
    sender: Sender


class KnownSenders:
    """The senders whose user name and password were right a moment ago, by a digest of both that only this process can make."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._known: OrderedDict[bytes, tuple[Sender, datetime]] = OrderedDict()

    def digest(self, username: str, password: str) -> bytes:
        """What they are known by."""
        return hmac.digest(self._key, f"{username}\0{password}".encode(), hashlib.sha256)

    def find(self, digest: bytes, now: datetime) -> Sender | None:
        """The sender, while they are remembered."""
        with self._lock:
            sender, since = self._known.get(digest, (None, now))
        return sender if now - since < REMEMBERED_FOR else None

    def remember(self, digest: bytes, sender: Sender, now: datetime) -> None:
        """Nothing; the oldest ones make room."""
        with self._lock:
            self._known[digest] = sender, now
            self._known.move_to_end(digest)
            while len(self._known) > REMEMBERED_AT_MOST:
                self._known.popitem(last=False)


def install_known_senders(app: Flask) -> None:
    """Nothing; the application knows nobody yet."""
    app.extensions[_EXTENSION] = KnownSenders()


def read_sender(user: User) -> Sender:
    """Somebody who has just been let in."""
    return Sender(user.id, user.locale, _standing(user))


def recall_sender(app: Flask, given: Authorization | None, address: str, now: datetime) -> Sender | None:
    """Whose password this was a few minutes ago; too many wrong ones of that name from that address, and nobody is remembered."""
    known: KnownSenders = app.extensions[_EXTENSION]
    digest = _digest(known, given)
    sender = known.find(digest, now) if digest is not None else None
    if sender is None or given is None:
        return None
    gate: Gate = app.extensions["survey.openrosa_gate"]
    return sender if gate.failures.test(FAILURES, (given.username or "").strip(), address) else None


def let_in(request: Request, session: Session, now: datetime) -> Sender:
    """Who sends this request, asked of the database; raises as `authenticate` does."""
    sender = read_sender(authenticate(request, session, now))
    known: KnownSenders = current_app.extensions[_EXTENSION]
    digest = _digest(known, request.authorization)
    if digest is not None:
        known.remember(digest, sender, now)
    return sender


def language_of(session: Session, sender: Sender) -> str:
    """The language that the sender is answered in by now."""
    return session.scalar(select(User.locale).where(User.id == sender.user_id)) or sender.locale


def keep_sent(session: Session, sent: Sequence[Sent]) -> list[Receipt]:
    """The receipt of each upload, with everything they made written to the session; Unauthorized if one of the senders no longer may."""
    people = _find_people(session, {each.sender.user_id for each in sent})
    arrivals = []
    for each in sent:
        person = people.get(each.sender.user_id)
        if person is None or _standing(person) != each.sender.standing:
            raise challenge()
        arrivals.append(replace(each.arrival, actor=person))
    return receive_together(session, arrivals, current_storage())


def _find_people(session: Session, ids: Collection[str]) -> dict[str, User]:
    wanted = select(User).options(joinedload(User.roles), joinedload(User.webauthn)).where(User.id.in_(ids))
    return {user.id: user for user in session.scalars(wanted).unique()}


def _standing(user: User) -> tuple[Any, ...]:
    factors = (user.has_second_factor(), user.needs_second_factor())
    return (user.active, user.password, user.fs_uniquifier, user.must_change_password, *factors, *sorted(role.name for role in user.roles))


def _digest(known: KnownSenders, given: Authorization | None) -> bytes | None:
    if given is None or given.type != "basic" or not given.username or not given.password or is_token(given.password):
        return None
    return known.digest(given.username.strip(), given.password)
