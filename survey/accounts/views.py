"""The language switch, one's own password, and the administrator's pages of people."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts import operations
from survey.accounts.access import actor, local_path, requires
from survey.accounts.forms import OwnPasswordForm, PersonForm, UserForm
from survey.accounts.models import User
from survey.accounts.passwords import FirstPassword, first_password
from survey.accounts.queries import (
    find_user,
    has_first_password,
    is_username_taken,
    list_binding_places,
    list_responsible_places,
    list_users,
)
from survey.accounts.words import ROLE_LABELS
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.first_run.queries import organisation_name
from survey.pages.fields import given
from survey.pages.language import LANGUAGES
from survey.signing_in.operations import note_failure
from survey.signing_in.queries import paused_names, paused_until

blueprint = Blueprint("accounts", __name__)


@blueprint.post("/language/<code>")
def choose_language(code: str) -> Response:
    """Answer in this language from now on, and go back to the page the visitor came from."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    if current_user.is_authenticated:
        operations.set_locale(current_session(), current_session().get_one(User, current_user.id), code)
    return redirect(local_path(request.form.get("next", "/")))


@blueprint.route("/password", methods=["GET", "POST"])
@requires()
def password() -> Any:
    """Change one's own password, and go on to where one wanted to be when that came first."""
    form = OwnPasswordForm()
    form.known = operations.known_words(actor())
    if not form.validate_on_submit():
        return _form_page("accounts/password.html", form)
    _refuse_in_demo()
    now, name = utc_now(), actor().username
    if paused_until(current_session(), name, now) or not operations.verify(actor(), given(form.current.data)):
        # Whoever found a device that is signed in must not try passwords on it without end.
        note_failure(current_session(), name, now)
        form.current.errors = [_("This is not your present password.")]
        return _form_page("accounts/password.html", form)
    if form.current.data == form.password.data:
        form.password.errors = [_("This is your present password. Choose another.")]
        return _form_page("accounts/password.html", form)
    operations.set_password(current_session(), actor(), actor(), given(form.password.data), now)
    # All devices are signed out by the change; this one comes in again.
    login_user(actor(), remember=g.survey_sign_in.is_remembered)
    flash(_("Your password is changed. Other devices are signed out."), "success")
    return redirect(local_path(request.args.get("next", "/")))


@blueprint.route("/admin/people", methods=["GET", "POST"])
@requires("admin")
def people() -> Any:
    """Everybody with an account, and the form that adds one, whose first password is shown this once."""
    form = UserForm(organisation=organisation_name(current_session()))
    form.offer_places(list_responsible_places(current_session()))
    form.offer_bounds(list_binding_places(current_session()))
    is_valid = form.validate_on_submit()
    if is_valid and is_username_taken(current_session(), given(form.username.data)):
        form.username.errors = [_taken(given(form.username.data))]
        is_valid = False
    if is_valid:
        password = first_password()
        user = operations.add_user(
            current_session(),
            actor(),
            username=given(form.username.data),
            name=given(form.name.data),
            organisation=form.organisation.data or "",
            phone=(form.phone.data or "").strip(),
            contact_email=(form.contact_email.data or "").strip(),
            password=password,
            roles=form.roles.data or (),
            region_code=form.region_code.data or None,
            place_codes=form.place_codes.data or (),
            now=utc_now(),
            must_change_password=True,
        )
        return first_passwords_page([_shown(user, password)], url_for(".people"))
    users = list_users(current_session())
    paused, names = paused_names(current_session(), utc_now()), {each.value: each.label for each in form.place_codes.choices}
    return _form_page("accounts/people.html", form, users=users, role_labels=ROLE_LABELS, paused=paused, place_names=names)


@blueprint.route("/admin/people/<user_id>", methods=["GET", "POST"])
@requires("admin")
def person(user_id: str) -> Any:
    """One person: name, organisation, roles and place, and a new password when the old one is forgotten."""
    user = find_user(current_session(), user_id)
    form = _person_form(user)
    if form.validate_on_submit():
        operations.change_user(
            current_session(),
            actor(),
            user,
            name=given(form.name.data),
            organisation=form.organisation.data or "",
            phone=(form.phone.data or "").strip(),
            contact_email=(form.contact_email.data or "").strip(),
            roles=form.roles.data or (),
            region_code=form.region_code.data or None,
            place_codes=form.place_codes.data or (),
            now=utc_now(),
        )
        flash(_("The changes to %(name)s are saved.", name=user.name), "success")
        return redirect(url_for(".people"))
    return _form_page("accounts/person.html", form, user=user)


@blueprint.get("/admin/people/<user_id>/password")
@requires("admin")
def shown_once(user_id: str) -> Response:
    """To the page of the person: what was shown at this address was shown once."""
    flash(_("A first password is shown once. If it was neither printed nor copied, make another one below."), "warning")
    return redirect(url_for(".person", user_id=find_user(current_session(), user_id).id))


@blueprint.post("/admin/people/<user_id>/password")
@requires("admin")
def reset_password(user_id: str) -> Any:
    """Give a person a first password anew, which is shown this once."""
    _refuse_in_demo()
    user, password = find_user(current_session(), user_id), first_password()
    operations.set_password(current_session(), actor(), user, password, utc_now(), must_change_password=True)
    return first_passwords_page([_shown(user, password)], url_for(".people"))


@blueprint.post("/admin/people/<user_id>/active")
@requires("admin")
def change_active(user_id: str) -> Response:
    """Let a person sign in, or no longer."""
    user = find_user(current_session(), user_id)
    is_active = request.form.get("active") == "1"
    operations.set_active(current_session(), actor(), user, is_active, utc_now())
    message = _("%(name)s can sign in again.", name=user.name) if is_active else _("%(name)s can no longer sign in.", name=user.name)
    flash(message, "success")
    return redirect(url_for(".people"))


def first_passwords_page(made: Sequence[FirstPassword], way_on: str) -> str:
    """The page that shows first passwords, this once, to be printed or copied; `way_on` is where it leads."""
    return render_template(
        "accounts/first_passwords.html",
        accounts=made,
        address=url_for("dashboard.start", _external=True),
        role_labels=ROLE_LABELS,
        until=operations.first_password_until(utc_now()),
        way_on=way_on,
    )


def _taken(username: str) -> str:
    """What is wrong with a user name that somebody has; of somebody just added, whose form was sent again, what to do now."""
    if has_first_password(current_session(), username):
        return _(
            "%(name)s was added already, with a first password that was shown once. If it is lost, open this person and make another.",
            name=username,
        )
    return _("This user name is taken; choose another.")


def _shown(user: User, password: str) -> FirstPassword:
    return FirstPassword(user.username, user.name, tuple(role.name for role in user.roles), password)


def _form_page(template: str, form: Any, **values: Any) -> Response:
    """The page with the form; 422 when it was sent and something in it is wrong."""
    return make_response(render_template(template, form=form, **values), 422 if form.is_submitted() else 200)


def _person_form(user: User, **options: Any) -> PersonForm:
    present = {
        "name": user.name,
        "organisation": user.organisation,
        "phone": user.phone,
        "contact_email": user.contact_email,
        "roles": [role.name for role in user.roles],
        "region_code": user.region_code or "",
        "place_codes": user.place_codes or [],
    }
    form = PersonForm(data=present, **options)
    form.offer_places(list_responsible_places(current_session()))
    form.offer_bounds(list_binding_places(current_session()))
    return form


def _refuse_in_demo() -> None:
    if current_settings().demo:
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=actor().name,
            action="change a password of the demonstration",
            remedy="Its sign-ins are fixed so that everybody can try it.",
        )
