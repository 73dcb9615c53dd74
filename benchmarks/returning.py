"""Tablets that come home: what each asks and sends, as `static/tablet/device/send.js` does, and a client in which hundreds do so at once.

A tablet is signed in, sends the answers of all its interviews, then every picture by itself, and asks for the receipt of each interview.
Now and then an answer is lost on its way back, and the tablet sends once more. Where it is told to come again, it waits as told.
"""

import base64
import contextlib
import hashlib
import heapq
import itertools
import json
import random
import selectors
import socket
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from benchmarks.sending import BOUNDARY, instance, interview, part

LOST_EVERY = 10
"""So often the answer to what was sent is lost."""
COME_AGAIN = frozenset((429, 503))
PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered; names of headers are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


Talk = Generator[bytes, Answer, None]
"""What is said on one connection: requests are yielded, and each is answered."""


class Tablet:
    """One tablet with its interviews, which have these numbers, and as many pictures of each as there are `pictures` that begin alike."""

    def __init__(self, number: int, cookie: str, numbers: Sequence[int], pictures: Sequence[bytes]) -> None:
        self._number, self._cookie, self._numbers = number, cookie, numbers
        self._xml = instance(len(pictures))
        self._pictures = pictures
        self._begun = {picture: hashlib.sha256(picture) for picture in pictures}
        self._token = ""

    def come_home(self) -> Talk:
        """Everything that the tablet says until all is confirmed; raises SystemExit where an answer is not as it should be."""
        facts = yield from self._ask("GET", "/tablet/session.json", {200})
        self._token = json.loads(facts.body)["csrf_token"]
        for number in self._numbers:
            yield from self._send_answers(number)
        for number in self._numbers:
            for place in range(len(self._pictures)):
                yield from self._send_picture(number, place)
            yield from self._confirm(number)

    def _send_answers(self, number: int) -> Talk:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        body = part("xml_submission_file", "submission.xml", "text/xml", interview(self._xml, number))
        texts = {"assignment_id": f"assignment-{number:08}", "device_id": f"tablet-{self._number}"}
        body += b"".join((head % each).encode() for each in texts.items()) + f"--{BOUNDARY}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        for _ in range(_times(number)):
            yield from self._ask("POST", "/openrosa/submission", {201}, kind, body)

    def _send_picture(self, number: int, place: int) -> Talk:
        name, data = f"{place}.png", self._pictures[place] + _own(number, place)
        digest = base64.b64encode(self._digest(number, place)).decode()
        told = {"Repr-Digest": f"sha-256=:{digest}:", "Upload-Length": str(len(data))}
        address = f"/tablet/uploads/uuid:{number:08}/{name}"
        offset, is_complete, lost = 0, False, _times(number + place) - 1
        while not is_complete:
            piece = data[offset : offset + PIECE_BYTES]
            headers = {**told, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            answer = yield from self._ask("PATCH", address, {204, 409}, headers, piece)
            if lost:
                lost -= 1
                answer = yield from self._ask("HEAD", address, {204}, told)
            offset, is_complete = int(answer.headers["upload-offset"]), answer.headers["upload-complete"] == "?1"

    def _confirm(self, number: int) -> Talk:
        answer = yield from self._ask("GET", f"/tablet/receipts/uuid:{number:08}.json", {200})
        receipt = json.loads(answer.body)
        files = {f"{place}.png": self._digest(number, place).hex() for place in range(len(self._pictures))}
        is_whole = receipt["xml_sha256"] == hashlib.sha256(interview(self._xml, number)).hexdigest() and not receipt["missing"]
        if not is_whole or {each["name"]: each["sha256"] for each in receipt["files"]} != files:
            raise SystemExit(f"interview {number} was not received as it was sent: {receipt}")

    def _digest(self, number: int, place: int) -> bytes:
        digest = self._begun[self._pictures[place]].copy()
        digest.update(_own(number, place))
        return digest.digest()

    def _ask(
        self, method: str, path: str, wanted: set[int], headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Generator[bytes, Answer, Answer]:
        own = {"Host": "127.0.0.1", "Accept": "application/json", "X-Device-Id": f"tablet-{self._number}", "Cookie": self._cookie}
        if method not in ("GET", "HEAD"):
            own |= {"X-CSRFToken": self._token, "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in (own | (headers or {})).items())
        answer = yield f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
        if answer.status not in wanted:
            raise SystemExit(f"{method} {path} answered {answer.status}: {answer.body[:300]!r}")
        if "set-cookie" in answer.headers:
            self._cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer


def _times(number: int) -> int:
    return 2 if number % LOST_EVERY == 0 else 1


def _own(number: int, place: int) -> bytes:
    """What makes a picture another than those that begin alike."""
    return b"%08d-%d" % (number, place)


@dataclass(slots=True)
class Told:
    """What came of it: how long all took, what was answered how often, how often a tablet was told to come again, and the longest wait."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    n_sent_away: int = 0
    longest_s: float = 0.0


@dataclass(slots=True)
class _Line:
    """One connection: who talks, what is asked and how much of it is still to be sent, what came back so far, and when it began."""

    talk: Talk
    socket: socket.socket
    request: bytes = b""
    rest: memoryview = field(default_factory=lambda: memoryview(b""))
    answer: bytearray = field(default_factory=bytearray)
    began: float = 0.0


class Client:
    """Lets everybody talk at once, each on a connection of their own, in one thread over plain sockets."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._later: list[tuple[float, int, _Line]] = []
        self._order = itertools.count()
        self._n_open = 0
        self._told = Told()

    def talk(self, talks: Iterable[Talk]) -> Told:
        """What came of it, once nobody has anything more to say."""
        began = perf_counter()
        for talk in talks:
            line = _Line(talk, _connected(self._port))
            self._selector.register(line.socket, selectors.EVENT_READ, line)
            self._n_open += 1
            self._say(line, next(talk))
        while self._n_open:
            wait = max(0.0, self._later[0][0] - perf_counter()) if self._later else None
            for key, events in self._selector.select(wait):
                if events & selectors.EVENT_WRITE:
                    self._go_on(key.data)
                if events & selectors.EVENT_READ:
                    self._hear(key.data)
            while self._later and self._later[0][0] <= perf_counter():
                line = heapq.heappop(self._later)[2]
                self._say(line, line.request)
        self._told.seconds = perf_counter() - began
        return self._told

    def _say(self, line: _Line, request: bytes) -> None:
        line.request, line.rest, line.answer, line.began = request, memoryview(request), bytearray(), perf_counter()
        self._go_on(line)

    def _go_on(self, line: _Line) -> None:
        with contextlib.suppress(BlockingIOError):
            line.rest = line.rest[line.socket.send(line.rest) :]
        self._selector.modify(line.socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if line.rest else 0), line)

    def _hear(self, line: _Line) -> None:
        data = line.socket.recv(65536)
        line.answer += data
        answer = read_answer(bytes(line.answer), has_body=not line.request.startswith(b"HEAD"))
        if answer is None:
            if not data:
                raise ConnectionError("the server closed a connection before it answered")
            return
        self._told.statuses[answer.status] += 1
        self._told.longest_s = max(self._told.longest_s, perf_counter() - line.began)
        if answer.headers.get("connection") == "close":
            self._selector.unregister(line.socket)
            line.socket.close()
            line.socket = _connected(self._port)
            self._selector.register(line.socket, selectors.EVENT_READ, line)
        if answer.status in COME_AGAIN:
            self._told.n_sent_away += 1
            wait = int(answer.headers["retry-after"]) * (1 + random.random() / 2)
            heapq.heappush(self._later, (perf_counter() + wait, next(self._order), line))
            return
        try:
            request = line.talk.send(answer)
        except StopIteration:
            self._selector.unregister(line.socket)
            line.socket.close()
            self._n_open -= 1
        else:
            self._say(line, request)


def _connected(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port))
    found.setblocking(False)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def read_answer(data: bytes, *, has_body: bool) -> Answer | None:
    """The answer that these bytes are; None while it is not whole."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(first.split()[1])
    length = int(headers["content-length"]) if has_body and status != 204 else 0
    return Answer(status, headers, body) if len(body) >= length else None
