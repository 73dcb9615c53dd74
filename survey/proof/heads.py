"""Signed heads of the log: what it ended with at a moment, signed with a key of the installation, so that paper can prove it later. Pure.

Whoever may write to the database could write a whole new log, chained as it should be. They cannot make it end in a digest that was
printed before. The key is derived from the secret key, which no database holds; the digest covers every event up to the head.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from questionnaires.errors import ErrorCode, SurveyError

FORMAT = "supervision-survey head 1"
KEY_BYTES = 32
FINGERPRINT_GROUPS, GROUP_LENGTH = 8, 4
DIGEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Head:
    """The log at one of its events: `log` is the digest of its first event, `at` when the event happened.

    What was typed from paper has a number and a digest only, and the other fields are "".
    """

    number: int
    digest: str
    log: str = ""
    at: str = ""
    public_key: str = ""
    signature: str = ""

    def message(self) -> bytes:
        """What is signed."""
        return "\n".join((FORMAT, self.log, str(self.number), self.digest, self.at)).encode()

    def record(self) -> dict[str, Any]:
        """The head as JSON says it."""
        values = {"event": self.number, "digest": self.digest, "log": self.log, "at": self.at}
        return {"format": FORMAT, **values, "public_key": self.public_key, "signature": self.signature}


@cache
def _private_key(secret_key: str) -> Ed25519PrivateKey:
    derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"supervision-survey log heads 1").derive(secret_key.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)


def public_key_of(secret_key: str) -> str:
    """The public half of the key that heads are signed with, in base64."""
    return base64.b64encode(_private_key(secret_key).public_key().public_bytes_raw()).decode()


def fingerprint(public_key: str) -> str:
    """The first 128 bits of the SHA-256 of a public key, in groups that people can compare."""
    digest = hashlib.sha256(base64.b64decode(public_key)).hexdigest()
    return " ".join(digest[start : start + GROUP_LENGTH] for start in range(0, FINGERPRINT_GROUPS * GROUP_LENGTH, GROUP_LENGTH))


def sign_head(secret_key: str, *, number: int, digest: str, log: str, at: datetime) -> Head:
    """The signed head; the same event has the same signature every time."""
    head = Head(number, digest, log, at.astimezone(UTC).isoformat(), public_key_of(secret_key))
    signature = base64.b64encode(_private_key(secret_key).sign(head.message())).decode()
    return Head(head.number, head.digest, head.log, head.at, head.public_key, signature)


def is_signed(head: Head) -> bool:
    """Whether the signature is that of the head's public key over what the head says."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(head.public_key, validate=True))
        key.verify(base64.b64decode(head.signature, validate=True), head.message())
    except (ValueError, InvalidSignature):
        return False
    return True


def read_head(text: str, file: str) -> Head:
    """The head that a file holds, or `NUMBER:DIGEST` as typed from paper, blanks and all; UNREADABLE_DOCUMENT when it is neither."""
    number, _, digest = "".join(text.split()).partition(":")
    if number.isdecimal() and len(digest) == DIGEST_LENGTH:
        return Head(int(number), digest.lower())
    try:
        record = json.loads(text)
        if not isinstance(record, Mapping) or record.get("format") != FORMAT:
            raise ValueError("it is no head of a log")
        head = Head(int(record["event"]), *(str(record[name]) for name in ("digest", "log", "at", "public_key", "signature")))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        detail = "it is neither the head that `verify --head` prints nor NUMBER:DIGEST ({error})"
        raise SurveyError(ErrorCode.UNREADABLE_DOCUMENT, file=file, detail=detail, error=error) from error
    if not is_signed(head):
        detail = "its signature is not that of its key, so it was changed or damaged"
        raise SurveyError(ErrorCode.UNREADABLE_DOCUMENT, file=file, detail=detail)
    return head
