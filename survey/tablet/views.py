"""The field pages: a pair's list, one page per form version that every browser may keep, and small JSON for what differs by person."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from flask_security import current_user
from flask_wtf.csrf import generate_csrf

from survey.accounts.access import requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.devices.session import security_facts
from survey.downloads import published_file
from survey.field_time import field_date
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import find_file, find_version, load_questionnaire, version_key
from survey.intake.media import OTHER_MEDIA_TYPE, is_shown
from survey.review.asking_queries import queries_for_tablets
from survey.storage import current_storage
from survey.tablet.documents import Document, json_bytes, kept_document
from survey.tablet.form_page import draw_form_page
from survey.tablet.lists import build_shipped_lists
from survey.tablet.plan import build_plan
from survey.tablet.queries import find_attachment, find_correctable, group_tasks, list_newest_versions, prefilled_answers
from survey.tablet.words import STATE_LABELS, describe_household
from survey.visits.queries import AssignedHousehold, list_assignments_of

SENDERS = ("interviewer", "coordinator", "admin")
KEEP_FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"

blueprint = Blueprint("tablet", __name__, url_prefix="/tablet")


@blueprint.get("/")
@requires(*SENDERS)
def home() -> str:
    """The households of the signed-in pair by day and village, what lies on this device, and the forms one may try."""
    session = current_session()
    tasks = list_assignments_of(session, current_user.id)
    return render_template(
        "tablet/home.html",
        days=group_tasks(tasks),
        tasks=tasks,
        is_interviewer=current_user.has_role("interviewer"),
        today=field_date(utc_now()),
        describe_household=describe_household,
        state_labels=STATE_LABELS,
        versions=list_newest_versions(session),
    )


@blueprint.get("/forms/<form_id>/<version>")
@requires(*SENDERS)
def form_page(form_id: str, version: str) -> Response:
    """The page that runs one form version: the same bytes for everybody, asked for again only by its tag."""
    found = find_version(current_session(), form_id, version)
    page = kept_document(("page", request.root_path, str(current_settings().demo), *version_key(found)), lambda: _draw_page(found).encode())
    return _answer(page, "text/html; charset=utf-8", ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>/plan.json")
@requires(*SENDERS)
def plan(form_id: str, version: str) -> Response:
    """What the page needs to run the form; its address carries the hash of its content, so it is fetched once."""
    document = _plan(find_version(current_session(), form_id, version))
    is_named = request.args.get("v") == document.tag
    return _answer(document, "application/json", KEEP_FOREVER if is_named else ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>/lists.json")
@requires(*SENDERS)
def lists(form_id: str, version: str) -> Response:
    """The large lists that lie beside the plan, fetched once as it is."""
    found = find_version(current_session(), form_id, version)
    document = kept_document(("lists", *version_key(found)), lambda: json_bytes(build_shipped_lists(load_questionnaire(found))))
    is_named = request.args.get("v") == document.tag
    return _answer(document, "application/json", KEEP_FOREVER if is_named else ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>/files/<name>")
@requires(*SENDERS)
def form_file(form_id: str, version: str, name: str) -> Response:
    """A picture, sound, film or data file that was published with the version."""
    return published_file(find_file(find_version(current_session(), form_id, version), name), current_storage())


@blueprint.get("/session.json")
@requires(*SENDERS)
def session_facts() -> Response:
    """Who is signed in, the token that a submission carries, and what the tablet needs for PIN and lock."""
    return _private(
        {
            "username": current_user.username,
            "name": current_user.name,
            "locale": current_user.locale,
            "csrf_token": generate_csrf(),
            "max_upload_mb": current_settings().max_upload_mb,
            **security_facts(current_session(), current_user, utc_now()),
        }
    )


@blueprint.get("/assignments.json")
@requires(*SENDERS)
def assignments() -> Response:
    """The assignments of the signed-in pair with the answers that each gives beforehand, to be kept on the device."""
    tasks = list_assignments_of(current_session(), current_user.id)
    return _private({"assignments": [_task_facts(task) for task in tasks]})


@blueprint.get("/submissions/<instance_id>.json")
@requires(*SENDERS)
def submission(instance_id: str) -> Response:
    """A returned submission, to be corrected: its XML, why it came back, and where its files are."""
    found = find_correctable(current_session(), current_user, instance_id)
    household = found.household
    return _private(
        {
            "instance_id": found.instance_id,
            "form_id": found.form_id,
            "form_version": found.form_version,
            "assignment_id": found.assignment_id or "",
            "title": f"{household.number} {household.head_name}" if household else "",
            "reason": found.review_reason,
            "queries": list(queries_for_tablets(current_session(), [instance_id]).get(instance_id, ())),
            "xml": found.xml.decode(),
            "files": [
                {"name": each.name, "type": each.media_type, "url": url_for(".submission_file", instance_id=instance_id, name=each.name)}
                for each in found.attachments
            ],
        }
    )


@blueprint.get("/submissions/<instance_id>/files/<name>")
@requires(*SENDERS)
def submission_file(instance_id: str, name: str) -> Response:
    """One file of a submission that is being corrected."""
    attachment = find_attachment(find_correctable(current_session(), current_user, instance_id), name)
    response = make_response(current_storage().get(attachment.sha256))
    response.headers["Content-Type"] = attachment.media_type if is_shown(attachment.media_type) else OTHER_MEDIA_TYPE
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _task_facts(task: AssignedHousehold) -> dict[str, Any]:
    return {
        "id": task.assignment_id,
        "form_id": task.form_id,
        "form_version": task.form_version,
        "title": f"{task.number} {task.head_name}".strip() or task.village_name,
        "village": task.village_name,
        "state": task.state,
        "prefill": prefilled_answers(task),
    }


def _draw_page(found: QuestionnaireVersion) -> str:
    named = {"form_id": found.form_id, "version": found.version}
    return draw_form_page(
        load_questionnaire(found),
        {
            "plan": url_for(".plan", **named, v=_plan(found).tag),
            "files": f"{url_for('.form_page', **named)}/files/",
            "home": url_for(".home"),
            "session": url_for(".session_facts"),
            "assignments": url_for(".assignments"),
            "corrections": f"{url_for('.home')}submissions/",
            "submission": url_for("openrosa.submission"),
            "sign-in": url_for("security.login"),
        },
    )


def _plan(found: QuestionnaireVersion) -> Document:
    return kept_document(("plan", *version_key(found)), lambda: json_bytes(build_plan(load_questionnaire(found))))


def _answer(document: Document, media_type: str, cache_control: str) -> Response:
    """The document, compressed for browsers that take it so; 304 when the browser has it already."""
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(document.compressed if takes_gzip else document.body, content_type=media_type)
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{document.tag}-gzip" if takes_gzip else document.tag)
    response.headers["Cache-Control"] = cache_control
    response.vary.add("Accept-Encoding")
    return response.make_conditional(request)


def _private(facts: dict[str, Any]) -> Response:
    """JSON that no cache may keep, because it belongs to one person."""
    response = jsonify(facts)
    response.headers["Cache-Control"] = "no-store"
    return response
