"""Every write of reminders: who wants them, which groups are told, making the digests of a day, and what became of each try."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.devices.keys import seal_at_rest
from survey.events import log_event
from survey.field_time import field_date
from survey.places.models import Region
from survey.protection.page import MANAGERS
from survey.protection.retention import Kept, list_untold, note_told
from survey.reminders.due import RETENTION, DueItem, body_of, subject_of
from survey.reminders.models import FREQUENCIES, STYLES, Reminder, ReminderChannel
from survey.reminders.queries import due_for, due_in, find_preference, list_channels, list_recipients
from survey.rights.guard import sees_whole

WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(hours=24))
"""How long to wait after each try that failed; after the last one it is given up."""
LEASE = timedelta(minutes=10)
"""For so long a reminder that is being sent belongs to the process that sends it."""
WEEKLY_ON = 0
"""The day of the week on which weekly digests are made: Monday."""
GROUP_LANGUAGE = "zh"
"""What groups are told in: nobody knows who reads there."""
_LONGEST_PROBLEM = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of sending came to."""

    n_sent: int
    n_failed: int


def set_frequency(session: Session, actor: User, frequency: str, now: datetime) -> None:
    """How often the person gets a digest from now on."""
    if frequency not in FREQUENCIES:
        raise not_one_of("frequency", frequency, FREQUENCIES)
    preference = find_preference(session, actor)
    preference.frequency = frequency
    session.add(preference)
    log_event(session, actor.id, "reminders.frequency", "user", actor.id, now, frequency=frequency)


def renew_calendar(session: Session, actor: User, now: datetime) -> str:
    """The key of the person's calendar, to be shown once: only its hash is kept. An earlier key opens nothing any more."""
    key = secrets.token_urlsafe(24)
    preference = find_preference(session, actor)
    preference.calendar_sha256 = hash_of(key)
    session.add(preference)
    log_event(session, actor.id, "reminders.calendar", "user", actor.id, now)
    return key


def hash_of(key: str) -> str:
    """What is kept of a calendar's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_channel(
    session: Session,
    actor: User,
    now: datetime,
    secret_key: str,
    *,
    hosts: Collection[str],
    name: str,
    style: str,
    frequency: str,
    address: str,
    secret: str = "",
    region: Region | None = None,
) -> ReminderChannel:
    """The group; `secret_key` is the installation's, with which its address is sealed. INVALID_VALUE for what is no address
    over https at one of the hosts."""
    parts = urlsplit(address.strip())
    if parts.scheme != "https" or not parts.hostname:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="address", detail="enter the robot's whole address, which begins with https://")
    if parts.hostname not in hosts:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="address", detail="this host is none of those that an administrator allows (SURVEY_ROBOT_HOSTS)"
        )
    for field, value, allowed in (("style", style, STYLES), ("frequency", frequency, FREQUENCIES)):
        if value not in allowed:
            raise not_one_of(field, value, allowed)
    channel = ReminderChannel(
        name=" ".join(name.split()),
        style=style,
        frequency=frequency,
        region_code=region.code if region else None,
        host=parts.hostname,
        sealed_address=seal_at_rest(secret_key, address.strip().encode()),
        sealed_secret=seal_at_rest(secret_key, secret.strip().encode()) if secret.strip() else None,
        added_at=now,
        added_by_id=actor.id,
    )
    session.add(channel)
    session.flush()
    log_event(session, actor.id, "reminders.channel_added", "reminder_channel", channel.id, now, style=style, host=channel.host)
    return channel


def switch_channel(session: Session, actor: User, channel: ReminderChannel, now: datetime, *, is_active: bool) -> None:
    """Let a group be told again, or no more; what waits for it is given up."""
    if channel.is_active == is_active:
        return
    channel.is_active = is_active
    if not is_active:
        waiting = update(Reminder).where(Reminder.channel_id == channel.id, Reminder.next_try_at.is_not(None))
        session.execute(waiting.values(next_try_at=None, problem="the group is told no more"))
    action = "on" if is_active else "off"
    log_event(session, actor.id, f"reminders.channel_{action}", "reminder_channel", channel.id, now)


def make_digests(session: Session, now: datetime, address: str, *, with_mail: bool, retention_months: int) -> int:
    """How many digests were made for today: for everybody and every group whose day it is and for whom something is due, once.

    `address` is where the program is opened; `with_mail` whether there is a mail server, without which people get none. Of a visit whose
    retention ends soon coordinators and administrators who may see all of it are told once, whichever day they have their digests on.
    """
    today = field_date(now)
    made = 0
    have = set(session.scalars(select(Reminder.user_id).where(Reminder.day == today, Reminder.user_id.is_not(None))))
    ending = list_untold(session, today, retention_months) if with_mail else ()
    told_of = dict[str, Kept]()
    for user, frequency in list_recipients(session) if with_mail else ():
        is_manager = frequency != "never" and any(user.has_role(role) for role in MANAGERS)
        kept = [each for each in ending if is_manager and sees_whole(session, user, each.visit.id)]
        is_day = _is_day(frequency, today)
        if user.id not in have and (is_day or kept):
            with force_locale(user.locale):
                items = (*(due_for(session, user, today) if is_day else ()), *_retention_items(kept))
                made += _make(session, items, now, address, user_id=user.id)
            told_of |= {each.visit.id: each for each in kept}
    note_told(session, tuple(told_of.values()), now)
    told = set(session.scalars(select(Reminder.channel_id).where(Reminder.day == today, Reminder.channel_id.is_not(None))))
    for channel in list_channels(session):
        if channel.is_active and channel.id not in told and _is_day(channel.frequency, today):
            with force_locale(GROUP_LANGUAGE):
                made += _make(session, due_in(session, channel.region_code, today), now, address, channel_id=channel.id)
    return made


def send_waiting(begin: Callable[[], Session], now: datetime, send: Callable[[Reminder], None], *, at_most: int = 500) -> Sent:
    """What came of trying everything that waits; `send` raises OSError or ValueError with the reason when it fails.

    Each try is a transaction of its own from `begin`, claimed before it is sent, so that two processes do not send one twice, and none
    waits in the network with the database locked.
    """
    with begin() as session, session.begin():
        waiting = select(Reminder.id).where(Reminder.next_try_at <= now).order_by(Reminder.next_try_at, Reminder.id).limit(at_most)
        ids = tuple(session.scalars(waiting))
    n_sent = 0
    n_failed = 0
    for reminder_id in ids:
        with begin() as session, session.begin():
            claim = update(Reminder).where(Reminder.id == reminder_id, Reminder.next_try_at <= now).values(next_try_at=now + LEASE)
            if session.execute(claim).rowcount == 0:  # type: ignore[attr-defined]
                continue
            recipients = (joinedload(Reminder.user).lazyload(User.roles), joinedload(Reminder.channel))
            reminder = session.get_one(Reminder, reminder_id, options=recipients)
        problem = _try(send, reminder)
        with begin() as session, session.begin():
            _note(session, reminder_id, problem, now)
        n_sent += problem is None
        n_failed += problem is not None
    return Sent(n_sent, n_failed)


def _is_day(frequency: str, today: date) -> bool:
    return frequency == "daily" or (frequency == "weekly" and today.weekday() == WEEKLY_ON)


def _retention_items(ending: Sequence[Kept]) -> tuple[DueItem, ...]:
    return tuple(DueItem(RETENTION, each.visit.id, each.visit.title, "", each.keep_until) for each in ending)


def _make(session: Session, items: Sequence[DueItem], now: datetime, address: str, **recipient: str) -> bool:
    if not items:
        return False
    today = field_date(now)
    subject, body = subject_of(items), body_of(items, today, address)
    session.add(Reminder(day=today, subject=subject, body=body, n_items=len(items), made_at=now, next_try_at=now, **recipient))
    session.flush()
    return True


def _try(send: Callable[[Reminder], None], reminder: Reminder) -> str | None:
    """None, or why it failed."""
    try:
        send(reminder)
    except (OSError, ValueError) as error:
        return (str(error) or type(error).__name__)[:_LONGEST_PROBLEM]
    return None


def _note(session: Session, reminder_id: str, problem: str | None, now: datetime) -> None:
    reminder = session.get_one(Reminder, reminder_id)
    reminder.n_tries += 1
    reminder.problem = problem or ""
    if problem is None:
        reminder.sent_at, reminder.next_try_at = now, None
    else:
        wait = WAITS[reminder.n_tries - 1] if reminder.n_tries <= len(WAITS) else None
        reminder.next_try_at = now + wait if wait else None
    log_event(
        session,
        None,
        "reminders.sent" if problem is None else "reminders.failed",
        "reminder",
        reminder.id,
        now,
        n_tries=reminder.n_tries,
        n_items=reminder.n_items,
    )
