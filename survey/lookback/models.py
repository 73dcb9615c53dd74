"""The households that a look-back visits beside those of the earlier visit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime
from survey.places.models import Household
from survey.visits.models import Visit

ADDITION_REASONS = ("new_arrival", "newly_found")
"""Why a household is visited that the earlier visit did not visit: it came since, or it was overlooked then."""


class LookBackAddition(Base):
    """A household that is new to a look-back, and so is kept apart where before and after are compared."""

    __tablename__ = "look_back_additions"
    __table_args__ = (CheckConstraint(f"reason IN {ADDITION_REASONS}", name="reason"),)

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True)
    household_id: Mapped[str] = mapped_column(Id, ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    visit: Mapped[Visit] = relationship()
    household: Mapped[Household] = relationship()
    added_by: Mapped[User | None] = relationship()
