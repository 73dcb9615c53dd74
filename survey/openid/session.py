"""What a visit to the provider leaves in the cookie, and which arrival a sign-in is made of."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from flask import session as cookie
from flask_login import user_logged_out

from survey.config import Settings, current_settings
from survey.openid.provider import Begun, Client, Provider
from survey.signing_in.session import ARRIVAL

VISIT, PENDING, LEFT = "openid_visit", "openid_pending", "openid_left"
"""What the cookie calls a visit that was begun, somebody who is bound to no account yet, and the arrival of a sign-in that was left."""
VISIT_LASTS_S, PENDING_LASTS_S = 15 * 60, 15 * 60


def install_openid(app: Flask) -> None:
    """Let whoever signs out be asked whether to leave the provider, too."""
    user_logged_out.connect(_leave, app)


def provider_of(settings: Settings) -> Provider:
    """The provider of these settings as this process knows it."""
    known: tuple[Client, Provider] | None = current_app.extensions.get("survey.openid")
    path = settings.openid_secret_file
    secret = Path(path).read_text(encoding="utf-8").strip() if path else ""
    client = Client(settings.openid_issuer, settings.openid_client_id, secret, settings.openid_scope)
    if known is None or known[0] != client:
        known = (client, Provider(client))
        current_app.extensions["survey.openid"] = known
    return known[1]


def keep_visit(begun: Begun, way: str, *, is_remembered: bool) -> None:
    """Nothing; this browser is on its way to the provider, and wants to go on to `way` afterwards."""
    cookie[VISIT] = {**asdict(begun), "way": way, "is_remembered": is_remembered, "at": int(time.time())}


def take_visit() -> tuple[Begun, str, bool] | None:
    """The visit that this browser began, the way it wants to go on and whether it is to be remembered; it is good once."""
    kept = _fresh(cookie.pop(VISIT, None), VISIT_LASTS_S)
    if kept is None:
        return None
    return Begun(kept["state"], kept["nonce"], kept["verifier"], kept["is_again"]), kept["way"], kept["is_remembered"]


def keep_pending(subject: str, told_name: str, way: str) -> None:
    """Nothing; the provider vouches for somebody who is bound to no account."""
    cookie[PENDING] = {
        "subject": subject,
        "name": told_name,
        "way": way,
        "issuer": current_settings().openid_issuer,
        "at": int(time.time()),
    }


def pending() -> Mapping[str, Any] | None:
    """Whom the provider vouches for in this browser: subject, name and the way on."""
    kept = _fresh(cookie.get(PENDING), PENDING_LASTS_S)
    return kept if kept is not None and kept["issuer"] == current_settings().openid_issuer else None


def forget_pending() -> None:
    """Nothing; the browser stands for nobody of the provider any more."""
    cookie.pop(PENDING, None)


def keep_arrival(arrival_id: str) -> None:
    """Nothing; the next sign-in of its person in this browser is made of this arrival."""
    cookie[ARRIVAL] = arrival_id


def sign_in_context() -> dict[str, Any]:
    """What the sign-in page knows of the provider: the settings where there is one, and whether this browser left here but not there."""
    settings = current_settings()
    return {"openid": settings if settings.openid_issuer else None, "openid_left": LEFT in cookie}


def _fresh(kept: Any, lasts_s: int) -> dict[str, Any] | None:
    return kept if isinstance(kept, dict) and 0 <= time.time() - kept["at"] < lasts_s else None


def _leave(_app: Flask, **_more: Any) -> None:
    left = g.get("survey_sign_in")
    forget_pending()
    if left is not None and left.arrival_id and current_settings().openid_issuer:
        cookie[LEFT] = left.arrival_id
