"""What comes before everything else for some: a password of one's own, a second factor where the role asks for one."""

from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import current_settings
from survey.db import current_session
from survey.errors import error_response, wants_json
from survey.openid.queries import find_arrival
from survey.signing_in.wanted import keep_wanted, note_opened

OPEN_ANYWAY = frozenset(("accounts.password", "accounts.choose_language", "looks.choose_theme", "security.logout", "static"))
"""What somebody opens who has to choose a password."""
SETTING_UP = frozenset(
    (
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_token_validation",
        "security.mf_recovery_codes",
        "security.wan_register",
        "security.wan_register_response",
        "security.verify",
        "openid.start",
        "openid.back",
    )
)
"""Where second factors are set up."""


def refuse_before_own_password() -> Any:
    """The page that chooses a password or sets a second factor up, for whoever has to do that first; None for others."""
    if request.endpoint is None or request.endpoint in OPEN_ANYWAY or not current_user.is_authenticated:
        return None
    if current_settings().demo and request.endpoint in SETTING_UP and request.method != "GET":
        remedy = "Its sign-ins are fixed so that everybody can try it."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=current_user.name, action="set up second factors in the demonstration", remedy=remedy)
    arrival_id = getattr(g.get("survey_sign_in"), "arrival_id", None)
    if current_user.must_change_password and not arrival_id:
        told = _("Choose a password of your own first: open the program in a browser and sign in.")
        return _first("PASSWORD_TO_CHANGE", told, "accounts.password", next=request.full_path.rstrip("?"))
    if request.endpoint not in SETTING_UP and current_user.needs_second_factor() and not _has_second_factor(arrival_id):
        told = _("Set up a second factor first: open the program in a browser and sign in.")
        if request.method == "GET" and not wants_json():
            keep_wanted(request.full_path.rstrip("?"))
        return _first("SECOND_FACTOR_TO_SET_UP", told, "security.two_factor_setup")
    note_opened()
    return None


def _has_second_factor(arrival_id: str | None) -> bool:
    """Whether the person has one here, or gave one to the provider whose word counts for that."""
    if current_user.has_second_factor():
        return True
    arrival = find_arrival(current_session(), arrival_id)
    return arrival is not None and arrival.is_vouched


def _first(code: str, told: str, view: str, **values: Any) -> Any:
    if wants_json() or request.method != "GET":
        return error_response(403, code, told)
    return redirect(url_for(view, **values))
