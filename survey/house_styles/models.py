"""The reference documents of an organisation."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.pages.language import LANGUAGES


class HouseStyle(Base):
    """One reference document for drafts in one language; the newest that was not put aside is used, earlier ones are kept."""

    __tablename__ = "house_styles"
    __table_args__ = (
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language"),
        Index("ix_house_styles_used", "language", "put_aside_at", "added_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    put_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_by: Mapped[User | None] = relationship()
