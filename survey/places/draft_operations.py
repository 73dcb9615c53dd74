"""A spreadsheet that was read waits for its importer's word: keeping it, whatever it holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.places.models import RosterDraft

DRAFT_LIFETIME = timedelta(days=1)
MAX_FILE_NAME_LENGTH = 120


def store_draft(session: Session, actor: User, kind: str, content: Mapping[str, Any], file_name: str, now: datetime) -> RosterDraft:
    """The draft that waits for the importer's word; drafts older than a day are removed on the way. The caller logs what was read."""
    session.execute(delete(RosterDraft).where(RosterDraft.created_at < now - DRAFT_LIFETIME))
    draft = RosterDraft(
        kind=kind,
        file_name=file_name[-MAX_FILE_NAME_LENGTH:] or kind,
        content=dict(content),
        created_at=now,
        created_by_id=actor.id,
    )
    session.add(draft)
    session.flush()
    return draft
