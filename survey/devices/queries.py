"""What is read of tablets, PINs and keys. Opening a key needs an application context, for the installation's secret key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import ApiToken, User
from survey.config import current_settings
from survey.devices.keys import countersign_proof, is_same, open_at_rest, open_sealed
from survey.devices.models import Device, DeviceUse, PersonPin, PinReset, VisitKey
from survey.visits.models import Pair


@dataclass(frozen=True, slots=True)
class PinFacts:
    """How a person's PIN is stretched, and the check that tells a typing error."""

    salt: bytes
    rounds: int
    check: int


@dataclass(frozen=True, slots=True)
class VisitPerson:
    """Somebody in a pair of a visit; `pin` is None until they have chosen one."""

    username: str
    name: str
    pin: PinFacts | None


def is_revoked(session: Session, device_id: str) -> bool:
    """Whether the tablet of this identifier was revoked; one that nobody registered was not."""
    return session.scalar(select(Device.revoked_at).where(Device.id == device_id)) is not None


def key_until(session: Session, user_id: str, device_id: str) -> datetime | None:
    """Until when the tablet's key for this person is good; None where there is none."""
    wanted = select(ApiToken.expires_at).where(ApiToken.device_id == device_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return session.scalars(wanted.order_by(ApiToken.expires_at.desc()).limit(1)).one_or_none()


def find_device(session: Session, device_id: str) -> Device:
    """The tablet of this identifier; NOT_FOUND otherwise."""
    device = session.get(Device, device_id, options=(selectinload(Device.uses).joinedload(DeviceUse.user),))
    if device is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Tablet", key=device_id, remedy="Open it from the list of tablets.")
    return device


def list_devices(session: Session) -> Sequence[Device]:
    """Every tablet with the people on it: those in use first, then by name."""
    loaded = (selectinload(Device.uses).joinedload(DeviceUse.user), joinedload(Device.revoked_by))
    statement = select(Device).options(*loaded).order_by(Device.revoked_at.is_not(None), Device.name, Device.id)
    return session.scalars(statement).all()


def find_pin(session: Session, user_id: str) -> PersonPin | None:
    """What the server knows of the person's PIN, the sealed key included; None when there is none yet."""
    return session.get(PersonPin, user_id, options=(undefer(PersonPin.sign_key),))


def pin_facts(session: Session, user_id: str) -> PinFacts | None:
    """How this person's PIN is stretched; None when they have none yet."""
    return _pins_of(session, [user_id]).get(user_id)


def _pins_of(session: Session, user_ids: Iterable[str]) -> dict[str, PinFacts]:
    statement = select(PersonPin.user_id, PersonPin.salt, PersonPin.rounds, PersonPin.check_bits)
    rows = session.execute(statement.where(PersonPin.user_id.in_(sorted(user_ids))))
    return {row.user_id: PinFacts(row.salt, row.rounds, row.check_bits) for row in rows}


def people_of_visits(session: Session, visit_ids: Iterable[str]) -> Mapping[str, tuple[VisitPerson, ...]]:
    """Everybody in the pairs of these visits, by visit and then by user name. Two statements."""
    wanted = sorted(visit_ids)
    members = union_all(
        select(Pair.visit_id, Pair.lead_id.label("user_id")).where(Pair.visit_id.in_(wanted)),
        select(Pair.visit_id, Pair.second_id.label("user_id")).where(Pair.visit_id.in_(wanted)),
    ).subquery()
    statement = (
        select(members.c.visit_id, User.id, User.username, User.name)
        .join(User, User.id == members.c.user_id)
        .distinct()
        .order_by(members.c.visit_id, User.username)
    )
    rows = session.execute(statement).all()
    pins = _pins_of(session, {row.id for row in rows})
    return {
        visit_id: tuple(VisitPerson(row.username, row.name, pins.get(row.id)) for row in rows if row.visit_id == visit_id)
        for visit_id in wanted
    }


def visit_public_keys(session: Session, visit_ids: Iterable[str]) -> Mapping[str, bytes]:
    """The public key (SPKI, DER) of each of these visits. `operations.ensure_visit_keys` makes those that are missing."""
    statement = select(VisitKey.visit_id, VisitKey.public_key).where(VisitKey.visit_id.in_(sorted(visit_ids)))
    return {row.visit_id: row.public_key for row in session.execute(statement)}


def try_escrow(session: Session, visit_id: str, username: str, sealed: bytes) -> bytes | None:
    """The key that a tablet sealed for this person to the visit's public key; None when it cannot be opened here."""
    sealed_private = session.scalar(select(VisitKey.private_key).where(VisitKey.visit_id == visit_id))
    if sealed_private is None:
        return None
    return open_sealed(open_at_rest(current_settings().secret_key, sealed_private), sealed, username)


def current_reset(session: Session, user_id: str, now: datetime) -> PinReset | None:
    """The newest leave to choose a new PIN that has not expired, used already or not; None without one."""
    statement = select(PinReset).where(PinReset.user_id == user_id, PinReset.expires_at > now)
    return session.scalars(statement.order_by(PinReset.allowed_at.desc(), PinReset.id).limit(1)).one_or_none()


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who works on tablets: since when they have a PIN (None without one), and the leave to choose another, if any holds."""

    user: User
    registered_at: datetime | None
    reset: PinReset | None


def list_holders(session: Session, now: datetime) -> tuple[Holder, ...]:
    """Everybody who was on a tablet or has a PIN, by name."""
    pins = {row.user_id: row.registered_at for row in session.execute(select(PersonPin.user_id, PersonPin.registered_at))}
    statement = select(PinReset).options(joinedload(PinReset.allowed_by)).where(PinReset.expires_at > now)
    resets = {row.user_id: row for row in session.scalars(statement.order_by(PinReset.allowed_at))}
    used = select(DeviceUse.user_id)
    users = session.scalars(select(User).where(or_(User.id.in_(used), User.id.in_(sorted(pins)))).order_by(User.name, User.username))
    return tuple(Holder(user, pins.get(user.id), resets.get(user.id)) for user in users)


def find_signer(session: Session, username: str) -> tuple[str | None, bytes | None]:
    """The id of the person of this user name, and their sealed key for signing; None where there is none."""
    row = session.execute(_signer(), {"username": username}).one_or_none()
    return (row.id, row.sign_key) if row else (None, None)


@cache
def _signer() -> Select[str, bytes | None]:
    statement = select(User.id, PersonPin.sign_key).outerjoin(PersonPin, PersonPin.user_id == User.id)
    return statement.where(User.username == bindparam("username"))


def is_proven(sealed_key: bytes, *, instance_id: str, xml_sha256: str, signed_at: str, proof: str) -> bool:
    """Whether this proof was made with the PIN behind the key; `signed_at` is the instant as the tablet wrote it."""
    sign_key = open_at_rest(current_settings().secret_key, sealed_key)
    return is_same(countersign_proof(sign_key, instance_id, xml_sha256, signed_at), proof.lower())
