"""Filters kept under a name, and what the list of issues opens with for each person."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, UtcDateTime, new_id

MAX_NAME_LENGTH = 40


class SavedFilter(Base):
    """A person's filter under a name of their own; a shared one is offered to all coordinators. `parameters` are those of an address."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("user_id", "name"), CheckConstraint("name <> ''", name="name"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    parameters: Mapped[dict[str, Any]] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship()


class OpeningFilter(Base):
    """What the list opens with for a person when nobody names a filter: a saved one, or one that needs no saving; no row, nothing."""

    __tablename__ = "opening_filters"
    __table_args__ = (CheckConstraint("(filter_id IS NULL) <> (ready IS NULL)", name="one"),)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    filter_id: Mapped[str | None] = mapped_column(Id, ForeignKey("saved_filters.id", ondelete="CASCADE"), index=True)
    ready: Mapped[str | None] = mapped_column(String(24))
    """A name of `READY`."""
