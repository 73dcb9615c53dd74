"""Encrypted files as a tablet exports them, made here from interviews in the open; the browser's own are tested in tests/browser."""

import base64
import json
import os
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from survey.devices.keys import oaep

PIECE_BYTES = 1000


def export_file(
    public_keys: dict[str, bytes],
    interviews: list[dict[str, Any]],
    files: dict[str, dict[str, bytes]],
    *,
    username: str = "lead1",
    values: dict[str, Any] | None = None,
) -> bytes:
    """The file with these interviews (card and body in one) and the files of each by its id, sealed to the keys of these visits."""
    key = AESGCM.generate_key(256)
    parts: list[tuple[str, list[Any], bytes]] = []

    def put(store: str, place: list[Any], plain: bytes) -> None:
        nonce = os.urandom(12)
        parts.append((store, place, nonce + AESGCM(key).encrypt(nonce, plain, "/".join([store, *map(str, place)]).encode())))

    for interview in interviews:
        place = [username, interview["id"]]
        body = {name: interview.get(name) for name in ("answers", "xml", "countersign")}
        put("cards", place, json.dumps({name: value for name, value in interview.items() if name not in body}).encode())
        put("bodies", place, json.dumps(body).encode())
        for name, data in files.get(interview["id"], {}).items():
            pieces = [data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES)]
            facts = {"type": "image/jpeg", "n_bytes": len(data), "first": 3, "n_pieces": len(pieces)}
            put("facts", [*place, name], json.dumps(facts).encode())
            for number, piece in enumerate(pieces, start=3):
                put("pieces", [*place, name, number], piece)
    for name, value in (values or {}).items():
        put("values", [username, name], json.dumps(value).encode())
    header = {
        "format": "supervision-survey-export 1",
        "device_id": "tablet:7",
        "username": username,
        "created_at": "2018-04-20T08:30:00.000Z",
        "escrow": [{"visit_id": visit_id, "sealed": _escrow(public, key, username)} for visit_id, public in public_keys.items()],
        "parts": [{"store": store, "key": place, "n_bytes": len(sealed)} for store, place, sealed in parts],
    }
    return json.dumps(header).encode() + b"\n" + b"".join(sealed for _, _, sealed in parts)


def _escrow(public_key: bytes, key: bytes, username: str) -> str:
    public = serialization.load_der_public_key(public_key)
    assert isinstance(public, rsa.RSAPublicKey)
    return base64.b64encode(public.encrypt(key, oaep(username))).decode()
