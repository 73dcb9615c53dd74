"""Reading an organisation's wording of text blocks: the one that counts of each, and all that there were."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import User
from survey.report_texts.models import ReportText

_WITH_AUTHOR = joinedload(ReportText.saved_by).lazyload(User.roles)


def current_texts(session: Session, language: str) -> dict[str, str]:
    """The organisation's own wording of each block in a language; blocks that have the words of the program are not in it."""
    newest = _newest().where(ReportText.language == language)
    return {text.block: text.body for text in session.scalars(newest) if text.body is not None}


def newest_texts(session: Session) -> dict[tuple[str, str], ReportText]:
    """The newest version of every block that was ever changed, by block and language."""
    return {(text.block, text.language): text for text in session.scalars(_newest().options(_WITH_AUTHOR))}


def newest_text(session: Session, block: str, language: str) -> ReportText | None:
    """The newest version of one block; None where nobody ever changed it."""
    return session.scalar(_newest().where(ReportText.block == block, ReportText.language == language))


def list_versions(session: Session, block: str, language: str) -> tuple[ReportText, ...]:
    """All versions of one block, the newest first."""
    statement = select(ReportText).where(ReportText.block == block, ReportText.language == language)
    return tuple(session.scalars(statement.options(_WITH_AUTHOR).order_by(ReportText.version.desc())))


def _newest() -> Select[ReportText]:
    latest = (
        select(ReportText.block, ReportText.language, func.max(ReportText.version).label("version"))
        .group_by(ReportText.block, ReportText.language)
        .subquery()
    )
    is_latest = (ReportText.block == latest.c.block) & (ReportText.language == latest.c.language) & (ReportText.version == latest.c.version)
    return select(ReportText).join(latest, is_latest)
