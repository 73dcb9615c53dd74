"""The page of one's own sign-ins, and the administrator's of anybody's: where they hold, and ending them."""

from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from flask_security.utils import logout_user
from werkzeug.wrappers import Response

from survey.accounts.access import actor, requires
from survey.accounts.models import User
from survey.accounts.queries import find_user
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.openid.forms import SubjectForm
from survey.openid.queries import list_openid_accounts
from survey.signing_in import operations
from survey.signing_in.asking import ask_later
from survey.signing_in.fresh import proved_anew
from survey.signing_in.guard import refuse_before_own_password
from survey.signing_in.lasting import device_name
from survey.signing_in.models import SignIn
from survey.signing_in.proofs import ResetForm
from survey.signing_in.queries import failures_of, find_sign_in, list_sign_ins, paused_until
from survey.signing_in.session import lasting_of
from survey.signing_in.wanted import wanted

blueprint = Blueprint("signing_in", __name__)
blueprint.before_app_request(refuse_before_own_password)


@blueprint.get("/account/security")
@requires()
def own() -> str:
    """One's own password, and where one is signed in."""
    return _page(actor())


@blueprint.post("/account/sign-ins/<sign_in_id>/end")
@requires()
@proved_anew
def end(sign_in_id: str) -> Response:
    """End one of one's own sign-ins."""
    found = find_sign_in(current_session(), actor(), sign_in_id)
    operations.end_sign_in(current_session(), actor(), found, utc_now())
    flash(_("This device is signed out."), "success")
    return redirect(url_for(".own"))


@blueprint.post("/account/sign-ins/end")
@requires()
@proved_anew
def end_others() -> Response:
    """End one's sign-ins on all other devices."""
    _told(operations.end_sign_ins(current_session(), actor(), actor(), utc_now(), but=_present().id))
    return redirect(url_for(".own"))


@blueprint.post("/account/second-factor/later")
@requires()
def later() -> Response:
    """Be asked for a second factor another time."""
    ask_later()
    return redirect(url_for("dashboard.start"))


@blueprint.get("/admin/people/<user_id>/security")
@requires("admin")
def of_person(user_id: str) -> Any:
    """Where somebody is signed in, and what an administrator can do about it."""
    return _page(find_user(current_session(), user_id))


@blueprint.post("/admin/people/<user_id>/sign-ins/end")
@requires("admin")
@proved_anew
def end_all(user_id: str) -> Response:
    """Sign somebody out everywhere; oneself, too."""
    user = find_user(current_session(), user_id)
    _told(operations.end_sign_ins(current_session(), actor(), user, utc_now()))
    if user.id == current_user.id:
        logout_user()
        return redirect(url_for("security.login"))
    return redirect(url_for(".of_person", user_id=user.id))


@blueprint.post("/admin/sign-ins/end")
@requires("admin")
@proved_anew
def end_everybodys() -> Response:
    """Sign everybody out everywhere, but for this very device."""
    _told(operations.end_all_sign_ins(current_session(), actor(), utc_now(), but=_present().id))
    return redirect(url_for("accounts.people"))


@blueprint.post("/admin/people/<user_id>/allow-sign-in")
@requires("admin")
def allow(user_id: str) -> Response:
    """Let somebody try to sign in again before the pause is over."""
    user = find_user(current_session(), user_id)
    operations.lift_pause(current_session(), actor(), user, utc_now())
    flash(_("%(name)s can sign in at once.", name=user.name), "success")
    return redirect(url_for(".of_person", user_id=user.id))


@blueprint.post("/admin/people/<user_id>/second-factors/reset")
@requires("admin")
@proved_anew
def reset_factors(user_id: str) -> Any:
    """Let somebody sign in with the password alone, because what they had beside it is lost, and it is said how that was made sure."""
    user, form = find_user(current_session(), user_id), ResetForm()
    if not form.validate_on_submit():
        return make_response(_page(user, form), 422)
    operations.reset_second_factors(current_session(), actor(), user, utc_now(), proof=form.proof.data)
    flash(_("%(name)s signs in with the password alone until a second factor is set up again.", name=user.name), "success")
    if user.id == current_user.id:
        logout_user()
        return redirect(url_for("security.login"))
    return redirect(url_for(".of_person", user_id=user.id))


def _present() -> SignIn:
    """The sign-in of this request."""
    found: SignIn = g.survey_sign_in
    return found


def _told(n: int) -> None:
    flash(ngettext("%(num)s device is signed out.", "%(num)s devices are signed out.", n), "success")


def _page(user: User, reset_form: ResetForm | None = None) -> str:
    now = utc_now()
    failures = failures_of(current_session(), user.username, now)
    return render_template(
        "signing_in/security.html",
        user=user,
        is_own=user.id == current_user.id,
        sign_ins=list_sign_ins(current_session(), user, lasting_of(current_settings()), now),
        present_id=_present().id,
        device_name=device_name,
        wanted=wanted(),
        paused_until=paused_until(current_session(), user.username, now),
        n_failed=failures.n_failed if failures else 0,
        openid=current_settings() if current_settings().openid_issuer else None,
        openid_accounts=list_openid_accounts(current_session(), user),
        subject_form=SubjectForm(formdata=None),
        reset_form=reset_form or ResetForm(formdata=None),
    )
