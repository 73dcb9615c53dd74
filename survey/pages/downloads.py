"""Files that are handed out: to be saved under their own name in any script, or to be shown as part of a published form."""

from io import BytesIO

from flask import Response, send_file

from questionnaires.errors import ErrorCode, SurveyError
from survey.instruments.models import QuestionnaireFile
from survey.intake.media import OTHER_MEDIA_TYPE, found_in, is_shown
from survey.storage import Storage

ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PICTURES = {"pdf": "application/pdf", "png": "image/png"}
"""What a chart can be saved as: drawn lines for a printer, or a picture."""
BY_ITSELF = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of a file from the field, should somebody open it outside our pages: it fetches nothing and runs nothing."""
SHOWN_IN_FORMS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""The policy of a published file: an SVG may style itself and do nothing else."""


def download(data: bytes, name: str, media_type: str) -> Response:
    """The bytes as a file to save, never rendered and never kept by a cache; the name may be Chinese (RFC 6266), and is one line.

    Raises HELD_BACK_FILE for a file in which the virus scanner found something when it arrived.
    """
    if found := found_in(media_type):
        raise SurveyError(ErrorCode.HELD_BACK_FILE, file=name, found=found)
    response = send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=" ".join(name.split()))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def stored_file(data: bytes, name: str, media_type: str) -> Response:
    """A file that somebody sent: shown if it is a picture, sound or film that a browser may show, else a download of no known type.

    `media_type` is what the bytes themselves were found to be, never what the sender said. Raises HELD_BACK_FILE as `download` does.
    """
    if not is_shown(media_type):
        return download(data, name, media_type if found_in(media_type) else OTHER_MEDIA_TYPE)
    response = download(data, name, media_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = BY_ITSELF
    return response


def drawing(data: bytes) -> Response:
    """An SVG as a page shows it, drawn anew each time because it is of what is known now."""
    response = Response(data, content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def published_file(file: QuestionnaireFile, storage: Storage) -> Response:
    """A file published with a version, as the page that runs the form shows it. It never changes, so the browser may keep it for good."""
    response = send_file(BytesIO(storage.get(file.sha256)), mimetype=file.media_type, etag=file.sha256, max_age=31_536_000)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = SHOWN_IN_FORMS
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
