"""Who read whom, until when a visit's personal parts are kept, and whose data is to be erased."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.places.models import Household
from survey.registry.models import HouseholdMember
from survey.visits.models import Visit


class PersonalRead(Base):
    """One page or file on which somebody was shown whole names of people of households, and how many.

    Not an event: there are many times more of them, and they are removed after a time as the names themselves are.
    """

    __tablename__ = "personal_reads"
    __table_args__ = (Index("ix_personal_reads_read_at", "read_at", "id"), Index("ix_personal_reads_user", "user_id", "read_at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    page: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(255))
    n_names: Mapped[int]
    user: Mapped[User] = relationship()


class VisitRetention(Base):
    """What a visit's personal data are used for, until when its personal parts are kept, and when they were erased.

    A visit without a row has the defaults: its own purpose, and the months of the settings after its last day.
    """

    __tablename__ = "visit_retentions"

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    keep_until: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit: Mapped[Visit] = relationship()
    decided_by: Mapped[User | None] = relationship()


class ErasureRequest(Base):
    """That the data of a household, or of one of its members, are to be erased: one person asks, another one confirms or declines."""

    __tablename__ = "erasure_requests"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="four_eyes"),
        CheckConstraint("(decided_at IS NULL) = (is_erased IS NULL)", name="decided"),
        Index("ix_erasure_requests_waiting", "decided_at", "asked_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(Id, ForeignKey("households.id"))
    member_id: Mapped[str | None] = mapped_column(Id, ForeignKey("household_members.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    is_erased: Mapped[bool | None]
    household: Mapped[Household] = relationship()
    member: Mapped[HouseholdMember | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
