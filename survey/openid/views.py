"""To the provider and back, and connecting accounts with people there."""

import logging
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.proxies import _security
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from questionnaires.errors import SurveyError
from survey.accounts.access import actor, local_path, requires
from survey.accounts.queries import find_user, is_username_taken
from survey.config import Settings, current_settings
from survey.db import current_session, utc_now
from survey.errors import spoken
from survey.openid.deciding import granted_roles, is_vouched, name_at_provider, texts_of
from survey.openid.forms import SubjectForm
from survey.openid.models import OpenIdAccount
from survey.openid.operations import add_openid_user, bind_openid, note_arrival, take_token, unbind_openid
from survey.openid.provider import NotTrusted, Told
from survey.openid.queries import find_arrival, find_openid_account, get_openid_account
from survey.openid.session import (
    LEFT,
    forget_pending,
    keep_arrival,
    keep_pending,
    keep_visit,
    pending,
    provider_of,
    take_visit,
)
from survey.signing_in.fresh import proved_anew
from survey.signing_in.session import lasting_of, renew

log = logging.getLogger(__name__)
blueprint = Blueprint("openid", __name__)


@blueprint.before_app_request
def _let_arrivals_write() -> None:
    """The provider sends people back by an address that is opened; what follows is a sign-in, which is written."""
    if request.endpoint == "openid.back":
        g.survey_writes = True


@blueprint.get("/sign-in/openid")
def start() -> Response:
    """Off to the provider; whoever is signed in already and has to prove anew who they are is asked there once more."""
    settings, is_again = _settings(), request.args.get("again") == "y"
    try:
        begun, address = provider_of(settings).begin(_callback(settings), is_again=is_again)
    except (NotTrusted, OSError) as error:
        return _failed(error)
    keep_visit(begun, local_path(request.args.get("next", "/")), is_remembered=request.args.get("remember") == "y")
    return redirect(address)


@blueprint.get("/sign-in/openid/back")
def back() -> Any:
    """Back from the provider: signed in, or on to the page that connects."""
    settings, visit = _settings(), take_visit()
    try:
        if visit is None:
            raise NotTrusted("this browser began no visit, or long ago")
        begun, way, is_remembered = visit
        told = provider_of(settings).finish(begun, request.args.to_dict(), _callback(settings))
    except (NotTrusted, OSError) as error:
        return _failed(error)
    account = find_openid_account(current_session(), told.issuer, told.subject)
    if current_user.is_authenticated:
        if account is not None and account.user_id == current_user.id and provider_of(settings).asked_just_now(begun, told):
            renew()
            return redirect(way)
        return _to_connect(told, account, settings)
    if account is None:
        account = _made(told, settings)
    if account is None:
        keep_pending(told.subject, name_at_provider(told.claims, settings.openid_name_claim), way)
        return redirect(url_for(".unknown"))
    return _enter(account, told, way, is_remembered, settings)


@blueprint.get("/sign-in/openid/unknown")
def unknown() -> Any:
    """Who signed in at the provider and is bound to no account here: how to connect."""
    settings, found = _settings(), pending()
    if found is None:
        return redirect(url_for("security.login"))
    return render_template("openid/unknown.html", pending=found, settings=settings)


@blueprint.route("/account/openid", methods=["GET", "POST"])
@requires()
@proved_anew
def connect() -> Any:
    """Connect one's own account with whom the provider vouches for, after the password was given."""
    settings, found = _settings(), pending()
    if found is None:
        return redirect(url_for("signing_in.own"))
    if request.method == "GET":
        return render_template("openid/connect.html", pending=found, settings=settings)
    forget_pending()
    values = {"issuer": settings.openid_issuer, "subject": found["subject"], "told_name": found["name"], "now": utc_now()}
    bind_openid(current_session(), actor(), actor(), **values)
    flash(_("From now on you sign in by %(provider)s, too.", provider=settings.openid_label), "success")
    return redirect(url_for("signing_in.own"))


@blueprint.post("/account/openid/<account_id>/remove")
@requires()
@proved_anew
def remove(account_id: str) -> Response:
    """Sign in by the provider no longer."""
    if current_settings().openid_only and not current_user.has_role("admin"):
        abort(403)
    unbind_openid(current_session(), actor(), actor(), get_openid_account(current_session(), actor(), account_id), utc_now())
    flash(_("The connection is removed."), "success")
    return redirect(url_for("signing_in.own"))


@blueprint.post("/admin/people/<user_id>/openid")
@requires("admin")
def bind(user_id: str) -> Response:
    """Connect somebody's account with whom the provider means by an identifier."""
    settings, user, form = _settings(), find_user(current_session(), user_id), SubjectForm()
    if not form.validate_on_submit():
        flash(next((str(each) for each in form.subject.errors), _("Write the identifier.")), "error")
        return redirect(url_for("signing_in.of_person", user_id=user.id))
    subject = (form.subject.data or "").strip()
    try:
        bind_openid(current_session(), actor(), user, issuer=settings.openid_issuer, subject=subject, told_name="", now=utc_now())
    except SurveyError as error:
        flash(spoken(error), "error")
    else:
        flash(_("%(name)s can sign in by %(provider)s.", name=user.name, provider=settings.openid_label), "success")
    return redirect(url_for("signing_in.of_person", user_id=user.id))


@blueprint.post("/admin/people/<user_id>/openid/<account_id>/remove")
@requires("admin")
def unbind(user_id: str, account_id: str) -> Response:
    """Let somebody sign in by the provider no longer."""
    user = find_user(current_session(), user_id)
    unbind_openid(current_session(), actor(), user, get_openid_account(current_session(), user, account_id), utc_now())
    flash(_("The connection is removed."), "success")
    return redirect(url_for("signing_in.of_person", user_id=user.id))


@blueprint.get("/sign-in/openid/leave")
def leave() -> Response:
    """Out of the provider, too, for whoever signed out here."""
    settings = _settings()
    arrival = find_arrival(current_session(), cookie.pop(LEFT, None))
    try:
        home = _outside(settings, url_for("security.login"))
        address = provider_of(settings).ending(home, take_token(current_session(), arrival) if arrival else "")
    except (NotTrusted, OSError) as error:
        return _failed(error)
    return redirect(address or settings.openid_issuer)


def _settings() -> Settings:
    """The settings, for pages that there are only with a provider."""
    settings = current_settings()
    if not settings.openid_issuer:
        abort(404)
    return settings


def _outside(settings: Settings, path: str) -> str:
    """The path as the provider has to write it."""
    return (settings.public_url or request.host_url).rstrip("/") + path


def _callback(settings: Settings) -> str:
    return _outside(settings, url_for("openid.back"))


def _failed(error: Exception) -> Response:
    """To the sign-in page, with one sentence; the reason is for the log."""
    log.warning("sign-in by the provider failed: %s", error, extra={"told": {"reason": str(error), "address": request.remote_addr or ""}})
    name = current_settings().openid_label
    if isinstance(error, NotTrusted):
        flash(_("Signing in by %(provider)s did not succeed. Begin again.", provider=name), "error")
    else:
        flash(_("%(provider)s does not answer. Try again later, or sign in with your password.", provider=name), "error")
    return redirect(url_for("dashboard.start") if current_user.is_authenticated else url_for("security.login"))


def _to_connect(told: Told, account: OpenIdAccount | None, settings: Settings) -> Response:
    """What follows for somebody who is signed in already."""
    if account is None:
        keep_pending(told.subject, name_at_provider(told.claims, settings.openid_name_claim), "/")
        return redirect(url_for(".connect"))
    if account.user_id == current_user.id:
        flash(_("Your account is connected with %(provider)s already.", provider=settings.openid_label), "success")
    else:
        flash(_("Whoever signed in at %(provider)s is connected with another account.", provider=settings.openid_label), "error")
    return redirect(url_for("signing_in.own"))


def _made(told: Told, settings: Settings) -> OpenIdAccount | None:
    """A new account where the provider's word gives it a role and nobody has the name; None otherwise."""
    roles = granted_roles(told.claims, settings.openid_roles_claim, settings.openid_role_map)
    username = name_at_provider(told.claims, settings.openid_name_claim).strip()
    if not roles or not username or len(username) > 64 or is_username_taken(current_session(), username):
        return None
    return add_openid_user(
        current_session(),
        username=username,
        name=next(iter(texts_of(told.claims, "name")), ""),
        roles=roles,
        issuer=told.issuer,
        subject=told.subject,
        told_name=username,
        now=utc_now(),
    )


def _enter(account: OpenIdAccount, told: Told, way: str, is_remembered: bool, settings: Settings) -> Any:
    """Signed in as the person of the account; a second factor is asked for where the provider's word does not count for one."""
    if not account.user.active:
        log.warning("somebody who is shut out came from the provider")
        flash(_("Your account is shut out. Ask your administrator."), "error")
        return redirect(url_for("security.login"))
    vouched = is_vouched(told.claims, settings.openid_factors)
    arrival = note_arrival(
        current_session(),
        account,
        id_token=told.id_token,
        provider_session=next(iter(texts_of(told.claims, "sid")), ""),
        is_vouched=vouched,
        now=utc_now(),
        forgotten_after=lasting_of(settings).whole,
    )
    keep_arrival(arrival.id)
    if not vouched and account.user.has_second_factor():
        answer = _security.two_factor_plugins.tf_enter(account.user, is_remembered, "openid", next_loc=way)
        if answer:
            return answer
    login_user(account.user, remember=is_remembered, authn_via=["openid"])
    return redirect(way)
