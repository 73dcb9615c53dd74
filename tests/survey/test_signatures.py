"""What this program signs for browsers."""

import hashlib
import hmac
from base64 import urlsafe_b64decode

from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from tests.builders import PASSWORD, add_person


def signature_of(signed: str) -> bytes:
    """The bytes behind the last dot."""
    text = signed.rpartition(".")[2]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_cookie_and_token__of_a_form__are_signed_by_sha256(app: Flask, client: FlaskClient, session: Session) -> None:
    add_person(session, "lead1", "interviewer")
    session.commit()
    client.post("/sign-in", data={"username": "lead1", "password": PASSWORD})
    cookie = client.get_cookie("session")
    assert cookie is not None
    key = hmac.new(app.config["SECRET_KEY"].encode(), b"cookie-session", hashlib.sha256).digest()
    assert signature_of(cookie.value) == hmac.new(key, cookie.value.rpartition(".")[0].encode(), hashlib.sha256).digest()
    with app.test_request_context():
        assert len(signature_of(generate_csrf())) == hashlib.sha256().digest_size
