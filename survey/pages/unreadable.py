"""Requests that cannot be read at all, told apart before anything looks at them: their host, address or credentials are none."""

from typing import IO

from flask import Request, Response, request
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadHost, BadRequest
from werkzeug.formparser import FormDataParser

from survey.pages.language import chosen_language
from survey.problems import PROBLEM_PATHS

TEXT = "text/plain; charset=utf-8"

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]
"""What is left to read, the fields of a form, and its files."""


def refuse_unreadable() -> Response | None:
    """400 as plain text, because neither a page with links nor who is signed in can be known; None for a request that can be read."""
    if isinstance(request.routing_exception, BadHost) or not _can_be_read():
        with force_locale(chosen_language()):
            told = _("The request could not be understood. Go back, reload the page, and try again.")
        return Response(told, 400, content_type=TEXT)
    return None


class GivenForms(FormDataParser):
    """Takes forms apart. One with a zero byte is none, for no text of ours holds one and not every database takes it; nor is one of which a
    part has no name (RFC 7578, section 4.2), which nothing could ask for."""

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None) -> Parsed:
        """What the form holds. BadRequest for one that is none."""
        rest, fields, files = super().parse(stream, mimetype, content_length, options)
        given = (*fields.items(multi=True), *((name, file.filename) for name, file in files.items(multi=True)))
        if any(name is None or "\0" in name or "\0" in (value or "") for name, value in given):
            for _name, file in files.items(multi=True):
                file.close()
            raise BadRequest
        return rest, fields, files


class GivenRequest(Request):
    """A request as anybody may have written it."""

    form_data_parser_class = GivenForms


def _can_be_read() -> bool:
    """Whether the address is UTF-8 without a zero byte, and credentials have only characters that credentials can have."""
    # Readers of data are told which parameter holds the zero byte (survey/api/serving.py).
    if not request.path.startswith(PROBLEM_PATHS) and ("\0" in request.path or b"%00" in request.query_string):
        return False
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        return False
    return request.headers.get("Authorization", "").isascii()
