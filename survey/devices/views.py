"""The coordinator's pages of tablets and PINs."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey.accounts.access import actor, requires
from survey.accounts.queries import find_user
from survey.db import current_session, utc_now
from survey.devices import operations
from survey.devices.forms import DeviceReasonForm
from survey.devices.queries import find_device, list_devices, list_holders

KEEPERS = ("admin", "coordinator")

blueprint = Blueprint("devices", __name__, url_prefix="/tablets")


@blueprint.get("")
@requires(*KEEPERS)
def index() -> str:
    """Every tablet with its people and what waits on it, and everybody's PIN."""
    session = current_session()
    return render_template("devices/index.html", devices=list_devices(session), holders=list_holders(session, utc_now()))


@blueprint.route("/<device_id>/revoke", methods=["GET", "POST"])
@requires(*KEEPERS)
def revoke(device_id: str) -> Any:
    """Revoke a tablet, after saying what will be gone with it."""
    device = find_device(current_session(), device_id)
    form = DeviceReasonForm()
    if not form.validate_on_submit():
        return make_response(render_template("devices/revoke.html", device=device, form=form), 422 if form.is_submitted() else 200)
    operations.revoke_device(current_session(), actor(), device, form.reason.data or "", utc_now())
    flash(_("The tablet is revoked. It removes everything from itself at its next contact."), "success")
    return redirect(url_for(".index"))


@blueprint.route("/pins/<user_id>", methods=["GET", "POST"])
@requires(*KEEPERS)
def allow_reset(user_id: str) -> Any:
    """Allow a person who forgot the PIN to choose a new one."""
    user = find_user(current_session(), user_id)
    form = DeviceReasonForm()
    if not form.validate_on_submit():
        page = render_template("devices/reset.html", user=user, form=form, n_hours=operations.RESET_HOURS)
        return make_response(page, 422 if form.is_submitted() else 200)
    operations.allow_reset(current_session(), actor(), user, form.reason.data or "", utc_now())
    flash(_("%(name)s may now choose a new PIN on their tablet.", name=user.name), "success")
    return redirect(url_for(".index"))


@blueprint.post("/pins/<user_id>/withdraw")
@requires(*KEEPERS)
def withdraw_reset(user_id: str) -> Response:
    """Take the leave to choose a new PIN back."""
    user = find_user(current_session(), user_id)
    operations.withdraw_reset(current_session(), actor(), user, utc_now())
    flash(_("%(name)s can no longer choose a new PIN.", name=user.name), "success")
    return redirect(url_for(".index"))
