"""Where the provider tells that somebody's sign-in ended there (OpenID Connect Back-Channel Logout 1.0)."""

import logging

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask.blueprints import BlueprintSetupState

from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.openid.operations import end_by_provider
from survey.openid.provider import NotTrusted
from survey.openid.session import provider_of

log = logging.getLogger(__name__)
blueprint = Blueprint("openid_logout", __name__)
LIMIT = "300 per minute"
"""How often one address may tell: a provider that ends everybody's sign-ins does so from one address."""
MAX_TOKEN_LENGTH = 20_000


@blueprint.record_once
def _exempt(state: BlueprintSetupState) -> None:
    """A provider has no page of ours and no cookie: what it says is believed by its signature."""
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.post("/sign-in/openid/logout")
def ended() -> Response:
    """200 once what the token names has ended here; 400, as the specification asks, for whatever cannot be believed or was said before."""
    settings = current_settings()
    if not settings.openid_issuer:
        abort(404)
    token = request.form.get("logout_token", "")
    try:
        if not token or len(token) > MAX_TOKEN_LENGTH:
            raise NotTrusted("there is no logout token")
        told = provider_of(settings).heard(token)
    except (NotTrusted, OSError) as error:
        return _refused(str(error))
    if end_by_provider(current_session(), told, utc_now()) is None:
        return _refused("the logout token was used before")
    return make_response("", 200)


def _refused(reason: str) -> Response:
    """The reason is for the log; whoever sent the token learns only that it ended nothing."""
    log.warning("logout by the provider refused: %s", reason, extra={"told": {"reason": reason, "address": request.remote_addr or ""}})
    return make_response(jsonify(error="invalid_request"), 400)
