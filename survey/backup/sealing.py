"""How what lies in a backup is encrypted, and under which names, so that whoever holds the place and not the passphrase learns nothing.

One key comes from the passphrase by scrypt (RFC 7914), all others from that by HKDF. A sealed piece is a salt of its own, then frames of
AES-256-GCM; a frame is known by its place among the others and whether it is the last (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015), and all of it by the name that it lies under. So nothing can be cut off, put in another order or exchanged.
"""

import hashlib
import hmac
import json
import os
import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from questionnaires.errors import ErrorCode, SurveyError

FORMAT = "supervision-survey backup 1"
MIN_PASSPHRASE_LENGTH = 16
SALT_BYTES, KEY_BYTES, TAG_BYTES = 16, 32, 16
FRAME_BYTES = 1_048_576
SCRYPT_COST = 2**16


@dataclass(frozen=True, slots=True)
class Header:
    """What lies beside a backup unencrypted: the salt and cost of its passphrase, and what tells a wrong one at once."""

    salt: bytes
    cost: int
    check: str

    def to_json(self) -> bytes:
        """The file."""
        told = {"format": FORMAT, "salt": self.salt.hex(), "scrypt_n": self.cost, "scrypt_r": 8, "scrypt_p": 1, "check": self.check}
        return json.dumps(told, indent=1).encode()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one backup."""

    sealing: bytes
    naming: bytes

    def name(self, content: bytes) -> str:
        """The name under which a piece with this content lies: the same for the same content, and telling nothing of it."""
        return hmac.new(self.naming, content, hashlib.sha256).hexdigest()


def begin(passphrase: str) -> tuple[Header, Keys]:
    """Header and keys of a new backup; raises INVALID_SETTING for a passphrase that could be guessed."""
    if len(passphrase) < MIN_PASSPHRASE_LENGTH or len(set(passphrase)) < 8:
        detail = "write at least {min_passphrase_length} random characters, for example the output of: openssl rand -base64 24"
        raise SurveyError(
            ErrorCode.INVALID_SETTING,
            name="SURVEY_BACKUP_KEY",
            value="(not shown)",
            detail=detail,
            min_passphrase_length=MIN_PASSPHRASE_LENGTH,
        )
    salt = os.urandom(SALT_BYTES)
    keys, check = _derive(passphrase, salt, SCRYPT_COST)
    return Header(salt, SCRYPT_COST, check), keys


def read_header(data: bytes, place: str) -> Header:
    """The header as it lies beside a backup; raises INVALID_VALUE for anything else."""
    try:
        told = json.loads(data)
        if told["format"] != FORMAT or not 2**10 <= told["scrypt_n"] <= 2**20:
            raise ValueError(told["format"])
        return Header(bytes.fromhex(told["salt"]), told["scrypt_n"], told["check"])
    except (ValueError, KeyError, TypeError) as error:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=place, detail="it is no backup that this version can read") from error


def open_keys(header: Header, passphrase: str, place: str) -> Keys:
    """The keys of a backup; raises INVALID_VALUE for another passphrase than the one it was begun with."""
    keys, check = _derive(passphrase, header.salt, header.cost)
    if not hmac.compare_digest(check, header.check):
        detail = "SURVEY_BACKUP_KEY is not the passphrase that this backup was made with"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=place, detail=detail)
    return keys


def seal(keys: Keys, name: str, content: bytes, *, compressed: bool) -> bytes:
    """The content as it may lie anywhere."""
    salt = os.urandom(SALT_BYTES)
    box, aad = AESGCM(_expand(keys.sealing, salt + b"piece")), name.encode()
    told = (b"z" + zlib.compress(content, 6)) if compressed else b"-" + content
    frames = [told[start : start + FRAME_BYTES] for start in range(0, len(told), FRAME_BYTES)]
    sealed = (box.encrypt(_nonce(number, number == len(frames) - 1), frame, aad) for number, frame in enumerate(frames))
    return b"".join((salt, *sealed))


def unseal(keys: Keys, name: str, data: bytes) -> bytes:
    """The content of what lies under this name; raises INVALID_VALUE where a single bit is another one."""
    salt, rest = data[:SALT_BYTES], memoryview(data)[SALT_BYTES:]
    box, aad, step = AESGCM(_expand(keys.sealing, salt + b"piece")), name.encode(), FRAME_BYTES + TAG_BYTES
    starts = range(0, len(rest), step)
    try:
        told = b"".join(
            box.decrypt(_nonce(number, start + step >= len(rest)), rest[start : start + step], aad) for number, start in enumerate(starts)
        )
        if told[:1] == b"z":
            return zlib.decompress(told[1:])
        if told[:1] == b"-":
            return told[1:]
    except (InvalidTag, zlib.error, ValueError):
        pass
    detail = "this piece of the backup is damaged or not the one that was written; take an earlier backup or another copy"
    raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail)


def _derive(passphrase: str, salt: bytes, cost: int) -> tuple[Keys, str]:
    root = Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1).derive(passphrase.encode())
    return Keys(_expand(root, b"sealing"), _expand(root, b"naming")), _expand(root, b"check").hex()


def _expand(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes((is_last,))
