"""Reading tokens: a person's list, and whose a token is that a program shows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import ApiToken, User
from survey.accounts.tokens import ROLES_OF_SCOPE, token_hash


def list_tokens_of(session: Session, user: User) -> Sequence[ApiToken]:
    """Every token that the person ever had, the newest first."""
    return session.scalars(select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.created_at.desc(), ApiToken.id)).all()


def find_token(session: Session, token_id: str) -> ApiToken:
    """The token with this id; NOT_FOUND otherwise."""
    token = session.get(ApiToken, token_id)
    if token is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Token", key=token_id, remedy="List them with: python -m survey user tokens NAME")
    return token


def read_token(session: Session, text: str, scope: str, now: datetime) -> ApiToken | None:
    """The token of this text with its person, if it may serve this purpose now: in force, and its person active and still in the role."""
    options = joinedload(ApiToken.user).joinedload(User.roles)
    token = session.scalars(select(ApiToken).options(options).where(ApiToken.sha256 == token_hash(text))).unique().one_or_none()
    if token is None or token.scope != scope or token.state_at(now) != "active" or not token.user.active:
        return None
    return token if ROLES_OF_SCOPE[scope] & {role.name for role in token.user.roles} else None
