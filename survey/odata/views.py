"""The addresses of the feed: the service of the register at its root, and below it one service for each visit."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request, url_for
from flask_babel import get_locale
from werkzeug.urls import iri_to_uri

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.api.program import open_to_programs
from survey.api.queries import list_visits
from survey.api.released import DEIDENTIFIED
from survey.api.serving import READERS
from survey.api.visit_views import released
from survey.db import current_session
from survey.errors import handle_survey_error
from survey.odata.asking import KEYED, PAGE_SIZE, asked_for_one, next_link, read_options, read_page, state_asked_for
from survey.odata.csdl import metadata as metadata_document
from survey.odata.formats import Format, read_format
from survey.odata.model import EntitySet
from survey.odata.sets import ALL, register_sets, visit_sets

XML = "application/xml"
VERSION = "4.0"

blueprint = Blueprint("odata", __name__, url_prefix="/odata/v1")
open_to_programs(blueprint)


@blueprint.after_request
def _say_version(response: Response) -> Response:
    response.headers["OData-Version"] = VERSION
    return response


@blueprint.errorhandler(SurveyError)
def _answer_survey_error(error: SurveyError) -> Response:
    response = handle_survey_error(error)
    # What is wrong with an address is a bad request to clients of OData.
    response.status_code = 400 if error.code is ErrorCode.INVALID_VALUE else response.status_code
    return response


# Without the last stroke, too: a redirection would lose some clients, and others their password on the way.
@blueprint.get("/", strict_slashes=False)
@requires(*READERS)
def service() -> Response:
    """The sets over all visits, and the services of the visits."""
    services = [
        {
            "name": each.id,
            "title": each.title,
            "kind": "ServiceDocument",
            "url": url_for(".visit_service", visit_id=each.id, _external=True),
        }
        for each in list_visits(current_session(), [], ALL)
    ]
    return _service_document(register_sets(current_session()), url_for(".service", _external=True), services)


@blueprint.get("/$metadata")
@requires(*READERS)
def metadata() -> Response:
    """What the sets over all visits hold."""
    return Response(metadata_document(register_sets(current_session())), content_type=XML)


@blueprint.get("/<name>")
@requires(*READERS)
def entities(name: str) -> Response:
    """The entities of a set, or the one with a key: `visits('2018-04')`."""
    return _entities(register_sets(current_session()), name, url_for(".service", _external=True))


@blueprint.get("/<name>/$count")
@requires(*READERS)
def count(name: str) -> Response:
    """How many entities of the set pass the condition."""
    return _count(register_sets(current_session()), name)


@blueprint.get("/visit/<visit_id>/", strict_slashes=False)
@requires(*READERS)
def visit_service(visit_id: str) -> Response:
    """The sets of one visit."""
    return _service_document(_sets_of(visit_id), url_for(".visit_service", visit_id=visit_id, _external=True), ())


@blueprint.get("/visit/<visit_id>/$metadata")
@requires(*READERS)
def visit_metadata(visit_id: str) -> Response:
    """What the sets of one visit hold."""
    return Response(metadata_document(_sets_of(visit_id)), content_type=XML)


@blueprint.get("/visit/<visit_id>/<name>")
@requires(*READERS)
def visit_entities(visit_id: str, name: str) -> Response:
    """The entities of a set of one visit, or the one with a key."""
    return _entities(_sets_of(visit_id), name, url_for(".visit_service", visit_id=visit_id, _external=True))


@blueprint.get("/visit/<visit_id>/<name>/$count")
@requires(*READERS)
def visit_count(visit_id: str, name: str) -> Response:
    """How many entities of the set of one visit pass the condition."""
    return _count(_sets_of(visit_id), name)


def _sets_of(visit_id: str) -> tuple[EntitySet, ...]:
    """The sets of the visit, its answers in the state of the data that the page goes on in, else as of now."""
    state = state_asked_for(request.args)
    found = released(visit_id, DEIDENTIFIED, state if state.startswith(DEIDENTIFIED) else "")
    return visit_sets(current_session(), visit_id, found, str(get_locale())[:2])


def _find(sets: Sequence[EntitySet], name: str) -> EntitySet:
    found = next((each for each in sets if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in sets)
        raise SurveyError(ErrorCode.NOT_FOUND, what="Entity set", key=name, remedy=f"There are: {known}.", remedy_zh=f"有：{known}。")
    return found


def _service_document(sets: Sequence[EntitySet], address: str, services: Sequence[dict[str, str]]) -> Response:
    listed = [{"name": each.name, "title": each.title, "kind": "EntitySet", "url": each.name} for each in sets]
    return _json({"@odata.context": f"{address}$metadata", "value": [*listed, *services]}, _format())


def _entities(sets: Sequence[EntitySet], name: str, address: str) -> Response:
    keyed, form = KEYED.fullmatch(name), _format()
    entity_set = _find(sets, keyed["set"] if keyed else name)
    rows = entity_set.rows()
    asked = read_options(request.args.to_dict(), entity_set, rows, _page_size_wanted())
    if keyed:
        asked = asked_for_one(asked, keyed, entity_set, rows)
    items, offset = read_page(asked, entity_set, rows, form)
    selected = "" if len(asked.properties) == len(entity_set.properties) else f"({','.join(each.name for each in asked.properties)})"
    context = iri_to_uri(f"{address}$metadata#{entity_set.name}{selected}{'/$entity' if keyed else ''}")
    if keyed:
        if not items:
            seen = {"remedy": f"All of them: {entity_set.name}.", "remedy_zh": f"全部见 {entity_set.name}。"}
            raise SurveyError(ErrorCode.NOT_FOUND, what="Entity", key=name, **seen)
        return _json({"@odata.context": context, **items[0]}, form)
    told: dict[str, Any] = {"@odata.context": context}
    if asked.is_counted:
        told["@odata.count"] = form.number(rows.count_rows(filter=asked.wanted))
    told["value"] = items
    if offset is not None:
        told["@odata.nextLink"] = next_link(iri_to_uri(request.base_url), asked, entity_set.state, offset)
    return _json(told, form)


def _count(sets: Sequence[EntitySet], name: str) -> Response:
    entity_set = _find(sets, name)
    rows = entity_set.rows()
    asked = read_options({key: value for key, value in request.args.items() if key in ("$filter", "filter")}, entity_set, rows)
    return Response(str(rows.count_rows(filter=asked.wanted)), content_type="text/plain;charset=utf-8")


def _page_size_wanted() -> int:
    """The size of pages that the client prefers (OData Protocol 8.2.8.9), else ours."""
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.removeprefix("odata.") == "maxpagesize" and value.isascii() and value.isdecimal():
            return int(value[:9])
    return PAGE_SIZE


def _format() -> Format:
    """The format that the client asks for."""
    return read_format(request.accept_mimetypes, request.args.get("$format", request.args.get("format", "")))


def _json(told: dict[str, Any], form: Format) -> Response:
    if form.is_bare:
        told = {name: value for name, value in told.items() if name != "@odata.context"}
    response = make_response(jsonify(told))
    response.content_type = form.content_type
    return response
