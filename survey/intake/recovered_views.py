"""What a tablet asks of drafts that came in from another tablet's exported file: which there are, each whole, and that it has them."""

from flask import Blueprint, Response, jsonify, make_response, url_for
from flask_security import current_user

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.intake.media import found_in
from survey.intake.queries import find_recovered, list_recovered
from survey.intake.sealed_operations import mark_taken
from survey.pages.downloads import stored_file
from survey.storage import current_storage

ON_TABLETS = ("interviewer", "coordinator", "admin")

blueprint = Blueprint("recovered", __name__, url_prefix="/tablet")


@blueprint.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/recovered.json")
@requires(*ON_TABLETS)
def index() -> Response:
    """The drafts that wait for the signed-in person."""
    rows = list_recovered(current_session(), current_user.id)
    return make_response(jsonify(interviews=[{"id": row.id, "title": row.title, "url": url_for(".draft", id=row.id)} for row in rows]))


@blueprint.get("/recovered/<id>.json")
@requires(*ON_TABLETS)
def draft(id: str) -> Response:
    """One draft as the tablet that exported it kept it, and where its files are."""
    row = find_recovered(current_session(), current_user.id, id)
    # One with a virus is handed to nobody, and keeps nobody from going on with the rest.
    given = [each["name"] for each in row.files if not found_in(each["media_type"])]
    files = [{"name": name, "url": url_for(".file", id=id, name=name)} for name in given]
    return make_response(jsonify(interview=row.interview, files=files))


@blueprint.get("/recovered/<id>/files/<name>")
@requires(*ON_TABLETS)
def file(id: str, name: str) -> Response:
    """One file of a draft."""
    row = find_recovered(current_session(), current_user.id, id)
    found = next((each for each in row.files if each["name"] == name), None)
    if found is None:
        return make_response("", 404)
    return stored_file(current_storage().get(found["sha256"]), found["name"], found["media_type"])


@blueprint.post("/recovered/<id>/taken")
@requires(*ON_TABLETS)
def taken(id: str) -> Response:
    """That the draft lies on the person's tablet with all its files."""
    row = find_recovered(current_session(), current_user.id, id)
    mark_taken(current_session(), current_user, row, utc_now())
    return make_response(jsonify(id=row.id))
