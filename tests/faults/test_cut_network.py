"""Uploads whose connection is cut at every class of bytes, doubled, delayed, overtaken: afterwards both sides have the same, once."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socket import create_server
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey.serving.plain import PlainServer
from tests.builders import PASSWORD, add_form, add_pair, add_visit
from tests.faults.installations import Installation, Tally, digest
from tests.faults.network import CALM, Network, Weather, ask, ask_once, network_before
from tests.survey.intake.interviews import FORM, JPEG, interview_xml

pytestmark = pytest.mark.soak

BOUNDARY = "----cut"
FINAL = {201}
Record = Callable[[str, object], None]


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The port of the server that people use, with this application, while the block runs."""
    with create_server(("127.0.0.1", 0)) as listener:
        server = PlainServer(app, listener, threads=4)
        thread = Thread(target=server.run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.stop()
            thread.join()


def part(name: str, media_type: str, content: bytes) -> bytes:
    """One part of an upload."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def head_of(n_bytes: int) -> bytes:
    """Request line and headers of an upload of so many bytes."""
    key = b64encode(f"lead1:{PASSWORD}".encode()).decode()
    return (
        "POST /openrosa/submission HTTP/1.1\r\nHost: 127.0.0.1\r\nX-OpenRosa-Version: 1.0\r\nConnection: close\r\n"
        f"Authorization: Basic {key}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {n_bytes}\r\n\r\n"
    ).encode()


def upload(number: int) -> tuple[bytes, str, bytes, bytes]:
    """A request that sends an interview with a picture, its instance id, its XML and its picture."""
    instance_id, picture = f"uuid:cut-{number:04}", JPEG + b"%04d" % number * 500
    xml = interview_xml(instance_id, well="well.jpg")
    body = part("xml_submission_file", "text/xml", xml) + part("well.jpg", "image/jpeg", picture) + f"--{BOUNDARY}--\r\n".encode()
    return head_of(len(body)) + body, instance_id, xml, picture


def places_in(request: bytes, xml: bytes, picture: bytes) -> dict[str, int]:
    """For each class of bytes of a request after how many bytes it is cut."""
    body, xml_at, picture_at = request.index(b"\r\n\r\n") + 4, request.index(xml), request.index(picture)
    end = len(request)
    return {
        "nothing": 0,
        "in the request line": 9,
        "after the request line": request.index(b"\r\n") + 2,
        "in a header's name": request.index(b"Authorization") + 5,
        "in a header's value": request.index(b"Basic ") + 9,
        "in the length": request.index(b"Content-Length") + 17,
        "between the ends of the headers": body - 2,
        "after the headers": body,
        "in the first boundary": body + 4,
        "in a part's headers": body + len(BOUNDARY) + 20,
        "before the XML": xml_at,
        "in the XML's first tag": xml_at + 3,
        "in the middle of the XML": xml_at + len(xml) // 2,
        "before the XML's last byte": xml_at + len(xml) - 1,
        "after the XML": xml_at + len(xml),
        "in the boundary between": xml_at + len(xml) + 5,
        "before the picture": picture_at,
        "in the picture": picture_at + len(picture) // 2,
        "before the picture's last byte": picture_at + len(picture) - 1,
        "after the picture": picture_at + len(picture),
        "in the last boundary": end - 6,
        "before the last byte": end - 1,
    }


ANSWERS = {"before the answer": 0, "in the status line": 7, "in the answer's headers": 60, "in the answer's body": 400}


def weathers() -> Iterator[Weather]:
    """Every weather that an upload goes through once, before it is calm."""
    request, _name, xml, picture = upload(0)
    for is_reset in (False, True):
        yield from (Weather(request_bytes=n_bytes, is_reset=is_reset) for n_bytes in places_in(request, xml, picture).values())
        yield from (Weather(answer_bytes=n_bytes, is_reset=is_reset) for n_bytes in ANSWERS.values())
    yield Weather(delay_s=0.02)
    yield from [Weather(copies=2), Weather(copies=4), Weather(copies=3, answer_bytes=0)]


def fill(session: Session) -> None:
    """An open visit with the form."""
    add_pair(session, add_visit(session, forms=[add_form(session, FORM, "visit_form.md")]))


def expected_of(sent: list[tuple[bytes, str, bytes, bytes]]) -> set[tuple[str, ...]]:
    """What has to be kept of these uploads: each interview and its picture, by hash."""
    interviews = {("interview", name, digest(xml), digest(xml), "None", "received") for _request, name, xml, _picture in sent}
    return interviews | {("file", f"{name} well.jpg", digest(picture)) for _request, name, _xml, picture in sent}


def compare(installation: Installation, sent: list[tuple[bytes, str, bytes, bytes]], tally: Tally) -> None:
    """Adds to the tally what the server has besides what was sent, and what it has not."""
    state, expected = installation.state(), expected_of(sent)
    tally.acknowledged = len(sent)
    tally.lost += len(expected - set(state.kept))
    tally.altered += len(set(state.kept) - expected) + len(state.problems)
    tally.doubled += state.kept.total() - len(state.kept)
    tally.told += [*map(str, expected - set(state.kept)), *map(str, set(state.kept) - expected), *state.problems]


def overtaken(network: Network, request: bytes) -> None:
    """The same request twice, of which the first arrives after the second has been answered."""
    network.expect(Weather(after=1), CALM)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask_once, network.port, request) for _ in range(2)]
        assert {each.result().status for each in both if each.result()} <= FINAL


def test_upload__over_a_network_that_cuts_doubles_and_reorders__is_there_once_whatever_happened(
    installation: Installation, tally: Tally, record_property: Record
) -> None:
    installation.fill(fill)
    installation.renew()
    sent, asked = [], 0
    with served(installation.app) as port, network_before(port) as network:
        for number, weather in enumerate(weathers()):
            sent.append(upload(number))
            network.expect(weather)
            asked += ask(network.port, sent[-1][0], FINAL)[1]
        for number in range(1000, 1005):
            sent.append(upload(number))
            overtaken(network, sent[-1][0])
    tally.tried = tally.killed = len(sent)
    record_property("requests", asked)
    compare(installation, sent, tally)
    tally.record(record_property)


# Of an upload that ends too early the library that takes it apart leaves its passing files to be closed when they are collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_upload__truncated_by_something_that_also_sets_its_length__is_refused_until_it_is_whole(
    installation: Installation, tally: Tally, record_property: Record
) -> None:
    installation.fill(fill)
    installation.renew()
    sent = []
    with served(installation.app) as port:
        request, _name, xml, picture = upload(0)
        body = request.index(b"\r\n\r\n") + 4
        for number, n_bytes in enumerate(each for each in places_in(request, xml, picture).values() if each >= body):
            sent.append(upload(number))
            rest = sent[-1][0][body:n_bytes]
            refused = ask_once(port, head_of(len(rest)) + rest)
            assert refused is not None
            # Without its very last byte an upload is whole: only the end of a line is missing behind the last boundary.
            assert refused.status in ((201,) if n_bytes == len(request) - 1 else (400, 411, 422)), n_bytes
            assert ask(port, sent[-1][0], FINAL)[0].status in FINAL
    tally.tried = tally.killed = len(sent)
    compare(installation, sent, tally)
    tally.record(record_property)
