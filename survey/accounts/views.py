"""The language switch, and the administrator's page of people."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.accounts.forms import ROLE_LABELS, UserForm
from survey.accounts.models import User
from survey.accounts.operations import add_user, set_active, set_locale
from survey.accounts.queries import list_users
from survey.db import current_session, utc_now
from survey.i18n import LANGUAGES

blueprint = Blueprint("accounts", __name__)


@blueprint.post("/language/<code>")
def choose_language(code: str) -> Response:
    """Answer in this language from now on, and go back to the page the visitor came from."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    if current_user.is_authenticated:
        set_locale(current_session(), current_session().get_one(User, current_user.id), code)
    target = request.form.get("next", "/")
    is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return redirect(target if is_local else "/")


@blueprint.route("/admin/people", methods=["GET", "POST"])
@requires("admin")
def people() -> str | Response:
    """Everybody with an account, and the form that adds one."""
    form = UserForm()
    if form.validate_on_submit():
        user = add_user(
            current_session(),
            current_user,
            username=form.username.data,
            name=form.name.data,
            organisation=form.organisation.data or "",
            password=form.password.data,
            roles=form.roles.data,
            region_code=form.region_code.data or None,
            now=utc_now(),
        )
        flash(_("%(name)s can now sign in.", name=user.name))
        return redirect(url_for("accounts.people"))
    return render_template("accounts/people.html", form=form, users=list_users(current_session()), role_labels=ROLE_LABELS)


@blueprint.post("/admin/people/<user_id>/active")
@requires("admin")
def change_active(user_id: str) -> Response:
    """Let a person sign in, or no longer."""
    user = current_session().get(User, user_id) or abort(404)
    set_active(current_session(), current_user, user, request.form.get("active") == "1", utc_now())
    return redirect(url_for("accounts.people"))
