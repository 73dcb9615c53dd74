"""Adding people, changing what they may do, and their passwords."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_security.utils import hash_password, verify_password
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import ROLES, Role, User
from survey.accounts.passwords import COMMON, LONG, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, OWN, SHORT, weakness
from survey.accounts.queries import find_region_codes, is_username_taken
from survey.config import current_settings
from survey.db import new_id
from survey.events import log_event
from survey.rights.cutting import BOUND_ROLES
from survey.signing_in.operations import close_sign_ins

PASSWORD_REMEDY = {
    SHORT: (f"use at least {MIN_PASSWORD_LENGTH} characters", f"请至少使用{MIN_PASSWORD_LENGTH}个字符"),
    LONG: (f"use at most {MAX_PASSWORD_LENGTH} characters", f"请最多使用{MAX_PASSWORD_LENGTH}个字符"),
    OWN: ("it is little more than the person's name or organisation", "密码与姓名、用户名或单位名称过于相近"),
    COMMON: ("it is among those that are tried first; choose a longer sentence", "该密码过于常见，容易被猜到；请换用较长的一句话"),
}
"""What is wrong with a password and what to do, in English and Chinese."""


def add_user(
    session: Session,
    actor: User | None,
    *,
    username: str,
    name: str,
    password: str,
    roles: Sequence[str],
    now: datetime,
    organisation: str = "",
    phone: str = "",
    contact_email: str = "",
    region_code: str | None = None,
    locale: str = "zh",
    place_codes: Sequence[str] = (),
    password_hash: str = "",
    must_change_password: bool = False,
) -> User:
    """The new person; raises INVALID_VALUE for a taken user name, an unknown role or a weak password. Needs an application context.

    `password_hash` is that of the password, for whoever gives the same one to many: hashing is slow on purpose.
    """
    if not username.strip() or is_username_taken(session, username):
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="username", detail="'{username}' is empty or taken; choose another", username=username
        )
    check_roles(roles)
    check_places(session, roles, place_codes)
    check_password(password, (username, name, organisation))
    user = User(
        username=username,
        email=f"{username}@accounts.invalid",
        name=name,
        password=password_hash or hash_password(password),
        organisation=organisation,
        phone=phone,
        contact_email=contact_email,
        region_code=region_code,
        locale=locale,
        place_codes=sorted(set(place_codes)) or None,
        must_change_password=must_change_password,
        first_password_until=first_password_until(now) if must_change_password else None,
        created_at=now,
    )
    user.roles = find_roles(session, roles)
    session.add(user)
    log_event(session, actor.id if actor else None, "user.added", "user", username, now, **_told(roles, place_codes))
    return user


def change_user(
    session: Session,
    actor: User,
    user: User,
    *,
    name: str,
    organisation: str,
    phone: str,
    contact_email: str,
    roles: Sequence[str],
    region_code: str | None,
    now: datetime,
    place_codes: Sequence[str] = (),
) -> None:
    """Give the person this name, these contacts, roles and place; administrators cannot take that role from themselves."""
    check_roles(roles)
    check_places(session, roles, place_codes)
    if user.id == actor.id and "admin" not in roles:
        raise SurveyError(
            ErrorCode.NOT_ALLOWED, who=actor.name, action="stop being administrator themselves", remedy="Ask another administrator."
        )
    user.name, user.organisation, user.region_code = name, organisation, region_code
    user.phone, user.contact_email = phone, contact_email
    user.place_codes = sorted(set(place_codes)) or None
    user.roles = find_roles(session, roles)
    log_event(session, actor.id, "user.changed", "user", user.username, now, **_told(roles, place_codes))


def _told(roles: Sequence[str], place_codes: Sequence[str]) -> dict[str, list[str]]:
    """What the log says of a person's rights."""
    return {"roles": sorted(roles)} | ({"places": sorted(set(place_codes))} if place_codes else {})


def check_places(session: Session, roles: Sequence[str], place_codes: Sequence[str]) -> None:
    """Raise INVALID_VALUE for places that do not exist, or for roles that cannot be bound to any."""
    if not place_codes:
        return
    if "admin" in roles or not BOUND_ROLES & set(roles):
        detail = "only coordinators and authors who are not administrators can be bound to places"
        told = "只有协调员和撰稿人（且不是管理员）可以限定地区"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="places", detail=detail, detail_zh=told)
    if unknown := sorted(set(place_codes) - find_region_codes(session, place_codes)):
        detail = f"there is no place with the code {', '.join(unknown)}"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="places", detail=detail, detail_zh=f"没有代码为{'、'.join(unknown)}的地区")


def verify(user: User, password: str) -> bool:
    """Whether this is the person's password. Needs an application context."""
    return bool(verify_password(password, user.password))


def set_password(
    session: Session, actor: User | None, user: User, password: str, now: datetime, *, must_change_password: bool = False
) -> None:
    """Give the person a new password (INVALID_VALUE when it is weak) and sign them out on every device."""
    check_password(password, known_words(user))
    user.password = hash_password(password)
    user.must_change_password = must_change_password
    user.first_password_until = first_password_until(now) if must_change_password else None
    user.fs_uniquifier = new_id()
    close_sign_ins(session, user, "password", now)
    log_event(session, actor.id if actor else None, "user.password_set", "user", user.username, now)


def first_password_until(now: datetime) -> datetime:
    """Until when a first password that is given now opens anything. Needs an application context."""
    return now + timedelta(days=current_settings().first_password_days)


def is_first_password_over(user: User, now: datetime) -> bool:
    """Whether the person has a first password that was not used in time."""
    return user.first_password_until is not None and user.first_password_until <= now


def known_words(user: User) -> tuple[str, ...]:
    """What everybody knows of a person and tries first."""
    return (user.username, user.name, user.organisation)


def check_roles(roles: Sequence[str]) -> None:
    """Raise INVALID_VALUE for a role that does not exist."""
    if unknown := sorted(set(roles) - set(ROLES)):
        raise SurveyError(
            ErrorCode.INVALID_VALUE,
            field="roles",
            detail="{value} is not one of {choices}",
            value=", ".join(unknown),
            choices=", ".join(ROLES),
        )


def check_password(password: str, known: Iterable[str] = ()) -> None:
    """Raise INVALID_VALUE when the password is too weak to keep anybody out; `known` are words that others know of its person."""
    if wrong := weakness(password, known):
        detail, told = PASSWORD_REMEDY[wrong]
        raise SurveyError(ErrorCode.INVALID_VALUE, field="password", detail=detail, detail_zh=told)


def find_roles(session: Session, names: Sequence[str]) -> list[Role]:
    """The roles of these names, made where the database does not have them yet."""
    return [session.get(Role, name) or Role(name=name) for name in names]


def set_active(session: Session, actor: User | None, user: User, is_active: bool, now: datetime) -> None:
    """Let the person sign in, or no longer; nobody can shut themselves out."""
    if actor is not None and user.id == actor.id and not is_active:
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="shut themselves out", remedy="Ask another administrator.")
    user.active = is_active
    if not is_active:
        # A sign-in that is remembered on a device ends with this.
        user.fs_uniquifier = new_id()
        close_sign_ins(session, user, "shut out", now)
    action = "user.activated" if is_active else "user.deactivated"
    log_event(session, actor.id if actor else None, action, "user", user.username, now)


def set_locale(session: Session, user: User, locale: str) -> None:
    """Remember the language in which this person reads pages."""
    user.locale = locale
    session.flush()
