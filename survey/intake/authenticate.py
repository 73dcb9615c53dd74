"""Who sends a submission: HTTP Basic with the people of this installation (ODK Collect, Enketo), a token, or the signed-in tablet page.

A token comes as "Bearer", or in the place of the password where a program knows HTTP Basic only.

Wrong passwords are counted per address and user name. A right password is remembered for a few minutes, as a keyed digest in this
process only, because the deliberately slow password hash would otherwise be paid again for every one of a day's submissions.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from threading import Lock

from flask import Flask, Request, current_app, g
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import hash_password, verify_password
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from passlib.hash import argon2
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from survey.accounts.models import User
from survey.accounts.token_operations import USE_NOTED_EVERY, note_use
from survey.accounts.token_queries import read_token
from survey.accounts.tokens import is_token
from survey.config import current_settings
from survey.db import rollback_request, session_scope
from survey.signing_in.operations import note_failure
from survey.signing_in.queries import paused_until
from survey.this_app import this_app

REALM = "supervision-survey"
SENDING_ROLES = frozenset(("interviewer", "coordinator", "admin"))
FAILURES = RateLimitItemPerMinute(10)
REMEMBERED_FOR = timedelta(minutes=5)
REMEMBERED_AT_MOST = 2000


@dataclass
class Gate:
    """The memory of one process: recent failures, and digests of passwords that were right a moment ago."""

    failures: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    verified: OrderedDict[bytes, datetime] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)
    decoy: str = ""

    def digest(self, password: str, password_hash: str) -> bytes:
        """A digest that only this process can make, of a password and the stored hash it was held against."""
        return hmac.new(self.key, f"{password_hash}\0{password}".encode(), hashlib.sha256).digest()

    def remembers(self, digest: bytes, now: datetime) -> bool:
        """Whether this password was verified within `REMEMBERED_FOR`, before or, as another thread did, just after; a changed password has
        another digest. After a clock was set back by more it is asked for again."""
        with self.lock:
            verified_at = self.verified.get(digest)
        return verified_at is not None and abs(now - verified_at) < REMEMBERED_FOR

    def remember(self, digest: bytes, now: datetime) -> None:
        """Nothing; the oldest digests make room."""
        with self.lock:
            self.verified[digest] = now
            self.verified.move_to_end(digest)
            while len(self.verified) > REMEMBERED_AT_MOST:
                self.verified.popitem(last=False)


def install_gate(app: Flask) -> None:
    """Nothing; the application gets its own gate, and what checks passwords is there before the first of many threads asks for it: the
    library finds it at the first question, and another thread that asks at that moment is told that it could not be found."""
    argon2.set_backend()
    app.extensions["survey.openrosa_gate"] = Gate()


def authenticate(request: Request, session: Session, now: datetime) -> User:
    """The person who sends this request, allowed to submit.

    Raises Unauthorized with a challenge, TooManyRequests after ten wrong passwords a minute, Forbidden for other roles, and
    CSRFError when a signed-in browser's upload does not carry the page's token.
    """
    if request.authorization is not None:
        user = authenticate_program(request, session, now, "submit")
    elif current_user.is_authenticated:
        user = current_user._get_current_object()
        if current_app.config["WTF_CSRF_ENABLED"]:
            current_app.extensions["csrf"].protect()
    else:
        raise challenge()
    if not any(role.name in SENDING_ROLES for role in user.roles):
        raise Forbidden(_("Your role does not send interviews. Ask an administrator if it should."))
    if user.must_change_password:
        raise Forbidden(_("Choose a password of your own first: open the program in a browser and sign in."))
    return user


def challenge() -> Unauthorized:
    """The answer that makes a client send its user name and password."""
    header = WWWAuthenticate("basic", {"realm": REALM, "charset": "UTF-8"})
    return Unauthorized(_("User name or password is wrong or missing."), www_authenticate=header)


def authenticate_program(request: Request, session: Session, now: datetime, scope: str) -> User:
    """The person of the token, or of the user name and password, that a program shows; passwords serve for sending interviews only.

    Raises Unauthorized with a challenge, and TooManyRequests after ten wrong ones a minute.
    """
    given = request.authorization
    if given is not None and given.type == "bearer" and given.token:
        return _authenticate_token(request, session, now, scope, given.token, None)
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise challenge()
    if is_token(given.password):
        return _authenticate_token(request, session, now, scope, given.password, given.username.strip())
    if scope != "submit":
        raise challenge()
    return _authenticate_password(request, session, now, given.username.strip(), given.password)


def _authenticate_token(request: Request, session: Session, now: datetime, scope: str, text: str, username: str | None) -> User:
    gate: Gate = current_app.extensions["survey.openrosa_gate"]
    address = request.remote_addr or ""
    if not gate.failures.test(FAILURES, "token", address):
        raise TooManyRequests(_("Too many wrong passwords. Wait a minute, then try again."), retry_after=60)
    token = read_token(session, text, scope, now)
    if token is None or username not in (None, token.user.username):
        gate.failures.hit(FAILURES, "token", address)
        raise challenge()
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        if g.get("survey_writes", True):
            note_use(session, token.id, now)
        else:
            # A request that only reads must not take the write lock for as long as it lasts.
            with session_scope(this_app()) as own:
                note_use(own, token.id, now)
    return token.user


def _authenticate_password(request: Request, session: Session, now: datetime, username: str, password: str) -> User:
    gate: Gate = current_app.extensions["survey.openrosa_gate"]
    identifiers = (username, request.remote_addr or "")
    statement = select(User).options(joinedload(User.roles), joinedload(User.webauthn)).where(User.username == username)
    user = session.scalars(statement).unique().one_or_none()
    digest = gate.digest(password, user.password) if user is not None and user.active else b""
    # Wrong guesses of others keep nobody out whose password was right a moment ago.
    until = None if gate.remembers(digest, now) else paused_until(session, username, now)
    if until is not None:
        told = _("Too many wrong passwords for this user name. Try again later.")
        raise TooManyRequests(told, retry_after=max(1, ceil((until - now).total_seconds())))
    if not gate.failures.test(FAILURES, *identifiers):
        raise TooManyRequests(_("Too many wrong passwords. Wait a minute, then try again."), retry_after=60)
    if user is None or not user.active:
        # As slow as a real check, so that the time taken does not tell which names exist.
        gate.decoy = gate.decoy or hash_password(secrets.token_urlsafe())
        verify_password(password, gate.decoy)
    elif gate.remembers(digest, now) or verify_password(password, user.password):
        gate.remember(digest, now)
        if user.needs_second_factor() or user.has_second_factor():
            raise Forbidden(_("You sign in with a second factor: a program connects with a token instead of your password."))
        if current_settings().openid_only and not user.has_role("admin"):
            raise Forbidden(_("Passwords are not used here: a program connects with a token instead."))
        return user
    gate.failures.hit(FAILURES, *identifiers)
    # The refusal takes back what this request wrote; that the password was wrong is kept all the same.
    rollback_request()
    with session_scope(this_app()) as own:
        note_failure(own, username, now)
    raise challenge()
