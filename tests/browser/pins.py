"""The PIN of people in tests, stretched in Python as the tablet stretches it, with few rounds so that tests need not wait."""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import session_scope
from survey.devices.operations import register_pin
from survey.devices.queries import pin_facts
from tests.builders import NOW

PIN = "270418"
ROUNDS = 1000
SALT = bytes(range(16))


@dataclass(frozen=True, slots=True)
class Stretched:
    """What is made of a PIN."""

    bytes: bytes
    sign: bytes


def stretch(pin: str, salt: bytes = SALT, rounds: int = ROUNDS) -> Stretched:
    """The stretched PIN and the signing key, as `device/crypt.js` makes them."""
    stretched = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, rounds)
    sign = HKDF(hashes.SHA256(), 32, salt=None, info=b"supervision-survey countersign 1").derive(stretched)
    return Stretched(stretched, sign)


def give_pin(app: Flask, session: Session, person: User, pin: str = PIN) -> None:
    """Register a PIN for the person, as if it had been chosen on another tablet; nothing when there is one already."""
    session.commit()
    # A session that writes from its start can wait for the server, whose pages may be open already.
    with app.app_context(), session_scope(app) as writing:
        if pin_facts(writing, person.id) is None:
            register_pin(writing, person, sign_key=stretch(pin).sign, salt=SALT, rounds=ROUNDS, now=NOW)
