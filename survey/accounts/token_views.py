"""The pages of tokens: one's own, with the QR code that sets ODK Collect up, and for administrators those of everybody."""

from datetime import datetime

import segno
from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey.accounts.access import actor, requires
from survey.accounts.forms import TokenForm
from survey.accounts.models import User
from survey.accounts.queries import find_user
from survey.accounts.token_operations import make_token, revoke_token
from survey.accounts.token_queries import find_token, list_tokens_of
from survey.accounts.tokens import ROLES_OF_SCOPE, collect_settings
from survey.accounts.words import SCOPE_LABELS
from survey.db import current_session, utc_now

USES = {"send": "submit", "read": "read"}
HOLDERS = ("interviewer", "coordinator", "author", "admin")

blueprint = Blueprint("tokens", __name__)


@blueprint.route("/account/programs", methods=["GET", "POST"])
@requires(*HOLDERS)
def own() -> Response:
    """The programs that act for the person who is signed in."""
    return _page(actor(), utc_now())


@blueprint.route("/admin/people/<user_id>/programs", methods=["GET", "POST"])
@requires("admin")
def of_person(user_id: str) -> Response:
    """The programs that act for somebody."""
    return _page(find_user(current_session(), user_id), utc_now())


@blueprint.post("/account/programs/<token_id>/revoke")
@requires(*HOLDERS)
def revoke(token_id: str) -> BaseResponse:
    """Let a token do nothing any more."""
    token = find_token(current_session(), token_id)
    revoke_token(current_session(), actor(), token, utc_now())
    flash(_("“%(name)s” can no longer connect.", name=token.name), "success")
    return redirect(url_for(".own") if token.user_id == current_user.id else url_for(".of_person", user_id=token.user_id))


def _page(user: User, now: datetime) -> Response:
    """The page; after a token was made it shows it, this once, and may be kept nowhere."""
    form = TokenForm()
    form.offer_scopes([role.name for role in user.roles])
    text = code = ""
    is_made = form.validate_on_submit()
    if is_made:
        token, text = make_token(
            current_session(), actor(), user, name=form.name.data or "", scope=form.scope.data, days=int(form.days.data), now=now
        )
        if token.scope == "submit":
            settings = collect_settings(_server_url(), user.username, text, _("Supervision Survey"))
            code = segno.make(settings, error="l", micro=False).svg_data_uri(scale=4, border=4)
    page = render_template(
        "accounts/programs.html",
        user=user,
        is_own=user.id == current_user.id,
        form=TokenForm(formdata=None).offering(form) if is_made else form,
        tokens=list_tokens_of(current_session(), user),
        scope_labels=SCOPE_LABELS,
        now=now,
        text=text,
        code=code,
        server_url=_server_url(),
        **{f"may_{what}": bool(ROLES_OF_SCOPE[scope] & {role.name for role in user.roles}) for what, scope in USES.items()},
    )
    response = make_response(page, 422 if form.is_submitted() and not is_made else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _server_url() -> str:
    """What other programs call the server's address: that to which they add "/formList" and "/submission"."""
    return url_for("openrosa.form_list", _external=True).rpartition("/")[0]
