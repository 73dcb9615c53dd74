"""Reading sign-ins and pauses."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.signing_in.lasting import Lasting
from survey.signing_in.models import MAX_NAME_LENGTH, SignIn, SignInFailures
from survey.signing_in.throttling import is_forgotten, is_paused


def find_person_of_sign_in(session: Session, sign_in_id: str, uniquifier: str) -> tuple[User, SignIn] | None:
    """The person of a sign-in that nobody has ended, with it; None where there is none or the person was shut out. One statement."""
    statement = select(User, SignIn).join(SignIn, SignIn.user_id == User.id)
    statement = statement.where(SignIn.id == sign_in_id, User.fs_uniquifier == uniquifier, User.active, SignIn.ended_at.is_(None))
    found = session.execute(statement).first()
    return None if found is None else (found[0], found[1])


def list_sign_ins(session: Session, user: User, lasting: Lasting, now: datetime) -> tuple[SignIn, ...]:
    """The person's sign-ins that still hold, the one last seen first."""
    statement = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None)).order_by(SignIn.last_seen_at.desc(), SignIn.id)
    found: Sequence[SignIn] = session.scalars(statement).all()
    return tuple(each for each in found if lasting.ends_at(each.begun_at, each.last_seen_at, each.is_remembered) > now)


def find_sign_in(session: Session, user: User, sign_in_id: str) -> SignIn:
    """This sign-in of the person; NOT_FOUND otherwise."""
    found = session.get(SignIn, sign_in_id)
    if found is None or found.user_id != user.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Sign-in", key=sign_in_id, remedy="Look at the list again; it may have ended.")
    return found


def failures_of(session: Session, username: str, now: datetime) -> SignInFailures | None:
    """The wrong passwords for a user name that still count."""
    found = session.get(SignInFailures, username.strip()[:MAX_NAME_LENGTH])
    return None if found is None or is_forgotten(found.last_failed_at, now) else found


def paused_until(session: Session, username: str, now: datetime) -> datetime | None:
    """Until when nobody may try to sign in under this user name; None when anybody may."""
    found = failures_of(session, username, now)
    return found.paused_until if found is not None and found.paused_until is not None and is_paused(found.paused_until, now) else None


def paused_names(session: Session, now: datetime) -> Mapping[str, datetime]:
    """The user names under which nobody may sign in now, with the instant at which that ends."""
    statement = select(SignInFailures.username, SignInFailures.paused_until).where(SignInFailures.paused_until > now)
    return {name: until for name, until in session.execute(statement) if until is not None and is_paused(until, now)}
