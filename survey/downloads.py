"""A file that the browser saves instead of showing, under its own name in any script."""

from io import BytesIO

from flask import Response, send_file


def download(data: bytes, name: str, media_type: str) -> Response:
    """The bytes as a file to save, never rendered and never kept by a cache; the name may be Chinese (RFC 6266)."""
    response = send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
