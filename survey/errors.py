"""The one place where an error's code becomes an HTTP status, and an error a page or JSON."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import force_locale, get_locale, gettext, pgettext
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError

from questionnaires.errors import ErrorCode, SurveyError, said_values
from survey.db import rollback_request
from survey.failures import RETRY_AFTER_S, passing_failure
from survey.pages.language import chosen_language
from survey.problems import PROBLEM_PATHS, PROGRAM_PATHS, in_language_asked, problem_response

log = logging.getLogger(__name__)

TEXT = "text/plain; charset=utf-8"
WORTH_COPYING = 20
"""Texts of so many signs are given back when the form that they were written in is refused as a whole."""
UNSPOKEN = ("password", "again", "current", "code", "secret", "token")
"""Fields of forms with these names, or with names that hold one of them, are never given back."""

STATUS = {
    ErrorCode.MALFORMED_XML: 400,
    ErrorCode.UNSAFE_XML: 400,
    ErrorCode.MISSING_INSTANCE_ID: 400,
    ErrorCode.PRACTICE_SUBMISSION: 422,
    ErrorCode.INVENTED_DATA: 422,
    ErrorCode.UNKNOWN_FORM: 404,
    ErrorCode.UNKNOWN_FORM_VERSION: 404,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.DEVICE_REVOKED: 410,
    ErrorCode.INSTANCE_CONFLICT: 409,
    ErrorCode.VERSION_EXISTS: 409,
    ErrorCode.INVALID_TRANSITION: 409,
    ErrorCode.STALE: 409,
    ErrorCode.MISSING_FOR_STEP: 409,
    ErrorCode.UPLOAD_TOO_LARGE: 413,
    ErrorCode.INVALID_ANSWERS: 422,
    ErrorCode.DAMAGED_UPLOAD: 422,
    ErrorCode.INFECTED_FILE: 422,
    ErrorCode.HELD_BACK_FILE: 403,
    ErrorCode.UNREADABLE_EXPORT: 422,
    ErrorCode.INVALID_VALUE: 422,
    ErrorCode.NOT_A_WORKBOOK: 422,
    ErrorCode.UNCONVERTIBLE: 422,
    ErrorCode.MISSING_SHEET: 422,
    ErrorCode.INVALID_DATA_FILE: 422,
    ErrorCode.INVALID_QUESTIONNAIRE: 422,
    ErrorCode.CIRCULAR_EXPRESSION: 422,
    ErrorCode.INVALID_EXPRESSION: 422,
    ErrorCode.UNREADABLE_ROSTER: 422,
    ErrorCode.UNREADABLE_PLACES: 422,
    ErrorCode.UNREADABLE_REGISTER: 422,
    ErrorCode.UNREADABLE_PEOPLE: 422,
    ErrorCode.UNREADABLE_MEMBERS: 422,
    ErrorCode.UNREADABLE_IDENTIFICATIONS: 422,
    ErrorCode.UNREADABLE_LEDGER: 422,
    ErrorCode.UNREADABLE_DOCUMENT: 422,
    ErrorCode.BAD_ROWS: 422,
    ErrorCode.UNREADABLE_CORRECTIONS: 422,
    ErrorCode.CORRECTION_NOT_APPLIED: 422,
    ErrorCode.INVALID_BUNDLE: 422,
    ErrorCode.EMPTY_DATASET: 422,
    ErrorCode.LONELY_PSU: 422,
    ErrorCode.UNUSABLE_WEIGHTS: 422,
    ErrorCode.NOT_CONVERGED: 422,
    ErrorCode.INCOMPLETE_FRAME: 422,
    ErrorCode.NO_ANSWERS: 422,
    ErrorCode.UNKNOWN_QUESTION: 422,
    ErrorCode.NO_PROBABILITIES: 422,
    ErrorCode.TOO_LARGE: 422,
    ErrorCode.STORAGE_AWAY: 503,
    ErrorCode.SCANNER_AWAY: 503,
    ErrorCode.WRONG_ENCODING: 503,
    ErrorCode.DATABASE_BUSY: 503,
    ErrorCode.DATABASE_AWAY: 503,
    ErrorCode.DISK_FULL: 503,
    ErrorCode.DISK_BROKEN: 503,
    ErrorCode.MOVED_AWAY: 503,
}

VALUE_WORDS = {
    "what": ("Meeting", "Recommendation"),
    "state": (
        "received",
        "accepted",
        "returned",
        "replaced",
        "waiting",
        "admitted",
        "settled",
        "planned",
        "open",
        "closed",
        "asked for",
        "received in part",
        "received whole",
        "withdrawn",
        "raised",
        "verified",
        "partly verified",
        "refuted",
        "reported",
        "rectifying",
        "rectified",
        "not fixed",
        "reopened",
        "merged",
        "finished",
    ),
    "action": (
        "accepted",
        "returned",
        "reopened",
        "opened",
        "closed",
        "put back into planning",
        "changed",
        "received",
        "withdrawn",
        "reminded of",
        "looked back on",
        "given outcomes",
        "removed",
        "finished",
        "raise an issue",
        "edit an issue",
        "move issues on",
        "plan verification",
        "decide about an issue",
        "enter replies",
        "decide about replies",
    ),
}
"""Words that come into the sentences of errors from elsewhere, by the name of the value."""


def wants_json() -> bool:
    """Whether the client of this request asked for JSON, or is a program."""
    if request.path.startswith(PROGRAM_PATHS):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.endswith(".json") or request.path in ("/healthz", "/readyz") or best == "application/json"


def error_response(status: int, code: str, message: str, place: str | None = None, remedy: str | None = None) -> Response:
    """The error as JSON `{"error": {"code", "message"}}` or as a page, whichever the client reads; to readers of data by RFC 9457."""
    if request.path.startswith(PROBLEM_PATHS):
        return problem_response(status, code, message, place, remedy)
    if wants_json():
        return make_response(jsonify(error={"code": code, "message": message}), status)
    if status >= 500:
        # The database may be what failed: this page is made without the context that would ask it who is reading.
        page = current_app.jinja_env.get_template("errors/failure.html")
        return make_response(page.render(status=status, message=message, language=chosen_language()), status)
    texts = lost_texts() if status in (400, 401) else []
    return make_response(render_template("errors/error.html", status=status, message=message, texts=texts), status)


def lost_texts() -> list[str]:
    """What was written at length in the form that is refused, to be copied; nothing of a form that another site sends."""
    if request.method != "POST" or urlsplit(request.headers.get("Origin", "")).netloc != request.host:
        return []
    fields = request.form.items(multi=True)
    return [text for name, text in fields if len(text) >= WORTH_COPYING and not any(word in name for word in UNSPOKEN)]


def spoken(error: SurveyError) -> str:
    """The error's sentence in the reader's language, the words in it too; names and numbers are as they were given.

    A value that the error carries in Chinese too, as "detail_zh" beside "detail", needs no entry in the catalogue.
    """
    return gettext(error.code.value).format(**spoken_values(error))


def spoken_values(error: SurveyError) -> dict[str, object]:
    """The error's values, those that are words in the reader's language."""
    return said_values(error, pgettext, is_chinese=str(get_locale()).startswith("zh"))


def handle_survey_error(error: SurveyError) -> Response:
    """An error that was raised on purpose, with the status of its code."""
    rollback_request()
    place = next((str(error.values[name]) for name in ("field", "key", "place") if error.values.get(name)), None)
    with in_language_asked():
        told = str(spoken_values(error).get("remedy") or "") or None
        return saying_when(error_response(STATUS.get(error.code, 500), error.code.name, spoken(error), place, told))


def saying_when(response: Response) -> Response:
    """The answer, which tells the client when to try again if it may."""
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def handle_http_error(error: HTTPException) -> Response:
    """An error of HTTP itself, said in the user's words."""
    rollback_request()
    failure = failure_behind(error)
    if failure is not None:
        return handle_survey_error(failure)
    if error.response is not None:
        return make_response(error.response)
    if isinstance(error, BadHost):  # there is no address that a page could name here
        return Response(_("The request could not be understood. Go back, reload the page, and try again."), 400, content_type=TEXT)
    with in_language_asked():
        return _http_error_response(error)


def _http_error_response(error: HTTPException) -> Response:
    messages = {
        400: _("The request could not be understood. Go back, reload the page, and try again."),
        401: _("Please sign in first."),
        403: _("Your role may not open this. Ask an administrator if you need it."),
        404: _("There is no such page, or it is not yours to see."),
        405: _("This address cannot be used in that way."),
        413: _("The upload is too large. Send fewer or smaller files at a time."),
        429: _("Too many attempts. Wait a minute, then try again."),
        500: _("Something went wrong on our side. What you entered before is safe; try again in a moment."),
    }
    status = error.code or 500
    if isinstance(error, CSRFError):
        g.survey_forged = True
        message = _("This page was open too long. Reload it and send the form again.")
    elif status in (401, 403) and request.path.startswith(PROGRAM_PATHS) and error.description != type(error).description:
        # A program is told why: that it needs a token, that its person has to choose a password.
        message = error.description or ""
    else:
        message = messages.get(status, error.description or "")
    return error_response(status, error.name.upper().replace(" ", "_"), message)


def handle_bug(error: Exception) -> Response:
    """A failure that passes, said as such; anything else is a bug: logged with its place, rolled back, and said without details."""
    log.exception("failed: %s %s", request.method, request.url_rule or "(no such page)")
    with force_locale(chosen_language()):
        return handle_http_error(InternalServerError(original_exception=error))


def failure_behind(error: HTTPException) -> SurveyError | None:
    """The failure that passes which this error comes from, such as a commit for which the disk had no room; None for any other."""
    code = passing_failure(error.original_exception) if isinstance(error, InternalServerError) else None
    return SurveyError(code) if code is not None else None


def register_error_handlers(app: Flask) -> None:
    """Let the application answer every error through this module."""
    app.register_error_handler(SurveyError, handle_survey_error)
    app.register_error_handler(HTTPException, handle_http_error)
    app.register_error_handler(Exception, handle_bug)
