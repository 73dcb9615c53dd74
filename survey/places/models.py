"""Where people live: the region tree, monitoring points, and the household frame."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
from survey.sealing.fields import SealedJson
from survey.sealing.names import SealedName

LEVELS = ("province", "city", "county", "township", "village")
HOUSEHOLD_KINDS = ("registered", "lifted_out", "marginal", "ordinary")
MARKERS = ("old", "sick", "disabled", "other_special")


class Region(Base):
    """One place of the administrative tree, by its 12-digit statistical code."""

    __tablename__ = "regions"
    __table_args__ = (CheckConstraint(f"level IN {LEVELS}", name="level"), CheckConstraint("length(code) = 12", name="code_length"))

    code: Mapped[str] = mapped_column(RegionCode, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    is_invented: Mapped[bool] = mapped_column(default=False)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    """Where the place is, in degrees (WGS 84); of a village where its committee sits."""


class MonitoringPoint(Base):
    """A county or village as a fixed point of observation 监测点, from the day it was chosen to the day that ended; later, perhaps again.

    A place has at most one point that has not ended.
    """

    __tablename__ = "monitoring_points"
    __table_args__ = (UniqueConstraint("region_code", "chosen_on"), CheckConstraint("ended_on >= chosen_on", name="days"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"))
    chosen_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(255), default="")
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(255), default="")
    region: Mapped[Region] = relationship()


class Household(Base):
    """One household of the frame; `number` is its number in the registry, unique within its village."""

    __tablename__ = "households"
    __table_args__ = (
        UniqueConstraint("village_code", "number"),
        CheckConstraint(f"kind IN {HOUSEHOLD_KINDS}", name="kind"),
        CheckConstraint("n_members > 0", name="n_members"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    village_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    number: Mapped[str] = mapped_column(String(32))
    head_name: Mapped[str] = mapped_column(SealedName("households.head_name"), server_default="")
    kind: Mapped[str] = mapped_column(String(12))
    n_members: Mapped[int] = mapped_column(Integer)
    cause: Mapped[str] = mapped_column(String(32), default="")
    markers: Mapped[list[str]] = mapped_column(Json, default=list)
    group_name: Mapped[str] = mapped_column(String(64), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    """Where the house stands, in degrees (WGS 84), where that is known."""
    village: Mapped[Region] = relationship()


class RosterDraft(Base):
    """A spreadsheet that was read and waits for its importer's word: the rows as read, without what we do not keep.

    `kind` says what it holds: households, places, persons, rows of the register of identification, or assistance. Identity numbers
    lie in it sealed. Removed when it is imported or given up, and after a day.
    """

    __tablename__ = "roster_drafts"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16), default="roster", server_default="roster")
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[dict[str, Any]] = mapped_column(SealedJson("roster_drafts.content"), deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
