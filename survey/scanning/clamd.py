"""What ClamAV finds in bytes that others sent. clamd is asked over its socket by the command INSTREAM; nothing here knows of a request.

Source: clamd(8), "COMMANDS". The protocol is spoken here because what PyPI has of it is no longer kept, under a strong licence, or for
asyncio alone.
"""

import hashlib
import logging
import re
import socket
import time
from collections import OrderedDict
from contextlib import closing, suppress
from datetime import UTC, datetime
from threading import Lock

from questionnaires.errors import ErrorCode, SurveyError

log = logging.getLogger(__name__)

CHUNK_BYTES = 1 << 20
CONNECT_SECONDS, ANSWER_SECONDS = 5, 120
"""How long clamd may take to accept, and to answer; a recording of 100 MB is looked at in some seconds."""
REMEMBERED, REMEMBERED_SECONDS = 256, 600
"""Of so many files it is remembered what was found in them a moment ago: one that comes with its interview is stored twice."""
FOUND = re.compile(r"stream: (.+) FOUND")
DATED = re.compile(r"ClamAV [^/]+/\d+/(.+)")
"""What clamd says of itself where it has lists of ClamAV's own: version, number of the list, and its day."""


class Scanner:
    """clamd at an address: the path of its socket, also with `unix:` before it, or host:port. SCANNER_AWAY while it cannot be asked."""

    def __init__(self, address: str) -> None:
        self._address = clamd_address(address)
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def find(self, data: bytes) -> str:
        """The name of what is found in the bytes, "" where nothing is."""
        sha256, now = hashlib.sha256(data).hexdigest(), time.monotonic()
        with self._lock:
            looked_at, found = self._known.get(sha256, (0.0, ""))
        if looked_at and now - looked_at < REMEMBERED_SECONDS:
            return found
        try:
            found = _read_answer(self._ask(b"INSTREAM", data))
        except SurveyError as error:
            log.warning("%s", error)
            raise
        if found:
            log.warning("the virus scanner found %s in a file with the hash %s", found, sha256)
        with self._lock:
            self._known[sha256] = (now, found)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def answers(self) -> bool:
        """Whether it can be asked now."""
        try:
            return self._ask(b"PING") == "PONG"
        except SurveyError:
            return False

    def lists_dated(self) -> datetime | None:
        """Of which moment its lists are; None where they are not ClamAV's own."""
        return dated(self._ask(b"VERSION"))

    def _ask(self, command: bytes, data: bytes | None = None) -> str:
        try:
            return _exchange(self._address, command, data)
        except OSError as error:
            raise SurveyError(ErrorCode.SCANNER_AWAY, detail=error.strerror or type(error).__name__) from error


def clamd_address(address: str) -> str | tuple[str, int]:
    """The path of a socket, or host and port; ValueError for what is neither."""
    path = address.removeprefix("unix:")
    if path.startswith("/"):
        return path
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(address)
    return host.strip("[]"), int(port)


def dated(version: str) -> datetime | None:
    """Of which moment the lists are that clamd tells of with its version; None where it tells of none."""
    told = DATED.fullmatch(version)
    return datetime.strptime(told[1], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC) if told else None


def _exchange(address: str | tuple[str, int], command: bytes, data: bytes | None) -> str:
    """What clamd answers to a command, and to the bytes that follow it."""
    with closing(_connected(address)) as connection:
        connection.settimeout(ANSWER_SECONDS)
        # It answers and hangs up as soon as there are more bytes than it takes.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(b"z" + command + b"\0")
            if data is not None:
                for start in range(0, len(data), CHUNK_BYTES):
                    chunk = memoryview(data)[start : start + CHUNK_BYTES]
                    connection.sendall(len(chunk).to_bytes(4, "big"))
                    connection.sendall(chunk)
                connection.sendall(bytes(4))
        answer = bytearray()
        while not answer.endswith(b"\0") and (more := connection.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", errors="replace").strip()


def _connected(address: str | tuple[str, int]) -> socket.socket:
    if not isinstance(address, str):
        return socket.create_connection(address, CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _read_answer(answer: str) -> str:
    """The name of what was found, "" for nothing; SCANNER_AWAY for every other answer, such as that there were too many bytes."""
    if answer == "stream: OK":
        return ""
    found = FOUND.fullmatch(answer)
    if found is None:
        raise SurveyError(ErrorCode.SCANNER_AWAY, detail=answer[:100] or "it hung up")
    return found[1]
