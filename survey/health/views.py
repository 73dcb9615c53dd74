"""The addresses that load balancers, supervisors and Prometheus ask."""

import hmac
import ipaddress
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST

from survey.config import current_settings
from survey.db import utc_now
from survey.health.alive import ADDRESS, alive
from survey.health.checks import check_readiness
from survey.health.metrics import EXTENSION
from survey.this_app import this_app

blueprint = Blueprint("health", __name__)
blueprint.get(ADDRESS)(alive)


@blueprint.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/readyz")
def ready() -> Response:
    """200 when everything is there that requests need, 503 otherwise; what was found is told to this machine and holders of the token."""
    found = check_readiness(this_app(), utc_now())
    told: dict[str, Any] = {"status": "ready" if found.is_ready else "not ready"}
    if _may_see():
        told |= {"checks": found.checks, "warnings": list(found.warnings)}
    return make_response(jsonify(told), 200 if found.is_ready else 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures of this process for Prometheus; to this machine, or with the token."""
    if not _may_see():
        abort(404)
    return Response(current_app.extensions[EXTENSION].text(), content_type=CONTENT_TYPE_LATEST)


def _may_see() -> bool:
    """Whether the request comes from this machine itself, not through a proxy on it, or bears the token."""
    token = current_settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
