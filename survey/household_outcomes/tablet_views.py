"""Where tablets get the issues that their visits follow, and send what a pair found of each at a household, with its pictures."""

from typing import Any

from flask import Blueprint, Response, request

from survey.accounts.access import actor, requires
from survey.accounts.models import User
from survey.db import current_session, utc_now
from survey.devices.by_key import open_to_tablets
from survey.household_outcomes.carried import outcome_facts
from survey.household_outcomes.receiving import Fate, receive_findings, receive_picture
from survey.household_outcomes.told import read_told
from survey.intake.media import media_type_of
from survey.kept_files import GivenFile
from survey.storage import current_storage
from survey.tablet.answering import KEEP_NEVER, answer_document, private_json
from survey.tablet.package import find_look_back_document
from survey.tablet.views import SENDERS
from survey.visits.planning import invalid

blueprint = Blueprint("tablet_look_back", __name__, url_prefix="/tablet")
open_to_tablets(blueprint, "receive", "picture")


@blueprint.get("/look-back.json")
@requires(*SENDERS)
def issues() -> Response:
    """The issues that the open visits of the signed-in person follow, and where they are asked."""
    return answer_document(find_look_back_document(current_session(), actor()), "application/json", KEEP_NEVER)


@blueprint.post("/look-back")
@requires(*SENDERS)
def receive() -> Response:
    """Take what was found at households; the answer says of each whether it stands, and else what does."""
    now = utc_now()
    fates = receive_findings(current_session(), actor(), read_told(request.get_json(silent=True)), now)
    return private_json({"received_at": now.isoformat(), "fates": {key: _fate_facts(each) for key, each in fates.items()}})


@blueprint.post("/look-back/<visit_id>/<issue_id>/<household_id>/pictures/<sha256>")
@requires(*SENDERS)
def picture(visit_id: str, issue_id: str, household_id: str, sha256: str) -> Response:
    """Take a picture beside what was found; its bytes are the body, `name` what it is called. Sent again, it changes nothing."""
    file = GivenFile(request.args.get("name", "")[-100:] or f"{sha256[:8]}.jpg", request.get_data())
    if not media_type_of(file.data).startswith("image/"):
        raise invalid("picture", "a picture is needed, such as a JPEG or PNG")
    receive_picture(current_session(), actor(), (issue_id, household_id, visit_id), file, sha256, current_storage(), utc_now())
    return private_json({"sha256": sha256})


def _fate_facts(fate: Fate) -> dict[str, Any]:
    if fate.standing is None:
        return {"fate": fate.word}
    person = current_session().get(User, fate.standing.found_by_id) if fate.standing.found_by_id else None
    return {"fate": fate.word, "standing": outcome_facts(fate.standing, person.name if person else "", len(fate.standing.files))}
