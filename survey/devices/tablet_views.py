"""What tablets ask about themselves and the PIN of their person, as JSON; a revoked tablet is told so whatever it asks."""

import base64
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from flask_babel import gettext as _
from flask_security import current_user

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.devices import operations
from survey.devices.queries import is_revoked
from survey.errors import error_response

DEVICE_HEADER = "X-Device-Id"
ON_TABLETS = ("interviewer", "coordinator", "admin")
MAX_COUNT = 1_000_000

blueprint = Blueprint("tablet_devices", __name__, url_prefix="/tablet")


@blueprint.before_app_request
def refuse_revoked() -> None:
    """Raise DEVICE_REVOKED for a tablet that names itself and was revoked.

    Nobody needs to be signed in: a lost tablet's sign-in may have ended, and it is to be wiped all the same.
    """
    device_id = request.headers.get(DEVICE_HEADER, "")
    if device_id and is_revoked(current_session(), device_id):
        raise SurveyError(ErrorCode.DEVICE_REVOKED, device=device_id)


@blueprint.post("/devices")
@requires(*ON_TABLETS)
def register() -> Response:
    """Know the tablet and what it tells of its work, make the keys that its person's visits still lack, and give one for sending."""
    facts = _facts()
    said = facts.get("waiting")
    waiting: dict[str, Any] = said if isinstance(said, dict) else {}
    told = operations.Waiting(_count(waiting, "n_drafts"), _count(waiting, "n_unsent"))
    now = utc_now()
    device = operations.register_device(current_session(), current_user, _text(facts, "device_id"), _text(facts, "name"), told, now)
    operations.ensure_visit_keys(current_session(), current_user, now)
    known = {"device_id": device.id, "name": device.name}
    # A tablet with an earlier version of the app says nothing of a key, and would not keep one.
    if "has_key" in facts:
        key = operations.give_key(current_session(), actor(), device, now, has_one=facts["has_key"] is True)
        known |= {"key": key} if key else {}
    return _private(known)


@blueprint.post("/pin")
@requires(*ON_TABLETS)
def pin() -> Response:
    """Keep the key of a person's first PIN, or compare a later one with it; `old_sign` comes with a PIN that is changed."""
    facts = _facts()
    keys: dict[str, Any] = {
        "sign_key": _hex(facts, "sign"),
        "salt": _base64(facts, "salt"),
        "rounds": _count(facts, "rounds"),
        "now": utc_now(),
    }
    if "old_sign" in facts:
        outcome = operations.change_pin(current_session(), current_user, old_sign_key=_hex(facts, "old_sign"), **keys)
    else:
        outcome = operations.register_pin(current_session(), current_user, **keys)
    # These are answers rather than errors, because a wrong PIN is counted, and an error would forget it.
    if outcome == "differs":
        return error_response(403, "WRONG_PIN", _("This is not the PIN that you chose on another tablet."))
    if outcome == "paused":
        return error_response(429, "TOO_MANY_PINS", _("Too many wrong PINs. Wait a quarter of an hour, then try again."))
    return _private({"outcome": outcome})


@blueprint.post("/recovery")
@requires(*ON_TABLETS)
def recovery() -> Response:
    """The key of the person's data on this tablet, once a coordinator has allowed them a new PIN."""
    escrow = _facts().get("escrow")
    if not isinstance(escrow, list) or not all(isinstance(each, dict) for each in escrow):
        raise _invalid("escrow", "a list of visit_id and sealed is needed")
    sealed = [(_text(each, "visit_id"), _base64(each, "sealed")) for each in escrow]
    key = operations.recover_key(current_session(), current_user, sealed, request.headers.get(DEVICE_HEADER, "")[:64], utc_now())
    return _private({"key": base64.b64encode(key).decode()})


def _facts() -> dict[str, Any]:
    facts = request.get_json(silent=True)
    if not isinstance(facts, dict):
        raise _invalid("body", "a JSON object is needed")
    return facts


def _text(facts: dict[str, Any], name: str) -> str:
    value = facts.get(name, "")
    if not isinstance(value, str):
        raise _invalid(name, "a text is needed")
    return value.strip()


def _count(facts: dict[str, Any], name: str) -> int:
    value = facts.get(name, 0)
    if type(value) is not int or not 0 <= value <= MAX_COUNT * 10:
        raise _invalid(name, "a whole number is needed")
    return value


def _hex(facts: dict[str, Any], name: str) -> bytes:
    try:
        return bytes.fromhex(_text(facts, name))
    except ValueError as error:
        raise _invalid(name, "hexadecimal digits are needed") from error


def _base64(facts: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(facts, name), validate=True)
    except ValueError as error:
        raise _invalid(name, "base64 is needed") from error


def _invalid(name: str, detail: str) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail)


def _private(facts: dict[str, Any]) -> Response:
    response = make_response(jsonify(facts))
    response.headers["Cache-Control"] = "no-store"
    return response
