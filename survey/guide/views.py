"""The guide as the program shows it: files of the built guide, the same for everybody, signed in or not. They tell of nobody's data.

Tablets ask for it below their app's address, because a browser lets the app answer for what lies there while there is no network.
"""

from functools import lru_cache
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, abort, make_response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.security import safe_join

from survey.config import current_settings
from survey.guide.kept import built_guide
from survey.looks.themes import AUTOMATIC, chosen_theme
from survey.tablet.answering import ASK_AGAIN, answer_document
from survey.tablet.documents import Document, document_of

TEXT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
"""What is sent compressed, by the ending of its name."""
RETRY_AFTER_S = 5

blueprint = Blueprint("guide", __name__)


@blueprint.get("/guide/")
def start() -> ResponseReturnValue:
    """The first page in the language that the reader has elsewhere."""
    return redirect(url_for(".file", language=str(get_locale()), name="index.html"))


@blueprint.get("/guide/<any(zh, en):language>/<path:name>")
@blueprint.get("/tablet/guide/<any(zh, en):language>/<path:name>", endpoint="tablet_file")
def file(language: str, name: str) -> ResponseReturnValue:
    """One file of the guide; while it is being built, a page that says so and asks again by itself."""
    folder = built_guide(current_settings().guide)
    if folder is None:
        waiting = make_response(render_template("guide/building.html", seconds=RETRY_AFTER_S), 503)
        waiting.headers["Retry-After"] = str(RETRY_AFTER_S)
        return waiting
    path = safe_join(str(folder / language), name)
    if path is None or not Path(path).is_file():
        abort(404)
    return send_page(path)


def send_page(path: str) -> Response:
    """The file, which a browser keeps and asks about by its tag."""
    media_type = TEXT_TYPES.get(PurePosixPath(path).suffix)
    if media_type is None:
        response = send_file(path, conditional=True, etag=True)
        response.headers["Cache-Control"] = ASK_AGAIN
        return response
    theme = chosen_theme() if media_type == TEXT_TYPES[".html"] else AUTOMATIC
    return answer_document(_document(path, theme.name), media_type, ASK_AGAIN)


@lru_cache(maxsize=512)
def _document(path: str, theme_name: str) -> Document:
    """The file as it is sent, a page in the colours that the visitor chose; what lies in the folder of a built guide never changes."""
    body = Path(path).read_bytes()
    return document_of(body if theme_name == AUTOMATIC.name else body.replace(b"<html ", f'<html data-theme="{theme_name}" '.encode(), 1))
