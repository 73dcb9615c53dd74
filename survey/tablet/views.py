"""The field pages: a pair's list, one page per form version that every browser may keep, and small JSON for what differs by person."""

from flask import Blueprint, Response, request, url_for
from flask_security import current_user
from flask_wtf.csrf import generate_csrf

from survey.accounts.access import requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.devices.by_key import open_to_tablets
from survey.devices.session import security_facts
from survey.instruments.registry import find_file, find_version
from survey.intake.media import found_in
from survey.pages.downloads import published_file, stored_file
from survey.pages.language import page_language
from survey.protection.reading import note_names
from survey.review.asking_queries import queries_for_tablets
from survey.storage import current_storage
from survey.tablet.answering import ASK_AGAIN, KEEP_FOREVER, answer_document, private_json
from survey.tablet.app_page import app_document
from survey.tablet.form_documents import lists_document, page_document, plan_document
from survey.tablet.queries import countersigning_pair, find_attachment, find_correctable

SENDERS = ("interviewer", "coordinator", "admin")

blueprint = Blueprint("tablet", __name__, url_prefix="/tablet")
open_to_tablets(blueprint, "session_facts")


@blueprint.get("/")
@requires(*SENDERS)
def home() -> Response:
    """The app: the same bytes for everybody, drawn by script from what lies on the device."""
    return answer_document(app_document(), "text/html; charset=utf-8", ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>")
@requires(*SENDERS)
def form_page(form_id: str, version: str) -> Response:
    """The page that runs one form version: the same bytes for everybody, asked for again only by its tag."""
    found = find_version(current_session(), form_id, version)
    return answer_document(page_document(found), "text/html; charset=utf-8", ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>/plan.json")
@requires(*SENDERS)
def plan(form_id: str, version: str) -> Response:
    """What the page needs to run the form; its address carries the hash of its content, so it is fetched once."""
    document = plan_document(find_version(current_session(), form_id, version))
    is_named = request.args.get("v") == document.tag
    return answer_document(document, "application/json", KEEP_FOREVER if is_named else ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>/lists.json")
@requires(*SENDERS)
def lists(form_id: str, version: str) -> Response:
    """The large lists that lie beside the plan, fetched once as it is."""
    document = lists_document(find_version(current_session(), form_id, version))
    is_named = request.args.get("v") == document.tag
    return answer_document(document, "application/json", KEEP_FOREVER if is_named else ASK_AGAIN)


@blueprint.get("/forms/<form_id>/<version>/files/<name>")
@requires(*SENDERS)
def form_file(form_id: str, version: str, name: str) -> Response:
    """A picture, sound, film or data file that was published with the version."""
    return published_file(find_file(find_version(current_session(), form_id, version), name), current_storage())


@blueprint.get("/session.json")
@requires(*SENDERS)
def session_facts() -> Response:
    """Who is signed in, the token that a submission carries, and what the tablet needs for PIN and lock."""
    return private_json(
        {
            "username": current_user.username,
            "name": current_user.name,
            "locale": page_language(),
            "phone": current_user.phone,
            "email": current_user.contact_email,
            "csrf_token": generate_csrf(),
            "max_upload_mb": current_settings().max_upload_mb,
            **security_facts(current_session(), current_user, utc_now()),
        }
    )


@blueprint.get("/submissions/<instance_id>.json")
@requires(*SENDERS)
def submission(instance_id: str) -> Response:
    """A returned submission, to be corrected: its XML, why it came back, where its files are, and which of them are still to come."""
    found = find_correctable(current_session(), current_user, instance_id)
    household = found.household
    note_names(1)
    return private_json(
        {
            "instance_id": found.instance_id,
            "form_id": found.form_id,
            "form_version": found.form_version,
            "assignment_id": found.assignment_id or "",
            "title": f"{household.number} {household.head_name}" if household else "",
            "reason": found.review_reason,
            "pair": countersigning_pair(found),
            "queries": list(queries_for_tablets(current_session(), [instance_id]).get(instance_id, ())),
            "xml": found.xml.decode(),
            "files": [
                {"name": each.name, "type": each.media_type, "url": url_for(".submission_file", instance_id=instance_id, name=each.name)}
                for each in found.attachments
                if not found_in(each.media_type)  # it is handed to nobody, and keeps nobody from correcting the rest
            ],
            "missing": [each.name for each in found.awaited_files],
        }
    )


@blueprint.get("/submissions/<instance_id>/files/<name>")
@requires(*SENDERS)
def submission_file(instance_id: str, name: str) -> Response:
    """One file of a submission that is being corrected."""
    attachment = find_attachment(find_correctable(current_session(), current_user, instance_id), name)
    return stored_file(current_storage().get(attachment.sha256), attachment.name, attachment.media_type)
