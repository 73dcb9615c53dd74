"""Errors as programs that read data get them: problems by RFC 9457, each with what to do about it, in the language that is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, jsonify, make_response, request
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.http import HTTP_STATUS_CODES

from survey.pages.language import LANGUAGES

PROGRAM_PATHS, PROBLEM_PATHS = ("/api/", "/odata/"), ("/api/",)
"""Addresses that only programs ask for; at the latter, errors are problems by RFC 9457."""
MEDIA_TYPE = "application/problem+json"


@contextmanager
def in_language_asked() -> Iterator[None]:
    """What is said within is in the language that a program names in Accept-Language; where it names none, in its person's."""
    asked = request.accept_languages.best_match(LANGUAGES) if request.path.startswith(PROGRAM_PATHS) else None
    if asked is None:
        yield
    else:
        with force_locale(asked):
            yield


def problem_response(status: int, code: str, message: str, place: str | None, remedy: str | None) -> Response:
    """The problem; one without a remedy of its own has that of its status."""
    told = {"type": "about:blank", "title": HTTP_STATUS_CODES.get(status, ""), "status": status, "detail": message, "code": code}
    response = make_response(jsonify({**told, "place": place, "remedy": remedy or _remedy_of(status)}), status)
    response.content_type = MEDIA_TYPE
    return response


def _remedy_of(status: int) -> str:
    known = {
        400: _("Correct the request: the description at /api says what each address takes."),
        401: _("Send a token for reading as “Authorization: Bearer sst_…”. It is made under Other programs › Make a token › Read data."),
        403: _("Use the token of somebody whose role and places allow this, or ask an administrator."),
        404: _("Look for it in the list that it is from; /api/v1 names all lists."),
        405: _("Ask by GET: nothing is changed here."),
        422: _("Correct what “place” names: the description at /api says what it takes."),
        429: _("Wait as long as Retry-After says, then ask less often, or for more at a time (limit)."),
        503: _("Try again after as many seconds as Retry-After says."),
    }
    return known.get(status) or _("Try again in a moment. If it stays so, tell whoever runs the server the number in X-Request-ID.")
