"""Flask-Security with our forms, our sign-ins, and second factors whose every change is logged."""

from typing import Any, NoReturn

import segno
from flask import Flask, abort
from flask_security import Security, UserMixin
from flask_security.signals import wan_deleted, wan_registered
from flask_security.totp import Totp

from survey.accounts.access import as_user
from survey.accounts.datastore import RequestDatastore
from survey.accounts.models import User
from survey.db import current_session, utc_now
from survey.events import log_event
from survey.openid.session import install_openid, sign_in_context
from survey.signing_in.forms import (
    AuthenticatorForm,
    CodeForm,
    FactorForm,
    NewPasskeyForm,
    PasskeyForm,
    PasskeyNameForm,
    PasswordAgainForm,
    RecoveryCodeForm,
    RescueForm,
    SignInForm,
)
from survey.signing_in.fresh import ask_for_password, verify_context
from survey.signing_in.operations import end_for_factors
from survey.signing_in.recovery_codes import HashedRecoveryCodes
from survey.signing_in.session import install_sign_ins, present_id
from survey.signing_in.wanted import wanted

THROTTLED = ("security.login", "security.verify", "security.two_factor_token_validation", "security.mf_recovery")
"""The views at which somebody could guess, and which one address opens only so often."""


class AuthenticatorApps(Totp):
    """Codes of authenticator apps, each of which is good once, and their secrets as QR codes."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Which code was used last."""
        return as_user(user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Nothing; this code is used."""
        as_user(user).tf_last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The secret as a picture."""
        return str(segno.make(self.get_totp_uri(username, totp), error="m", micro=False).svg_data_uri(scale=5, border=4))


class OwnSecurity(Security):
    """Flask-Security, which is told that it needs no library for QR codes: ours is another."""

    def _check_modules(self, module: str, config_name: str) -> None:
        if module != "qrcode":
            super()._check_modules(module, config_name)  # type: ignore[no-untyped-call]


def install_security(app: Flask) -> None:
    """Let the application have people, sign-ins and second factors."""
    security = OwnSecurity(
        app,
        RequestDatastore(),
        login_form=SignInForm,
        verify_form=PasswordAgainForm,
        two_factor_setup_form=AuthenticatorForm,
        two_factor_select_form=FactorForm,
        two_factor_rescue_form=RescueForm,
        two_factor_verify_code_form=CodeForm,
        mf_recovery_form=RecoveryCodeForm,
        wan_register_form=PasskeyNameForm,
        wan_register_response_form=NewPasskeyForm,
        wan_signin_response_form=PasskeyForm,
        totp_cls=AuthenticatorApps,
        mf_recovery_codes_util_cls=HashedRecoveryCodes,
    )
    security.reauthn_handler(ask_for_password)
    install_sign_ins(app)
    install_openid(app)
    security.login_context_processor(sign_in_context)
    security.verify_context_processor(verify_context)
    security.tf_setup_context_processor(lambda: {"wanted": wanted()})
    app.view_functions["security.two_factor_rescue"] = _no_rescue
    wan_registered.connect(_log_added, app)
    wan_deleted.connect(_log_removed, app)


def _no_rescue() -> NoReturn:
    """Flask-Security would write an e-mail; here an administrator is asked."""
    abort(404)


def _log_added(_app: Flask, user: User, **_more: Any) -> None:
    _log(user, "user.passkey_added")


def _log_removed(_app: Flask, user: User, **_more: Any) -> None:
    _log(user, "user.passkey_removed")


def _log(user: User, action: str) -> None:
    log_event(current_session(), user.id, action, "user", user.username, utc_now())
    end_for_factors(current_session(), user, utc_now(), but=present_id())
