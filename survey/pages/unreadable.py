"""Requests that cannot be read at all, told apart before anything looks at them: their host, address or credentials are none."""

from flask import Response, request
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import BadHost

from survey.pages.language import chosen_language

TEXT = "text/plain; charset=utf-8"


def refuse_unreadable() -> Response | None:
    """400 as plain text, because neither a page with links nor who is signed in can be known; None for a request that can be read."""
    if isinstance(request.routing_exception, BadHost) or not _can_be_read():
        with force_locale(chosen_language()):
            told = _("The request could not be understood. Go back, reload the page, and try again.")
        return Response(told, 400, content_type=TEXT)
    return None


def _can_be_read() -> bool:
    """Whether the part after the question mark is UTF-8, and credentials have only characters that credentials can have."""
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        return False
    return request.headers.get("Authorization", "").isascii()
