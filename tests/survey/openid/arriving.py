"""Going to a provider and coming back, for tests of what follows."""

import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.openid.operations import bind_openid
from tests.builders import NOW, add_person
from tests.survey.openid.provider import Provider

START, OWN = "/sign-in/openid", "/account/security"


def set_up(app: Flask, **values: Any) -> None:
    """Nothing; the application has these settings."""
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], **values)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_asked: Any, **_more: Any) -> None:
        return None


def at_provider(address: str) -> str:
    """Where the provider sends the browser that comes by this address."""
    try:
        urllib.request.build_opener(_Stay).open(address, timeout=60)
    except urllib.error.HTTPError as error:
        return str(error.headers["Location"])
    raise AssertionError("the provider sent nobody back")


def arrive(client: FlaskClient, start: str = START) -> Any:
    """The answer to the browser that went to the provider and came back."""
    location = client.get(start).headers["Location"]
    return client.get(at_provider(location).removeprefix("http://localhost"))


def bound(session: Session, provider: Provider, username: str = "lead1", *roles: str) -> User:
    """Somebody whose account is connected with whom the provider vouches for."""
    person = add_person(session, username, *(roles or ("interviewer",)))
    session.flush()
    bind_openid(session, None, person, issuer=provider.issuer, subject="7f3a", told_name="zhang.wei", now=NOW)
    session.commit()
    return person


def is_in(client: FlaskClient) -> bool:
    """Whether the browser is signed in."""
    return client.get(OWN).status_code == 200
