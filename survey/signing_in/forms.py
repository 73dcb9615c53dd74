"""The forms of signing in: those of Flask-Security, and before each whether anybody may try now."""

from datetime import datetime
from typing import Any

from flask_security.forms import LoginForm

from survey.db import current_session, utc_now
from survey.signing_in.operations import note_failure
from survey.signing_in.queries import paused_until


class SignInForm(LoginForm):
    """User name and password. While too many were wrong nothing is looked at, neither for people who exist nor for others."""

    paused_until: datetime | None = None
    """Until when nobody may try, for the page to tell."""

    def validate(self, **options: Any) -> bool:
        """Whether the person may come in; a wrong password is counted for the user name as it was typed."""
        name, now = (self.username.data or "").strip(), utc_now()  # type: ignore[attr-defined]
        self.paused_until = paused_until(current_session(), name, now)
        if self.paused_until is not None:
            return False
        if super().validate(**options):
            return True
        if name and self.password.data:
            self.paused_until = note_failure(current_session(), name, now)
        return False
