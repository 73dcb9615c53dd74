"""What is known of people for putting teams together, what is spoken where, and what a pair is told for a day.

Who belongs to a visit's team is in survey/visits/models.py (`VisitMember`).
"""

from datetime import date

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, RegionCode, new_id
from survey.places.models import Region
from survey.visits.models import Pair


class PersonProfile(Base):
    """What somebody brings to a team: languages and dialects spoken, and the places they are bound to and should not inspect."""

    __tablename__ = "person_profiles"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    home_region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code", ondelete="SET NULL"))
    tie_codes: Mapped[list[str]] = mapped_column(Json, default=list)
    """Codes of other places of ties: where somebody worked, married into, or has property."""
    is_experienced: Mapped[bool] = mapped_column(default=False)
    """Whether the person has held interviews elsewhere, of which there is no record here."""
    experience: Mapped[str] = mapped_column(Text, default="")
    user: Mapped[User] = relationship()
    home: Mapped[Region | None] = relationship()

    @property
    def bound_codes(self) -> tuple[str, ...]:
        """The codes of every place of ties, the home first."""
        return tuple(code for code in dict.fromkeys((self.home_region_code or "", *self.tie_codes)) if code)


class LocalLanguage(Base):
    """What is spoken in a place beside the common language, so that a pair can be found that understands it."""

    __tablename__ = "local_languages"

    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code", ondelete="CASCADE"), primary_key=True)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    region: Mapped[Region] = relationship()


class DayNote(Base):
    """What a pair is told for one day: where to meet, whom to call, what to take along."""

    __tablename__ = "day_notes"
    __table_args__ = (UniqueConstraint("pair_id", "planned_on"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    pair_id: Mapped[str] = mapped_column(Id, ForeignKey("pairs.id", ondelete="CASCADE"), index=True)
    planned_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    pair: Mapped[Pair] = relationship()
