"""Pictures that come after their interview in pieces, as tablets send them: over a network that cuts, delays, doubles and reorders, into a
process that is killed at any step, onto a disk that is full. Afterwards both sides have the same, once."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import sleep

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.intake.partials import SUFFIX
from tests.builders import PASSWORD
from tests.faults.dying import Tell
from tests.faults.installations import Installation, Tally, digest, walk
from tests.faults.network import CALM, Answer, Network, Weather, ask_once, network_before
from tests.faults.test_cut_network import compare, expected_of, fill, served, upload
from tests.faults.test_full_disk import SmallDisk, disk, on_disk
from tests.survey.intake.interviews import basic, send

__all__ = ["disk", "on_disk"]
pytestmark = pytest.mark.soak

N_PIECES, N_POINTS, MOST_TRIES = 3, 12, 30
Record = Callable[[str, object], None]
Sent = tuple[bytes, str, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on its way, in pieces of equal length."""

    instance_id: str
    data: bytes
    name: str = "well.jpg"

    @property
    def address(self) -> str:
        """Where it is sent to."""
        return f"/tablet/uploads/{self.instance_id}/{self.name}"

    @property
    def ends(self) -> list[int]:
        """Where each piece ends."""
        step = -(-len(self.data) // N_PIECES)
        return [min(len(self.data), step * number) for number in range(1, N_PIECES + 1)]

    def headers(self, offset: int) -> dict[str, str]:
        """The headers of the piece that begins there."""
        told = b64encode(hashlib.sha256(self.data).digest()).decode()
        return {"Upload-Offset": str(offset), "Upload-Length": str(len(self.data)), "Repr-Digest": f"sha-256=:{told}:"}

    def piece(self, offset: int) -> bytes:
        """The bytes from there up to the end of the piece that they are in."""
        return self.data[offset : next((end for end in self.ends if end > offset), offset)]


def request_of(picture: Picture, method: str, offset: int = 0) -> bytes:
    """The bytes of the request that asks how far the picture is, or brings the piece that begins there."""
    body = picture.piece(offset) if method == "PATCH" else b""
    key = b64encode(f"lead1:{PASSWORD}".encode()).decode()
    lines = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Authorization": f"Basic {key}",
        **picture.headers(offset),
        "Content-Length": len(body),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {picture.address} HTTP/1.1\r\n{head}\r\n".encode() + body


def whole_answer(port: int, method: str, picture: Picture, offset: int = 0) -> Answer | None:
    """The answer, None where none came back whole."""
    return ask_once(port, request_of(picture, method, offset))


def send_picture(port: int, picture: Picture, most_tries: int = MOST_TRIES, pause_s: float = 0.0) -> int:
    """How many requests it took until the server said that the picture belongs to its interview; a tablet asks after each failure."""
    offset = 0
    for number in range(1, most_tries + 1):
        answer = whole_answer(port, "PATCH", picture, offset)
        if answer is None or answer.status not in (204, 409):
            # A piece that was put together wrongly by what doubled it is refused with the whole; then all begins anew.
            assert answer is None or answer.status in (422, 503), (answer.status, answer.body)
            answer = whole_answer(port, "HEAD", picture)
        if answer is None or "upload-offset" not in answer.headers:
            sleep(pause_s)
            continue
        if answer.headers["upload-complete"] == "?1":
            return number
        offset = int(answer.headers["upload-offset"])
    raise AssertionError(f"not there after {most_tries} tries")


def places_in(request: bytes) -> list[int]:
    """After how many bytes a request is cut: one place for each class of its bytes."""
    body = request.index(b"\r\n\r\n") + 4
    names = [request.index(name) + 4 for name in (b"Authorization", b"Upload-Offset", b"Upload-Length", b"Repr-Digest", b"Content-Length")]
    return [0, 9, *names, request.index(b"sha-256") + 20, body - 2, body, body + 1, (body + len(request)) // 2, len(request) - 1]


def weathers() -> Iterator[list[Weather]]:
    """What the requests of a picture go through, one after another, before it is calm."""
    request = request_of(Picture("uuid:cut-0000", upload(0)[3]), "PATCH")
    places, answers = places_in(request), (0, 7, 60)
    for number in range(N_PIECES):
        calm, is_reset = [CALM] * number, bool(number % 2)
        yield from ([*calm, Weather(request_bytes=place, is_reset=is_reset)] for place in places)
        yield from ([*calm, Weather(answer_bytes=place, is_reset=is_reset)] for place in answers)
        yield from ([*calm, Weather(copies=2)], [*calm, Weather(copies=3, answer_bytes=0)], [*calm, Weather(delay_s=0.02)])
    # Several faults in a row, the question how far it is among them.
    yield [Weather(request_bytes=places[-2]), Weather(request_bytes=9), Weather(answer_bytes=0), Weather(copies=2, answer_bytes=7)]


def overtaken(network: Network, picture: Picture) -> None:
    """All pieces at once, of which the first arrives last."""
    starts = [0, *picture.ends[:-1]]
    network.expect(Weather(after=N_PIECES - 1), *[CALM] * (N_PIECES - 1))
    with ThreadPoolExecutor(N_PIECES) as pool:
        first = pool.submit(whole_answer, network.port, "PATCH", picture, 0)
        rest = [pool.submit(whole_answer, network.port, "PATCH", picture, start) for start in starts[1:]]
        told = [each.result() for each in (first, *rest)]
    assert {answer.status for answer in told if answer} <= {204, 409}


def left_over(installation: Installation) -> int:
    """How many pieces lie about that belong to no picture any more."""
    return len(list(installation.settings.uploads_path.glob(f"*{SUFFIX}")))


def test_pieces__over_a_network_that_cuts_doubles_and_reorders__are_the_picture_once(
    installation: Installation, tally: Tally, record_property: Record
) -> None:
    installation.fill(fill)
    installation.renew()
    sent, asked, client = [], 0, installation.app.test_client()
    with served(installation.app) as port, network_before(port) as network:
        for number, weather in enumerate([*weathers(), *[None] * 4]):
            sent.append(upload(number))
            assert send(client, sent[-1][2]).status_code == 201
            picture = Picture(sent[-1][1], sent[-1][3])
            if weather is None:
                overtaken(network, picture)
            else:
                network.expect(*weather)
            asked += send_picture(network.port, picture)
    tally.tried = tally.killed = len(sent)
    record_property("requests", asked)
    compare(installation, sent, tally)
    assert left_over(installation) == 0
    tally.record(record_property)


def push(client: FlaskClient, picture: Picture, tell: Tell = lambda _told: None) -> TestResponse:
    """The answer that says that the picture is there, or that the server cannot take it now. Goes on where the server says that it is; each
    piece that it has is told."""
    answer = client.head(picture.address, headers={**basic(), **picture.headers(0)})
    while answer.status_code != 503 and answer.headers["Upload-Complete"] != "?1":
        offset = int(answer.headers["Upload-Offset"])
        answer = client.patch(picture.address, data=picture.piece(offset), headers={**basic(), **picture.headers(offset)})
        if answer.status_code != 503:
            assert answer.status_code == 204, answer.text
            tell([picture.instance_id, int(answer.headers["Upload-Offset"])])
    return answer


def push_all(client: FlaskClient, sent: list[Sent], told: list[str], tell: Tell = lambda _told: None) -> bool:
    """Whether every picture is there; each that is, is told. Ends where the server cannot take it now."""
    for _request, instance_id, xml, data in sent:
        if send(client, xml).status_code == 503 or push(client, Picture(instance_id, data), tell).status_code == 503:
            return False
        told.append(instance_id)
        tell([instance_id, "whole"])
    return True


def kept_pictures(installation: Installation, sent: list[Sent]) -> list[str]:
    """The interviews whose picture is there now, unaltered."""
    files = {each for each in installation.state().kept if each[0] == "file"}
    return [name for _request, name, _xml, picture in sent if ("file", f"{name} well.jpg", digest(picture)) in files]


def offset_of(installation: Installation, instance_id: str, data: bytes) -> int:
    """How many bytes of the picture the server says that it has."""
    picture = Picture(instance_id, data)
    answer = installation.app.test_client().head(picture.address, headers={**basic(), **picture.headers(0)})
    installation.close()
    return int(answer.headers["Upload-Offset"])


@pytest.mark.parametrize("installation", ["SQLite", "PostgreSQL and S3"], indirect=True)
def test_pieces__killed_at_every_step__go_on_where_they_were_and_are_the_picture_once(
    installation: Installation, tally: Tally, record_property: Record
) -> None:
    installation.fill(fill)
    sent = [upload(number) for number in range(2)]
    data_of = {instance_id: data for _request, instance_id, _xml, data in sent}

    def do(tell: Tell) -> None:
        push_all(installation.app.test_client(), sent, [], tell)

    for ended in walk(installation, tally, do, lambda: do(lambda _told: None), N_POINTS):
        tally.miss((name for name, offset in ended.told if offset == "whole"), kept_pictures(installation, sent))
        for instance_id, offset in ended.told:
            if offset != "whole":
                tally.lost += offset_of(installation, instance_id, data_of[instance_id]) < offset
    assert left_over(installation) == 0
    tally.record(record_property)


def test_pieces__disk_full_at_every_page__are_refused_for_now_and_are_the_picture_later(
    on_disk: Installation, disk: SmallDisk, tally: Tally, record_property: Record
) -> None:
    on_disk.fill(fill)
    sent = [upload(number) for number in range(2)]
    on_disk.renew()
    before = disk.used()
    push_all(on_disk.app.test_client(), sent, [])
    needed, expected = disk.used() - before, on_disk.state()
    assert set(expected.kept) == expected_of(sent)
    for number in range(N_POINTS // 2):
        disk.free()
        on_disk.renew()
        disk.leave(number * needed // (N_POINTS // 2) // 4096 * 4096)
        told: list[str] = []
        tally.killed += not push_all(on_disk.app.test_client(), sent, told)
        on_disk.close()
        disk.free()
        tally.miss(told, kept_pictures(on_disk, sent))
        assert push_all(on_disk.app.test_client(), sent, [])
        tally.compare(expected, on_disk.state())
        assert left_over(on_disk) == 0
    tally.record(record_property)
