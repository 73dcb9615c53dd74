"""The large documents of a form version, made once per process: bytes, compressed bytes, and the tag that names their content."""

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

KEPT_AT_MOST = 32

_documents: OrderedDict[tuple[str, ...], "Document"] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Document:
    """A page or a plan as it is sent; `tag` changes whenever a byte does."""

    body: bytes
    compressed: bytes
    tag: str


def kept_document(key: tuple[str, ...], make: Callable[[], bytes]) -> Document:
    """The document kept under `key`, made with `make` the first time. The key holds everything that the content depends on."""
    with _lock:
        if key in _documents:
            _documents.move_to_end(key)
            return _documents[key]
    document = document_of(make())
    with _lock:
        _documents[key] = document
        while len(_documents) > KEPT_AT_MOST:
            _documents.popitem(last=False)
    return document


def document_of(body: bytes, level: int = 9) -> Document:
    """The document of these bytes, compressed at `level`; the same bytes always give the same tag."""
    return Document(body, gzip.compress(body, level, mtime=0), hashlib.sha256(body).hexdigest()[:16])


def json_document(value: Any) -> Document:
    """The value as a document of JSON, compressed as fits what is made for one request."""
    return document_of(json_bytes(value), 5)


def json_bytes(value: Any) -> bytes:
    """The value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
