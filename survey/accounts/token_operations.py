"""Making and ending tokens, and noting when they were used."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import TOKEN_SCOPES, ApiToken, User
from survey.accounts.tokens import ROLES_OF_SCOPE, new_token, token_hash
from survey.events import log_event

MAX_DAYS = 366
USE_NOTED_EVERY = timedelta(minutes=10)


def make_token(
    session: Session, actor: User | None, user: User, *, name: str, scope: str, days: int, now: datetime, device_id: str | None = None
) -> tuple[ApiToken, str]:
    """The new token of the person and its text, which is kept nowhere; `device_id` is the tablet that it is the key of.

    Raises INVALID_VALUE for an unknown scope, no name or a life that is too long, NOT_ALLOWED for a role that the scope does not suit or
    somebody else's token made by anybody but an administrator.
    """
    if scope not in TOKEN_SCOPES:
        raise not_one_of("scope", scope, TOKEN_SCOPES)
    if not name.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="name", detail="say what the token is for, so that it can be told from others")
    if not 1 <= days <= MAX_DAYS:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="days", detail="a token lasts from 1 to {most} days", most=MAX_DAYS)
    if not ROLES_OF_SCOPE[scope] & {role.name for role in user.roles}:
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=user.name,
            action="have a token of this kind",
            remedy="Interviews are sent by interviewers, coordinators and administrators; data are handed over by administrators, "
            "and read by authors, coordinators and administrators.",
        )
    _refuse_others(actor, user)
    text = new_token()
    token = ApiToken(
        user_id=user.id,
        name=name.strip(),
        scope=scope,
        sha256=token_hash(text),
        created_at=now,
        created_by_id=actor.id if actor else None,
        expires_at=now + timedelta(days=days),
        device_id=device_id,
    )
    session.add(token)
    session.flush()
    log_event(session, token.created_by_id, "token.made", "user", user.username, now, token=token.id, scope=scope, days=days)
    return token, text


def revoke_token(session: Session, actor: User | None, token: ApiToken, now: datetime) -> None:
    """Let the token do nothing any more; revoking it again changes nothing. NOT_ALLOWED for somebody else's."""
    _refuse_others(actor, token.user)
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    log_event(session, actor.id if actor else None, "token.revoked", "user", token.user.username, now, token=token.id)


def revoke_keys_of_device(session: Session, actor: User, device_id: str, now: datetime, *, user_id: str | None = None) -> None:
    """Let the keys of the tablet do nothing any more: those of this person, or of everybody on it."""
    wanted = select(ApiToken).where(ApiToken.device_id == device_id, ApiToken.revoked_at.is_(None))
    for token in session.scalars(wanted.where(ApiToken.user_id == user_id) if user_id else wanted):
        token.revoked_at = now
        log_event(session, actor.id, "token.revoked", "user", token.user.username, now, token=token.id)


def note_use(session: Session, token_id: str, now: datetime) -> None:
    """Nothing; the token was used now."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def _refuse_others(actor: User | None, user: User) -> None:
    if actor is not None and actor.id != user.id and not any(role.name == "admin" for role in actor.roles):
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="manage tokens of others", remedy="Ask an administrator.")
