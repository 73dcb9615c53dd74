"""The encrypted file that a tablet exports when it cannot send any more: its header, and its parts once the key is known.

The file is one line of JSON and then the sealed bytes of the parts, one after the other, as they lay in the tablet's database (the
tablet's half is `static/tablet/device/export_file.js`). A part is 12 bytes of nonce and AES-GCM text with its tag; the place that it was
sealed for, its store and key, is what it is bound to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from questionnaires.errors import ErrorCode, SurveyError

FORMAT = "supervision-survey-export 1"
HEADER_LIMIT = 64 * 1024 * 1024
NONCE_BYTES = 12

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Where the sealed bytes of one thing lie in the file."""

    offset: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself in the open. `escrow` is the key of the parts, sealed to the keys of visits, as (visit, base64)."""

    device_id: str
    username: str
    created_at: str
    escrow: tuple[tuple[str, str], ...]
    parts: Mapping[tuple[str, Key], Part]


def read_header(file: IO[bytes], name: str) -> Header:
    """The header of an exported file; UNREADABLE_EXPORT when it is none or does not hold all that it names."""
    line = file.readline(HEADER_LIMIT)
    try:
        if b"\\u0000" in line:
            raise ValueError("no name holds a zero byte")
        facts = orjson.loads(line)
        if facts["format"] != FORMAT:
            raise SurveyError(
                ErrorCode.UNREADABLE_EXPORT,
                file=name,
                detail="it is of the format {facts}, not {format}.",
                facts=repr(facts["format"]),
                format=repr(FORMAT),
            )
        parts: dict[tuple[str, Key], Part] = {}
        offset = len(line)
        for part in facts["parts"]:
            key = tuple(each if isinstance(each, int) else str(each) for each in part["key"])
            parts[str(part["store"]), key] = Part(offset, n_bytes := int(part["n_bytes"]))
            if n_bytes < 0:
                raise ValueError("a part cannot end before it begins")
            offset += n_bytes
        escrow = tuple((str(each["visit_id"]), str(each["sealed"])) for each in facts["escrow"])
        header = Header(str(facts["device_id"]), str(facts["username"]), str(facts["created_at"]), escrow, parts)
    except (ValueError, KeyError, TypeError) as error:
        detail = "it does not begin as such a file does. Choose the file that the tablet put among its downloads."
        raise SurveyError(ErrorCode.UNREADABLE_EXPORT, file=name, detail=detail) from error
    if file.seek(0, 2) < offset:
        raise SurveyError(ErrorCode.UNREADABLE_EXPORT, file=name, detail="its end is missing. Copy it from the tablet once more.")
    return header


class SealedFile:
    """The parts of an exported file, opened one at a time."""

    def __init__(self, file: IO[bytes], header: Header, key: bytes) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self.header = header

    @cached_property
    def interview_ids(self) -> tuple[str, ...]:
        """The interviews in the file, in its order."""
        return tuple(str(key[1]) for store, key in self.header.parts if store == "cards" and len(key) == 2)

    def interview(self, interview_id: str) -> dict[str, Any] | None:
        """What the tablet kept of an interview, its card with its body; None when a part is missing or was damaged."""
        key = (self.header.username, interview_id)
        card, body = self._json("cards", key), self._json("bodies", key)
        return card | body if card is not None and body is not None else None

    def files(self, interview_id: str) -> Iterator[tuple[str, bytes | None]]:
        """The files of an interview by name; None for one of which a piece is missing or was damaged."""
        for store, key in self.header.parts:
            if store == "facts" and len(key) == 3 and key[:2] == (self.header.username, interview_id):
                yield str(key[2]), self._whole(key)

    def value(self, name: str) -> Any:
        """What the tablet kept under a name; None when it is not in the file or was damaged."""
        opened = self._open("values", (self.header.username, name))
        return None if opened is None else json.loads(opened)

    def _whole(self, key: Key) -> bytes | None:
        facts = self._json("facts", key)
        if facts is None:
            return None
        pieces = [self._open("pieces", (*key, facts["first"] + number)) for number in range(facts["n_pieces"])]
        return None if None in pieces else b"".join(piece for piece in pieces if piece is not None)

    def _json(self, store: str, key: Key) -> dict[str, Any] | None:
        opened = self._open(store, key)
        found: dict[str, Any] | None = None if opened is None else json.loads(opened)
        return found

    def _open(self, store: str, key: Key) -> bytes | None:
        part = self.header.parts.get((store, key))
        if part is None:
            return None
        self._file.seek(part.offset)
        sealed = self._file.read(part.n_bytes)
        place = "/".join([store, *(str(each) for each in key)])
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):  # the latter of a part too short to be one
            return None
