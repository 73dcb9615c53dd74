"""What comes before everything else for some: choosing a password of one's own."""

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from survey.errors import error_response, wants_json

OPEN_ANYWAY = frozenset(("accounts.password", "accounts.choose_language", "security.logout", "static"))
"""What somebody opens who has to choose a password."""


def refuse_before_own_password() -> Any:
    """The page that chooses a password, for whoever still has that which somebody else chose for them; None for others."""
    if (
        request.endpoint is None
        or request.endpoint in OPEN_ANYWAY
        or not current_user.is_authenticated
        or not current_user.must_change_password
    ):
        return None
    if wants_json() or request.method != "GET":
        return error_response(
            403, "PASSWORD_TO_CHANGE", _("Choose a password of your own first: open the program in a browser and sign in.")
        )
    return redirect(url_for("accounts.password"))
