"""When the last backup was made, and whether something waits for the next one for too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.backup.models import Backup
from survey.events import Event


@dataclass(frozen=True, slots=True)
class BackupAge:
    """When the last backup was made (None without any), and whether something that was logged since, or ever, is in none for too long."""

    taken_at: datetime | None
    is_old: bool


def read_backup_age(session: Session, now: datetime, max_age: timedelta) -> BackupAge:
    """The age of the last backup. It is old when something has happened after it that is older than `max_age`."""
    last = session.execute(select(Backup.id, Backup.taken_at).order_by(Backup.taken_at.desc()).limit(1)).first()
    waiting = select(Event.happened_at).where(Event.subject_type != "backup").order_by(Event.number).limit(1)
    if last is not None:
        noted = select(Event.number).where(Event.subject_type == "backup", Event.subject_id == last.id).scalar_subquery()
        waiting = waiting.where(Event.number > noted)
    waits_since = session.scalar(waiting)
    return BackupAge(last.taken_at if last else None, is_old=waits_since is not None and now - waits_since > max_age)
