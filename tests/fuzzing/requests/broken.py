"""The ways in which a request is broken. Each takes a whole one that it suits and gives the bytes that are sent."""

import gzip
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from joserfc import jwt

from tests.faults.test_fuzz import SPECIAL, damaged
from tests.fuzzing.requests.odd import CHARSETS, CHUNKS, CODINGS, DOCUMENTS, HEADS, LENGTHS, METHODS, TARGETS, TEXTS, VERSIONS, XML
from tests.fuzzing.requests.whole import BOUNDARY, ENCODED, File, Text, Whole, as_bytes
from tests.fuzzing.targets import ODD, with_other_element, with_other_value

Credentials = Callable[[str], Mapping[str, str]]
KEPT_FIELDS = frozenset(("csrf_token",))


@dataclass(frozen=True)
class Means:
    """What ways need beside the request: who is who, files that are broken, values that fields of the same name have elsewhere, a key."""

    credentials: Credentials
    files: list[tuple[str, bytes]]
    values: dict[Text, list[Text]]
    claims: dict[str, Any]
    key: Any
    number: list[int]


Way = Callable[[Random, Whole, Means], bytes]


def bytes_of_it(rng: Random, whole: Whole, means: Means) -> bytes:
    """Bytes are other ones, missing, doubled or many."""
    return damaged(rng, whole.request(means.credentials))


def first_line(rng: Random, whole: Whole, means: Means) -> bytes:
    """Another method, target or version."""
    lines = whole.head(means.credentials, len(whole.content))
    parts = lines[0].split(b" ")
    for _ in range(rng.choice((1, 1, 2))):
        match rng.randrange(4):
            case 0 | 1:
                parts[0] = as_bytes(rng.choice(METHODS))
            case 2:
                parts[1] = as_bytes(rng.choice(TARGETS))
            case _:
                parts[2] = as_bytes(rng.choice(VERSIONS))
    return b"\r\n".join([b" ".join(parts), *lines[1:], b"", whole.content])


def heads(rng: Random, whole: Whole, means: Means) -> bytes:
    """Lines of the head that are none, that are odd, too many, or there twice."""
    lines = whole.head(means.credentials, len(whole.content))
    for _ in range(rng.choice((1, 1, 2, 4))):
        odd = as_bytes(rng.choice(HEADS))
        at = rng.randrange(1, len(lines) + 1)
        match rng.randrange(5):
            case 0:
                lines[at:at] = [odd] * rng.choice((2, 200))
            case 1 if at < len(lines):
                name = lines[at].partition(b":")[0]
                lines[at] = name + b": " + as_bytes(rng.choice(TEXTS))[:6000]
            case 2 if at < len(lines):
                del lines[at]
            case _:
                name = odd.partition(b":")[0].lower()
                lines = [line for line in lines if line.partition(b":")[0].lower() != name] if rng.random() < 0.6 else lines
                lines[at:at] = [odd]
    end = rng.choice((b"\r\n",) * 8 + (b"\n", b"\r"))
    return end.join([*lines, b"", whole.content])


def lengths(rng: Random, whole: Whole, means: Means) -> bytes:
    """A length that does not fit or is none, a body in chunks that are none, or both at once."""
    content = whole.content or b"hello"
    lines = whole.head(means.credentials)
    told = rng.choice((*LENGTHS, str(len(content) + rng.choice((-3, -1, 1, 3, 1000))), str(len(content) // 2)))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
    match rng.randrange(5):
        case 0:
            lines.append(b"Content-Length: " + as_bytes(told))
        case 1:
            lines += [b"Content-Length: %d" % len(content), b"Content-Length: " + as_bytes(told)]
        case 2:
            lines.append(b"Transfer-Encoding: " + as_bytes(rng.choice(CODINGS)))
            content = rng.choice((chunked, content))
        case 3:
            lines.append(b"Transfer-Encoding: chunked")
            at = rng.randrange(len(chunked))
            content = rng.choice((*CHUNKS, chunked[:at], chunked[:at] + rng.choice(SPECIAL) + chunked[at:], chunked))
        case _:
            lines += [b"Content-Length: " + as_bytes(told), b"Transfer-Encoding: " + as_bytes(rng.choice(CODINGS))]
            content = rng.choice((chunked, content, rng.choice(CHUNKS)))
    return b"\r\n".join([*lines, b"", content])


def encodings(rng: Random, whole: Whole, means: Means) -> bytes:
    """A body that is said to be of another type, in another encoding or compressed, and is or is not."""
    content, kind = whole.content, ENCODED.get(whole.kind, "text/xml")
    headers = list[tuple[Text, Text]]()
    charset = rng.choice(CHARSETS)
    match rng.randrange(4):
        case 0:
            headers.append(("Content-Type", f"{kind}; charset={charset}"))
        case 1:
            kind = rng.choice(
                (*ENCODED.values(), "text/plain", "text/xml", "multipart/mixed", "multipart/form-data", "x", "application/json; x")
            )
            headers.append(("Content-Type", kind))
        case 2:
            headers.append(("Content-Encoding", rng.choice(("gzip", "deflate", "br", "x", "gzip, gzip"))))
            content = rng.choice((content, gzip.compress(content), gzip.compress(bytes(1_000_000))))
        case _:
            text = content.decode(errors="replace")
            content = text.encode(rng.choice(("utf-16", "utf-32", "utf-7", "gb18030")), "replace")
    changed = replace(whole, headers=(*whole.headers, *headers))
    return b"\r\n".join([*changed.head(means.credentials, len(content)), b"", content])


def parts(rng: Random, whole: Whole, means: Means) -> bytes:
    """Parts without a name or an end, with the names of others, nested, with heads beyond all measure, or thousands of them."""
    edge = rng.choice((BOUNDARY,) * 6 + ("", "x" * 300, "a b", '"x"', "\xe9"))
    line = b"--" + as_bytes(edge) + b"\r\n"
    about = b'Content-Disposition: form-data; name="x"'
    odd = rng.choice(
        (
            line + about + b"\r\n\r\nx\r\n",
            line + b"\r\nx\r\n",
            line + b"Content-Disposition: form-data\r\n\r\nx\r\n",
            line + b'Content-Disposition: form-data; name="' + as_bytes(rng.choice(TEXTS)) + b'"\r\n\r\nx\r\n',
            line + about + b'; filename="' + as_bytes(rng.choice(TEXTS)) + b'"\r\n\r\nx\r\n',
            line + about + b"; filename*=utf-9''%ff%zz\r\n\r\nx\r\n",
            line + about + b"\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nx\r\n--y--\r\n",
            line + about + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n",
            line + about + b"\r\nX: " + b"y" * 70_000 + b"\r\n\r\nx\r\n",
            line + about + b"\r\nContent-Type: text/plain; charset=" + as_bytes(rng.choice(CHARSETS)) + b"\r\n\r\n\xff\r\n",
            (line + about + b"\r\n\r\nx\r\n") * 3000,
            line + about + b"\r\n" * 500,
            line.rstrip(b"\r\n") + b"--",
        )
    )
    content = whole.content if whole.kind == "multipart" else line + about + b"\r\n\r\nx\r\n" + line
    edges = [at for at in range(len(content)) if content.startswith(b"--" + BOUNDARY.encode(), at)] or [0]
    at = rng.choice(edges)
    content = content[:at] + odd + content[at:]
    content = content[: rng.randrange(len(content))] if rng.random() < 0.2 else content
    changed = replace(whole, kind="multipart", headers=(*whole.headers, ("Content-Type", f"multipart/form-data; boundary={edge}")))
    return b"\r\n".join([*changed.head(means.credentials, len(content)), b"", content])


def fields(rng: Random, whole: Whole, means: Means) -> bytes:
    """Fields with a value that nobody gives, that another form has, with none, twice, under another name, or missing."""
    return replace(whole, fields=_other_pairs(rng, whole.fields, means)).request(means.credentials)


def _other_pairs(rng: Random, given: tuple[tuple[Text, Text], ...], means: Means) -> tuple[tuple[Text, Text], ...]:
    found = list(given)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        places = [at for at, (name, _) in enumerate(found) if name not in KEPT_FIELDS]
        if not places:
            return (*found, (rng.choice(TEXTS), rng.choice(TEXTS)))
        at = rng.choice(places)
        name, value = found[at]
        match rng.randrange(8):
            case 0:
                del found[at]
            case 1:
                found[at:at] = [(name, rng.choice(TEXTS))] * rng.choice((1, 1, 1200))
            case 2:
                found[at] = (rng.choice((*TEXTS, as_bytes(name) + b"-0", as_bytes(name) + b"[]", *(other for other, _ in found))), value)
            case 3:
                found[at] = (name, rng.choice(means.values.get(name) or [value]))
            case _:
                found[at] = (name, rng.choice(TEXTS))
    return tuple(found)


def files(rng: Random, whole: Whole, means: Means) -> bytes:
    """Files that are damaged, of another kind, or other than they look, where a file is asked for."""
    sent = []
    for each in whole.files:
        name, content = rng.choice(means.files)
        name = rng.choice((name,) * 5 + TEXTS)  # type: ignore[operator]
        sent.append(File(each.field, name, content, rng.choice(("application/octet-stream", "image/png", "x", "text/xml; charset=utf-16"))))
    return replace(whole, files=tuple(sent) * rng.choice((1, 1, 1, 1, 30))).request(means.credentials)


def addresses(rng: Random, whole: Whole, means: Means) -> bytes:
    """Parts of the address or of its query that are none, are of others, or are too long."""
    segments: list[Text] = list(whole.path.split("/"))
    if len(segments) > 2 and rng.random() < 0.4:
        at = rng.randrange(1, len(segments))
        segments[at] = rng.choice((*TEXTS, *TARGETS, *means.values.get("/", [])))
    path = b"/".join(as_bytes(each) for each in segments).decode("latin-1")
    query = _other_pairs(rng, whole.query or (("page", "1"),), means)
    return replace(whole, path=path, query=query).request(means.credentials)


def json_documents(rng: Random, whole: Whole, means: Means) -> bytes:
    """Another value somewhere in the JSON, or something that is none."""
    body = (with_other_value(whole.body, rng) if rng.random() < 0.85 else None) or rng.choice(DOCUMENTS)
    return replace(whole, body=body).request(means.credentials)


def xml_documents(rng: Random, whole: Whole, means: Means) -> bytes:
    """An interview with another element somewhere, under a name of its own, or something that is none; files beside it that are broken."""
    first, *others = whole.files
    means.number[0] += 1
    body = first.content
    if rng.random() < 0.9:
        body = with_other_element(body, rng) or body
    if rng.random() < 0.1:
        body = rng.choice(XML)
    before, found, rest = body.partition(b"<instanceID>")
    if found and rng.random() < 0.9:
        body = before + found + b"uuid:sent-%07d" % means.number[0] + rest[rest.find(b"<") :]
    beside = [replace(each, content=rng.choice((each.content, *(content for _, content in rng.sample(means.files, 3))))) for each in others]
    changed = replace(whole, files=(replace(first, content=body), *beside))
    return changed.request(means.credentials)


def pieces(rng: Random, whole: Whole, means: Means) -> bytes:
    """Pieces that begin elsewhere, are longer than the whole, have another hash, or belong to nothing."""
    headers = list(whole.headers)
    for _ in range(rng.choice((0, 1, 1, 2))):
        at = rng.randrange(len(headers))
        name, value = headers[at]
        if rng.random() < 0.1 and len(headers) > 1:
            del headers[at]
            continue
        other = (
            *LENGTHS,
            "0",
            "1",
            "700",
            "2000",
            "4320",
            "9223372036854775808",
            "sha-256=::",
            "sha-256=:x:",
            "sha-512=:AAAA:",
            f"{as_bytes(value).decode()},x=:AA==:",
        )
        headers[at] = (name, rng.choice(other))
    path = rng.choice(
        (whole.path,) * 6 + ("/tablet/uploads/x/y", "/tablet/uploads/uuid:awaiting/..%2fx", "/tablet/uploads/uuid:0002/well.jpg")
    )
    body = whole.body[: rng.randrange(len(whole.body) + 1)] if whole.body and rng.random() < 0.4 else whole.body
    return replace(whole, headers=tuple(headers), path=path, body=body).request(means.credentials)


def keys(rng: Random, whole: Whole, means: Means) -> bytes:
    """Tokens, cookies, passwords and marks against forgery that are none, were altered, or are somebody else's."""
    if whole.view == "openid_logout.ended":
        return replace(whole, fields=(("logout_token", _logout_token(rng, means)),)).request(means.credentials)
    told = dict(means.credentials(whole.who))
    for name, value in list(told.items()):
        signs = list(value)
        at = rng.randrange(len(signs))
        match rng.randrange(5):
            case 0:
                signs[at] = rng.choice("aZ0.-_=:; \t")
            case 1:
                del signs[at:]
            case 2:
                signs[at:at] = list(rng.choice(("session=x; ", "Basic ", "Bearer ", "=", "." * 50, "A" * 8000)))
            case 3:
                signs = list(
                    rng.choice(
                        (
                            "Basic " + b64encode(rng.randbytes(9)).decode(),
                            "Bearer " + "A" * rng.choice((1, 43, 9000)),
                            "session=.eJx",
                            "Bearer e30.e30.",
                        )
                    )
                )
            case _:
                signs = (
                    list("Basic " + b64encode(b"lead1:" + as_bytes(rng.choice(TEXTS))[:200]).decode()) if name == "Authorization" else signs
                )
        told[name] = "".join(signs)
    changed = tuple((name, rng.choice(TEXTS) if name == "csrf_token" and rng.random() < 0.5 else value) for name, value in whole.fields)
    return replace(whole, fields=changed, headers=(*whole.headers, *told.items()), who="nobody").request(means.credentials)


def _logout_token(rng: Random, means: Means) -> Text:
    header = {"alg": "RS256", "kid": "one", "typ": "logout+jwt"}
    claims = dict(means.claims)
    for target in (claims,) if rng.random() < 0.7 else (header, claims):
        target[rng.choice(list(target))] = rng.choice(ODD)
    try:
        token = jwt.encode(header, claims, means.key, algorithms=["RS256"])
    except Exception:  # noqa: BLE001 — what cannot be signed is sent as what it would have been
        return rng.choice(("e30.e30.", "..", "." * 5000, "eyJhbGciOiJub25lIn0.e30.", *TEXTS))
    if rng.random() < 0.3:
        at = rng.randrange(len(token))
        token = token[:at] + rng.choice("aZ.0-=") + token[at + 1 :]
    return token


def questions(rng: Random, whole: Whole, means: Means) -> bytes:
    """Conditions, orders and pages that programs ask for, broken within."""
    query = list(whole.query or (("$filter", "row gt 1"),))
    at = rng.randrange(len(query))
    name, text = query[at]
    signs = as_bytes(text).decode(errors="replace")
    place = rng.randrange(len(signs) + 1)
    word = rng.choice(
        (
            " and ",
            " not ",
            "(",
            ")",
            "'",
            ",",
            "null",
            "INF",
            "-",
            "9" * 30,
            " in ",
            "year(",
            "date(",
            "contains(",
            "²",
            "1e999",
            "/",
            "$it",
            "(" * 300,
        )
    )
    signs = rng.choice((signs[:place] + word + signs[place:], signs[:place], signs[:place] + word + signs[place + rng.randrange(8) :]))
    query[at] = (name, signs)
    return replace(whole, query=tuple(query)).request(means.credentials)


def suits(way: Way, whole: Whole) -> bool:
    """Whether a request can be broken in this way."""
    if way in (fields,):
        return whole.kind in ("form", "multipart") and whole.view != "openrosa.submission"
    if way is files:
        return bool(whole.files)
    if way is xml_documents:
        return whole.view == "openrosa.submission" and bool(whole.files)
    if way is json_documents:
        return whole.kind == "json"
    if way is pieces:
        return whole.view == "uploads.piece" and bool(whole.headers)
    if way is questions:
        return whole.view.startswith(("api.", "odata.")) or "$" in str(whole.query)
    if way in (encodings, parts):
        return bool(whole.kind)
    return way is not addresses or whole.method == "GET" or whole.path.count("/") > 1


WAYS: dict[Way, int] = {
    bytes_of_it: 26,
    first_line: 10,
    heads: 17,
    lengths: 17,
    encodings: 4,
    parts: 4,
    fields: 8,
    files: 1,
    addresses: 4,
    json_documents: 3,
    xml_documents: 2,
    pieces: 1,
    keys: 2,
    questions: 1,
}
"""How many of a hundred requests are broken in each way."""
BEFORE_VIEWS = frozenset((bytes_of_it, first_line, heads, lengths))
"""Ways of which most is refused before any view is asked."""
