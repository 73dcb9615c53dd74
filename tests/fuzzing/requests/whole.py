"""A request as it should be, and the bytes of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes

Text = str | bytes
BOUNDARY = "----wh0le"
ENCODED = {
    "form": "application/x-www-form-urlencoded",
    "multipart": f"multipart/form-data; boundary={BOUNDARY}",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class File:
    """A part of a form that is a file."""

    field: Text
    name: Text
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Whole:
    """A request of somebody (`who` names their credentials, "" for nobody); `kind` says of what its body is made.

    "form" and "multipart": `fields` and `files`; "json" and anything else: `body`; "": it has none.
    """

    view: str
    method: str
    path: str
    who: str = ""
    query: tuple[tuple[Text, Text], ...] = ()
    headers: tuple[tuple[Text, Text], ...] = ()
    kind: str = ""
    fields: tuple[tuple[Text, Text], ...] = ()
    files: tuple[File, ...] = ()
    body: bytes = b""

    @property
    def content(self) -> bytes:
        """The body."""
        if self.kind == "form":
            return pairs(self.fields)
        if self.kind == "multipart":
            return b"".join(map(_part, (*self.fields, *self.files))) + f"--{BOUNDARY}--\r\n".encode()
        return self.body

    def marked(self, mark: str) -> "Whole":
        """The request with what forms and scripts show against forgery."""
        if self.kind in ("form", "multipart") and self.view != "openrosa.submission":
            return replace(self, fields=(*self.fields, ("csrf_token", mark)))
        return replace(self, headers=(*self.headers, ("X-CSRFToken", mark))) if self.kind else self

    def head(self, credentials: Callable[[str], Mapping[str, str]], n_bytes: int | None = None) -> list[bytes]:
        """The lines before the body, of so many bytes; with None its length is not said."""
        query = b"?" + pairs(self.query) if self.query else b""
        lines = [self.method.encode() + b" " + quote_from_bytes(as_bytes(self.path), "/%:~-._").encode() + query + b" HTTP/1.1"]
        told: list[tuple[Text, Text]] = [("Host", "127.0.0.1"), ("Connection", "close"), *credentials(self.who).items(), *self.headers]
        if self.kind and not any(as_bytes(name).lower() == b"content-type" for name, _ in self.headers):
            told.append(("Content-Type", ENCODED.get(self.kind, "application/octet-stream")))
        if n_bytes is not None and (self.kind or n_bytes):
            told.append(("Content-Length", str(n_bytes)))
        return lines + [as_bytes(name) + b": " + as_bytes(value) for name, value in told]

    def request(self, credentials: Callable[[str], Mapping[str, str]]) -> bytes:
        """The bytes of the request."""
        content = self.content
        return b"\r\n".join([*self.head(credentials, len(content)), b"", content])


def as_bytes(text: Text) -> bytes:
    """The text in UTF-8, halves of characters too."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def pairs(fields: tuple[tuple[Text, Text], ...]) -> bytes:
    """The fields of a form, or a query."""
    return b"&".join(
        quote_from_bytes(as_bytes(name)).encode() + b"=" + quote_from_bytes(as_bytes(value)).encode() for name, value in fields
    )


def _part(each: File | tuple[Text, Text]) -> bytes:
    field, value = (each.field, each.content) if isinstance(each, File) else each
    about = b'; filename="' + as_bytes(each.name) + b'"\r\nContent-Type: ' + each.media_type.encode() if isinstance(each, File) else b""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
    return head + b'"' + as_bytes(field) + b'"' + about + b"\r\n\r\n" + as_bytes(value) + b"\r\n"
