"""Whom the work goes through and what passes between: contacts, materials asked for, experts, and assistance given.

Meetings are in survey/visits/models.py, because most of them belong to a visit.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, RegionCode, UtcDateTime, new_id
from survey.places.models import Region
from survey.sealing.fields import SealedString
from survey.visits.models import Visit

CONTACT_LEVELS = ("province", "city", "county")
REQUEST_STATES = ("asked", "partly", "received", "withdrawn")
"""Asked for, received in part, received, or no longer wanted."""
REMINDER_MEANS = ("telephone", "message", "letter", "in_person")
EXPERT_LEVELS = ("central", "province", "city", "county")
"""The level of the organisation that an expert belongs to."""
AVAILABILITIES = ("available", "limited", "unavailable")
GIVER_KINDS = ("enterprise", "party_organisation", "member", "foundation", "institution", "other")
HELP_KINDS = ("money", "goods", "services", "project", "training", "other")


class Contact(Base):
    """Somebody through whom a province, city or county is reached; `active_until` is the last day, None while it goes on."""

    __tablename__ = "contacts"
    __table_args__ = (CheckConstraint("active_until IS NULL OR active_until >= active_from", name="active"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    post: Mapped[str] = mapped_column(String(128), default="")
    organisation: Mapped[str] = mapped_column(String(128), default="")
    phone: Mapped[str] = mapped_column(SealedString("contacts.phone"), default="", server_default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    note: Mapped[str] = mapped_column(String(255), default="")
    active_from: Mapped[date]
    active_until: Mapped[date | None]
    region: Mapped[Region] = relationship()

    def is_active_on(self, day: date) -> bool:
        """Whether the contact holds the post on this day."""
        return self.active_from <= day and (self.active_until is None or day <= self.active_until)


class MaterialRequest(Base):
    """Something in writing that a place was asked for, perhaps through a contact and for a visit, with the day it is due."""

    __tablename__ = "material_requests"
    __table_args__ = (
        CheckConstraint(f"state IN {REQUEST_STATES}", name="state"),
        CheckConstraint("due_on >= asked_on", name="due"),
        Index("ix_material_requests_state_due", "state", "due_on"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(128))
    details: Mapped[str] = mapped_column(Text, default="")
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    contact_id: Mapped[str | None] = mapped_column(Id, ForeignKey("contacts.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    asked_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="asked")
    state_reason: Mapped[str] = mapped_column(String(255), default="")
    """Why it was withdrawn, or what came without a file."""
    received_on: Mapped[date | None]
    """The day on which the last of it came."""
    region: Mapped[Region] = relationship()
    contact: Mapped[Contact | None] = relationship()
    visit: Mapped[Visit | None] = relationship()
    files: Mapped[list["MaterialFile"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", order_by="(MaterialFile.received_at, MaterialFile.name)"
    )
    reminders: Mapped[list["MaterialReminder"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", order_by="MaterialReminder.reminded_on"
    )

    @property
    def is_waited_for(self) -> bool:
        """Whether something of it is still to come."""
        return self.state in ("asked", "partly")

    def is_overdue_on(self, day: date) -> bool:
        """Whether it should have come before this day and has not."""
        return self.is_waited_for and self.due_on < day


class MaterialFile(Base):
    """One file that was received; the bytes lie in storage under their own hash, `media_type` is what they show."""

    __tablename__ = "material_files"
    __table_args__ = (UniqueConstraint("request_id", "sha256"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(Id, ForeignKey("material_requests.id"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    request: Mapped[MaterialRequest] = relationship(back_populates="files")


class MaterialReminder(Base):
    """That somebody was reminded of a request, when and how; the program itself sends nothing."""

    __tablename__ = "material_reminders"
    __table_args__ = (CheckConstraint(f"means IN {REMINDER_MEANS}", name="means"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(Id, ForeignKey("material_requests.id"), index=True)
    reminded_on: Mapped[date]
    means: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(255), default="")
    reminded_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    request: Mapped[MaterialRequest] = relationship(back_populates="reminders")
    reminded_by: Mapped[User | None] = relationship()


class Expert(Base):
    """Somebody of the expert pool 专家库, with or without an account here."""

    __tablename__ = "experts"
    __table_args__ = (
        CheckConstraint(f"level IN {EXPERT_LEVELS}", name="level"),
        CheckConstraint(f"availability IN {AVAILABILITIES}", name="availability"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    organisation: Mapped[str] = mapped_column(String(128), default="")
    post: Mapped[str] = mapped_column(String(128), default="")
    level: Mapped[str] = mapped_column(String(10), default="province")
    phone: Mapped[str] = mapped_column(SealedString("experts.phone"), default="", server_default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    availability: Mapped[str] = mapped_column(String(12), default="available")
    availability_note: Mapped[str] = mapped_column(String(255), default="")
    user: Mapped[User | None] = relationship()
    skills: Mapped[list["ExpertSkill"]] = relationship(cascade="all, delete-orphan", order_by="ExpertSkill.skill")
    areas: Mapped[list["ExpertArea"]] = relationship(cascade="all, delete-orphan", order_by="ExpertArea.area")
    places: Mapped[list["ExpertPlace"]] = relationship(cascade="all, delete-orphan", order_by="ExpertPlace.region_code")
    visits: Mapped[list["ExpertVisit"]] = relationship(cascade="all, delete-orphan")


class ExpertSkill(Base):
    """What an expert knows: one of the words of our list by its name, or a free addition as it was written."""

    __tablename__ = "expert_skills"

    expert_id: Mapped[str] = mapped_column(Id, ForeignKey("experts.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)


class ExpertArea(Base):
    """One of the five focus areas 五个领域 that an expert works on."""

    __tablename__ = "expert_areas"

    expert_id: Mapped[str] = mapped_column(Id, ForeignKey("experts.id"), primary_key=True)
    area: Mapped[str] = mapped_column(String(32), primary_key=True)


class ExpertPlace(Base):
    """A place that an expert can go to or knows; all that lies in it is meant."""

    __tablename__ = "expert_places"

    expert_id: Mapped[str] = mapped_column(Id, ForeignKey("experts.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), primary_key=True)
    region: Mapped[Region] = relationship()


class ExpertVisit(Base):
    """That an expert took part in a visit, entered by hand; teams and pairs say the same of people with an account."""

    __tablename__ = "expert_visits"

    expert_id: Mapped[str] = mapped_column(Id, ForeignKey("experts.id"), primary_key=True)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), primary_key=True)


class Assistance(Base):
    """Help that was given to a place in a year. The amount is kept in fen, so that sums are exact in every database."""

    __tablename__ = "assistance"
    __table_args__ = (
        CheckConstraint(f"giver_kind IN {GIVER_KINDS}", name="giver_kind"),
        CheckConstraint(f"help_kind IN {HELP_KINDS}", name="help_kind"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_assistance_year_place", "year", "region_code"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    giver: Mapped[str] = mapped_column(String(128), index=True)
    giver_kind: Mapped[str] = mapped_column(String(20))
    help_kind: Mapped[str] = mapped_column(String(12))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    year: Mapped[int]
    note: Mapped[str] = mapped_column(String(255), default="")
    region: Mapped[Region] = relationship()
