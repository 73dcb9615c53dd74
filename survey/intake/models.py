"""What was received: submissions as they came, their attachments, doubts about them, and what was refused but kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
from survey.instruments.models import QuestionnaireVersion
from survey.places.models import Household, Region
from survey.sealing.fields import SealedBytes, SealedJson, SealedLongText
from survey.visits.models import Assignment, Visit

REVIEW_STATES = ("received", "accepted", "returned", "replaced")
COUNTED = ("received", "accepted")
"""The states in which an interview counts as far as it is known; what a returned one says is still to be mended."""
RECORDING_ROLES = ("lead", "second")
QUARANTINE_STATES = ("waiting", "admitted", "settled")


class Submission(Base):
    """One received instance. XML and answers are never edited: an edit is a new instance that names this one as deprecated.

    `recorded_as` says whose record it is: "lead", or "second" where a visit asks both of a pair for records of their own. Figures take
    the lead's.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        CheckConstraint(f"review_state IN {REVIEW_STATES}", name="review_state"),
        CheckConstraint(f"recorded_as IN {RECORDING_ROLES}", name="recorded_as"),
        Index("ix_submissions_visit_state", "visit_id", "review_state", "received_at", "instance_id", "village_code", "form_id"),
        # Holds everything that a list of submissions is filtered by, and what exports are planned from: neither reads interviews for it.
        Index(
            "ix_submissions_list",
            "received_at",
            "instance_id",
            "review_state",
            "visit_id",
            "village_code",
            "form_id",
            "started_at",
            "lead_id",
            "second_id",
            "household_id",
            "assignment_id",
            "recorded_as",
            "questionnaire_version_id",
        ),
        # Everything that progress counts by, so that it reads the index alone and not the interviews.
        Index(
            "ix_submissions_progress",
            "visit_id",
            "review_state",
            "village_code",
            "form_id",
            "recorded_as",
            "assignment_id",
            "household_id",
            "instance_id",
            "started_at",
            "ended_at",
        ),
        Index("ix_submissions_answered", "assignment_id", "recorded_as", "review_state", "received_at"),
        # In the order in which somebody's way is walked, so that its next stop is the first row that is met.
        Index("ix_submissions_lead_way", "lead_id", "started_at", "instance_id"),
        Index("ix_submissions_device_way", "device_id", "started_at", "instance_id"),
    )

    instance_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    deprecated_id: Mapped[str | None] = mapped_column(String(64), index=True)
    form_id: Mapped[str] = mapped_column(String(128))
    form_version: Mapped[str] = mapped_column(String(64))
    questionnaire_version_id: Mapped[str] = mapped_column(Id, ForeignKey("questionnaire_versions.id"))
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"))
    assignment_id: Mapped[str | None] = mapped_column(Id, ForeignKey("assignments.id"))
    household_id: Mapped[str | None] = mapped_column(Id, ForeignKey("households.id"), index=True)
    village_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    lead_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    second_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    recorded_as: Mapped[str] = mapped_column(String(6), default="lead", server_default="lead")
    received_from_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    device_id: Mapped[str] = mapped_column(String(64), default="")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    review_state: Mapped[str] = mapped_column(String(10), default="received")
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    review_reason: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(SealedJson("submissions.answers"), deferred=True)
    xml: Mapped[bytes] = mapped_column(SealedBytes("submissions.xml"), deferred=True)
    xml_sha256: Mapped[str] = mapped_column(String(64))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    """Where it was held, in degrees (WGS 84) and metres: the first position among the answers; None without one."""

    questionnaire: Mapped[QuestionnaireVersion] = relationship()
    visit: Mapped[Visit | None] = relationship()
    assignment: Mapped[Assignment | None] = relationship()
    household: Mapped[Household | None] = relationship()
    village: Mapped[Region | None] = relationship()
    lead: Mapped[User | None] = relationship(foreign_keys=lead_id)
    second: Mapped[User | None] = relationship(foreign_keys=second_id)
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="submission", cascade="all, delete-orphan")
    awaited_files: Mapped[list["AwaitedFile"]] = relationship(
        back_populates="submission", cascade="all, delete-orphan", order_by="AwaitedFile.name"
    )
    flags: Mapped[list["Flag"]] = relationship(back_populates="submission", cascade="all, delete-orphan")
    countersignature: Mapped["Countersignature | None"] = relationship(back_populates="submission", cascade="all, delete-orphan")
    notes: Mapped[list["AnswerNote"]] = relationship(back_populates="submission", cascade="all, delete-orphan")


class Attachment(Base):
    """One file of a submission; the bytes lie in storage under their own hash."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("instance_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(64))
    submission: Mapped[Submission] = relationship(back_populates="attachments")


class AwaitedFile(Base):
    """A file that a stored submission names and that has not arrived yet; the row goes when it does."""

    __tablename__ = "awaited_files"

    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    submission: Mapped[Submission] = relationship(back_populates="awaited_files")


class Flag(Base):
    """A doubt about an interview, raised by a check; never a finding about the world.

    `other_id` is the instance id of the interview that it is doubted beside, for checks that compare two: when that one is replaced, the
    doubt is taken back.
    """

    __tablename__ = "flags"
    __table_args__ = (UniqueConstraint("instance_id", "check", "question"), Index("ix_flags_check", "check"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    check: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(String(128), default="")
    value: Mapped[str] = mapped_column(SealedLongText("flags.value"), default="", server_default="")
    other_id: Mapped[str | None] = mapped_column(String(64), index=True)
    submission: Mapped[Submission] = relationship(back_populates="flags")


class AnswerNote(Base):
    """What an interviewer wrote beside one answer, as the submission's file of notes says it.

    `node` is the question's path with the positions of repeats ("/data/members[2]/age"), `username` who wrote it as the tablet knew them.
    """

    __tablename__ = "answer_notes"
    __table_args__ = (UniqueConstraint("instance_id", "node"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    node: Mapped[str] = mapped_column(String(512))
    question: Mapped[str] = mapped_column(String(128))
    text: Mapped[str] = mapped_column(SealedLongText("answer_notes.text"))
    username: Mapped[str] = mapped_column(String(64), default="")
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[Submission] = relationship(back_populates="notes")


class AnswerTimes(Base):
    """How long each question of an interview was in hand: seconds by the question's path, one per entry in repeats, by its timing log.

    Figures over many interviews read this and not the logs, which lie in storage.
    """

    __tablename__ = "answer_times"

    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"), primary_key=True)
    seconds: Mapped[dict[str, list[float]]] = mapped_column(Json)


class Countersignature(Base):
    """What the second interviewer did after the lead had finished: signed (`signed_at`), or did not, and why (`reason`).

    `is_verified` says whether the proof was made with the PIN that `user` has registered. `changes` are the answers that the second
    amended, as records of node, old, new and at; `node` is the question's path with the positions of repeats.
    """

    __tablename__ = "countersignatures"

    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_verified: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[list[dict[str, Any]]] = mapped_column(SealedJson("countersignatures.changes"), default=list)
    submission: Mapped[Submission] = relationship(back_populates="countersignature")
    user: Mapped[User | None] = relationship()


class QuarantinedSubmission(Base):
    """A submission that validation refused, kept whole with the reasons so that no field work is lost.

    `findings` are records of question, label, position, value, code and message, the texts by language. `files` are records of name,
    sha256, size_bytes and media_type; the bytes lie in storage. `countersign` is what came with it of the second. `state` is
    "waiting", then "admitted" once the same XML was stored as a submission, or "settled" when a coordinator decided that it never will
    be, and why.
    """

    __tablename__ = "quarantined_submissions"
    __table_args__ = (CheckConstraint(f"state IN {QUARANTINE_STATES}", name="state"), Index("ix_quarantined_state", "state", "received_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(64), index=True)
    form_id: Mapped[str] = mapped_column(String(128))
    form_version: Mapped[str] = mapped_column(String(64))
    xml: Mapped[bytes] = mapped_column(SealedBytes("quarantined_submissions.xml"), deferred=True)
    xml_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(SealedJson("quarantined_submissions.findings"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_from_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    assignment_id: Mapped[str] = mapped_column(String(64), default="")
    device_id: Mapped[str] = mapped_column(String(64), default="")
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    countersign: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("quarantined_submissions.countersign"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    settled_reason: Mapped[str] = mapped_column(Text, default="")
    received_from: Mapped[User | None] = relationship(foreign_keys=received_from_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)


class RecoveredInterview(Base):
    """An unfinished interview from a tablet's exported file, kept until its person takes it onto another tablet.

    `interview` is what the tablet kept of it; `files` are records of name, sha256, size_bytes and media_type; the bytes lie in storage.
    """

    __tablename__ = "recovered_interviews"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(SealedLongText("recovered_interviews.title"), default="", server_default="")
    interview: Mapped[dict[str, Any]] = mapped_column(SealedJson("recovered_interviews.interview"), deferred=True)
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    recovered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship()
