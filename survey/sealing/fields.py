"""Columns that lie encrypted in the database: AES-256-GCM with a key of the installation that no database holds.

A value names the key it was sealed with, so that keys can be changed one value at a time, and is bound to its column, so that it opens in
no other. An engine without keys, as copying a database has it, moves sealed values as they are and seals nothing.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import ColumnElement, Engine, LargeBinary, String, Text, TypeDecorator, and_, cast, func, literal, type_coerce
from sqlalchemy.engine import Dialect

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import Json

KEY_BYTES, NONCE_BYTES, ID_LENGTH, TOKEN_BYTES = 32, 12, 8, 4
MARK = "$sealed1$"
"""What sealed values begin with; nobody's telephone number does."""
STORED_LENGTH = 512
DOT = "."
"""After it a sealed value may carry what it is found by; base64 has no such sign."""
TOMBSTONE = "〔已删除〕"
"""What stands in place of what was erased. It says nothing of anybody and is never sealed, so that the database can tell it."""
ATTRIBUTE = "survey_keyring"
"""Where an engine's dialect keeps the keys, which is all that a column type is told of the engine."""


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    cipher: AESGCM
    token_key: bytes


class DamagedError(SurveyError):
    """A sealed value that its own key does not open: somebody changed it, or put it where another one was."""


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
        return self.prefix + base64.b64encode(self._encrypt(text.encode(), purpose)).decode()

    def seal_bytes(self, data: bytes, purpose: str) -> bytes:
        """The bytes, sealed for this purpose with the first key."""
        return self.prefix.encode() + self._encrypt(data, purpose)

    def _encrypt(self, data: bytes, purpose: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._keys[0].cipher.encrypt(nonce, data, purpose.encode())

    def open(self, sealed: str, purpose: str) -> str:
        """The text that was sealed; INVALID_SETTING when none of the keys opens it."""
        key_id, _, data = sealed.removeprefix(MARK).partition("$")
        return self._decrypt(key_id, base64.b64decode(data.partition(DOT)[0]), purpose).decode()

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """The bytes that were sealed; INVALID_SETTING when none of the keys opens them."""
        start = len(MARK)
        return self._decrypt(sealed[start : start + ID_LENGTH].decode(errors="replace"), sealed[start + ID_LENGTH + 1 :], purpose)

    def _decrypt(self, key_id: str, raw: bytes, purpose: str) -> bytes:
        key = next((each for each in self._keys if each.id == key_id), None)
        if key is None:
            detail = "none of its keys opens a value of {purpose}, sealed with key {key_id}. Add the earlier key after a comma."
            raise SurveyError(
                ErrorCode.INVALID_SETTING, name="SURVEY_FIELD_KEY", value="(not shown)", detail=detail, purpose=purpose, key_id=key_id
            )
        try:
            return key.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            detail = "its key {key_id} does not open a value of {purpose}, which was changed in the database. Run: python -m survey verify"
            raise DamagedError(
                ErrorCode.INVALID_SETTING, name="SURVEY_FIELD_KEY", value="(not shown)", detail=detail, purpose=purpose, key_id=key_id
            ) from error

    def fingerprint(self, text: str, purpose: str) -> str:
        """64 digits that are the same for the same text and purpose, also after the first key was changed: they are made with the last one,
        which is that of the installation's secret key."""
        return hashlib.blake2b(f"{purpose}\0{text}".encode(), key=self._keys[-1].token_key, digest_size=KEY_BYTES).hexdigest()

    def token(self, text: str, purpose: str) -> str:
        """A few digits that are the same for the same text and purpose, and that without the key nobody can make or read."""
        digest = hashlib.blake2b(f"{purpose}\0{text}".encode(), key=self._keys[0].token_key, digest_size=TOKEN_BYTES)
        return digest.hexdigest()


@cache
def _key(secret: str) -> _Key:
    derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"supervision-survey fields 1").derive(secret.encode())
    token_key = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"supervision-survey search 1").derive(secret.encode())
    return _Key(hashlib.sha256(b"id" + derived).hexdigest()[:ID_LENGTH], AESGCM(derived), token_key)


def is_kept_as_is(value: str) -> bool:
    """Whether a text is stored as it is: nothing, a tombstone, or sealed already."""
    return not value or value == TOMBSTONE or value.startswith(MARK)


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
        if value is None or is_kept_as_is(value):
            return value
        return keys_for(dialect, self.purpose).seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text; sealed as it lies where the engine has no keys."""
        keyring = keys_of(dialect)
        if value is None or keyring is None or not value.startswith(MARK):
            return value
        return keyring.open(value, self.purpose)

    def needs_sealing(self, column: ColumnElement[Any], keyring: Keyring) -> ColumnElement[bool]:
        """Whether a value of the column is not sealed with the first key."""
        stored = type_coerce(column, String)
        return and_(stored.not_in(("", TOMBSTONE)), ~stored.startswith(keyring.prefix, autoescape=True))


class SealedLongText(SealedString):
    """The same for texts of any length."""

    impl = Text()
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        TypeDecorator.__init__(self)
        self.purpose = purpose


class SealedBytes(TypeDecorator[bytes]):
    """A column of bytes, such as XML as it was received, that are sealed as they are stored; none stay none.

    With `is_lenient` a value that somebody changed in the database is read as no bytes, for whoever looks for such ones.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str, *, is_lenient: bool = False) -> None:
        super().__init__()
        self.purpose, self.is_lenient = purpose, is_lenient

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """The bytes as the database stores them."""
        if not value or value.startswith(MARK.encode()):
            return value
        return keys_for(dialect, self.purpose).seal_bytes(value, self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """The bytes; sealed as they lie where the engine has no keys."""
        keyring = keys_of(dialect)
        if value is None or keyring is None or not value.startswith(MARK.encode()):
            return value
        try:
            return keyring.open_bytes(value, self.purpose)
        except DamagedError:
            if self.is_lenient:
                return b""
            raise

    def needs_sealing(self, column: ColumnElement[Any], keyring: Keyring) -> ColumnElement[bool]:
        """Whether a value of the column is not sealed with the first key."""
        stored, prefix = type_coerce(column, LargeBinary), keyring.prefix.encode()
        return and_(func.length(stored) > 0, func.substr(stored, 1, len(prefix), type_=LargeBinary) != literal(prefix, LargeBinary))


class SealedJson(TypeDecorator[Any]):
    """A column of JSON that is stored as one JSON text of sealed JSON; null, {} and [] stay as they are.

    With `is_parsed=False` a column is read as the JSON's text, for whoever parses many at once; with `is_lenient` a value that somebody
    changed in the database is read as None.
    """

    impl = Json
    cache_ok = True
    should_evaluate_none = True

    def __init__(self, purpose: str, *, is_parsed: bool = True, is_lenient: bool = False) -> None:
        super().__init__()
        self.purpose, self.is_parsed, self.is_lenient = purpose, is_parsed, is_lenient

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The database's own type of JSON."""
        return dialect.type_descriptor(Json.dialect_impl(dialect))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The value as the database stores it."""
        if value in (None, {}, []) or (isinstance(value, str) and value.startswith(MARK)):
            return value
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return keys_for(dialect, self.purpose).seal(text, self.purpose)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value; sealed as it lies where the engine has no keys."""
        keyring = keys_of(dialect)
        if keyring is None:
            return value
        if not isinstance(value, str) or not value.startswith(MARK):
            return value if self.is_parsed or value is None else json.dumps(value, ensure_ascii=False)
        try:
            text = keyring.open(value, self.purpose)
        except DamagedError:
            if self.is_lenient:
                return None
            raise
        return json.loads(text) if self.is_parsed else text

    def needs_sealing(self, column: ColumnElement[Any], keyring: Keyring) -> ColumnElement[bool]:
        """Whether a value of the column is not sealed with the first key."""
        stored = cast(type_coerce(column, Json), Text)
        return and_(stored.not_in(("null", "{}", "[]")), ~stored.startswith(f'"{keyring.prefix}', autoescape=True))


def keys_of(dialect: Dialect) -> Keyring | None:
    """The keys of the engine with this dialect; None where it has none."""
    keyring: Keyring | None = getattr(dialect, ATTRIBUTE, None)
    return keyring


def keys_for(dialect: Dialect, purpose: str) -> Keyring:
    """The same, for sealing; an engine without keys stores nothing in a sealed column."""
    keyring = keys_of(dialect)
    if keyring is None:
        raise TypeError(f"an engine without keys stores no plain text in {purpose}")
    return keyring


def seal_fields_of(engine: Engine, keyring: Keyring) -> None:
    """Nothing; sealed columns of this engine's database are sealed and opened with these keys."""
    setattr(engine.dialect, ATTRIBUTE, keyring)


def keyring_of(engine: Engine) -> Keyring:
    """The keys of the engine."""
    keyring: Keyring = getattr(engine.dialect, ATTRIBUTE)
    return keyring
