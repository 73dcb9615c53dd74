"""Beginning and ending sign-ins, and counting wrong passwords."""

import logging
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.events import log_event
from survey.signing_in.models import MAX_AGENT_LENGTH, MAX_NAME_LENGTH, SignIn, SignInFailures, new_sign_in_id
from survey.signing_in.queries import failures_of
from survey.signing_in.throttling import FORGOTTEN_AFTER, pause_after

log = logging.getLogger(__name__)


def begin_sign_in(
    session: Session, user: User, *, address: str, agent: str, is_remembered: bool, now: datetime, arrival_id: str | None = None
) -> SignIn:
    """The new sign-in. It is kept in its own table rather than in the log: whoever works signs in every day."""
    begun = SignIn(
        user_id=user.id,
        begun_at=now,
        last_seen_at=now,
        address=address[:64],
        agent=agent[:MAX_AGENT_LENGTH],
        is_remembered=is_remembered,
        arrival_id=arrival_id,
    )
    session.add(begun)
    session.flush()
    return begun


def renew_sign_in(session: Session, sign_in: SignIn) -> str:
    """The new name of the sign-in, whose person proved anew who they are; a cookie with the former one opens nothing."""
    sign_in.id = new_sign_in_id()
    session.flush()
    return sign_in.id


def end_for_factors(session: Session, user: User, now: datetime, *, but: str | None) -> None:
    """Nothing; second factors have changed, and wherever the person was signed in by those of before this is asked anew."""
    if n := close_sign_ins(session, user, "factors", now, but=but):
        log_event(session, user.id, "user.sign_ins_ended", "user", user.username, now, n=n)


def note_seen(session: Session, sign_in_id: str, address: str, now: datetime) -> None:
    """Nothing; the person was seen now, from this address."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now, address=address[:64]))


def sign_out(session: Session, sign_in_id: str, now: datetime) -> None:
    """Nothing; the person left."""
    session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now, ended_because="signed out")
    )


def end_sign_in(session: Session, actor: User, sign_in: SignIn, now: datetime) -> None:
    """End one sign-in, which may be that of a lost device; ending it again changes nothing."""
    if sign_in.ended_at is not None:
        return
    sign_in.ended_at, sign_in.ended_because = now, "ended"
    user = session.get_one(User, sign_in.user_id)
    log_event(session, actor.id, "user.sign_in_ended", "user", user.username, now, sign_in=sign_in.id)


def end_sign_ins(session: Session, actor: User, user: User, now: datetime, *, but: str | None = None) -> int:
    """End every sign-in of the person, or all but one; how many ended."""
    n = close_sign_ins(session, user, "ended", now, but=but)
    log_event(session, actor.id, "user.sign_ins_ended", "user", user.username, now, n=n)
    return n


def end_all_sign_ins(session: Session, actor: User | None, now: datetime, *, but: str | None = None) -> int:
    """End everybody's sign-ins on every device, or all but one; how many ended."""
    statement = update(SignIn).where(SignIn.ended_at.is_(None), SignIn.id != (but or ""))
    done: Any = session.execute(statement.values(ended_at=now, ended_because="ended").execution_options(synchronize_session=False))
    n = int(done.rowcount)
    log_event(session, actor.id if actor else None, "user.all_sign_ins_ended", "user", "everybody", now, n=n)
    return n


def close_sign_ins(session: Session, user: User, because: str, now: datetime, *, but: str | None = None) -> int:
    """End the person's sign-ins for a reason that the caller logs; how many ended."""
    statement = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.id != (but or ""))
    done: Any = session.execute(statement.values(ended_at=now, ended_because=because))
    return int(done.rowcount)


def note_failure(session: Session, username: str, now: datetime) -> datetime | None:
    """Count one more wrong password for the user name as it was typed; until when nobody may try now.

    The log tells of pauses of people who exist. What was typed in other cases is kept for a day: it may be somebody's password.
    """
    session.execute(delete(SignInFailures).where(SignInFailures.last_failed_at <= now - FORGOTTEN_AFTER))
    name = username.strip()[:MAX_NAME_LENGTH]
    found = failures_of(session, name, now)
    if found is None:
        found = SignInFailures(username=name, n_failed=0, last_failed_at=now)
        session.add(found)
    found.n_failed, found.last_failed_at = found.n_failed + 1, now
    pause = pause_after(found.n_failed)
    found.paused_until = None if pause is None else now + pause
    session.flush()
    told = {"n_failed": found.n_failed, "address": (request.remote_addr or "") if has_request_context() else ""}
    log.warning("wrong password or code, %s in a row, from %s", *told.values(), extra={"told": told})
    if pause is not None and session.scalar(select(User.id).where(User.username == name)) is not None:
        seconds = int(pause.total_seconds())
        log_event(session, None, "user.sign_in_paused", "user", name, now, n_failed=found.n_failed, seconds=seconds)
    return found.paused_until


def forget_failures(session: Session, username: str) -> None:
    """Nothing; the person proved who they are."""
    session.execute(delete(SignInFailures).where(SignInFailures.username == username.strip()[:MAX_NAME_LENGTH]))


def lift_pause(session: Session, actor: User, user: User, now: datetime) -> None:
    """Let the person try to sign in at once, whatever was tried before."""
    forget_failures(session, user.username)
    log_event(session, actor.id, "user.sign_in_allowed", "user", user.username, now)


def reset_second_factors(session: Session, actor: User, user: User, now: datetime, *, proof: str) -> None:
    """Take everything away that the person signs in with beside the password, because it is lost; all devices are signed out.

    `proof` is one of `proofs.PROOFS`: how the actor made sure who asks, for the log.
    """
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    n_passkeys = len(user.webauthn)
    user.webauthn.clear()
    close_sign_ins(session, user, "ended", now)
    log_event(session, actor.id, "user.second_factors_reset", "user", user.username, now, n_passkeys=n_passkeys, proof=proof)
