"""One round of reminding: the digests of the day are made, and what waits is sent. A server makes a round every few minutes by itself."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import session_scope, utc_now
from survey.devices.keys import open_at_rest
from survey.field_time import FIELD_ZONE
from survey.reminders.models import Reminder
from survey.reminders.operations import Sent, make_digests, send_waiting
from survey.reminders.sending import MailServer, mail_server, send_mail, send_to_robot
from survey.rounds import going_round

log = logging.getLogger(__name__)

EVERY_S = 300
FIRST_HOUR = 8
"""Digests are made from this hour on, where interviews are held."""


@dataclass(frozen=True, slots=True)
class Round:
    """How many digests a round made, and what sending came to; None where nothing is ever sent, in a demonstration."""

    n_made: int
    sent: Sent | None


def remind(app: Flask, now: datetime) -> Round:
    """One round. A demonstration makes digests, so that one sees them, and sends none."""
    settings: Settings = app.extensions["survey.settings"]
    server = mail_server(settings.smtp_url, settings.mail_from)
    n_made = 0
    if now.astimezone(FIELD_ZONE).hour >= FIRST_HOUR:
        with app.app_context(), session_scope(app) as session:
            with_mail, months = server is not None or settings.demo, settings.retention_months
            n_made = make_digests(session, now, settings.public_url, with_mail=with_mail, retention_months=months)
    if settings.demo:
        return Round(n_made, None)
    engine = app.extensions["survey.engine"]
    return Round(n_made, send_waiting(lambda: Session(engine, expire_on_commit=False), now, _sender(settings, server)))


@contextmanager
def reminding(app: Flask) -> Iterator[None]:
    """While the block runs, rounds are made in a thread beside it; one that fails is logged and the next one tried."""

    def remind_now() -> None:
        try:
            remind(app, utc_now())
        except Exception:
            log.exception("a round of reminders failed")

    with going_round(remind_now, "reminders", first_after_s=EVERY_S, every_s=EVERY_S):
        yield


def _sender(settings: Settings, server: MailServer | None) -> Callable[[Reminder], None]:
    def send(reminder: Reminder) -> None:
        if reminder.channel is not None:
            address = open_at_rest(settings.secret_key, reminder.channel.sealed_address).decode()
            sealed = reminder.channel.sealed_secret
            secret = open_at_rest(settings.secret_key, sealed).decode() if sealed else ""
            if urlsplit(address).hostname not in settings.allowed_robot_hosts:
                raise ValueError("the host of this robot is none of those that an administrator allows (SURVEY_ROBOT_HOSTS)")
            style, is_local_allowed = reminder.channel.style, settings.local_robots
            send_to_robot(style, address, secret, reminder.subject, reminder.body, is_local_allowed=is_local_allowed)
        elif reminder.user is not None:
            if server is None:
                raise ValueError("no mail server is set")
            send_mail(server, reminder.user.contact_email, reminder.subject, reminder.body)

    return send
