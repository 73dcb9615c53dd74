"""Reading reference documents."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from analysis.report.official.house_style import HouseStyle as ReadStyle
from analysis.report.official.house_style import read_house_style
from survey.house_styles.models import HouseStyle
from survey.storage import Storage


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


def read_used(session: Session, language: str, storage: Storage) -> ReadStyle | None:
    """The document itself, as drafts take it."""
    used = find_used(session, language)
    return read_house_style(storage.get(used.sha256), used.name) if used else None
