"""Heads of the log that were signed and given away."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Id, UtcDateTime, new_id


class SignedHead(Base):
    """A head of our own log that stands in a report or a file; from then on the log has to contain this event with this digest."""

    __tablename__ = "signed_heads"
    __table_args__ = (UniqueConstraint("event_number", "public_key"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    event_number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    log: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    public_key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
