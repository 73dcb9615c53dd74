"""What is written for the checks: how long questions took, of interviews whose logs came before the database kept that."""

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from questionnaires.audit_log import AUDIT_FILE, read_audit_log
from survey.events import log_event
from survey.intake.companions import seconds_by_path
from survey.intake.models import AnswerTimes, Attachment
from survey.intake.operations import insert_rows
from survey.storage import Storage

AT_ONCE = 500


def read_older_logs(session: Session, storage: Storage, now: datetime) -> int:
    """How many logs were read that lay in storage while the database knew no times of their interviews; one event for all of them."""
    wanted = (
        select(Attachment.instance_id, Attachment.sha256)
        .outerjoin(AnswerTimes, AnswerTimes.instance_id == Attachment.instance_id)
        .where(and_(Attachment.name == AUDIT_FILE, AnswerTimes.instance_id.is_(None)))
        .order_by(Attachment.instance_id)
    )
    rows, n_read = [], 0
    for instance_id, sha256 in session.execute(wanted).all():
        seconds = seconds_by_path(read_audit_log(storage.get(sha256))) if storage.exists(sha256) else {}
        if seconds:
            rows.append({"instance_id": instance_id, "seconds": seconds})
            n_read += 1
        if len(rows) == AT_ONCE:
            insert_rows(session, AnswerTimes, rows)
            rows = []
    insert_rows(session, AnswerTimes, rows)
    if n_read:
        log_event(session, None, "answer_times.read", "answer_times", "older", now, n=n_read)
    return n_read
