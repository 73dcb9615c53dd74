"""Reading reference documents."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from analysis.report.official.house_style import HouseStyle as ReadStyle
from analysis.report.official.house_style import read_house_style
from questionnaires.errors import ErrorCode, SurveyError
from survey.house_styles.models import HouseStyle
from survey.storage import Storage

IN_USE, NONE = "used", "none"
"""What may be chosen beside a reference document: the one in use, or the program's own format."""


def find_used(session: Session, language: str) -> HouseStyle | None:
    """The reference document that drafts in this language are written in; None where they are in the program's own format."""
    statement = (
        select(HouseStyle)
        .where(HouseStyle.language == language, HouseStyle.put_aside_at.is_(None))
        .options(joinedload(HouseStyle.added_by))
        .order_by(HouseStyle.added_at.desc(), HouseStyle.id)
        .limit(1)
    )
    return session.scalars(statement).first()


def list_styles(session: Session) -> list[HouseStyle]:
    """The reference documents that were not put aside, those in use first."""
    statement = select(HouseStyle).where(HouseStyle.put_aside_at.is_(None)).order_by(HouseStyle.added_at.desc(), HouseStyle.id)
    return list(session.scalars(statement))


def read_style(session: Session, chosen: str, language: str, storage: Storage) -> ReadStyle | None:
    """The reference document that somebody chose for a draft, by its id or name; what is in use for `IN_USE`, none for `NONE`.

    NOT_FOUND naming those that there are for this language.
    """
    if chosen == NONE:
        return None
    if chosen == IN_USE:
        return read_used(session, language, storage)
    known = [style for style in list_styles(session) if style.language == language]
    found = next((style for style in known if chosen in (style.id, style.name)), None)
    if found is None:
        names = ", ".join(dict.fromkeys(style.name for style in known)) or "none yet"
        remedy = "For drafts in this language there are: {names}. Hand one in under House style."
        raise SurveyError(ErrorCode.NOT_FOUND, what="House style", key=chosen, remedy=remedy, names=names)
    return read_house_style(storage.get(found.sha256), found.name)


def read_used(session: Session, language: str, storage: Storage) -> ReadStyle | None:
    """The document itself, as drafts take it."""
    used = find_used(session, language)
    return read_house_style(storage.get(used.sha256), used.name) if used else None
