"""What a benchmark of intake sends and with what: a form of sixty questions, uploads of it, a client that keeps many connections busy.

The client is one thread over plain sockets, so that of two cores as much as can be is left to the server that it measures.
"""

import contextlib
import selectors
import socket
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter

from questionnaires.instance import write_instance
from questionnaires.reader import read_questionnaire
from tests.builders import PASSWORD

FORM_ID = "sixty"
BEGAN = datetime(2018, 4, 20, 1, 0, tzinfo=UTC)
BOUNDARY = "----sixty"
N_MEMBERS = 5
_NUMBERS, _CHOICES, _TEXTS, _MORE = range(1, 13), range(1, 21), range(1, 8), range(1, 7)


def form(n_pictures: int = 0) -> str:
    """A questionnaire of sixty questions, eight of them in a repeat, with relevance, constraints and calculations; and so many pictures."""
    rows = [
        ("start", "start", "", "", "", "", ""),
        ("end", "end", "", "", "", "", ""),
        ("deviceid", "deviceid", "", "", "", "", ""),
        ("hidden", "assignment_id", "Assignment", "", "", "", ""),
        ("geopoint", "place", "Where is the house?", "yes", "", "", ""),
        ("date", "moved_in", "Since when do you live here?", "yes", "", ". <= today()", ""),
        *(("integer", f"number_{n}", f"How many of {n}?", "yes", "", ". >= 0 and . <= 1000", "") for n in _NUMBERS),
        *(
            ("select_one scale", f"choice_{n}", f"What of {n}?", "yes", f"${{number_{n % 12 + 1}}} > 0", "", "")
            if n % 4 == 0
            else ("select_one scale", f"choice_{n}", f"What of {n}?", "yes", "", "", "")
            for n in _CHOICES
        ),
        *(("select_multiple needs", f"several_{n}", f"Which of {n}?", "", "", "count-selected(.) <= 3", "") for n in _MORE),
        *(("text", f"text_{n}", f"Tell of {n}.", "", "", "", "") for n in _TEXTS),
        *(("image", f"picture_{n}", f"Show {n}.", "", "", "", "") for n in range(n_pictures)),
        ("begin_repeat", "members", "Members", "", "", "", ""),
        ("text", "name", "Name", "yes", "", "", ""),
        ("integer", "age", "Age", "yes", "", ". >= 0 and . < 130", ""),
        ("select_one scale", "health", "Health", "yes", "", "", ""),
        ("select_one yes_no", "at_school", "At school?", "yes", "${age} >= 6 and ${age} <= 15", "", ""),
        ("decimal", "income", "Income", "", "${age} >= 16", ". >= 0", ""),
        ("select_multiple needs", "helped", "Helped with?", "", "", "", ""),
        ("date", "born", "Born on", "", "", ". <= today()", ""),
        ("text", "note", "What else?", "", "", "", ""),
        ("end_repeat", "members", "", "", "", "", ""),
        ("calculate", "n_members", "", "", "", "", "count(${members})"),
        ("calculate", "total", "", "", "", "", "sum(${income})"),
    ]
    survey = "\n".join("|  | " + " | ".join(row) + " |" for row in rows)
    lists = [("scale", f"s{n}") for n in range(1, 6)] + [("yes_no", "yes"), ("yes_no", "no")] + [("needs", f"n{n}") for n in range(1, 8)]
    choices = "\n".join(f"|  | {name} | {value} | {value} |" for name, value in lists)
    return (
        "| survey |\n|  | type | name | label | required | relevant | constraint | calculation |\n"
        f"{survey}\n| choices |\n|  | list_name | name | label |\n{choices}\n"
        f"| settings |\n|  | form_title | form_id | version |\n|  | Sixty questions | {FORM_ID} | 1 |\n"
    )


def instance(n_pictures: int = 0) -> bytes:
    """The XML of one filled form; `uuid:0` is its identifier and `assignment-0` the work that it names."""
    member = {
        "name": "甲",
        "age": 40,
        "health": "s2",
        "income": 1200.5,
        "helped": ["n1", "n3"],
        "born": "1978-03-01",
        "note": "在外务工，每月寄钱回家。",
    }
    answers = {
        "assignment_id": "assignment-0",
        "place": {"latitude": 33.33, "longitude": 106.15, "altitude": 900.0, "accuracy": 6.0},
        "moved_in": "2001-01-01",
        **{f"number_{n}": n * 3 for n in _NUMBERS},
        **{f"choice_{n}": f"s{n % 5 + 1}" for n in _CHOICES},
        **{f"several_{n}": ["n1", f"n{n}"] if n > 1 else ["n1"] for n in _MORE},
        **{f"text_{n}": "去年修了路，今年还没有通自来水。" for n in _TEXTS},
        **{f"picture_{n}": f"{n}.png" for n in range(n_pictures)},
        "members": [member] * (N_MEMBERS - 1) + [{"name": "乙", "age": 10, "health": "s1", "at_school": "yes"}],
    }
    questionnaire = read_questionnaire(form(n_pictures).encode(), "form.md")
    preloads = {"start": _instant(0).decode(), "end": _instant(2400).decode(), "deviceid": "tablet-7"}
    return write_instance(questionnaire, answers, instance_id="uuid:0", now=BEGAN, preloads=preloads)


def interview(xml: bytes, number: int) -> bytes:
    """The interview with this number, made of the first; no two of one lead begin in the same moment."""
    own = xml.replace(b"uuid:0", b"uuid:%08d" % number).replace(b"assignment-0", b"assignment-%08d" % number)
    for seconds in (0, 2400):
        own = own.replace(_instant(seconds), _instant(seconds + number))
    return own


def uploads(numbers: Sequence[int], username: str, pictures: Sequence[bytes] = ()) -> Iterator[bytes]:
    """The requests that send one interview each, as ODK Collect sends them, with pictures that begin alike and are all different."""
    xml, key = instance(len(pictures)), b64encode(f"{username}:{PASSWORD}".encode()).decode()
    for number in numbers:
        parts = [part("xml_submission_file", "i.xml", "text/xml", interview(xml, number))]
        parts += [part(f"{n}.png", f"{n}.png", "image/png", picture + b"%08d" % number) for n, picture in enumerate(pictures)]
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        top = (
            "POST /openrosa/submission HTTP/1.1\r\nHost: 127.0.0.1\r\nX-OpenRosa-Version: 1.0\r\n"
            f"Authorization: Basic {key}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield top.encode() + body


def _instant(seconds: int) -> bytes:
    return (BEGAN + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z").encode()


def part(name: str, file: str, media_type: str, content: bytes) -> bytes:
    """A file as one part of an upload."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {media_type}\r\n\r\n'
    return head.encode() + content + b"\r\n"


@dataclass(slots=True)
class Sent:
    """What came of sending: the seconds of all, those of each, and how often each status was answered."""

    seconds: float
    each: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """The seconds within which this share of requests was answered."""
        return sorted(self.each)[int(share * (len(self.each) - 1))]


@dataclass(slots=True)
class _Line:
    """One connection: what of its request is still to be sent, what came back so far, and when it began."""

    socket: socket.socket
    rest: memoryview
    answer: bytearray
    began: float


def send_all(port: int, requests: Iterable[bytes], n_connections: int) -> Sent:
    """What came of sending all these, each connection the next one as soon as its last is answered."""
    waiting, sent, selector = iter(requests), Sent(0.0), selectors.DefaultSelector()
    start = perf_counter()
    n_open = 0
    for _ in range(n_connections):
        line = _Line(socket.create_connection(("127.0.0.1", port)), memoryview(b""), bytearray(), 0.0)
        line.socket.setblocking(False)
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.socket, selectors.EVENT_READ, line)
        n_open += _send_next(line, waiting, selector)
    while n_open:
        for key, events in selector.select():
            line = key.data
            if events & selectors.EVENT_WRITE:
                _go_on(line, selector)
            if events & selectors.EVENT_READ and _is_answered(line):
                status = int(line.answer[9:12])
                sent.each.append(perf_counter() - line.began)
                sent.statuses[status] = sent.statuses.get(status, 0) + 1
                n_open -= not _send_next(line, waiting, selector)
    sent.seconds = perf_counter() - start
    return sent


def _send_next(line: _Line, waiting: Iterator[bytes], selector: selectors.BaseSelector) -> bool:
    request = next(waiting, None)
    if request is None:
        selector.unregister(line.socket)
        line.socket.close()
        return False
    line.rest, line.answer, line.began = memoryview(request), bytearray(), perf_counter()
    _go_on(line, selector)
    return True


def _go_on(line: _Line, selector: selectors.BaseSelector) -> None:
    with contextlib.suppress(BlockingIOError):
        line.rest = line.rest[line.socket.send(line.rest) :]
    selector.modify(line.socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if line.rest else 0), line)


def _is_answered(line: _Line) -> bool:
    data = line.socket.recv(65536)
    if not data:
        raise ConnectionError("the server closed a connection before it answered")
    line.answer += data
    head, found, body = bytes(line.answer).partition(b"\r\n\r\n")
    if not found:
        return False
    length = next(int(each.partition(b":")[2]) for each in head.lower().split(b"\r\n") if each.startswith(b"content-length:"))
    return len(body) >= length
