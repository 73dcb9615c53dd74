"""Where tablets send what a pair found instead of an interview, as JSON."""

from flask import Blueprint, Response, request
from flask_security import current_user

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.devices.by_key import open_to_tablets
from survey.outcomes.receiving import receive_outcomes
from survey.outcomes.told import read_told
from survey.tablet.answering import private_json
from survey.tablet.views import SENDERS

blueprint = Blueprint("tablet_outcomes", __name__, url_prefix="/tablet")
open_to_tablets(blueprint, "receive")


@blueprint.post("/outcomes")
@requires(*SENDERS)
def receive() -> Response:
    """Take outcomes of the person's own households; the answer says of each whether it counts."""
    now = utc_now()
    fates = receive_outcomes(current_session(), current_user, read_told(request.get_json(silent=True)), now)
    return private_json({"received_at": now.isoformat(), "fates": fates})
