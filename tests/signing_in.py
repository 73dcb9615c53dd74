"""Cookies of people who have just signed in, for tests that are about something else."""

import time
from collections.abc import MutableMapping
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import utc_now
from survey.signing_in.operations import begin_sign_in
from survey.signing_in.session import SIGN_IN


def fill_cookie(cookie: MutableMapping[str, Any], session: Session, person: User) -> None:
    """Nothing; the cookie is that of the person, whose sign-in `session` has to commit."""
    begun = begin_sign_in(session, person, address="127.0.0.1", agent="tests", is_remembered=False, now=utc_now())
    cookie.clear()
    cookie.update({"_user_id": person.fs_uniquifier, "_fresh": True, "fs_paa": time.time(), SIGN_IN: begun.id})


def sign_in_as(client: FlaskClient, person: User) -> None:
    """Nothing; the client is signed in as the person, who is in the database of its application."""
    with Session(client.application.extensions["survey.engine"], expire_on_commit=False) as session, client.session_transaction() as cookie:
        fill_cookie(cookie, session, session.get_one(User, inspect(person).identity))
        session.commit()
