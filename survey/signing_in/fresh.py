"""Proving anew who one is, before what decides who can sign in as somebody, or ends where they are signed in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, request
from flask_babel import gettext as _
from flask_security import auth_required, url_for_security
from flask_security.decorators import default_reauthn_handler
from flask_security.proxies import _security

from survey.config import current_settings

MINUTES = 15
"""So long after the password, or after having been asked at the provider, nobody is asked again."""
BACK_AT = "/account/security"
"""Where somebody presses once more what cannot be opened by an address."""


def proved_anew(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, for whoever proved within a quarter of an hour who they are; others are asked first."""
    guarded: Callable[..., Any] = auth_required("session", within=MINUTES, grace=MINUTES)(view)
    return guarded


def ask_for_password(within: timedelta, grace: timedelta) -> Any:
    """To the page that asks for the password; a button is pressed again afterwards, as nothing is done by an address that is opened."""
    if request.method == "GET" or _security._want_json(request):
        return default_reauthn_handler(within, grace)  # type: ignore[no-untyped-call]
    flash(_("Prove who you are, then press once more."))
    return redirect(url_for_security("verify", next=_page_of(request.path)))


def _page_of(path: str) -> str:
    """The page with the button: of the person whom an administrator looks at, of all people, or one's own."""
    if not path.startswith("/admin/"):
        return BACK_AT
    return f"/admin/people/{path.split('/')[3]}/security" if path.startswith("/admin/people/") else "/admin/people"


def verify_context() -> dict[str, Any]:
    """What the page that asks knows of the provider: the settings, for whoever came from there."""
    settings = current_settings()
    came_from_there = getattr(g.get("survey_sign_in"), "arrival_id", None) is not None
    return {"openid": settings if settings.openid_issuer and came_from_there else None}
