"""Reading people."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User


def list_users(session: Session) -> Sequence[User]:
    """Everybody with an account, by user name."""
    return session.scalars(select(User).order_by(User.username)).all()
