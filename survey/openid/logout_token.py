"""The token with which a provider says that somebody's sign-in ended there, checked as far as its signature is known to hold.

Pure. The rules are OpenID Connect Back-Channel Logout 1.0, section 2.4 and 2.6, and of RFC 8725 that one kind of token is never taken
for another: the type is asked for, which the first only recommends.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset(("logout+jwt", "application/logout+jwt"))
OLD_AFTER_S = 10 * 60
"""A token that was made longer ago is refused, however long it says that it holds; so long, too, those that were used are remembered."""
CLOCKS_DIFFER_S = 60
MAX_NAME_LENGTH = 255


class NoLogout(ValueError):
    """The token ends nothing; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended at the provider: everything of `subject`, or only its sign-in `provider_session`; "" for what is not said."""

    token_id: str
    issuer: str
    subject: str
    provider_session: str


def read_logout(header: Mapping[str, Any], claims: Mapping[str, Any], *, issuer: str, client_id: str, now: int) -> Ended:
    """What the token ends; NoLogout where it is of another kind, for somebody else, too old, or names nobody."""
    if str(header.get("typ", "")).casefold() not in TYPES:
        raise NoLogout("its type is not logout+jwt")
    if "nonce" in claims:
        raise NoLogout("it has a nonce, as id tokens do")
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "iat": {"essential": True},
        "exp": {"essential": True},
        "jti": {"essential": True},
    }
    try:
        JWTClaimsRegistry(now=now, leeway=CLOCKS_DIFFER_S, **wanted).validate(dict(claims))
    except (JoseError, ValueError, TypeError) as error:
        raise NoLogout(f"{type(error).__name__} {error}"[:200]) from error
    if claims["iat"] < now - OLD_AFTER_S:
        raise NoLogout("it was made too long ago")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise NoLogout("it tells of no logout")
    named = [_name(claims, each) for each in ("jti", "sub", "sid")]
    if not named[0] or not (named[1] or named[2]):
        raise NoLogout("it names no token, or neither somebody nor a sign-in")
    return Ended(hashlib.sha256(f"{issuer}\n{named[0]}".encode()).hexdigest(), issuer, named[1], named[2])


def _name(claims: Mapping[str, Any], claim: str) -> str:
    """The text of the claim, "" where it is not there."""
    found = claims.get(claim, "")
    if not isinstance(found, str) or len(found) > MAX_NAME_LENGTH:
        raise NoLogout(f"its {claim} is no name")
    return found
