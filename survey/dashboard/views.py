"""The start page by role, and whether the service is well."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from survey.accounts.access import requires
from survey.config import current_settings
from survey.dashboard.queries import start_counts
from survey.db import current_session

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@requires()
def start() -> ResponseReturnValue:
    """What waits for the person who signed in."""
    return render_template("dashboard/start.html", counts=start_counts(current_session()))


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """200 with a JSON body when the database answers."""
    current_session().execute(text("SELECT 1"))
    return jsonify(status="ok", demo=current_settings().demo)
