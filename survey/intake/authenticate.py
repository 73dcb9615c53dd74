"""Who sends a submission: HTTP Basic with the people of this installation (ODK Collect, Enketo), or the signed-in tablet page.

Wrong passwords are counted per address and user name. A right password is remembered for a few minutes, as a keyed digest in this
process only, because the deliberately slow password hash would otherwise be paid again for every one of a day's submissions.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, Request, current_app
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import hash_password, verify_password
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from survey.accounts.models import User

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
        """Whether this password was verified within `REMEMBERED_FOR`; a changed password has another digest."""
        with self.lock:
            verified_at = self.verified.get(digest)
        return verified_at is not None and now - verified_at < REMEMBERED_FOR

    def remember(self, digest: bytes, now: datetime) -> None:
        """Nothing; the oldest digests make room."""
        with self.lock:
            self.verified[digest] = now
            self.verified.move_to_end(digest)
            while len(self.verified) > REMEMBERED_AT_MOST:
                self.verified.popitem(last=False)


def install_gate(app: Flask) -> None:
    """Nothing; the application gets its own gate."""
    app.extensions["survey.openrosa_gate"] = Gate()


def authenticate(request: Request, session: Session, now: datetime) -> User:
    """The person who sends this request, allowed to submit.

    Raises Unauthorized with a challenge, TooManyRequests after ten wrong passwords a minute, Forbidden for other roles, and
    CSRFError when a signed-in browser's upload does not carry the page's token.
    """
    if request.authorization is not None:
        user = _authenticate_basic(request, session, now)
    elif current_user.is_authenticated:
        user = current_user._get_current_object()
        if current_app.config["WTF_CSRF_ENABLED"]:
            current_app.extensions["csrf"].protect()
    else:
        raise challenge()
    if not any(role.name in SENDING_ROLES for role in user.roles):
        raise Forbidden(_("Your role does not send interviews. Ask an administrator if it should."))
    return user


def challenge() -> Unauthorized:
    """The answer that makes a client send its user name and password."""
    header = WWWAuthenticate("basic", {"realm": REALM, "charset": "UTF-8"})
    return Unauthorized(_("User name or password is wrong or missing."), www_authenticate=header)


def _authenticate_basic(request: Request, session: Session, now: datetime) -> User:
    gate: Gate = current_app.extensions["survey.openrosa_gate"]
    given = request.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise challenge()
    identifiers = (given.username.strip(), request.remote_addr or "")
    if not gate.failures.test(FAILURES, *identifiers):
        raise TooManyRequests(_("Too many wrong passwords. Wait a minute, then try again."), retry_after=60)
    statement = select(User).options(joinedload(User.roles)).where(User.username == identifiers[0])
    user = session.scalars(statement).unique().one_or_none()
    if user is None or not user.active:
        # As slow as a real check, so that the time taken does not tell which names exist.
        gate.decoy = gate.decoy or hash_password(secrets.token_urlsafe())
        verify_password(given.password, gate.decoy)
    else:
        digest = gate.digest(given.password, user.password)
        if gate.remembers(digest, now):
            return user
        if verify_password(given.password, user.password):
            gate.remember(digest, now)
            return user
    gate.failures.hit(FAILURES, *identifiers)
    raise challenge()
