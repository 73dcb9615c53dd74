"""Static files as they are sent: texts compressed, our scripts without comments and indentation; each made once per content.

A tablet fetches them over whatever network there is: their size is what it waits for, and their number, so its own come in bundles.
"""

import os
from functools import lru_cache
from pathlib import Path, PurePosixPath

from flask import Response, current_app
from rjsmin import jsmin
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from survey.tablet import bundles
from survey.tablet.answering import ASK_AGAIN, answer_document
from survey.tablet.documents import Document, document_of

TEXT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
"""What is sent compressed, by the ending of its name, and what it is said to be."""
VENDORED = "vendor/"
"""Libraries below this folder are sent as their makers made them."""


def send_static(filename: str) -> Response:
    """The answer with one file of the static folder; raises NotFound for a name that is none."""
    media_type = TEXT_TYPES.get(PurePosixPath(filename).suffix)
    if filename.startswith(bundles.FOLDER) and media_type is not None:
        return _send_bundle(filename, media_type)
    path = safe_join(str(current_app.static_folder), filename)
    if media_type is None or path is None or not os.path.isfile(path):
        return current_app.send_static_file(filename)
    stat = Path(path).stat()
    return answer_document(_document(path, filename.startswith(VENDORED), stat.st_mtime_ns, stat.st_size), media_type, ASK_AGAIN)


def _send_bundle(name: str, media_type: str) -> Response:
    try:
        body = bundles.read_bundle(Path(str(current_app.static_folder)), name)
    except FileNotFoundError:
        raise NotFound from None
    return answer_document(_bundle_document(name, body), media_type, ASK_AGAIN)


@lru_cache(maxsize=64)
def _bundle_document(name: str, body: bytes) -> Document:
    """The bundle as it is sent; `body` is its text, which is the same object until a source changes."""
    return document_of(bundles.COMPILE_AT_ONCE + jsmin(body.decode()).encode() if name.endswith(".js") else body)


@lru_cache(maxsize=512)
def _document(path: str, is_vendored: bool, _mtime_ns: int, _size: int) -> Document:
    """The file as it is sent, made anew only when it has changed."""
    body = Path(path).read_bytes()
    if path.endswith(".js") and not is_vendored:
        body = jsmin(body.decode()).encode()
    return document_of(body)
