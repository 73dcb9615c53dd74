"""Asking people, now and then, to set up a second factor; whoever says "not now" is left alone for a while on this device."""

import time

from flask import g
from flask import session as cookie
from flask_security import current_user

LATER = "second_factor_later"
"""What the cookie calls the moment of "not now"."""
ASKED_AGAIN_AFTER_S = 30 * 24 * 3600


def asks_for_second_factor() -> bool:
    """Whether the start page asks the person who is signed in; whoever came from the provider is asked by that one."""
    came_by_password = getattr(g.get("survey_sign_in"), "arrival_id", None) is None
    is_left_alone = time.time() - cookie.get(LATER, 0) < ASKED_AGAIN_AFTER_S
    return came_by_password and not is_left_alone and bool(current_user.is_asked_for_second_factor())


def ask_later() -> None:
    """Nothing; the person is asked again in thirty days."""
    cookie[LATER] = int(time.time())
