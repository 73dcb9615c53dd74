"""The forms of signing in: those of Flask-Security, and before each whether anybody may try now."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import flash, request
from flask import session as cookie
from flask_babel import gettext as _
from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorSetupForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.tf_plugin import TwoFactorSelectForm
from flask_security.webauthn import WebAuthnRegisterForm, WebAuthnRegisterResponseForm, WebAuthnSigninResponseForm
from wtforms import RadioField, SelectChoice

from survey.accounts.operations import is_first_password_over
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.events import log_event
from survey.pages.choices import Label
from survey.signing_in.operations import note_failure
from survey.signing_in.queries import paused_until
from survey.signing_in.session import renew
from survey.signing_in.wanted import keep_wanted


class WaysField(RadioField):
    """A choice among ways that Flask-Security gives as tuples, which WTForms calls old."""

    def __init__(self, label: Label | None = None, validators: Any = None, choices: Iterable[Any] = (), **options: Any) -> None:
        super().__init__(label, validators, choices=[_way(each) for each in choices], **options)

    @property
    def choices(self) -> list[SelectChoice]:
        """What can be chosen."""
        return list(super().choices)

    @choices.setter
    def choices(self, ways: Iterable[Any] | None) -> None:
        RadioField.choices.fset(self, [_way(each) for each in ways or ()])  # type: ignore[attr-defined]


def _way(way: Any) -> SelectChoice:
    return way if isinstance(way, SelectChoice) else SelectChoice(value=way[0], label=way[1])


class AuthenticatorForm(TwoFactorSetupForm):
    """Whether to set an authenticator app up, or to do without it."""

    setup = WaysField(choices=[("disable", ""), ("authenticator", "")], validate_choice=False)


class FactorForm(TwoFactorSelectForm):
    """Which of one's second factors to use."""

    which = WaysField()


class RescueForm(TwoFactorRescueForm):
    """What Flask-Security offers to whoever lost a second factor; our pages lead to recovery codes and to an administrator instead."""

    help_setup = WaysField(choices=[("help", "")])


class PasskeyNameForm(WebAuthnRegisterForm):
    """What a new passkey is called; it is a second factor always."""

    usage = WaysField(choices=[("secondary", "")], default="secondary")


class SignInForm(LoginForm):
    """User name and password. While too many were wrong nothing is looked at, neither for people who exist nor for others."""

    paused_until: datetime | None = None
    """Until when nobody may try, for the page to tell."""
    is_elsewhere = False
    """Whether the person signs in at the provider only."""
    is_over = False
    """Whether the password is a first one that was not used in time."""

    def validate(self, **options: Any) -> bool:
        """Whether the person may come in; a wrong password is counted for the user name as it was typed."""
        name, now = (self.username.data or "").strip(), utc_now()
        self.paused_until = paused_until(current_session(), name, now)
        if self.paused_until is not None:
            return False
        if super().validate(**options):
            self.is_elsewhere = current_settings().openid_only and not self.user.has_role("admin")  # type: ignore[union-attr]
            self.is_over = is_first_password_over(self.user, now)  # type: ignore[arg-type]
            keep_wanted(request.values.get("next"))
            return not (self.is_elsewhere or self.is_over)
        if name and self.password.data:
            self.paused_until = note_failure(current_session(), name, now)
        return False


class _OfPerson:
    """A form of somebody who is known already; too many wrong passwords and codes together close it for a while, too."""

    user: Any
    """The person, as Flask-Security's forms hold them; None while nobody is known."""
    paused_until: datetime | None = None

    def validate(self, **options: Any) -> bool:
        """Whether what was given is right."""
        if self.user is not None:
            self.paused_until = paused_until(current_session(), self.user.username, utc_now())
        return self.paused_until is None and bool(super().validate(**options))  # type: ignore[misc]


class PasswordAgainForm(_OfPerson, VerifyForm):
    """The password once more, before what decides who can sign in as the person is changed."""

    def validate(self, **options: Any) -> bool:
        """Whether it is the person's; a wrong one is counted, after the right one the sign-in has another name."""
        is_right = super().validate(**options)
        if is_right:
            renew()
        elif self.user is not None and self.paused_until is None:
            self.paused_until = note_failure(current_session(), self.user.username, utc_now())
        return is_right


class CodeForm(_OfPerson, TwoFactorVerifyCodeForm):
    """The code that an authenticator app shows."""


class RecoveryCodeForm(_OfPerson, MfRecoveryForm):
    """One of the codes that were kept for the day on which the device is lost."""

    def validate(self, **options: Any) -> bool:
        """Whether it is one of the person's; using one up is logged, a wrong one counted."""
        is_right, session, now = super().validate(**options), current_session(), utc_now()
        if self.user is not None and is_right:
            log_event(session, self.user.id, "user.recovery_code_used", "user", self.user.username, now)
        elif self.user is not None and self.paused_until is None:
            note_failure(session, self.user.username, now)
        return is_right


class NewPasskeyForm(WebAuthnRegisterResponseForm):
    """What the browser answers when a passkey is made."""

    def validate(self, **options: Any) -> bool:
        """Whether the passkey can be kept; the page that follows says when not."""
        is_right = bool(super().validate(**options))
        if not is_right:
            flash(_("The passkey could not be added. Try again, or use another device."), "error")
        return is_right


class PasskeyForm(WebAuthnSigninResponseForm):
    """What the browser answers when a passkey is used."""

    def validate(self, **options: Any) -> bool:
        """Whether it is one of the person's who gave the password; the page that follows says when not."""
        is_right = bool(super().validate(**options)) and self.user is not None and self.user.fs_uniquifier == cookie.get("tf_user_id")
        if not is_right:
            flash(_("The passkey was not accepted. Try again, or sign in another way."), "error")
        return is_right
