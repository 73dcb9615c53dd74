"""What a tablet is told of the person who is signed in: how their PIN is stretched, when to lock, and the server's clock."""

import base64
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.config import current_settings
from survey.devices.keys import SALT_BYTES
from survey.devices.queries import PinFacts, pin_facts

PIN_ROUNDS = 600_000
"""Rounds of PBKDF2-HMAC-SHA256 for a new PIN. Source: OWASP Password Storage Cheat Sheet, 2023."""


def security_facts(session: Session, user: User, now: datetime) -> dict[str, Any]:
    """The part of `session.json` that concerns PIN and lock. A person without a PIN gets a fresh salt each time, to be sent back."""
    known = pin_facts(session, user.id)
    found = known or PinFacts(secrets.token_bytes(SALT_BYTES), PIN_ROUNDS, 0)
    return {
        "lock_minutes": current_settings().lock_minutes,
        "pin": {"salt": base64.b64encode(found.salt).decode(), "rounds": found.rounds, "is_set": known is not None},
        "server_time": now.isoformat(),
    }
