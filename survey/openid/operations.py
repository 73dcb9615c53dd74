"""Binding accounts to people of the provider, making accounts for them where a setting says so, noting arrivals and what ended there."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.operations import add_user
from survey.events import log_event
from survey.intake.operations import insert_if_absent
from survey.openid.logout_token import MAX_NAME_LENGTH, OLD_AFTER_S, Ended
from survey.openid.models import MAX_SUBJECT_LENGTH, OpenIdAccount, OpenIdArrival, OpenIdLogout
from survey.openid.queries import accounts_of_session, find_openid_account
from survey.sealing.fields import keyring_of
from survey.signing_in.models import SignIn

PURPOSE = "openid_arrivals.sealed_token"
"""What id tokens are sealed for."""


def bind_openid(
    session: Session, actor: User | None, user: User, *, issuer: str, subject: str, told_name: str, now: datetime
) -> OpenIdAccount:
    """The account is from now on that of this subject; INVALID_VALUE where the subject is bound to somebody already, or is none."""
    if not subject or len(subject) > MAX_SUBJECT_LENGTH:
        detail, told = f"write what the provider calls the person, at most {MAX_SUBJECT_LENGTH} signs", "请填写该人员在统一认证中的标识"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="subject", detail=detail, detail_zh=told)
    if find_openid_account(session, issuer, subject) is not None:
        detail, told = "somebody signs in with it already; remove it there first", "该标识已与一个账号绑定，请先在那里解除"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="subject", detail=detail, detail_zh=told)
    made = OpenIdAccount(
        issuer=issuer,
        subject=subject,
        user_id=user.id,
        told_name=told_name[:128],
        bound_at=now,
        bound_by_id=actor.id if actor else None,
    )
    session.add(made)
    session.flush()
    log_event(session, actor.id if actor else None, "user.openid_bound", "user", user.username, now, issuer=issuer)
    return made


def unbind_openid(session: Session, actor: User, user: User, account: OpenIdAccount, now: datetime) -> None:
    """Nobody signs in by this subject any more; sign-ins that came from it end."""
    _end_sign_ins_of(session, [account], "", "ended", now)
    session.execute(delete(OpenIdArrival).where(OpenIdArrival.account_id == account.id))
    session.delete(account)
    log_event(session, actor.id, "user.openid_unbound", "user", user.username, now, issuer=account.issuer)


def add_openid_user(
    session: Session, *, username: str, name: str, roles: Sequence[str], issuer: str, subject: str, told_name: str, now: datetime
) -> OpenIdAccount:
    """A new account for somebody of the provider, with a password that nobody knows; INVALID_VALUE where the user name is taken or none."""
    user = add_user(
        session,
        None,
        username=username.strip()[:64],
        name=(name or username)[:64],
        password=secrets.token_urlsafe(32),
        roles=roles,
        now=now,
    )
    session.flush()
    return bind_openid(session, None, user, issuer=issuer, subject=subject, told_name=told_name, now=now)


def note_arrival(
    session: Session,
    account: OpenIdAccount,
    *,
    id_token: str,
    provider_session: str,
    is_vouched: bool,
    now: datetime,
    forgotten_after: timedelta,
) -> OpenIdArrival:
    """The arrival of which a sign-in is made; those from before the oldest sign-in are forgotten."""
    session.execute(delete(OpenIdArrival).where(OpenIdArrival.arrived_at < now - forgotten_after))
    sealed = keyring_of(session.get_bind().engine).seal(id_token, PURPOSE)
    made = OpenIdArrival(
        account_id=account.id,
        arrived_at=now,
        sealed_token=sealed,
        is_vouched=is_vouched,
        provider_session=provider_session[:MAX_NAME_LENGTH],
    )
    session.add(made)
    session.flush()
    return made


def take_token(session: Session, arrival: OpenIdArrival) -> str:
    """The id token of the arrival, "" where no key opens it any more."""
    try:
        return keyring_of(session.get_bind().engine).open(arrival.sealed_token, PURPOSE)
    except SurveyError:
        return ""


def end_by_provider(session: Session, ended: Ended, now: datetime) -> int | None:
    """How many sign-ins ended here because they ended at the provider; None for a token that was used before.

    Whoever is asked for a second factor at this moment does not come in by the arrival from there.
    """
    session.execute(delete(OpenIdLogout).where(OpenIdLogout.received_at < now - timedelta(seconds=2 * OLD_AFTER_S)))
    if not insert_if_absent(session, OpenIdLogout, {"id": ended.token_id, "received_at": now}):
        return None
    accounts = accounts_of_session(session, ended.issuer, ended.subject, ended.provider_session)
    n = _end_sign_ins_of(session, accounts, ended.provider_session, "provider", now)
    for account in accounts:
        log_event(session, None, "user.openid_ended", "user", account.user.username, now, issuer=ended.issuer, n=n)
    return n


def _end_sign_ins_of(session: Session, accounts: Sequence[OpenIdAccount], provider_session: str, because: str, now: datetime) -> int:
    """How many sign-ins ended that came by these accounts; of one sign-in at the provider only, where it is named and was told then."""
    of_them = [OpenIdArrival.account_id.in_([account.id for account in accounts])]
    if provider_session:
        of_them.append(OpenIdArrival.provider_session.in_((provider_session, "")))
    quietly = {"synchronize_session": False}
    session.execute(update(OpenIdArrival).where(*of_them).values(ended_at=now).execution_options(**quietly))
    ending = update(SignIn).where(SignIn.ended_at.is_(None), SignIn.arrival_id.in_(select(OpenIdArrival.id).where(*of_them)))
    done: Any = session.execute(ending.values(ended_at=now, ended_because=because).execution_options(**quietly))
    return int(done.rowcount)
