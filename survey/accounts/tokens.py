"""What a token is made of, and how ODK Collect is told of one. Pure."""

import base64
import hashlib
import json
import secrets
import zlib

PREFIX = "sst_"
"""So that a token is known for one where it turns up, in a password field or in a file that was published by mistake."""
ROLES_OF_SCOPE = {
    "submit": frozenset(("interviewer", "coordinator", "admin")),
    "handover": frozenset(("admin",)),
    "read": frozenset(("author", "coordinator", "admin")),
}
"""Whose tokens may do what; a person who loses the role loses the use of the token with it."""


def new_token() -> str:
    """A fresh token of 256 random bits; that many need no slow hash."""
    return PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(text: str) -> bool:
    """Whether a text looks like a token of ours."""
    return text.startswith(PREFIX)


def collect_settings(server_url: str, username: str, token: str, project: str) -> str:
    """The text of the QR code that sets ODK Collect up: this server, this person, and forms and sending kept up to date by themselves.

    Source: ODK documentation, "Making your own QR code" (https://docs.getodk.org/collect-import-export/): JSON, zlib, base64.
    """
    settings = {
        "general": {
            "server_url": server_url,
            "username": username,
            "password": token,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "admin": {},
        "project": {"name": project},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False).encode())).decode()
