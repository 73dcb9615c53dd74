"""Reading which accounts belong to whom at the provider, and arrivals from there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.openid.models import OpenIdAccount, OpenIdArrival

FRESH_FOR = timedelta(minutes=15)
"""So long after an arrival a second factor may still be given for it."""


def find_openid_account(session: Session, issuer: str, subject: str) -> OpenIdAccount | None:
    """What this subject of the provider is bound to, with its person; None for a subject that is bound to nobody."""
    statement = select(OpenIdAccount).options(joinedload(OpenIdAccount.user))
    return session.scalars(statement.where(OpenIdAccount.issuer == issuer, OpenIdAccount.subject == subject)).one_or_none()


def list_openid_accounts(session: Session, user: User) -> Sequence[OpenIdAccount]:
    """As whom the person signs in at providers, the oldest first."""
    statement = select(OpenIdAccount).where(OpenIdAccount.user_id == user.id)
    return session.scalars(statement.order_by(OpenIdAccount.bound_at, OpenIdAccount.id)).all()


def get_openid_account(session: Session, user: User, account_id: str) -> OpenIdAccount:
    """This one of the person; NOT_FOUND otherwise."""
    found = session.get(OpenIdAccount, account_id)
    if found is None or found.user_id != user.id:
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Connection", key=account_id, remedy="Look at the page again; it may have been removed."
        )
    return found


def accounts_of_session(session: Session, issuer: str, subject: str, provider_session: str) -> Sequence[OpenIdAccount]:
    """The accounts that this subject of the provider stands for here, or where none is named those that came by this sign-in there."""
    arrived = select(OpenIdArrival.account_id).where(OpenIdArrival.provider_session == provider_session)
    which = OpenIdAccount.subject == subject if subject else OpenIdAccount.id.in_(arrived)
    statement = select(OpenIdAccount).options(joinedload(OpenIdAccount.user)).where(OpenIdAccount.issuer == issuer, which)
    return session.scalars(statement.order_by(OpenIdAccount.id)).all()


def find_arrival(session: Session, arrival_id: str | None) -> OpenIdArrival | None:
    """This arrival, if it is kept still."""
    return session.get(OpenIdArrival, arrival_id) if arrival_id else None


def fresh_arrival(session: Session, arrival_id: str, user: User, now: datetime) -> OpenIdArrival | None:
    """The arrival that a sign-in of this person is made of; None where it is somebody else's or was long ago."""
    statement = select(OpenIdArrival).join(OpenIdAccount, OpenIdAccount.id == OpenIdArrival.account_id)
    statement = statement.where(OpenIdArrival.id == arrival_id, OpenIdAccount.user_id == user.id)
    found = session.scalars(statement).one_or_none() if arrival_id else None
    return found if found is not None and now - found.arrived_at < FRESH_FOR else None
