"""Code books of open questions, who codes a visit's answers, and every decision about an answer; decisions are only added to."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, UtcDateTime, new_id
from survey.visits.models import Visit

MAX_NAME_LENGTH = 40
MAX_LABEL_LENGTH = 120
MAX_TEXT_LENGTH = 2000
FIRST, SECOND, SETTLED = "first", "second", "settled"
PARTS = (FIRST, SECOND, SETTLED)
"""Whose decision it is: that of one of the two coders, or the third one where they differ."""


class CodeBook(Base):
    """The codes of one open question of a form, for all visits that ask it."""

    __tablename__ = "code_books"
    __table_args__ = (UniqueConstraint("form_id", "question"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    form_id: Mapped[str] = mapped_column(String(128))
    question: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    codes: Mapped[list["BookCode"]] = relationship(order_by="BookCode.position", cascade="all, delete-orphan")


class BookCode(Base):
    """One code: `name` stands in data and never changes; a retired one is offered to nobody and stays where it was given."""

    __tablename__ = "book_codes"
    __table_args__ = (UniqueConstraint("code_book_id", "name"), CheckConstraint("name <> ''", name="name"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code_book_id: Mapped[str] = mapped_column(Id, ForeignKey("code_books.id"))
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    label_zh: Mapped[str] = mapped_column(String(MAX_LABEL_LENGTH))
    label_en: Mapped[str] = mapped_column(String(MAX_LABEL_LENGTH))
    definition: Mapped[str] = mapped_column(Text, default="")
    example: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(default=False)

    def label_in(self, language: str) -> str:
        """The label in this language."""
        return self.label_zh if language == "zh" else self.label_en


class CodingRound(Base):
    """The coding of one visit's answers to one question by two people."""

    __tablename__ = "coding_rounds"
    __table_args__ = (UniqueConstraint("visit_id", "code_book_id"), CheckConstraint("first_coder_id <> second_coder_id", name="coders"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"))
    code_book_id: Mapped[str] = mapped_column(Id, ForeignKey("code_books.id"), index=True)
    first_coder_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    second_coder_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    visit: Mapped[Visit] = relationship()
    code_book: Mapped[CodeBook] = relationship()
    first_coder: Mapped[User] = relationship(foreign_keys=first_coder_id)
    second_coder: Mapped[User] = relationship(foreign_keys=second_coder_id)


class Coding(Base):
    """One decision about one answer: the codes given, none where none fits. A later one of the same part counts instead; none is removed.

    It holds for the text whose SHA-256 is `text_hash`, and for no other.
    """

    __tablename__ = "codings"
    __table_args__ = (
        UniqueConstraint("round_id", "instance_id", "part", "number"),
        CheckConstraint(f"part IN {PARTS}", name="part"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(Id, ForeignKey("coding_rounds.id"))
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"), index=True)
    part: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    codes: Mapped[list[Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(Text, default="")
    text_hash: Mapped[str] = mapped_column(String(64))
    coder_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    coded_at: Mapped[datetime] = mapped_column(UtcDateTime)
