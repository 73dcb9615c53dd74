"""An organisation's own wording of text blocks. Rows are added and never changed; the newest of a block and language counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.pages.language import LANGUAGES


class ReportText(Base):
    """One version of a block's text in one language; without a text the block went back to the words of the program."""

    __tablename__ = "report_texts"
    __table_args__ = (
        UniqueConstraint("block", "language", "version"),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language"),
        CheckConstraint("body IS NULL OR body <> ''", name="body"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    block: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    saved_by: Mapped[User] = relationship()
