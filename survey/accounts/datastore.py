"""How Flask-Security-Too finds our people: sign-in by user name, over the session of the current request."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from flask_security import SQLAlchemySessionUserDatastore, UserMixin, current_user
from markupsafe import Markup
from werkzeug.local import LocalProxy

from survey.accounts.access import as_user
from survey.accounts.models import Passkey, Role, User
from survey.db import current_session, utc_now
from survey.events import log_event
from survey.signing_in.operations import end_for_factors
from survey.signing_in.session import present_id

ISSUER = "Supervision Survey"
"""What authenticator apps and passkeys call this program."""

SECURITY_CONFIG = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    # Checked as it was typed, on the page as by programs: passwords are kept so, a full-width comma in them, too.
    "SECURITY_PASSWORD_NORMALIZE_FORM": None,
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
    "SECURITY_FRESHNESS": timedelta(minutes=15),  # so long after giving the password its person sets up second factors
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
    "SECURITY_VERIFY_URL": "/account/verify",
    "SECURITY_VERIFY_TEMPLATE": "signing_in/verify.html",
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TWO_FACTOR_SETUP_URL": "/account/authenticator",
    "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "signing_in/authenticator.html",
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/security",
    "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "signing_in/code.html",
    "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/factor",
    "SECURITY_TWO_FACTOR_SELECT_TEMPLATE": "signing_in/factor.html",
    "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "signing_in/recovery_codes.html",
    "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "signing_in/recovery_code.html",
    "SECURITY_WEBAUTHN": True,
    "SECURITY_WAN_RP_NAME": ISSUER,
    "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": False,
    "SECURITY_WAN_ALLOW_AS_VERIFY": [],
    "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
    "SECURITY_WAN_REGISTER_TEMPLATE": "signing_in/passkeys.html",
    "SECURITY_WAN_POST_REGISTER_VIEW": "/account/security",
    "SECURITY_WAN_DELETE_URL": "/account/passkeys/remove",
    "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
    "SECURITY_WAN_SIGNIN_TEMPLATE": "signing_in/passkey.html",
    "SECURITY_TOTP_ISSUER": ISSUER,
    "SECURITY_DATETIME_FACTORY": utc_now,
}


def secrets_of(secret_key: str) -> dict[str, Any]:
    """What Flask-Security encrypts the secrets of authenticator apps with, and once did recovery codes, made of the installation's key."""
    derived = [hmac.digest(secret_key.encode(), purpose, hashlib.sha256) for purpose in (b"authenticator apps", b"recovery codes")]
    return {
        "SECURITY_TOTP_SECRETS": {"1": derived[0].hex()},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(derived[1])],
    }


class RequestDatastore(SQLAlchemySessionUserDatastore):
    """People and roles through the session of the current request; the request commits, never the datastore."""

    def __init__(self) -> None:
        session: Any = LocalProxy(current_session)
        super().__init__(session, User, Role, webauthn_model=Passkey)

    def commit(self) -> None:
        """Nothing: the request commits in one place."""

    def tf_set(self, user: UserMixin, primary_method: str, totp_secret: str | None = None, phone: str | None = None) -> None:
        """Nothing; the person has this authenticator app. Only another one than before is an event: every sign-in comes here."""
        person = as_user(user)
        is_new = totp_secret is not None and totp_secret != person.tf_totp_secret
        super().tf_set(user, primary_method, totp_secret, phone)
        if is_new:
            self._log(person, "user.authenticator_set")
            if not current_user.is_authenticated and not person.mf_recovery_codes:
                _advise_recovery_codes()
            end_for_factors(current_session(), person, utc_now(), but=present_id())

    def tf_reset(self, user: UserMixin) -> None:
        """Nothing; the person has no authenticator app any more."""
        person = as_user(user)
        super().tf_reset(user)
        person.tf_last_counter = None
        self._log(person, "user.authenticator_removed")
        end_for_factors(current_session(), person, utc_now(), but=present_id())

    def mf_set_recovery_codes(self, user: UserMixin, rcs: list[str] | None) -> None:
        """Nothing; the person has these recovery codes, and those from before are worth nothing."""
        super().mf_set_recovery_codes(user, rcs)
        self._log(as_user(user), "user.recovery_codes_made")

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        """Whether the code of this number is used up now."""
        left = list(self.mf_get_recovery_codes(user))
        is_there = 0 <= idx < len(left)
        as_user(user).mf_recovery_codes = [code for number, code in enumerate(left) if number != idx]
        return is_there

    def _log(self, user: User, action: str) -> None:
        log_event(current_session(), user.id, action, "user", user.username, utc_now())


def _advise_recovery_codes() -> None:
    """Nothing; the next page says what the page of one's own security says to those who come by it, which a sign-in does not."""
    advice = _("Make recovery codes, or only an administrator can help you when your phone is lost.")
    link = Markup('{} <a href="{}">{}</a>').format(advice, url_for("security.mf_recovery_codes"), _("Make recovery codes"))
    flash(link, "warning")
