"""No request hides in another: what could end in two places, for two programs that read it, is refused, and the connection closed.

The requests are written byte by byte to the server that installations run (RFC 9112, sections 6 and 11.2; OWASP ASVS 5.0, 4.2.1).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from socket import create_connection, create_server
from threading import Thread
from typing import Any

import pytest

from survey.serving.plain import PlainServer
from tests.conftest import PATIENCE_SECONDS

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
Asked = list[tuple[str, str, bytes]]
Server = tuple[int, Asked]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The port of a server, and what reached the application behind it: method, path and body."""
    asked: Asked = []

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["wsgi.input"].read()))
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    with closing(create_server(("127.0.0.1", 0))) as listener:
        running = PlainServer(answer, listener, threads=2)
        thread = Thread(target=running.run, daemon=True)
        thread.start()
        yield listener.getsockname()[1], asked
        running.stop()
        thread.join()


def answers_to(port: int, sent: bytes) -> bytes:
    """Everything that the server says until it closes the connection."""
    with create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(sent)
        said = b""
        while part := connection.recv(65536):
            said += part
        return said


def post(headers: bytes, body: bytes) -> bytes:
    """A request with these headers and this body."""
    return b"POST /seen HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n" + body


LONG = str(len(b"0\r\n\r\n" + HIDDEN)).encode()
REFUSED = {
    "two lengths": post(b"Content-Length: 0\r\nContent-Length: " + LONG + b"\r\n", HIDDEN),
    "two lengths in one line": post(b"Content-Length: 0, " + LONG + b"\r\n", HIDDEN),
    "length and chunks": post(b"Content-Length: " + LONG + b"\r\n" + CHUNKED, b"0\r\n\r\n" + HIDDEN),
    "chunks and length": post(CHUNKED + b"Content-Length: 4\r\n", b"22\r\n" + HIDDEN + b"\r\n0\r\n\r\n"),
    "length with a sign": post(b"Content-Length: +0\r\n", HIDDEN),
    "negative length": post(b"Content-Length: -1\r\n", HIDDEN),
    "length in base sixteen": post(b"Content-Length: 0x0\r\n", HIDDEN),
    "length with an underscore": post(b"Content-Length: 0_0\r\n", HIDDEN),
    "length that is no number": post(b"Content-Length: none\r\n", HIDDEN),
    "length of other digits": post("Content-Length: ٠\r\n".encode(), HIDDEN),
    "space before the colon": post(b"Content-Length: 0\r\nTransfer-Encoding : chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "other coding": post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "coding twice": post(CHUNKED + b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n" + HIDDEN),
    "chunks not last": post(b"Transfer-Encoding: chunked, gzip\r\n", b"0\r\n\r\n" + HIDDEN),
    "coding with a sign that is none": post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "folded line": post(b"Content-Length: 0\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n", HIDDEN),
    "folded coding": post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "line feed alone in a header": post(b"X-A: b\nContent-Length: 0\r\n", HIDDEN),
    "line feeds alone": b"POST /seen HTTP/1.1\nHost: a\nContent-Length: 0\n\n" + HIDDEN,
    "carriage return alone": post(b"X-A: b\rContent-Length: 0\r\n", HIDDEN),
    "zero byte": post(b"X-A: b\x00c\r\n", HIDDEN),
    "name that is none": post(b"X A: b\r\n", HIDDEN),
    "line without a colon": post(b"Content-Length 0\r\n", HIDDEN),
    "size of a chunk with a prefix": post(CHUNKED, b"0x0\r\n\r\n" + HIDDEN),
    "size of a chunk with a sign": post(CHUNKED, b"+0\r\n\r\n" + HIDDEN),
    "size of a chunk with an underscore": post(CHUNKED, b"0_0\r\n\r\n" + HIDDEN),
    "size of a chunk ended by a line feed": post(CHUNKED, b"1\nx\r\n0\r\n\r\n" + HIDDEN),
    "chunk longer than its size": post(CHUNKED, b"1\r\nxyz\r\n0\r\n\r\n" + HIDDEN),
    "extension of a chunk with a line feed": post(CHUNKED, b"1;a\nb\r\nx\r\n0\r\n\r\n" + HIDDEN),
    "chunks twice": post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "chunks on two lines": post(CHUNKED + CHUNKED, b"0\r\n\r\n" + HIDDEN),
    "chunks of an older version": post(CHUNKED, b"0\r\n\r\n" + HIDDEN).replace(b"HTTP/1.1\r\nHost: a\r\nT", b"HTTP/1.0\r\nHost: a\r\nT"),
    "address in brackets that do not close": b"GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN,
    "version that is none": b"GET /seen HTTP/1.1x\r\nHost: a\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_request__that_two_programs_could_read_differently__is_refused_and_nothing_behind_it_is_read(server: Server, name: str) -> None:
    port, asked = server
    asked.clear()
    said = answers_to(port, REFUSED[name])
    assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 501", b"HTTP/1.0 501")), said
    assert said.count(b"HTTP/1.") == 1, "one answer, and the connection is closed"
    assert asked == [], "nothing reached the application"


def test_requests__one_after_the_other_on_one_connection__are_answered_each_by_itself(server: Server) -> None:
    port, asked = server
    asked.clear()
    chunks = b"4\r\nGET \r\n3;a=b\r\n/hi\r\n0\r\n\r\n"
    last = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    sent = post(b"Content-Length: %d\r\n" % len(HIDDEN), HIDDEN) + post(CHUNKED, chunks) + last
    assert answers_to(port, sent).count(b"HTTP/1.1 200 OK") == 3
    assert asked == [("POST", "/seen", HIDDEN), ("POST", "/seen", b"GET /hi"), ("GET", "/last", b"")]
