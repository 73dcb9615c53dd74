"""How identity numbers lie in the database: sealed with a key of the installation, and beside that a keyed hash that finds doubles.

A sealed value is bytes that say nothing; only a `Vault`, which has the installation's secret key, seals and opens. The column type
refuses plain text, so that a number cannot be stored in the clear by mistake, and reading a row opens nothing.
"""

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary, TypeDecorator
from sqlalchemy.engine import Dialect

from questionnaires.errors import ErrorCode, SurveyError

KEY_BYTES = 32
NONCE_BYTES = 12
"""AES-GCM's own length (NIST SP 800-38D); random, so a key seals far more numbers than a register holds."""
FORMAT = b"id1:"
"""What a sealed text begins with, so that another way of sealing can come beside this one. What earlier versions sealed has no name."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text that only the installation's secret key opens: the name of its format, the nonce, then what AES-256-GCM made of the text."""

    data: bytes


class SealedText(TypeDecorator[Sealed]):
    """A column of sealed texts; plain text is refused."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """The bytes as the database stores them."""
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("seal the text before it is stored")
        return None if value is None else value.data

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        """The stored bytes, still sealed."""
        return None if value is None else Sealed(value)


class Vault:
    """Seals, opens and fingerprints with the keys that an installation's secret key yields."""

    def __init__(self, secret_key: str) -> None:
        self._cipher, self._hash_key = _keys(secret_key)

    def seal(self, text: str) -> Sealed:
        """The text, sealed; the same text is other bytes every time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(FORMAT + nonce + self._cipher.encrypt(nonce, text.encode(), FORMAT))

    def open(self, sealed: Sealed) -> str:
        """The text that was sealed; INVALID_SETTING when the installation's secret key is another one since."""
        try:
            return self._open_named(sealed.data)
        except InvalidTag as error:
            detail = "it is not the key with which the identity numbers were sealed. Set the earlier one again."
            raise SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_SECRET_KEY", value="(not shown)", detail=detail) from error

    def _open_named(self, data: bytes) -> str:
        if data.startswith(FORMAT):
            # An earlier one may begin so by chance.
            with suppress(InvalidTag):
                return self._decrypted(data.removeprefix(FORMAT), FORMAT)
        return self._decrypted(data, None)

    def _decrypted(self, data: bytes, aad: bytes | None) -> str:
        return self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], aad).decode()

    def fingerprint(self, text: str) -> str:
        """The same 64 hexadecimal digits for the same text, which without the key can neither be read nor tried out."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


@cache
def _keys(secret_key: str) -> tuple[AESGCM, bytes]:
    sealing, hashing = (
        HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret_key.encode())
        for purpose in (b"supervision-survey identity numbers 1", b"supervision-survey identity fingerprints 1")
    )
    return AESGCM(sealing), hashing
