"""The answer to whoever asks whether the process works; a server gives it before the rest of the program is loaded."""

from flask import Response, jsonify
from sqlalchemy import text

from survey.config import current_settings
from survey.db import current_session

ADDRESS = "/healthz"


def alive() -> Response:
    """200 with a JSON body when the process works and its database answers."""
    current_session().execute(text("SELECT 1"))
    return jsonify(status="ok", demo=current_settings().demo)
