"""Files beside an issue: they are kept with what they belong to, a verification or a reply."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.issues.models import Issue, IssueFile
from survey.kept_files import KeptFile


def attach_files(session: Session, actor: User, issue: Issue, files: Iterable[KeptFile], now: datetime, **beside: str) -> int:
    """How many files there were; `beside` names what they belong to: `verification_id`, `reply_id` or `evidence_id`."""
    rows = [
        IssueFile(
            issue_id=issue.id,
            name=file.name,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            media_type=file.media_type,
            added_at=now,
            added_by_id=actor.id,
            **beside,
        )
        for file in files
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)
