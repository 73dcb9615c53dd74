"""What is noted of backups: that one was made or failed, and that an installation came out of one."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey.backup.models import Backup
from survey.events import log_event

FAILED = "backup.failed"


def record_backup(session: Session, name: str, n_rows: int, n_files: int, n_bytes_new: int, now: datetime) -> Backup:
    """The row of a backup that is complete; `now` is the moment that it is of."""
    backup = Backup(name=name, taken_at=now, n_rows=n_rows, n_files=n_files, n_bytes_new=n_bytes_new)
    session.add(backup)
    session.flush()
    log_event(session, None, "backup.taken", "backup", backup.id, now, name=name, n_rows=n_rows, n_files=n_files)
    return backup


def record_failure(session: Session, reason: str, now: datetime) -> None:
    """Nothing; the log tells why the backup that was begun at `now` was not made."""
    log_event(session, None, FAILED, "backup", "failed", now, reason=reason)


def record_restoring(session: Session, name: str, taken_at: str, now: datetime) -> None:
    """Nothing; the log tells that it goes on in an installation that was restored from this backup."""
    log_event(session, None, "backup.restored", "backup", name, now, name=name, taken_at=taken_at)
