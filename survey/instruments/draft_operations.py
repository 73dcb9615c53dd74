"""Keeping a checked questionnaire for a day, so that its author can look at it as the field will see it before publishing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.events import log_event
from survey.instruments.files import file_media_type
from survey.instruments.models import QuestionnaireDraft
from survey.storage import Storage

DRAFT_LIFETIME = timedelta(days=1)


def keep_draft(
    session: Session, actor: User, source: bytes, name: str, files: Mapping[str, bytes], storage: Storage, now: datetime
) -> QuestionnaireDraft:
    """The draft of the checked file called `name`; the person's earlier draft of that name and all that are too old are removed."""
    is_old = QuestionnaireDraft.created_at < now - DRAFT_LIFETIME
    is_replaced = (QuestionnaireDraft.created_by_id == actor.id) & (QuestionnaireDraft.source_name == name)
    session.execute(delete(QuestionnaireDraft).where(is_old | is_replaced))
    draft = QuestionnaireDraft(
        source_name=name,
        source=source,
        files=[
            {"name": file, "sha256": storage.put(data), "media_type": file_media_type(file, data)} for file, data in sorted(files.items())
        ],
        created_at=now,
        created_by_id=actor.id,
    )
    session.add(draft)
    session.flush()
    log_event(session, actor.id, "questionnaire.checked", "questionnaire_draft", name, now, n_files=len(draft.files))
    return draft
