"""How the tablet's documents are answered: compressed where the browser takes it so, once where it may keep them, never kept otherwise."""

from typing import Any

from flask import Response, jsonify, request

from survey.tablet.documents import Document

KEEP_FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
KEEP_NEVER = "no-store"


def answer_document(document: Document, media_type: str, cache_control: str) -> Response:
    """The document, compressed for browsers that take it so; 304 when the browser has it already."""
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(document.compressed if takes_gzip else document.body, content_type=media_type)
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{document.tag}-gzip" if takes_gzip else document.tag)
    response.headers["Cache-Control"] = cache_control
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    return response


def private_json(facts: dict[str, Any]) -> Response:
    """JSON that no cache may keep, because it belongs to one person."""
    response = jsonify(facts)
    response.headers["Cache-Control"] = KEEP_NEVER
    return response
