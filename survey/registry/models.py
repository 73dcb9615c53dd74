"""Who lives in a household, and the register of its identification."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.places.models import Household
from survey.registry.sealing import Sealed, SealedText
from survey.sealing.names import SealedName

SEXES = ("male", "female")
RELATIONS = ("head", "spouse", "child", "child_in_law", "grandchild", "parent", "parent_in_law", "grandparent", "sibling", "other")
SCHOOLINGS = ("preschool", "none", "primary", "junior", "senior", "vocational", "college")
HEALTHS = ("healthy", "chronic", "serious", "disabled")
WORKS = ("none", "home", "township", "county", "province", "beyond")
"""Where a person works: not at all, at home, or away as far as the township, the county, the province, or beyond."""
LEAVING_REASONS = ("died", "married_out", "moved_out", "mistake", "other")
IDENTIFICATION_KINDS = ("registered", "supported", "lifted_out", "accepted", "struck_off", "registered_again")


class HouseholdMember(Base):
    """One person of a household; `position` is unique within it and never given twice.

    Of the birthday only the year is kept in the clear: beside a masked identity number the day would give the number away.
    """

    __tablename__ = "household_members"
    __table_args__ = (
        UniqueConstraint("household_id", "position"),
        CheckConstraint(f"sex IN {('', *SEXES)}", name="sex"),
        CheckConstraint(f"relation IN {('', *RELATIONS)}", name="relation"),
        CheckConstraint("(left_on IS NULL) = (left_reason = '')", name="left"),
        Index(
            "uq_household_members_present_id_number_hash",
            "id_number_hash",
            unique=True,
            sqlite_where=text("left_on IS NULL"),
            postgresql_where=text("left_on IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(Id, ForeignKey("households.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(SealedName("household_members.name"), server_default="")
    sex: Mapped[str] = mapped_column(String(6), default="")
    birth_year: Mapped[int | None]
    relation: Mapped[str] = mapped_column(String(16), default="")
    schooling: Mapped[str] = mapped_column(String(12), default="")
    health: Mapped[str] = mapped_column(String(12), default="")
    work: Mapped[str] = mapped_column(String(12), default="")
    id_number: Mapped[Sealed | None] = mapped_column(SealedText)
    id_number_hash: Mapped[str | None] = mapped_column(String(64))
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(String(12), default="")
    household: Mapped[Household] = relationship()


class Identification(Base):
    """One row of the moving register: what happened to a household on a day. Rows are never changed or removed.

    A correction is a row of its own with `corrects_id` and a reason: it says what the corrected row should have said, or, when
    `is_withdrawn`, that it should not have been written. `turn` orders the rows of one day: a row's own position, or that of the row
    whose place it takes.
    """

    __tablename__ = "identifications"
    __table_args__ = (
        UniqueConstraint("household_id", "position"),
        UniqueConstraint("corrects_id"),
        CheckConstraint(f"kind IN {IDENTIFICATION_KINDS}", name="kind"),
        CheckConstraint("corrects_id IS NULL OR reason <> ''", name="reason"),
        CheckConstraint("NOT is_withdrawn OR corrects_id IS NOT NULL", name="withdrawn"),
        Index("ix_identifications_household_day", "household_id", "happened_on", "turn"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(Id, ForeignKey("households.id"))
    position: Mapped[int]
    turn: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    happened_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(255), default="")
    corrects_id: Mapped[str | None] = mapped_column(Id, ForeignKey("identifications.id"))
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(255), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    household: Mapped[Household] = relationship()
    recorded_by: Mapped[User | None] = relationship()
