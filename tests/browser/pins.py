"""The PIN of people in tests, stretched in Python as the tablet stretches it, with few rounds so that tests need not wait; visits' keys."""

import hashlib
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.config import current_settings
from survey.db import session_scope
from survey.devices.keys import make_key_pair, seal_at_rest
from survey.devices.models import VisitKey
from survey.devices.operations import register_pin
from survey.devices.queries import pin_facts
from survey.visits.models import Visit
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


@cache
def key_pair() -> tuple[bytes, bytes]:
    """The key pair of every visit of the tests in a browser, made once because that takes long."""
    return make_key_pair()


def give_keys(app: Flask, session: Session) -> None:
    """Give every visit that has no key pair yet the one that is made, as a tablet's first contact would."""
    session.commit()
    public, private = key_pair()
    with app.app_context(), session_scope(app) as writing:
        sealed = seal_at_rest(current_settings().secret_key, private)
        missing = select(Visit.id).where(Visit.id.not_in(select(VisitKey.visit_id)))
        writing.add_all(VisitKey(visit_id=id, public_key=public, private_key=sealed, made_at=NOW) for id in writing.scalars(missing).all())
