"""Looking at a questionnaire as the field will see it, without publishing, keeping or sending anything, and printing it.

A checked file is shown to whoever checked it, a published version to everybody who may read questionnaires. The form itself runs in a
frame, so that its width is that of the device chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_security import current_user

from analysis.paper.document import find_language, write_paper
from analysis.paper.pictures import picture_names
from questionnaires.data_files import is_data_file
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire, text_in
from questionnaires.reader import read_questionnaire
from survey.accounts.access import requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.instruments.household_file import with_households
from survey.instruments.models import QuestionnaireDraft, QuestionnaireFile
from survey.instruments.queries import find_draft
from survey.instruments.registry import find_file, find_version, load_questionnaire, version_key
from survey.instruments.views import PUBLISHERS, READERS
from survey.pages.downloads import DOCX, download, published_file
from survey.pages.headers import CONTENT_SECURITY_POLICY
from survey.storage import current_storage
from survey.tablet.documents import json_bytes, kept_document
from survey.tablet.form_page import draw_form_page
from survey.tablet.lists import build_shipped_lists
from survey.tablet.plan import build_plan

IN_OUR_FRAME = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

blueprint = Blueprint("previews", __name__, url_prefix="/instruments")


@dataclass(frozen=True, slots=True)
class Previewed:
    """A questionnaire to be looked at: `key` names its content, `where` are the values of its addresses."""

    questionnaire: Questionnaire
    key: tuple[str, ...]
    where: dict[str, Any]
    endpoint: str
    """What the names of the views about it begin with: "draft" or "version"."""
    files: Mapping[str, str]
    """The hash in storage of each file beside it, by name."""

    def address(self, view: str, **values: Any) -> str:
        """The address of one of its views."""
        return url_for(f".{self.endpoint}_{view}", **self.where, **values)


@blueprint.get("/check/<draft_id>/preview")
@requires(*PUBLISHERS)
def draft_preview(draft_id: str) -> str:
    """A checked file in a frame of a tablet's or a desktop's width."""
    return _frame(_draft(draft_id))


@blueprint.get("/check/<draft_id>/preview/form")
@requires(*PUBLISHERS)
def draft_form(draft_id: str) -> Response:
    """The form of a checked file."""
    return _form(_draft(draft_id))


@blueprint.get("/check/<draft_id>/preview/plan.json")
@requires(*PUBLISHERS)
def draft_plan(draft_id: str) -> Response:
    """What the page needs to run a checked file."""
    return _json(_draft(draft_id), "plan", build_plan)


@blueprint.get("/check/<draft_id>/preview/lists.json")
@requires(*PUBLISHERS)
def draft_lists(draft_id: str) -> Response:
    """The large lists of a checked file."""
    return _json(_draft(draft_id), "lists", build_shipped_lists)


@blueprint.get("/check/<draft_id>/preview/form/files/<name>")
@requires(*PUBLISHERS)
def draft_file(draft_id: str, name: str) -> Response:
    """A file that was checked with the questionnaire."""
    draft = find_draft(current_session(), draft_id, current_user)
    found = next((QuestionnaireFile(**each) for each in draft.files if each["name"] == name), None)
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=name, remedy="It was not checked with the questionnaire.")
    return published_file(found, current_storage())


@blueprint.get("/check/<draft_id>/paper.docx")
@requires(*PUBLISHERS)
def draft_paper(draft_id: str) -> Response:
    """A checked file as a Word document to print."""
    return _paper(_draft(draft_id))


@blueprint.get("/<form_id>/<version>/paper.docx")
@requires(*READERS)
def version_paper(form_id: str, version: str) -> Response:
    """A published version as a Word document to print, in the language that is asked for, else in the reader's."""
    return _paper(_version(form_id, version))


@blueprint.get("/<form_id>/<version>/preview")
@requires(*READERS)
def version_preview(form_id: str, version: str) -> str:
    """A published version in a frame of a tablet's or a desktop's width."""
    return _frame(_version(form_id, version))


@blueprint.get("/<form_id>/<version>/preview/form")
@requires(*READERS)
def version_form(form_id: str, version: str) -> Response:
    """The form of a published version."""
    return _form(_version(form_id, version))


@blueprint.get("/<form_id>/<version>/preview/plan.json")
@requires(*READERS)
def version_plan(form_id: str, version: str) -> Response:
    """What the page needs to run a published version."""
    return _json(_version(form_id, version), "plan", build_plan)


@blueprint.get("/<form_id>/<version>/preview/lists.json")
@requires(*READERS)
def version_lists(form_id: str, version: str) -> Response:
    """The large lists of a published version."""
    return _json(_version(form_id, version), "lists", build_shipped_lists)


@blueprint.get("/<form_id>/<version>/preview/form/files/<name>")
@requires(*READERS)
def version_file(form_id: str, version: str, name: str) -> Response:
    """A file that was published with the version."""
    return published_file(find_file(find_version(current_session(), form_id, version), name), current_storage())


@blueprint.get("/preview/session.json")
@requires(*READERS)
def session_facts() -> Response:
    """Who looks: without the token that sending would need."""
    facts: dict[str, Any] = {"username": current_user.username, "name": current_user.name, "locale": current_user.locale}
    response = jsonify({**facts, "max_upload_mb": current_settings().max_upload_mb})
    response.headers["Cache-Control"] = "no-store"
    return response


def _draft(draft_id: str) -> Previewed:
    draft = find_draft(current_session(), draft_id, current_user)
    return Previewed(
        _read_draft(draft), ("draft", draft.id), {"draft_id": draft.id}, "draft", {each["name"]: each["sha256"] for each in draft.files}
    )


def _read_draft(draft: QuestionnaireDraft) -> Questionnaire:
    """The questionnaire of a draft; it had no error when it was checked."""
    storage = current_storage()
    data = {each["name"]: storage.get(each["sha256"]) for each in draft.files if is_data_file(each["name"])}
    return with_households(read_questionnaire(draft.source, draft.source_name, data), data)


def _version(form_id: str, version: str) -> Previewed:
    found = find_version(current_session(), form_id, version)
    where = {"form_id": found.form_id, "version": found.version}
    files = {each.name: each.sha256 for each in found.files}
    return Previewed(load_questionnaire(found), ("version", *version_key(found)), where, "version", files)


def _frame(previewed: Previewed) -> str:
    questionnaire = previewed.questionnaire
    return render_template(
        "instruments/preview.html",
        title=text_in(questionnaire.title, questionnaire.language(str(get_locale()))),
        questionnaire=questionnaire,
        is_draft=previewed.endpoint == "draft",
        form_url=previewed.address("form"),
    )


def _form(previewed: Previewed) -> Response:
    addresses = {
        "plan": previewed.address("plan"),
        "files": f"{previewed.address('form')}/files/",
        "home": previewed.address("form"),
        "session": url_for(".session_facts"),
    }
    key = ("preview page", request.root_path, str(current_settings().demo), *previewed.key)
    page = kept_document(key, lambda: draw_form_page(previewed.questionnaire, addresses, is_preview=True).encode())
    response = make_response(page.body)
    response.headers["Content-Security-Policy"] = IN_OUR_FRAME
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _json(previewed: Previewed, name: str, build: Callable[[Questionnaire], Any]) -> Response:
    """A document of a questionnaire as JSON; for a published version the very one that the tablets get."""
    key = previewed.key[1:] if previewed.endpoint == "version" else previewed.key
    document = kept_document((name, *key), lambda: json_bytes(build(previewed.questionnaire)))
    response = make_response(document.body)
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _paper(previewed: Previewed) -> Response:
    questionnaire = previewed.questionnaire
    language = find_language(questionnaire, request.args.get("language") or questionnaire.language(str(get_locale())))
    title = text_in(questionnaire.title, language.name)
    storage = current_storage()
    pictures = {name: storage.get(previewed.files[name]) for name in picture_names(questionnaire) if name in previewed.files}
    content = write_paper(questionnaire, language, today=field_date(utc_now()), pictures=pictures)
    return download(content, f"{title} {questionnaire.version} {language.code}".strip() + ".docx", DOCX)
