"""Columns that lie encrypted in the database: AES-256-GCM with a key of the installation that no database holds.

A value names the key it was sealed with, so that keys can be changed one value at a time, and is bound to its column, so that it opens in
no other. An engine without keys, as copying a database has it, moves sealed values as they are and seals nothing.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, String, TypeDecorator
from sqlalchemy.engine import Dialect

from questionnaires.errors import ErrorCode, SurveyError

KEY_BYTES, NONCE_BYTES, ID_LENGTH = 32, 12, 8
MARK = "$sealed1$"
"""What sealed values begin with; nobody's telephone number does."""
STORED_LENGTH = 512
ATTRIBUTE = "survey_keyring"
"""Where an engine's dialect keeps the keys, which is all that a column type is told of the engine."""


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    cipher: AESGCM


class Keyring:
    """The keys of an installation: the first one seals, all of them open."""

    def __init__(self, secrets_: Sequence[str]) -> None:
        self._keys = tuple(_key(secret) for secret in secrets_)

    @property
    def prefix(self) -> str:
        """What values begin with that were sealed with the first key."""
        return f"{MARK}{self._keys[0].id}$"

    def seal(self, text: str, purpose: str) -> str:
        """The text, sealed for this purpose with the first key; other signs every time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.prefix + base64.b64encode(nonce + self._keys[0].cipher.encrypt(nonce, text.encode(), purpose.encode())).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """The text that was sealed; INVALID_SETTING when none of the keys opens it."""
        key_id, _, data = sealed.removeprefix(MARK).partition("$")
        key = next((each for each in self._keys if each.id == key_id), None)
        raw = base64.b64decode(data)
        try:
            if key is None:
                raise InvalidTag
            return key.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
        except InvalidTag as error:
            detail = f"none of its keys opens a value of {purpose}, sealed with key {key_id}. Add the earlier key after a comma."
            raise SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_FIELD_KEY", value="(not shown)", detail=detail) from error


@cache
def _key(secret: str) -> _Key:
    derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"supervision-survey fields 1").derive(secret.encode())
    return _Key(hashlib.sha256(b"id" + derived).hexdigest()[:ID_LENGTH], AESGCM(derived))


class SealedString(TypeDecorator[str]):
    """A column of texts that are sealed as they are stored and opened as they are read; "" stays "". `purpose` is "table.column".

    What was stored before there were keys is read as it is, until `keys rotate` or `init` has sealed it.
    """

    impl = String(STORED_LENGTH)
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__(STORED_LENGTH)
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as the database stores it."""
        if not value or value.startswith(MARK):
            return value
        keyring: Keyring | None = getattr(dialect, ATTRIBUTE, None)
        if keyring is None:
            raise TypeError(f"an engine without keys stores no plain text in {self.purpose}")
        return keyring.seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text; sealed as it lies where the engine has no keys."""
        keyring: Keyring | None = getattr(dialect, ATTRIBUTE, None)
        if value is None or keyring is None or not value.startswith(MARK):
            return value
        return keyring.open(value, self.purpose)


def seal_fields_of(engine: Engine, keyring: Keyring) -> None:
    """Nothing; sealed columns of this engine's database are sealed and opened with these keys."""
    setattr(engine.dialect, ATTRIBUTE, keyring)


def keyring_of(engine: Engine) -> Keyring:
    """The keys of the engine."""
    keyring: Keyring = getattr(engine.dialect, ATTRIBUTE)
    return keyring
