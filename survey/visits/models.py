"""A visit and what is planned for it: villages, forms, pairs, assignments; and what it left behind beside interviews."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, RegionCode, UtcDateTime, new_id
from survey.instruments.models import QuestionnaireVersion
from survey.places.models import HOUSEHOLD_KINDS, Household, Region

BASES = ("census", "probability", "purposive")
VISIT_STATES = ("planned", "open", "closed")
RECORDS = ("paired", "independent")
"""Whether a pair fills in one form together, or each of the two one of their own that the other does not see."""
TEAM_ROLES = ("leader", "member", "trainee")
"""What somebody is in a visit's team; the leader opens its sealed draws."""
MEETING_KINDS = ("briefing", "discussion", "feedback", "joint_meeting", "liaison", "other")
RESPONDENT_KINDS = (*HOUSEHOLD_KINDS, "cadre", "work_team")
"""Whom a visit interviews: households by kind, village cadres 村干部, and resident work teams 驻村工作队."""


class Visit(Base):
    """One supervision visit 调研; `id` is a readable slug such as "2017-04-lueyang" and never changes."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint(f"state IN {VISIT_STATES}", name="state"),
        CheckConstraint(f"records IN {RECORDS}", name="records"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(128))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="planned")
    records: Mapped[str] = mapped_column(String(12), default="paired", server_default="paired")
    purpose: Mapped[str] = mapped_column(Text, default="")
    look_back_of_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"))
    is_invented: Mapped[bool] = mapped_column(default=False)
    villages: Mapped[list["VisitVillage"]] = relationship(back_populates="visit", cascade="all, delete-orphan")
    forms: Mapped[list[QuestionnaireVersion]] = relationship(secondary="visit_forms")
    pairs: Mapped[list["Pair"]] = relationship(back_populates="visit", cascade="all, delete-orphan")


class VisitForm(Base):
    """A questionnaire version that a visit uses; a visit keeps the versions it began with."""

    __tablename__ = "visit_forms"

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), primary_key=True)
    questionnaire_version_id: Mapped[str] = mapped_column(Id, ForeignKey("questionnaire_versions.id"), primary_key=True)


class VisitVillage(Base):
    """A village of a visit, and how it was chosen, which decides what may be said from its figures."""

    __tablename__ = "visit_villages"
    __table_args__ = (CheckConstraint(f"basis IN {BASES}", name="basis"),)

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), primary_key=True)
    village_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), primary_key=True)
    basis: Mapped[str] = mapped_column(String(12), default="purposive")
    planned_on: Mapped[date | None]
    visit: Mapped[Visit] = relationship(back_populates="villages")
    village: Mapped[Region] = relationship()


class VisitMember(Base):
    """Somebody who goes along on a visit: its leader, a member, or a trainee who learns by going along 以调代训."""

    __tablename__ = "visit_members"
    __table_args__ = (CheckConstraint(f"role IN {TEAM_ROLES}", name="role"),)

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8), default="member")
    visit: Mapped[Visit] = relationship()
    user: Mapped[User] = relationship()


class Pair(Base):
    """Two interviewers who sit down together: lead 主访 and second 副访."""

    __tablename__ = "pairs"
    __table_args__ = (UniqueConstraint("visit_id", "name"), CheckConstraint("lead_id <> second_id", name="two_people"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    name: Mapped[str] = mapped_column(String(32))
    lead_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    second_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    visit: Mapped[Visit] = relationship(back_populates="pairs")
    lead: Mapped[User] = relationship(foreign_keys=lead_id)
    second: Mapped[User] = relationship(foreign_keys=second_id)


class Assignment(Base):
    """One form to be filled by one pair at one household (or, without a household, for one village)."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("visit_id", "household_id", "form_id"),
        # Everything that progress counts by, in its order, so that it walks over the index alone.
        Index("ix_assignments_progress", "visit_id", "village_code", "pair_id", "form_id", "household_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"))
    pair_id: Mapped[str] = mapped_column(Id, ForeignKey("pairs.id"), index=True)
    form_id: Mapped[str] = mapped_column(String(128))
    village_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    household_id: Mapped[str | None] = mapped_column(Id, ForeignKey("households.id"), index=True)
    planned_on: Mapped[date | None]
    visit: Mapped[Visit] = relationship()
    pair: Mapped[Pair] = relationship()
    village: Mapped[Region] = relationship()
    household: Mapped[Household | None] = relationship()


class Meeting(Base):
    """A meeting with its minutes; most are held during a visit, some (the quarterly joint meeting 联席会议) belong to none."""

    __tablename__ = "meetings"
    __table_args__ = (CheckConstraint(f"kind IN {MEETING_KINDS}", name="kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"))
    kind: Mapped[str] = mapped_column(String(16))
    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(128))
    venue: Mapped[str] = mapped_column(String(128), default="", server_default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    region: Mapped[Region] = relationship()
    visit: Mapped[Visit | None] = relationship()
    people: Mapped[list["MeetingPerson"]] = relationship(cascade="all, delete-orphan", order_by="MeetingPerson.position")
    files: Mapped[list["MeetingFile"]] = relationship(cascade="all, delete-orphan", order_by="(MeetingFile.added_at, MeetingFile.name)")


class MeetingPerson(Base):
    """Somebody who sat in a meeting: a person with an account here, or a name from outside with a post."""

    __tablename__ = "meeting_people"
    __table_args__ = (CheckConstraint("user_id IS NOT NULL OR name <> ''", name="named"),)

    meeting_id: Mapped[str] = mapped_column(Id, ForeignKey("meetings.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    post: Mapped[str] = mapped_column(String(128), default="")
    user: Mapped[User | None] = relationship()


class MeetingFile(Base):
    """A file that belongs to a meeting's minutes; the bytes lie in storage under their own hash, `media_type` is what they show."""

    __tablename__ = "meeting_files"
    __table_args__ = (UniqueConstraint("meeting_id", "sha256"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(Id, ForeignKey("meetings.id"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))


class Recommendation(Base):
    """An opinion or suggestion handed over to the responsible side."""

    __tablename__ = "recommendations"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"))
    area: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    handed_over_on: Mapped[date]
    region: Mapped[Region] = relationship()


class VisitQuota(Base):
    """How many respondents of one kind a visit is to interview."""

    __tablename__ = "visit_quotas"
    __table_args__ = (CheckConstraint(f"kind IN {RESPONDENT_KINDS}", name="kind"), CheckConstraint("n_wanted > 0", name="n_wanted"))

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    n_wanted: Mapped[int]
    visit: Mapped[Visit] = relationship()
