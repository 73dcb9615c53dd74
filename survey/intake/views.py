"""The OpenRosa addresses that our tablet pages, ODK Collect and Enketo talk to."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, current_app, g, jsonify, make_response, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.config import current_settings
from survey.db import current_session, end_reading, only_reads, rollback_request, utc_now
from survey.errors import STATUS, failure_behind, saying_when, spoken
from survey.instruments.household_file import FILE_NAME as HOUSEHOLDS
from survey.instruments.registry import find_file, find_version
from survey.intake.ahead import forms_of
from survey.intake.arrivals import Received, read_arrival
from survey.intake.attachments import ReceivedFile
from survey.intake.authenticate import authenticate
from survey.intake.openrosa import (
    XML_MEDIA_TYPE,
    ListedForm,
    ManifestFile,
    form_list_document,
    manifest_document,
    md5_hash,
    openrosa_headers,
    response_document,
)
from survey.intake.queries import list_offered_versions
from survey.intake.receipts import stored_receipt
from survey.intake.receive import Receipt, store_file
from survey.intake.refusals import summarise
from survey.intake.senders import Sent, language_of, let_in, recall_sender
from survey.intake.together import writer_of
from survey.pages.downloads import download, published_file
from survey.pages.language import choose_locale
from survey.storage import current_storage
from survey.this_app import this_app
from survey.visits.household_list import needs_list, personal_list

XML_PART = "xml_submission_file"
TEXT_PARTS = frozenset(("assignment_id", "device_id", "countersign"))
STATUS_OF_OUTCOME = {"stored": 201, "repeated": 201, "quarantined": 422, "conflict": 409}
NATURE_OF_OUTCOME = {
    "stored": "submit_success",
    "repeated": "submit_success",
    "quarantined": "INVALID_ANSWERS",
    "conflict": "INSTANCE_CONFLICT",
}

blueprint = Blueprint("openrosa", __name__, url_prefix="/openrosa")


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    # Clients with HTTP Basic have no page to take a token from; `authenticate` asks signed-in browsers for theirs.
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.before_request
def _allow_long_texts() -> None:
    # Some clients send the XML as a text part; it may be as long as any upload.
    request.max_form_memory_size = request.max_content_length


@blueprint.after_request
def _add_openrosa_headers(response: Response) -> Response:
    response.headers.update(openrosa_headers(utc_now(), current_settings().max_upload_mb * 1_000_000))
    return response


@blueprint.errorhandler(SurveyError)
def _answer_survey_error(error: SurveyError) -> Response:
    rollback_request()
    with force_locale(_told_locale()):
        return saying_when(_answer(STATUS.get(error.code, 500), error.code.name, spoken(error)))


@blueprint.errorhandler(RequestEntityTooLarge)
def _answer_too_large(_error: RequestEntityTooLarge) -> Response:
    return _answer_survey_error(SurveyError(ErrorCode.UPLOAD_TOO_LARGE, limit_mb=current_settings().max_upload_mb))


@blueprint.errorhandler(HTTPException)
def _answer_http_error(error: HTTPException) -> Response:
    failure = failure_behind(error)
    if failure is not None:
        return _answer_survey_error(failure)
    rollback_request()
    response = _answer(error.code or 500, error.name.upper().replace(" ", "_"), error.description or error.name)
    for name, value in error.get_headers():
        # A tablet signs in on its own page; to the challenge its browser would answer with a window of its own.
        if name == "Retry-After" or (name == "WWW-Authenticate" and not _wants_json()):
            response.headers[name] = value
    return response


@blueprint.get("/formList")
def form_list() -> Response:
    """The forms that may be downloaded: the newest of each and those of open visits; with listAllVersions=true every version.

    `formID` narrows the list to one form, and verbose=true adds descriptions, as the Form List API has it.
    """
    _sender()
    forms = [
        ListedForm(
            form_id=version.form_id,
            version=version.version,
            name=version.title,
            hash=md5_hash(version.xform.encode()),
            download_url=url_for(".form", form_id=version.form_id, version=version.version, _external=True),
            manifest_url=url_for(".manifest", form_id=version.form_id, version=version.version, _external=True),
        )
        for version in list_offered_versions(current_session(), request.args.get("formID", ""), every=_asks("listAllVersions"))
    ]
    return _xml(form_list_document(forms, is_verbose=_asks("verbose")))


@blueprint.get("/forms/<form_id>/<version>.xml")
def form(form_id: str, version: str) -> Response:
    """The XForm of one published version."""
    _sender()
    return _xml(find_version(current_session(), form_id, version).xform.encode())


@blueprint.get("/forms/<form_id>/<version>/manifest.xml")
def manifest(form_id: str, version: str) -> Response:
    """The data files and media of one published version, with their hashes and addresses."""
    sender = _sender()
    found = find_version(current_session(), form_id, version)
    address = partial(url_for, ".file", form_id=form_id, version=version, _external=True)
    files = [ManifestFile(each.name, f"md5:{each.md5}", address(name=each.name)) for each in found.files]
    if needs_list(found):
        rows = personal_list(current_session(), sender, form_id)
        files.append(ManifestFile(HOUSEHOLDS, md5_hash(rows), address(name=HOUSEHOLDS)))
    return _xml(manifest_document(files))


@blueprint.get("/forms/<form_id>/<version>/files/<name>")
def file(form_id: str, version: str, name: str) -> Response:
    """One file of a published version; households.csv is that of the person who asks."""
    sender = _sender()
    found = find_version(current_session(), form_id, version)
    if name == HOUSEHOLDS and needs_list(found):
        return download(personal_list(current_session(), sender, form_id), HOUSEHOLDS, "text/csv; charset=utf-8")
    return published_file(find_file(found, name), current_storage())


@blueprint.route("/submission", methods=["HEAD"])
def probe() -> Response:
    """204 for somebody who may submit, with the address to send to: what a client asks before it sends a large upload."""
    _sender()
    response = make_response("", 204)
    response.headers["Location"] = url_for(".submission", _external=True)
    return response


@blueprint.post("/submission")
@only_reads
def submission() -> Response:
    """201 once the submission is stored or was stored before; otherwise what is wrong with it."""
    now = utc_now()
    app = this_app()
    sender = g.recalled_sender = recall_sender(app, request.authorization, request.remote_addr or "", now)
    if sender is None:
        sender = let_in(request, current_session(), now)
    g.sender_locale = _locale(sender.locale)
    received = _received()
    if received.files:
        # They are stored before anything else is asked, so not for somebody who is only remembered.
        sender = let_in(request, current_session(), now)
        for each in received.files.values():
            # What is found is remembered until they are stored, which waits for nobody else then.
            current_storage().find_virus(each.data)
    arrival = read_arrival(None, received, now)
    checked = forms_of(app).check(current_session(), arrival)
    if checked is not None:
        # Already here, and not while others wait: writing pictures to disk takes longer than all the rest.
        for each in received.files.values():
            store_file(current_storage(), each)
    end_reading()
    receipt = writer_of(app).write(app, Sent(replace(arrival, checked=checked), sender))
    response = _answer_receipt(receipt)
    if receipt.outcome == "stored":
        response.headers["Location"] = url_for(".submission", _external=True)
    return response


def _asks(parameter: str) -> bool:
    return request.args.get(parameter, "").lower() == "true"


def _sender() -> User:
    """Who sends this request. A client with HTTP Basic has no page on which a language was chosen, so it reads its person's."""
    user = authenticate(request, current_session(), utc_now())
    g.sender_locale = _locale(user.locale)
    return user


def _locale(own: str) -> str:
    return choose_locale() if request.authorization is None else own


def _told_locale() -> str:
    """The language in which a refusal is explained: that which the person reads by now."""
    if g.get("recalled_sender") is not None:
        return language_of(current_session(), g.recalled_sender)
    locale: str = g.get("sender_locale") or choose_locale()
    return locale


def _received() -> Received:
    parts = {name: files for name, files in request.files.lists() if name != XML_PART}
    xml = request.files.get(XML_PART)
    data = xml.read() if xml is not None else request.form.get(XML_PART, "").encode()
    if not data:
        raise SurveyError(ErrorCode.MALFORMED_XML, detail="the upload has no part named {xml_part}", xml_part=XML_PART)
    files: dict[str, ReceivedFile] = {}
    for name, file in ((name, file) for name, part in parts.items() for file in part):
        received = _received_file(name, file)
        if received.name in files and files[received.name].data != received.data:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=received.name, detail="two different files of this name in one upload")
        files[received.name] = received
    texts = {name: request.form.get(name, "").strip() for name in TEXT_PARTS}
    texts["device_id"] = texts["device_id"] or request.args.get("deviceID", "").strip()  # where ODK Collect writes it
    return Received(data, files, **texts)


def _received_file(part_name: str, file: FileStorage) -> ReceivedFile:
    return ReceivedFile(file.filename or part_name, file.read(), file.mimetype)


def _answer_receipt(receipt: Receipt) -> Response:
    locale: str = g.sender_locale if receipt.outcome == "stored" else _told_locale()
    with force_locale(locale):
        message = _receipt_message(receipt, locale)
    status, nature = STATUS_OF_OUTCOME[receipt.outcome], NATURE_OF_OUTCOME[receipt.outcome]
    if not _wants_json():
        return _answer(status, nature, message)
    if status == 201:
        kept = stored_receipt(current_session(), receipt.instance_id).facts()
        return make_response(jsonify(kept | {"outcome": receipt.outcome, "message": message}), status)
    findings = [refusal.spoken(locale) for refusal in receipt.findings]
    error = {"code": nature, "message": message}
    return make_response(jsonify(error=error, instance_id=receipt.instance_id, outcome=receipt.outcome, findings=findings), status)


def _receipt_message(receipt: Receipt, locale: str) -> str:
    if receipt.outcome == "stored":
        return _("Received and stored. Thank you.")
    if receipt.outcome == "repeated":
        return _("This interview had already arrived; nothing was stored twice.")
    summary = summarise(receipt.findings, locale)
    if receipt.outcome == "quarantined":
        return ngettext(
            "%(num)s answer was refused, and the interview is kept for the coordinator: %(summary)s",
            "%(num)s answers were refused, and the interview is kept for the coordinator: %(summary)s",
            len(receipt.findings),
            summary=summary,
        )
    if receipt.findings:
        return _("The interview is stored, but not these files: %(summary)s", summary=summary)
    return _("Another interview with the identifier %(id)s is already stored; the first one was kept.", id=receipt.instance_id)


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/xml", "application/json"]) == "application/json"


def _answer(status: int, nature: str, message: str) -> Response:
    if _wants_json():
        return make_response(jsonify(error={"code": nature, "message": message}), status)
    return _xml(response_document(nature, message), status)


def _xml(document: bytes, status: int = 200) -> Response:
    response: Response = current_app.response_class(document, status=status, content_type=XML_MEDIA_TYPE)
    return response
