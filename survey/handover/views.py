"""The addresses at which `python -m survey push` hands data over, for programs with a token of an administrator for that purpose."""

from typing import Any, TypeGuard

from flask import Blueprint, Response, jsonify, make_response, request
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale
from sqlalchemy import Table

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import current_session, utc_now
from survey.errors import handle_survey_error
from survey.handover.layout import FORMAT, PERSON, handed_table, natural_keys
from survey.handover.operations import take_file, take_rows
from survey.handover.queries import match_rows
from survey.intake.authenticate import authenticate_program
from survey.protection.carried import ErasedElsewhere, ask_for_erased_elsewhere
from survey.revisions import newest_revision
from survey.storage import current_storage

MAX_ROWS = 500

blueprint = Blueprint("handover", __name__, url_prefix="/handover")


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    # The token is the proof; there is no page that a browser could be lured to send from.
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.errorhandler(SurveyError)
def _answer_survey_error(error: SurveyError) -> Response:
    # Read in a terminal, whose texts are English.
    with force_locale("en"):
        return handle_survey_error(error)


@blueprint.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/about.json")
def about() -> Response:
    """What this server understands, and the schema that both sides must share."""
    user = _actor()
    return jsonify(format=FORMAT, schema=newest_revision(), username=user.username)


@blueprint.post("/match.json")
def match() -> Response:
    """For each of the rows given by their keys: the key it has here and the digests of its columns, or null."""
    _actor()
    table, rows = _table_and_rows()
    needed = {column.name for column in table.primary_key}.union(*natural_keys(table))
    if any(not needed <= set(row) for row in rows):
        raise SurveyError(ErrorCode.INVALID_VALUE, field=table.name, detail="each row needs {choices}", choices=", ".join(sorted(needed)))
    try:
        found = match_rows(current_session(), table, rows)
    except ValueError as error:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=table.name, detail=str(error)) from error
    return jsonify(matches=[None if each.key is None else {"key": list(each.key), "digests": each.digests} for each in found])


@blueprint.post("/rows.json")
def rows() -> Response:
    """What became of each of the rows."""
    actor = _actor()
    table, given = _table_and_rows()
    taken = take_rows(current_session(), current_storage(), actor, table, given, utc_now())
    return jsonify(taken=[{"state": each.state, "detail": each.detail} for each in taken])


@blueprint.post("/erased.json")
def erased() -> Response:
    """For each of the households and members that were erased on the other side, what is to be said of it here."""
    actor = _actor()
    given = _json().get("people")
    if not isinstance(given, list) or len(given) > MAX_ROWS or not all(_is_person(each) for each in given):
        detail = "a list of at most {most} records of household_id and member_id, which may be null, is needed"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="people", detail=detail, most=MAX_ROWS)
    people = [ErasedElsewhere(each["household_id"], each["member_id"]) for each in given]
    return jsonify(states=ask_for_erased_elsewhere(current_session(), actor, people, utc_now()))


def _is_person(given: Any) -> bool:
    return (
        isinstance(given, dict)
        and set(given) == {"household_id", "member_id"}
        and isinstance(given["household_id"], str)
        and isinstance(given["member_id"], str | None)
    )


@blueprint.post("/files/missing.json")
def missing_files() -> Response:
    """Which of the files, named by their hashes, are not here."""
    _actor()
    wanted = _json().get("sha256")
    if not _are_texts(wanted):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="sha256", detail="a list of hashes is needed")
    storage = current_storage()
    return jsonify(missing=[each for each in wanted if not storage.exists(each)])


@blueprint.put("/files/<sha256>")
def file(sha256: str) -> Response:
    """204 once the file is stored."""
    data = request.get_data()
    _actor()
    take_file(current_storage(), sha256, data)
    return make_response("", 204)


def _actor() -> User:
    return authenticate_program(request, current_session(), utc_now(), "handover")


def _table_and_rows() -> tuple[Table, list[dict[str, Any]]]:
    given = _json()
    table = handed_table(str(given.get("table")))
    if table is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="table", detail="'{value}' is not handed over", value=given.get("table"))
    found = given.get("rows")
    if not isinstance(found, list) or len(found) > MAX_ROWS or not all(isinstance(row, dict) for row in found):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="rows", detail="a list of at most {most} rows is needed", most=MAX_ROWS)
    if table.name == PERSON and any(not _are_texts(row.get("roles", [])) for row in found):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="roles", detail="a list of roles is needed")
    return table, found


def _are_texts(given: Any) -> TypeGuard[list[str]]:
    return isinstance(given, list) and all(isinstance(each, str) for each in given)


def _json() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}
