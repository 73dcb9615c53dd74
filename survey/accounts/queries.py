"""Reading people."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.places.models import Region


def list_users(session: Session) -> Sequence[User]:
    """Everybody with an account, by user name."""
    return session.scalars(select(User).order_by(User.username)).all()


def find_user(session: Session, user_id: str) -> User:
    """The person with this id; NOT_FOUND otherwise."""
    user = session.get(User, user_id)
    if user is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Person", key=user_id, remedy="Open the person from the list of people.")
    return user


def find_username(session: Session, username: str) -> User:
    """The person with this user name; NOT_FOUND otherwise."""
    user = session.scalars(select(User).where(User.username == username)).one_or_none()
    if user is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="User", key=username, remedy="List them with: python -m survey user list")
    return user


def is_username_taken(session: Session, username: str) -> bool:
    """Whether somebody has this user name."""
    return session.scalar(select(User.id).where(User.username == username)) is not None


def has_first_password(session: Session, username: str) -> bool:
    """Whether somebody of this user name has not chosen a password of their own yet."""
    return session.scalar(select(User.id).where(User.username == username, User.must_change_password)) is not None


def list_responsible_places(session: Session) -> list[tuple[str, str]]:
    """The counties that somebody of the responsible side can answer for, as (code, name) pairs by code."""
    counties = select(Region.code, Region.name).where(Region.level == "county").order_by(Region.code)
    return [(code, f"{name} {code[:6]}") for code, name in session.execute(counties)]


def list_binding_places(session: Session) -> list[tuple[str, str]]:
    """The cities and counties that somebody can be bound to, as (code, name) pairs by code."""
    places = select(Region.code, Region.name).where(Region.level.in_(("city", "county"))).order_by(Region.code)
    return [(code, name) for code, name in session.execute(places)]


def find_region_codes(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that are of a place."""
    return set(session.scalars(select(Region.code).where(Region.code.in_(codes))))
