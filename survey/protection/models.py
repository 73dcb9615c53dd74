"""Who read whom, until when a visit's personal parts are kept, and whose data is to be erased."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
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
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When coordinators were reminded that the day is near; None again when another day is set."""
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
    follow_up: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    """What erasing itself did not reach, as records of kind ("report" or "dataset"), id, and done_at once somebody saw to it."""
    household: Mapped[Household] = relationship()
    member: Mapped[HouseholdMember | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)


class ErasedPerson(Base):
    """Somebody whose data were erased, or a visit whose personal parts were: so that neither an earlier backup nor a list that is imported
    brings back, unasked, what was erased. Of the person there are fingerprints only, which without the installation's key say nothing.

    The ids refer to nothing: the list is taken into databases that are older than it. `lifted_at` says since when somebody who agreed
    anew may be recorded again.
    """

    __tablename__ = "erased_people"
    __table_args__ = (Index("ix_erased_people_village", "village_code"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str | None] = mapped_column(Id)
    household_id: Mapped[str | None] = mapped_column(Id)
    member_id: Mapped[str | None] = mapped_column(Id)
    village_code: Mapped[str | None] = mapped_column(RegionCode)
    name_hash: Mapped[str] = mapped_column(String(64), default="")
    id_number_hash: Mapped[str | None] = mapped_column(String(64))
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
