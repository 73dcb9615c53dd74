"""Pages and tables of data as they go over the network: compressed for whoever takes them so; a table shrinks to a tenth."""

import gzip
import io
import secrets

from flask import Response, request

TYPES = frozenset(("text/html", "application/json", "text/csv", "application/xml", "text/xml", "application/geo+json"))
WORTH_IT_BYTES = 1_000
LEVEL = 4
MOST_RANDOM_BYTES = 100
HELD_BACK_BY = ("Content-Encoding", "Content-Range", "ETag")


def compress(response: Response) -> Response:
    """The response, compressed where its kind and the client allow it. What is streamed, a file, or has a tag of its own stays.

    A name of random length goes along (RFC 1952, FNAME), so that whoever sees only the length of encrypted answers cannot tell from it
    what stands in them beside words of their own (Palaka et al., "Heal the Breach", 2022; Django does the same).
    """
    if (
        response.status_code != 200
        or response.mimetype not in TYPES
        or response.direct_passthrough
        or not response.is_sequence
        or any(name in response.headers for name in HELD_BACK_BY)
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < WORTH_IT_BYTES or request.accept_encodings.quality("gzip") <= 0:
        return response
    packed = io.BytesIO()
    with gzip.GzipFile(
        filename="x" * (1 + secrets.randbelow(MOST_RANDOM_BYTES)), mode="wb", compresslevel=LEVEL, fileobj=packed, mtime=0
    ) as file:
        file.write(body)
    response.set_data(packed.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    return response
