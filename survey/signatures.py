"""Cookies and tokens of forms, signed by HMAC with SHA-256 where their libraries would take SHA-1."""

from hashlib import sha256

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer


class Sessions(SecureCookieSessionInterface):
    """Cookies of sessions. What was signed by an earlier version of the program opens nothing: people sign in once more."""

    digest_method = staticmethod(sha256)


def sign_with_sha256(app: Flask) -> None:
    """Let the application sign its cookies so, and the libraries in this process their tokens."""
    Signer.default_digest_method = staticmethod(sha256)
    app.session_interface = Sessions()
