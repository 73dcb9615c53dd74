"""The logs of other installations, kept as evidence beside our own."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Id, Json, UtcDateTime


class HandedEvent(Base):
    """One event of another installation's log, unchanged, so that its chain of digests can be checked here.

    `source` is the digest of the first event of that log, which names the installation. `actor_id` is the person's id there.
    """

    __tablename__ = "handed_events"
    __table_args__ = (Index("ix_handed_events_subject", "subject_type", "subject_id"),)

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(128))
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
