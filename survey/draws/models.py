"""A sealed draw: what is known of it before it is opened, the envelope that nobody reads before, and what came out of it.

Rows of an opened draw are only ever added, so that they can be handed to another installation at any time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
from survey.places.models import Household, Region
from survey.sealing.fields import SealedJson
from survey.visits.models import BASES, Visit

SEED_SOURCES = ("program", "public", "mixed")
"""Where the seed comes from: the program's own, throws of dice or lots in public, or both together."""
UNIT_ROLES = ("drawn", "reserve")
REPLACEMENT_REASONS = ("refused", "absent", "moved", "died", "not_found", "other")
VILLAGE_REASONS = ("cut_off", "announced", "resettled", "other")
"""Why a drawn village is given up: no way there, the visit had become known, nobody lives there any more, or something else in words."""
Sha256 = String(64)
Probability = String(64)
"""An exact fraction as text, such as "3/20"."""


class Draw(Base):
    """A draw for a visit. Neither who was drawn nor the seed is in this row.

    `frame_villages` holds [code, number of households, hash] of every village of the frame. A visit has one draw that counts; one that
    was voided stays.
    """

    __tablename__ = "draws"
    __table_args__ = (
        CheckConstraint(f"seed_source IN {SEED_SOURCES}", name="seed_source"),
        CheckConstraint(f"basis IN {BASES}", name="basis"),
        Index(
            "ix_draws_current", "visit_id", unique=True, sqlite_where=text("voided_at IS NULL"), postgresql_where=text("voided_at IS NULL")
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    algorithm: Mapped[str] = mapped_column(String(16))
    design: Mapped[dict[str, Any]] = mapped_column(Json)
    basis: Mapped[str] = mapped_column(String(12))
    seed_source: Mapped[str] = mapped_column(String(8))
    commitment: Mapped[str] = mapped_column(Sha256)
    frame_sha256: Mapped[str] = mapped_column(Sha256)
    frame_villages: Mapped[list[list[Any]]] = mapped_column(Json, deferred=True)
    n_villages: Mapped[int]
    n_households: Mapped[int]
    """Of the frame, not of the result."""
    departs_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opener_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    """Who opens the draw where the visit's team has no leader."""
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drawn_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    void_reason: Mapped[str] = mapped_column(Text, default="")
    visit: Mapped[Visit] = relationship()
    opener: Mapped[User | None] = relationship(foreign_keys=opener_id)
    drawn_by: Mapped[User | None] = relationship(foreign_keys=drawn_by_id)
    voided_by: Mapped[User | None] = relationship(foreign_keys=voided_by_id)
    opening: Mapped["DrawOpening | None"] = relationship(back_populates="draw")

    @property
    def state(self) -> str:
        """One of "voided", "opened" and "sealed"."""
        return "voided" if self.voided_at else "opened" if self.opening else "sealed"


class DrawEnvelope(Base):
    """The seed and the result of a draw that is not opened yet; only opening reads it. It stays on the installation that drew.

    It is sealed with the key of fields: whoever has the database, or a part of it, does not learn where a visit goes.
    """

    __tablename__ = "draw_envelopes"

    draw_id: Mapped[str] = mapped_column(Id, ForeignKey("draws.id"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(SealedJson("draw_envelopes.content"))


class DrawOpening(Base):
    """That a draw was opened, by whom and when, why before the stated departure if it was, and the seed that is no secret any more."""

    __tablename__ = "draw_openings"

    draw_id: Mapped[str] = mapped_column(Id, ForeignKey("draws.id"), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    early_reason: Mapped[str] = mapped_column(Text, default="")
    seed: Mapped[str] = mapped_column(Text)
    draw: Mapped[Draw] = relationship(back_populates="opening")
    opened_by: Mapped[User] = relationship()


class DrawVillage(Base):
    """A village that was drawn, or one in reserve; `rank` is a reserve's place in the order of its stratum, 0 for the others.

    `lines` are its households as the frame had them, so that the draw can be repeated from what is kept.
    """

    __tablename__ = "draw_villages"

    draw_id: Mapped[str] = mapped_column(Id, ForeignKey("draws.id"), primary_key=True)
    village_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(12))
    n_households: Mapped[int]
    inclusion: Mapped[str | None] = mapped_column(Probability)
    is_certain: Mapped[bool]
    role: Mapped[str] = mapped_column(String(8), default="drawn", server_default="drawn")
    rank: Mapped[int] = mapped_column(default=0, server_default="0")
    lines: Mapped[list[str]] = mapped_column(Json, deferred=True)
    village: Mapped[Region] = relationship()


class DrawUnit(Base):
    """A household that was drawn, or a reserve; `rank` is its place in the order of its village, stratum and role.

    `inclusion_household` is its probability once its village is drawn, `inclusion` that of both stages; None where it was chosen on
    purpose. `household_id` is None when the household left the roster before the draw was opened.
    """

    __tablename__ = "draw_units"
    __table_args__ = (
        UniqueConstraint("draw_id", "village_code", "number"),
        CheckConstraint(f"role IN {UNIT_ROLES}", name="role"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    draw_id: Mapped[str] = mapped_column(Id, ForeignKey("draws.id"))
    village_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"))
    household_id: Mapped[str | None] = mapped_column(Id, ForeignKey("households.id"), index=True)
    number: Mapped[str] = mapped_column(String(64))
    stratum: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(8))
    rank: Mapped[int]
    inclusion_household: Mapped[str | None] = mapped_column(Probability)
    inclusion: Mapped[str | None] = mapped_column(Probability)
    household: Mapped[Household | None] = relationship()


class Replacement:
    """What replacing a household and replacing a village have in common; taken back with a reason, either stays as a row."""

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    draw_id: Mapped[str] = mapped_column(Id, ForeignKey("draws.id"), index=True)
    reason: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    reverted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reverted_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    revert_reason: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    def replaced_by(self) -> Mapped[User | None]:
        """Who replaced it."""
        return relationship(foreign_keys=self.replaced_by_id)

    @declared_attr
    def reverted_by(self) -> Mapped[User | None]:
        """Who took it back."""
        return relationship(foreign_keys=self.reverted_by_id)


class DrawReplacement(Replacement, Base):
    """That a household of the sample was given up, why, and which reserve came in."""

    __tablename__ = "draw_replacements"
    __table_args__ = (CheckConstraint(f"reason IN {REPLACEMENT_REASONS}", name="reason"),)

    unit_id: Mapped[str] = mapped_column(Id, ForeignKey("draw_units.id"), index=True)
    reserve_id: Mapped[str | None] = mapped_column(Id, ForeignKey("draw_units.id"), index=True)
    unit: Mapped[DrawUnit] = relationship(foreign_keys=unit_id)
    reserve: Mapped[DrawUnit | None] = relationship(foreign_keys=reserve_id)


class DrawVillageReplacement(Replacement, Base):
    """That a village of the sample was given up, why, and which village in reserve came in."""

    __tablename__ = "draw_village_replacements"
    __table_args__ = (CheckConstraint(f"reason IN {VILLAGE_REASONS}", name="reason"),)

    village_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"))
    reserve_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    village: Mapped[Region] = relationship(foreign_keys=village_code)
    reserve: Mapped[Region | None] = relationship(foreign_keys=reserve_code)
