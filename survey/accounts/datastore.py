"""How Flask-Security-Too finds our people: sign-in by user name, over the session of the current request."""

from datetime import timedelta

from flask_security import SQLAlchemySessionUserDatastore
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from survey.accounts.models import Role, User
from survey.db import current_session

SECURITY_CONFIG = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_USERNAME_ENABLE": True,
    "SECURITY_USERNAME_REQUIRED": True,
    # Whoever was given a user name can sign in with it: the library would refuse short ones, and dots, hyphens and underscores.
    "SECURITY_USERNAME_MIN_LENGTH": 1,
    "SECURITY_USERNAME_MAX_LENGTH": 64,
    "SECURITY_USERNAME_ALLOWED_CHARS": ["L", "N", "Pc", "Pd", "Po"],
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str.strip, "case_insensitive": False}}],
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_FRESHNESS": timedelta(-1),  # no page of ours asks again for the password, so there is no page to give it on
}


class RequestDatastore(SQLAlchemySessionUserDatastore):
    """People and roles through the session of the current request; the request commits, never the datastore."""

    def __init__(self) -> None:
        session: Session = LocalProxy(current_session)  # type: ignore[assignment]
        super().__init__(session, User, Role)

    def commit(self) -> None:
        """Nothing: the request commits in one place."""
