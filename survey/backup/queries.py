"""When the last backup was made, whether one has failed since, and whether something waits for the next one for too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.backup.models import Backup
from survey.backup.operations import FAILED
from survey.events import Event


@dataclass(frozen=True, slots=True)
class BackupAge:
    """When the last backup was made (None without any), whether something that was logged since, or ever, is in none for too long, and
    when and why the last attempt failed (None where it did not)."""

    taken_at: datetime | None
    is_old: bool
    failed_at: datetime | None = None
    failure: str = ""


def read_backup_age(session: Session, now: datetime, max_age: timedelta) -> BackupAge:
    """The age of the last backup. It is old when something has happened after it that is older than `max_age`."""
    last = session.execute(select(Backup.id, Backup.taken_at).order_by(Backup.taken_at.desc()).limit(1)).first()
    waiting = select(Event.happened_at).where(Event.subject_type != "backup").order_by(Event.number).limit(1)
    failing = select(Event.happened_at, Event.details).where(Event.action == FAILED).order_by(Event.number.desc()).limit(1)
    if last is not None:
        noted = select(Event.number).where(Event.subject_type == "backup", Event.subject_id == last.id).scalar_subquery()
        waiting, failing = waiting.where(Event.number > noted), failing.where(Event.number > noted)
    waits_since, failed = session.scalar(waiting), session.execute(failing).first()
    is_old = waits_since is not None and now - waits_since > max_age
    taken_at = last.taken_at if last else None
    return BackupAge(taken_at, is_old, failed.happened_at, failed.details["reason"]) if failed else BackupAge(taken_at, is_old)
