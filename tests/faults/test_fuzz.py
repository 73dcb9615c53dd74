"""Requests of which bytes are other ones, missing, doubled or many: answered as the fault of whoever sent them, never as a bug.

`SURVEY_FUZZ_REQUESTS=100000 pytest -m soak tests/faults/test_fuzz.py` sends a hundred thousand.
"""

import logging
import os
import socket
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from random import Random

import pytest

from tests.faults.installations import Installation
from tests.faults.test_cut_network import BOUNDARY, fill, served, upload
from tests.survey.intake.interviews import basic

pytestmark = pytest.mark.soak

N_REQUESTS = int(os.environ.get("SURVEY_FUZZ_REQUESTS", "1500"))
SPECIAL = (
    b"\0",
    b"\r\n",
    b"\n",
    b"\xff\xfe",
    b"%00",
    b"../",
    b"--",
    b"<!DOCTYPE x>",
    b"&x;",
    b"]]>",
    b"'",
    b'"',
    b"{}",
    b"-1",
    b"9" * 40,
    b" " * 70,
)
AFTER_ANSWER_S = 60
NO_CREDENTIALS = b"Authorization: Basic bG\x94hZDE6ZA==\r\nConnection: close\r\n"
ODD = (
    b"GET / HTTP/1.1\r\nHost: .127..0.0.1\r\nConnection: close\r\n\r\n",
    b"POST /openrosa/submission HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n" + NO_CREDENTIALS + b"\r\nx",
    b"GET /openrosa/formList HTTP/1.1\r\nHost: x\r\n" + NO_CREDENTIALS + b"\r\n",
    b"GET /openrosa/formList HTTP/1.1\r\nHost: 127.0..0.1\r\n" + NO_CREDENTIALS + b"\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0..1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"GET /openrosa/formList?ver\xfe=true HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
)
"""What was answered as a bug before: hosts that are none, credentials with characters that none can have, addresses that are no UTF-8."""
TOO_LONG = b"GET /static/" + b"a" * 300 + b".css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""A name that no file can have."""


def headed(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request."""
    told = {"Host": "127.0.0.1", "Connection": "close", **basic(), **headers, "Content-Length": str(len(body))}
    return (
        f"{method} {path} HTTP/1.1\r\n".encode()
        + b"".join(f"{name}: {value}\r\n".encode() for name, value in told.items())
        + b"\r\n"
        + body
    )


def whole_requests() -> list[bytes]:
    """Requests of every kind that comes without somebody who is signed in at a page."""
    request, name, _xml, picture = upload(0)
    digest = b64encode(sha256(picture).digest()).decode()
    piece = {"Upload-Offset": "0", "Upload-Length": str(len(picture)), "Repr-Digest": f"sha-256=:{digest}:"}
    return [
        request,
        headed("GET", "/openrosa/formList?verbose=true", {}),
        headed("HEAD", "/openrosa/submission", {}),
        headed("GET", "/openrosa/forms/visit_form/2018.1/manifest", {}),
        headed("PATCH", f"/tablet/uploads/{name}/well.jpg", piece, picture[:700]),
        headed("HEAD", f"/tablet/uploads/{name}/well.jpg", piece),
        headed("GET", f"/tablet/receipts/{name}.json", {"Accept": "application/json"}),
        headed("POST", "/handover/match.json", {"Content-Type": "application/json"}, b'{"table": "regions", "rows": [{"code": "61"}]}'),
        headed("POST", "/sign-in", {"Content-Type": "application/x-www-form-urlencoded"}, b"username=lead1&password=x&csrf_token=x"),
        headed("GET", "/review?visit=x&page=1&state=received", {"Cookie": "session=.eJx", "Accept-Language": "en"}),
        headed("GET", "/static/main.css", {"If-None-Match": '"x"', "Range": "bytes=0-10"}),
    ]


def damaged(rng: Random, request: bytes) -> bytes:
    """The request, damaged in one to four places; now and then its length is made to fit again."""
    data = bytearray(request)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(data))
        end = min(len(data), at + rng.choice((1, 2, 8, 60)))
        match rng.randrange(6):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * rng.choice((1, 2, 50))
            case 3:
                data[at:end] = rng.choice(SPECIAL)
            case 4:
                data[at:end] = rng.randbytes(end - at)
            case _:
                del data[at:]
        if not data:
            return b"\r\n\r\n"
    head, found, body = bytes(data).partition(b"\r\n\r\n")
    if found and rng.random() < 0.5:
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        head = b"\r\n".join([*lines, b"Content-Length: %d" % len(body)])
    return head + found + body


def status_of(port: int, request: bytes) -> int:
    """The status that is answered, 0 where the connection is closed without an answer."""
    answer = b""
    with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=AFTER_ANSWER_S) as line:
        with suppress(OSError):
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
        while len(answer) < 12 and (data := line.recv(4096)):
            answer += data
    return int(answer[9:12]) if answer[9:12].isdigit() else 0


@pytest.fixture
def bugs() -> Iterator[list[str]]:
    """What is logged as an error, with where it came from."""
    told: list[str] = []

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(self.format(record))

    handler = Noting(logging.ERROR)
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)


# Of an upload that ends too early the library that takes it apart leaves its passing files to be closed when they are collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("installation", ["SQLite"], indirect=True)
def test_requests__damaged_anywhere__are_never_a_bug(
    installation: Installation, bugs: list[str], record_property: Callable[[str, object], None]
) -> None:
    installation.fill(fill)
    installation.renew()
    rng, whole, statuses, failing = Random(2018), whole_requests(), Counter[int](), list[bytes]()
    assert BOUNDARY.encode() in whole[0]
    with served(installation.app) as port:
        assert [status_of(port, request) for request in ODD] == [400] * len(ODD)
        assert status_of(port, TOO_LONG) == 404
        assert {status_of(port, request) for request in whole} <= {200, 201, 204, 206, 302, 400, 401, 403, 404, 409}
        for _ in range(N_REQUESTS):
            request = damaged(rng, rng.choice(whole))
            status = status_of(port, request)
            statuses[status] += 1
            failing += [request] if status >= 500 else []
        assert status_of(port, whole[1]) == 200
    for status, n in sorted(statuses.items()):
        record_property(str(status or "closed"), n)
    assert installation.state().problems == ()
    assert (failing[:3], bugs[:3]) == ([], [])
