"""Every write of reference documents."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from analysis.report.official.house_style import read_house_style
from survey.accounts.models import User
from survey.events import log_event
from survey.house_styles.models import HouseStyle
from survey.house_styles.queries import find_used
from survey.storage import Storage


def add_style(session: Session, actor: User, content: bytes, name: str, language: str, storage: Storage, now: datetime) -> HouseStyle:
    """The reference document, used for drafts in this language from now on. Raises UNREADABLE_DOCUMENT for a file that may not be used."""
    read_house_style(content, name)
    style = HouseStyle(name=name, language=language, sha256=storage.put(content), added_at=now, added_by_id=actor.id)
    session.add(style)
    session.flush()
    log_event(session, actor.id, "house_style.added", "house_style", style.id, now, language=language, sha256=style.sha256)
    return style


def put_aside(session: Session, actor: User, language: str, now: datetime) -> HouseStyle | None:
    """The reference document that was used for this language and is no longer: drafts are in the program's own format again.

    Those that were used before it are put aside, too; None when there was none.
    """
    style = find_used(session, language)
    if style is not None:
        still = HouseStyle.language == language, HouseStyle.put_aside_at.is_(None)
        session.execute(update(HouseStyle).where(*still).values(put_aside_at=now))
        log_event(session, actor.id, "house_style.put_aside", "house_style", style.id, now, language=language)
    return style
