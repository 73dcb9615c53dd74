"""The cryptography that the server shares with the tablets, and the sealing of what it keeps. Pure: no database, no request.

The tablet's half is `static/tablet/device/vault.js`. A person's signing key is HKDF-SHA256 of the stretched PIN; a countersignature is
an HMAC with it; a visit's key pair is RSA-OAEP (3072 bits, SHA-256), which every browser's WebCrypto knows.
"""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from questionnaires.errors import ErrorCode, SurveyError

KEY_BYTES = 32
SALT_BYTES = 16
CHECK_BITS = 10
RSA_BITS = 3072


@cache
def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"supervision-survey keys at rest 1").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal_at_rest(secret_key: str, plain: bytes) -> bytes:
    """The bytes as the database keeps them, readable only with the installation's secret key."""
    return _fernet(secret_key).encrypt(plain)


def open_at_rest(secret_key: str, sealed: bytes) -> bytes:
    """The bytes that `seal_at_rest` was given; INVALID_SETTING when the installation's secret key is another one since."""
    try:
        return _fernet(secret_key).decrypt(sealed)
    except InvalidToken as error:
        detail = "it is not the key with which the keys in the database were sealed. Set the earlier one again."
        raise SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_SECRET_KEY", value="(not shown)", detail=detail) from error


def make_key_pair() -> tuple[bytes, bytes]:
    """A fresh pair for a visit: the public key (SPKI, DER) and the private key (PKCS 8, DER)."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    public = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public, private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def oaep(username: str) -> padding.OAEP:
    """How a key is sealed to a visit: its person's user name is part of it, so that it opens for nobody else's name."""
    return padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=username.encode())


def open_sealed(private_key: bytes, sealed: bytes, username: str) -> bytes | None:
    """What was sealed for this person to the public half of this private key; None when it was not, or was damaged."""
    key = serialization.load_der_private_key(private_key, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the key of a visit is an RSA key")
    try:
        return key.decrypt(sealed, oaep(username))
    except ValueError:
        return None


def pin_check(sign_key: bytes) -> int:
    """The first ten bits of SHA-256("check" + signing key): enough to notice a typing error, too little to guess the PIN from."""
    digest = hashlib.sha256(b"check" + sign_key).digest()
    return int.from_bytes(digest[:2]) >> (16 - CHECK_BITS)


def countersign_proof(sign_key: bytes, instance_id: str, xml_sha256: str, signed_at: str) -> str:
    """The proof, in hexadecimal, that the holder of the signing key countersigned this XML at this instant (as the tablet wrote it)."""
    message = f"countersign 1\n{instance_id}\n{xml_sha256}\n{signed_at}"
    return hmac.new(sign_key, message.encode(), hashlib.sha256).hexdigest()


def is_same(one: bytes | str, other: bytes | str) -> bool:
    """Whether two secrets are the same, found out in a time that tells nothing of them."""
    first, second = (value.encode() if isinstance(value, str) else value for value in (one, other))
    return hmac.compare_digest(first, second)
