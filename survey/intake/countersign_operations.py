"""Keeping what the second interviewer did with a submission; nothing commits here."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey.events import log_event
from survey.intake.countersign import Judged
from survey.intake.models import Countersignature
from survey.intake.operations import add_flags, insert_rows


def keep_countersignature(session: Session, instance_id: str, judged: Judged, now: datetime) -> None:
    """Nothing; the signature, or the reason why there is none, is kept with the stored submission, and the doubt about it raised."""
    insert_rows(session, Countersignature, [{"instance_id": instance_id, **judged.values}])
    add_flags(session, instance_id, judged.flags)
    reason = judged.values.get("reason", "")
    log_event(
        session,
        judged.values.get("user_id"),
        "submission.not_countersigned" if reason else "submission.countersigned",
        "submission",
        instance_id,
        now,
        reason=reason,
        is_verified=judged.values["is_verified"],
        n_changes=len(judged.values["changes"]),
    )
