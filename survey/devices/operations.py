"""Every write about tablets, PINs and keys. Sealing a key needs an application context, for the installation's secret key."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.token_operations import MAX_DAYS, make_token, revoke_keys_of_device
from survey.config import current_settings
from survey.devices.keys import KEY_BYTES, SALT_BYTES, is_same, make_key_pair, open_at_rest, pin_check, seal_at_rest
from survey.devices.models import Device, DeviceUse, PersonPin, PinReset, VisitKey
from survey.devices.queries import current_reset, find_pin, key_until, try_escrow, visit_public_keys
from survey.events import log_event
from survey.visits.models import Pair, Visit

DEVICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{7,63}")
MAX_NAME_LENGTH = 64
MAX_ROUNDS = 10_000_000
RESET_HOURS = 48
MAX_WRONG_PINS = 10
WRONG_PIN_PAUSE = timedelta(minutes=15)
KEY_RENEWED_BEFORE = timedelta(days=183)
"""So long before a tablet's key ends another is given."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a tablet tells of one person's work on it: drafts, and finished interviews that were not sent yet."""

    n_drafts: int = 0
    n_unsent: int = 0


def register_device(session: Session, user: User, device_id: str, name: str, waiting: Waiting, now: datetime) -> Device:
    """The tablet, known from now on to be used by this person; what it tells replaces what it told before.

    Raises INVALID_VALUE for an identifier that is none, and DEVICE_REVOKED. Only the first contact of a person is an event.
    """
    if not DEVICE_ID.fullmatch(device_id):
        detail = "{device_id} is not an identifier of 8 to 64 letters, digits and the signs : _ . -"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="device_id", detail=detail, device_id=repr(device_id[:80]))
    device = session.get(Device, device_id)
    if device is None:
        device = Device(id=device_id, registered_at=now)
        session.add(device)
    elif device.revoked_at is not None:
        raise SurveyError(ErrorCode.DEVICE_REVOKED, device=device.name or device_id)
    device.name = " ".join(name.split())[:MAX_NAME_LENGTH] or device.name or ""
    use = session.get(DeviceUse, (device_id, user.id))
    is_new = use is None
    if use is None:
        use = DeviceUse(device_id=device_id, user_id=user.id, first_seen_at=now)
        session.add(use)
    use.last_seen_at, use.n_drafts, use.n_unsent = now, waiting.n_drafts, waiting.n_unsent
    if is_new:
        log_event(session, user.id, "device.registered", "device", device_id, now)
    session.flush()
    return device


def revoke_device(session: Session, actor: User, device: Device, reason: str, now: datetime) -> Device:
    """The tablet, which wipes itself at its next contact; this cannot be undone. INVALID_VALUE without a reason."""
    if not reason.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why the tablet is revoked; the reason is kept")
    if device.revoked_at is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=device.name or device.id, state="revoked", action="revoked")
    device.revoked_at, device.revoked_by_id, device.revoke_reason = now, actor.id, reason.strip()
    log_event(session, actor.id, "device.revoked", "device", device.id, now, reason=reason.strip())
    revoke_keys_of_device(session, actor, device.id, now)
    return device


def give_key(session: Session, user: User, device: Device, now: datetime, *, has_one: bool) -> str | None:
    """A key with which the tablet sends what it holds of this person without a sign-in; the one before ends.

    None where the tablet has one that is good for half a year still.
    """
    if has_one and (until := key_until(session, user.id, device.id)) is not None and until - now > KEY_RENEWED_BEFORE:
        return None
    revoke_keys_of_device(session, user, device.id, now, user_id=user.id)
    name = device.name or device.id
    return make_token(session, user, user, name=name, scope="submit", days=MAX_DAYS, now=now, device_id=device.id)[1]


def ensure_visit_keys(session: Session, user: User, now: datetime) -> None:
    """Make the key pairs that are still missing for the open visits in whose pairs this person is."""
    mine = select(Visit.id).join(Pair, Pair.visit_id == Visit.id).where(or_(Pair.lead_id == user.id, Pair.second_id == user.id))
    make_visit_keys(session, user, session.scalars(mine.where(Visit.state == "open").distinct()).all(), now)


def make_visit_keys(session: Session, actor: User | None, visit_ids: Iterable[str], now: datetime) -> None:
    """Make the key pairs that these visits do not have yet."""
    wanted = sorted(visit_ids)
    present = visit_public_keys(session, wanted)
    for visit_id in wanted:
        if visit_id not in present:
            public, private = make_key_pair()
            sealed = seal_at_rest(current_settings().secret_key, private)
            session.add(VisitKey(visit_id=visit_id, public_key=public, private_key=sealed, made_at=now))
            log_event(session, actor.id if actor else None, "visit.key_made", "visit", visit_id, now)


def register_pin(session: Session, user: User, *, sign_key: bytes, salt: bytes, rounds: int, now: datetime) -> str:
    """What became of a PIN that a tablet stretched: "registered" (the first one, or a new one where a coordinator allowed that),
    "matches", "differs", or "paused" after too many wrong ones. Raises INVALID_VALUE for keys of the wrong length.
    """
    _check_stretched(sign_key, salt, rounds)
    pin = find_pin(session, user.id)
    if pin is None:
        _keep_pin(session, PersonPin(user_id=user.id), sign_key, salt, rounds, now)
        log_event(session, user.id, "pin.registered", "user", user.username, now)
        return "registered"
    reset = current_reset(session, user.id, now)
    if reset is not None and reset.used_at is None:
        _keep_pin(session, pin, sign_key, salt, rounds, now)
        reset.used_at = now
        log_event(session, user.id, "pin.replaced", "user", user.username, now)
        return "registered"
    return _compare_pin(session, user, pin, sign_key, now)


def change_pin(session: Session, user: User, *, old_sign_key: bytes, sign_key: bytes, salt: bytes, rounds: int, now: datetime) -> str:
    """What became of a change of PIN: "registered" when the old one was right, else "differs" or "paused"."""
    _check_stretched(sign_key, salt, rounds)
    pin = find_pin(session, user.id)
    outcome = "differs" if pin is None else _compare_pin(session, user, pin, old_sign_key, now)
    if pin is None or outcome != "matches":
        return outcome
    _keep_pin(session, pin, sign_key, salt, rounds, now)
    log_event(session, user.id, "pin.changed", "user", user.username, now)
    return "registered"


def _check_stretched(sign_key: bytes, salt: bytes, rounds: int) -> None:
    if len(sign_key) != KEY_BYTES or len(salt) != SALT_BYTES or not 0 < rounds <= MAX_ROUNDS:
        detail = "a key of {key_bytes} bytes, a salt of {salt_bytes} bytes and up to {most} rounds are needed"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="pin", detail=detail, key_bytes=KEY_BYTES, salt_bytes=SALT_BYTES, most=MAX_ROUNDS)


def _keep_pin(session: Session, pin: PersonPin, sign_key: bytes, salt: bytes, rounds: int, now: datetime) -> None:
    pin.salt, pin.rounds, pin.check_bits = salt, rounds, pin_check(sign_key)
    pin.sign_key = seal_at_rest(current_settings().secret_key, sign_key)
    pin.registered_at, pin.n_wrong, pin.wrong_at = now, 0, None
    session.add(pin)
    session.flush()


def _compare_pin(session: Session, user: User, pin: PersonPin, sign_key: bytes, now: datetime) -> str:
    """Whether the PIN is the registered one; ten wrong ones in a row make everybody wait, so that nobody can try them all."""
    if pin.n_wrong >= MAX_WRONG_PINS and pin.wrong_at is not None and now < pin.wrong_at + WRONG_PIN_PAUSE:
        return "paused"
    if is_same(open_at_rest(current_settings().secret_key, pin.sign_key), sign_key):
        pin.n_wrong, pin.wrong_at = 0, None
        return "matches"
    pin.n_wrong, pin.wrong_at = pin.n_wrong + 1, now
    log_event(session, user.id, "pin.refused", "user", user.username, now, n_wrong=pin.n_wrong)
    return "differs"


def allow_reset(session: Session, actor: User, user: User, reason: str, now: datetime) -> PinReset:
    """The leave for this person to choose a new PIN within two days; INVALID_VALUE without a reason."""
    if not reason.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why a new PIN is needed; the reason is kept")
    reset = PinReset(
        user_id=user.id, allowed_by_id=actor.id, allowed_at=now, reason=reason.strip(), expires_at=now + timedelta(hours=RESET_HOURS)
    )
    session.add(reset)
    log_event(session, actor.id, "pin.reset_allowed", "user", user.username, now, reason=reason.strip())
    return reset


def withdraw_reset(session: Session, actor: User, user: User, now: datetime) -> None:
    """Take the leave to choose a new PIN back; NOT_FOUND when none holds any more."""
    reset = current_reset(session, user.id, now)
    if reset is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="PIN reset", key=user.username, remedy="It has ended already.")
    reset.expires_at = now
    log_event(session, actor.id, "pin.reset_withdrawn", "user", user.username, now)


def recover_key(session: Session, user: User, escrow: Iterable[tuple[str, bytes]], device_id: str, now: datetime) -> bytes:
    """The key of the person's data on a tablet, opened from what the tablet sealed to the keys of visits, given as (visit, sealed).

    Raises NOT_ALLOWED unless a coordinator has allowed a new PIN, and INVALID_VALUE when nothing of it can be opened.
    """
    if current_reset(session, user.id, now) is None:
        remedy = "Ask a coordinator to allow a new PIN on the page “Tablets”, then try again."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=user.name, action="choose a new PIN", remedy=remedy)
    tried = (try_escrow(session, visit_id, user.username, sealed) for visit_id, sealed in escrow)
    key = next((opened for opened in tried if opened is not None), None)
    if key is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="escrow", detail="none of it was sealed to the key of a visit on this server")
    log_event(session, user.id, "pin.key_recovered", "user", user.username, now, device_id=device_id)
    return key
