"""The choice of a theme."""

from flask import Blueprint, abort, current_app, redirect, request
from werkzeug.wrappers import Response

from survey.accounts.access import local_path
from survey.looks.themes import AUTOMATIC, COOKIE, THEMES

blueprint = Blueprint("looks", __name__)
KEPT_SECONDS = 400 * 86_400
"""As long as browsers keep a cookie at most (RFC 6265bis)."""


@blueprint.post("/theme/<name>")
def choose_theme(name: str) -> Response:
    """Show pages in this theme from now on, on this device, and go back to the page the visitor came from."""
    if name not in THEMES:
        abort(404)
    response = redirect(local_path(request.form.get("next", "/")))
    is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    if name == AUTOMATIC.name:
        response.delete_cookie(COOKIE, secure=is_secure, httponly=True, samesite="Lax")
    else:
        response.set_cookie(COOKIE, name, max_age=KEPT_SECONDS, secure=is_secure, httponly=True, samesite="Lax")
    return response
