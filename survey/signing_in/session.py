"""The sign-in behind a cookie: looked up with its person at every request, begun and ended with Flask-Login's signals."""

import time
from datetime import timedelta
from typing import Any

from flask import Flask, g, request
from flask import session as cookie
from flask_login import user_logged_in, user_logged_out
from flask_security.signals import user_failed_authn
from flask_security.utils import set_request_attr

from survey.accounts.models import User
from survey.config import Settings, current_settings
from survey.db import current_session, session_scope, utc_now
from survey.openid.queries import fresh_arrival
from survey.signing_in.lasting import SEEN_EVERY, Lasting
from survey.signing_in.operations import begin_sign_in, forget_failures, note_failure, note_seen, renew_sign_in, sign_out
from survey.signing_in.queries import find_person_of_sign_in
from survey.signing_in.wanted import forget_wanted
from survey.this_app import this_app

SIGN_IN = "sign_in"
"""What the cookie calls the sign-in."""
ARRIVAL = "openid_arrival"
"""What the cookie calls an arrival from the provider, until it has become a sign-in."""
_REMEMBER = ("_remember", "_remember_seconds")
"""What Flask-Login makes a second cookie of. Ours has none: it could not be ended by itself."""


def lasting_of(settings: Settings) -> Lasting:
    """How long sign-ins last in this installation."""
    hours, days, whole = settings.session_idle_hours, settings.remembered_days, settings.session_days
    return Lasting(timedelta(hours=hours), timedelta(days=days), timedelta(days=whole))


def install_sign_ins(app: Flask) -> None:
    """Let every cookie of the application stand for a sign-in that can be seen and ended."""
    app.login_manager.user_loader(load_person)  # type: ignore[attr-defined]
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    user_failed_authn.connect(_count, app)


def load_person(uniquifier: str) -> User | None:
    """The person whose sign-in the cookie names, while it holds."""
    now, session = utc_now(), current_session()
    found = find_person_of_sign_in(session, cookie.get(SIGN_IN, ""), uniquifier)
    if found is None:
        return None
    user, sign_in = found
    if lasting_of(current_settings()).ends_at(sign_in.begun_at, sign_in.last_seen_at, sign_in.is_remembered) <= now:
        return None
    if now - sign_in.last_seen_at >= SEEN_EVERY:
        if g.get("survey_writes", True):
            note_seen(session, sign_in.id, _address(), now)
        else:
            # A request that only reads must not take the write lock for as long as it lasts.
            with session_scope(this_app()) as own:
                note_seen(own, sign_in.id, _address(), now)
    g.survey_sign_in, g.survey_person, g.survey_language = sign_in, user.id, user.locale
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", cookie.get("fs_paa"))
    return user


def present_id() -> str | None:
    """The sign-in of this request; None for whoever is not in yet, or is no browser."""
    return getattr(g.get("survey_sign_in"), "id", None)


def renew() -> None:
    """Nothing; the person of this request proved anew who they are: the cookie names the sign-in by another name from now on."""
    cookie[SIGN_IN] = renew_sign_in(current_session(), g.survey_sign_in)
    cookie["fs_paa"] = time.time()


def _address() -> str:
    return request.remote_addr or ""


def _begin(_app: Flask, user: User, **_more: Any) -> None:
    is_remembered = cookie.get("_remember") == "set"
    for name in _REMEMBER:
        cookie.pop(name, None)
    session, now, agent = current_session(), utc_now(), request.headers.get("User-Agent", "")
    arrival = fresh_arrival(session, cookie.pop(ARRIVAL, ""), user, now)
    begun = begin_sign_in(
        session, user, address=_address(), agent=agent, is_remembered=is_remembered, now=now, arrival_id=arrival.id if arrival else None
    )
    if arrival is not None and arrival.ended_at is not None:
        begun.ended_at, begun.ended_because = now, "provider"
    forget_failures(session, user.username)
    cookie[SIGN_IN] = begun.id
    cookie.permanent = is_remembered


def _end(_app: Flask, **_more: Any) -> None:
    sign_out(current_session(), cookie.pop(SIGN_IN, ""), utc_now())
    forget_wanted()
    cookie.permanent = False


def _count(_app: Flask, user: User, tfa: bool = False, **_more: Any) -> None:
    """A wrong code after a right password counts as a wrong password does; wrong passwords are counted by the form."""
    if tfa:
        note_failure(current_session(), user.username, utc_now())
