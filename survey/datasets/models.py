"""Full datasets that somebody asked for, and what somebody else decided about each."""

from datetime import datetime, timedelta

from sqlalchemy import Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, UtcDateTime, new_id
from survey.visits.models import Visit

APPROVED_FOR = timedelta(days=3)
"""How long an approved dataset can be fetched."""


class DatasetRequest(Base):
    """One full dataset of a visit, asked for by one person; `is_approved` is None until another has decided."""

    __tablename__ = "dataset_requests"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    formats: Mapped[list[str]] = mapped_column(Json)
    purpose: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_approved: Mapped[bool | None] = mapped_column(Boolean)
    decided_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit: Mapped[Visit] = relationship(lazy="joined")
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id, lazy="joined")
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id, lazy="joined")

    def open_until(self) -> datetime | None:
        """Until when the dataset can be fetched; None where nobody approved it."""
        return self.decided_at + APPROVED_FOR if self.is_approved and self.decided_at is not None else None
