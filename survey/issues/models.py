"""Candidates for issues, as rules or coordinators raise them, and issues: their evidence, verification, replies, outcomes and history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
from survey.intake.models import Submission
from survey.issues.life import (
    ATTRIBUTIONS,
    HANDED_OVER,
    HOUSEHOLD_OUTCOMES,
    LEVELS,
    SCOPES,
    STATES,
    VERIFICATION_KINDS,
    VERIFICATION_RESULTS,
    VERIFIED,
)
from survey.issues.words import SEVERITIES
from survey.places.models import Household, Region
from survey.sealing.fields import SealedJson, SealedLongText
from survey.visits.models import Meeting, Visit

EVIDENCE_KINDS = ("candidate", "answer", "picture", "flag", "discrepancy", "meeting", "estimate", "note")
UNDECIDED = "(withdrawn_at IS NOT NULL OR changed_at IS NOT NULL) AND withdrawal_decided_at IS NULL"
"""Evidence that was withdrawn or tells something else by now, and waits for a decision."""
REPLY_KINDS = ("progress", "rectified", "date", "disagreed")
"""What the responsible side says: how far it is, that it is done, that it asks for another date, or that it sees the matter otherwise."""
REPLY_WAYS = ("account", "letter", "ledger")
"""How a reply came: written here by the responsible side, entered from a letter, or read from a filled-in ledger."""
REPLY_DECISIONS = ("noted", "accepted", "declined")


class Issue(Base):
    """A finding about the world that is followed to its end; `survey/issues/life.py` says how.

    `number` is year-county-sequence, "2018-610727-003". `place_code` is where it was found, `level` where it has to be mended. `n_steps`
    counts its history; whoever changes an issue says which step they saw last. `rule` and `form_id` name the rule it came from.
    """

    __tablename__ = "issues"
    __table_args__ = (
        UniqueConstraint("county_code", "year", "sequence"),
        UniqueConstraint("id", "author_id"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"area IN {AREAS}", name="area"),
        CheckConstraint(f"level IN {LEVELS}", name="level"),
        CheckConstraint(f"severity IN {SEVERITIES}", name="severity"),
        CheckConstraint(f"attribution IN {ATTRIBUTIONS}", name="attribution"),
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint(f"state NOT IN {(*VERIFIED, *HANDED_OVER)} OR verified_at IS NOT NULL", name="verified"),
        CheckConstraint(
            f"state NOT IN {HANDED_OVER} OR (reported_at IS NOT NULL AND recommendation <> '' AND responsible_body <> ''"
            " AND due_on IS NOT NULL AND attribution IS NOT NULL AND scope IS NOT NULL)",
            name="reported",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL) AND merged_into_id <> id", name="merged"),
        # All that the list filters and orders by, so that counting and paging walk over an index and read no issue.
        Index("ix_issues_list", "state", "due_on", "county_code", "year", "sequence", "area", "severity", "visit_id", "author_id", "id"),
        Index("ix_issues_place", "place_code", "state"),
        Index("ix_issues_rule", "form_id", "rule"),
        # What the responsible side of a place sees, counted and put in order without reading issues.
        Index("ix_issues_responsible", "responsible_code", "state", "due_on", "number", "id"),
        # The issues of one rule in a county, to be named from the newest on.
        Index("ix_issues_same", "county_code", "rule", "form_id", "year", "sequence", "state", "id"),
        # What the page of a county counts and puts in order.
        Index(
            "ix_issues_county",
            *("county_code", "state", "area", "severity", "due_on", "state_since", "reported_at", "year", "sequence", "id"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    county_code: Mapped[str] = mapped_column(String(6))
    year: Mapped[int]
    sequence: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    titles: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default=text("'{}'"))
    """The title by language code, as its evidence says it in each language; empty where somebody chose words of their own."""
    finding: Mapped[str] = mapped_column(Text, default="")
    area: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(12))
    severity: Mapped[str] = mapped_column(String(12))
    place_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"))
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    form_id: Mapped[str | None] = mapped_column(String(128))
    rule: Mapped[str | None] = mapped_column(String(64))
    attribution: Mapped[str | None] = mapped_column(String(12))
    scope: Mapped[str | None] = mapped_column(String(12))
    scope_reason: Mapped[str] = mapped_column(Text, default="")
    """Why another scope than the proposed one was chosen."""
    basis: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """How many show it of those asked, when the scope was set: households, households_asked, villages, villages_asked, basis."""
    recommendation: Mapped[str] = mapped_column(Text, default="")
    responsible_body: Mapped[str] = mapped_column(String(128), default="")
    responsible_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    """The place whose accounts of the responsible side see it once it is reported."""
    due_on: Mapped[date | None]
    escalated_to: Mapped[str | None] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(16), default="raised")
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    n_steps: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[str | None] = mapped_column(Id, ForeignKey("issues.id"), index=True)
    place: Mapped[Region] = relationship(foreign_keys=place_code)
    visit: Mapped[Visit | None] = relationship()
    author: Mapped[User] = relationship(foreign_keys=author_id)
    merged_into: Mapped["Issue | None"] = relationship(remote_side=[id])
    evidence: Mapped[list["IssueEvidence"]] = relationship(back_populates="issue", order_by="IssueEvidence.added_at")
    verifications: Mapped[list["Verification"]] = relationship(
        back_populates="issue", order_by="Verification.asked_at", foreign_keys="Verification.issue_id"
    )
    replies: Mapped[list["IssueReply"]] = relationship(back_populates="issue", order_by="IssueReply.replied_at")

    @hybrid_method
    def title_in(self, language: str) -> str:
        """The title for a reader of this language; as it was written where it is known in no other."""
        return self.titles.get(language) or self.title

    @title_in.inplace.expression  # type: ignore[attr-defined, untyped-decorator]
    @classmethod
    def _title_in(cls, language: str) -> ColumnElement[str]:
        return func.coalesce(cls.titles[language].as_string(), cls.title)


class IssueStep(Base):
    """One step in an issue's history: who did what, when, why. Rows are added and never changed; the database refuses anything else.

    `changes` maps each field that changed to [before, after]; `details` names what the step is about (a verification, a reply).
    """

    __tablename__ = "issue_steps"
    # The last of some steps of each issue, told without reading its history.
    __table_args__ = (Index("ix_issue_steps_action", "issue_id", "action", "number"),)

    issue_id: Mapped[str] = mapped_column(Id, ForeignKey("issues.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str] = mapped_column(String(24))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    taken_by: Mapped[User | None] = relationship()


class IssueEvidence(Base):
    """Something that shows an issue. What is withdrawn or changed stays, with when; `told` holds what it said when it was added.

    A candidate is evidence of one issue at most.
    """

    __tablename__ = "issue_evidence"
    __table_args__ = (
        CheckConstraint(f"kind IN {EVIDENCE_KINDS}", name="kind"),
        # The evidence of an issue, and the villages where it stands without reading it.
        Index("ix_issue_evidence_standing", "issue_id", "withdrawn_at", "village_code"),
        # What waits for a decision, which is little of it.
        Index("ix_issue_evidence_withdrawn", "issue_id", sqlite_where=text(UNDECIDED), postgresql_where=text(UNDECIDED)),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(Id, ForeignKey("issues.id"))
    kind: Mapped[str] = mapped_column(String(12))
    candidate_id: Mapped[str | None] = mapped_column(Id, unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("submissions.instance_id"), index=True)
    household_id: Mapped[str | None] = mapped_column(Id, ForeignKey("households.id"), index=True)
    village_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    meeting_id: Mapped[str | None] = mapped_column(Id, ForeignKey("meetings.id"))
    question: Mapped[str | None] = mapped_column(String(255))
    told: Mapped[dict[str, Any]] = mapped_column(SealedJson("issue_evidence.told"), default=dict)
    note: Mapped[str] = mapped_column(SealedLongText("issue_evidence.note"), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_now: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("issue_evidence.told_now"))
    """What it tells since `changed_at`, where that is something else than it told when it was added."""
    withdrawal_decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody decided that the issue stands without it or with what it tells now, or not; until then it is a question."""
    issue: Mapped[Issue] = relationship(back_populates="evidence")
    submission: Mapped[Submission | None] = relationship()
    household: Mapped[Household | None] = relationship()
    village: Mapped[Region | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship()

    @classmethod
    def is_undecided(cls) -> ColumnElement[bool]:
        """The condition `UNDECIDED`, written so that databases find it by the index that holds nothing else."""
        return and_(or_(cls.withdrawn_at.is_not(None), cls.changed_at.is_not(None)), cls.withdrawal_decided_at.is_(None))


class Verification(Base):
    """One check of an issue by a named person, who is not its author: the database refuses that too, by way of `author_id`."""

    __tablename__ = "verifications"
    __table_args__ = (
        ForeignKeyConstraint(["issue_id", "author_id"], ["issues.id", "issues.author_id"]),
        CheckConstraint(f"kind IN {VERIFICATION_KINDS}", name="kind"),
        CheckConstraint(f"result IN {VERIFICATION_RESULTS}", name="result"),
        CheckConstraint("assigned_to_id <> author_id", name="not_by_author"),
        CheckConstraint("(result IS NULL) = (done_at IS NULL)", name="done"),
        Index("ix_verifications_assigned", "assigned_to_id", "done_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(Id, index=True)
    author_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(16))
    task: Mapped[str] = mapped_column(Text, default="")
    assigned_to_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    due_on: Mapped[date]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(String(10))
    found: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issue: Mapped[Issue] = relationship(back_populates="verifications", foreign_keys=[issue_id, author_id])
    assigned_to: Mapped[User] = relationship(foreign_keys=assigned_to_id)
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)


class IssueReply(Base):
    """What the responsible side says about an issue that was reported to it. It changes nothing by itself.

    What a coordinator decides on it is a row of its own.
    """

    __tablename__ = "issue_replies"
    __table_args__ = (
        CheckConstraint(f"kind IN {REPLY_KINDS}", name="kind"),
        CheckConstraint("kind <> 'date' OR proposed_due_on IS NOT NULL", name="date"),
        CheckConstraint(f"way IN {REPLY_WAYS}", name="way"),
        Index("ix_issue_replies_issue", "issue_id", "replied_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(Id, ForeignKey("issues.id"))
    kind: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)
    proposed_due_on: Mapped[date | None]
    replied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replied_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    """Who wrote it here: the responsible side itself, or a coordinator who entered what came on paper."""
    way: Mapped[str] = mapped_column(String(8), default="account", server_default="account")
    written_on: Mapped[date | None]
    """The day that a letter or ledger bears."""
    issue: Mapped[Issue] = relationship(back_populates="replies")
    replied_by: Mapped[User] = relationship()
    files: Mapped[list["IssueFile"]] = relationship(order_by="(IssueFile.added_at, IssueFile.name)")
    decision: Mapped["ReplyDecision | None"] = relationship(back_populates="reply")


class ReplyDecision(Base):
    """What a coordinator decided on a reply, once; `answer` is what the responsible side reads of it."""

    __tablename__ = "reply_decisions"
    __table_args__ = (CheckConstraint(f"decision IN {REPLY_DECISIONS}", name="decision"),)

    reply_id: Mapped[str] = mapped_column(Id, ForeignKey("issue_replies.id"), primary_key=True)
    decision: Mapped[str] = mapped_column(String(8))
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    reply: Mapped[IssueReply] = relationship(back_populates="decision")
    decided_by: Mapped[User] = relationship()


class IssueFile(Base):
    """A file beside an issue: beside one of its verifications, replies or pieces of evidence, or what was found at one household."""

    __tablename__ = "issue_files"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN verification_id IS NULL THEN 0 ELSE 1 END + CASE WHEN reply_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN evidence_id IS NULL THEN 0 ELSE 1 END + CASE WHEN outcome_id IS NULL THEN 0 ELSE 1 END = 1",
            name="beside_one",
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(Id, ForeignKey("issues.id"), index=True)
    verification_id: Mapped[str | None] = mapped_column(Id, ForeignKey("verifications.id"), index=True)
    reply_id: Mapped[str | None] = mapped_column(Id, ForeignKey("issue_replies.id"), index=True)
    evidence_id: Mapped[str | None] = mapped_column(Id, ForeignKey("issue_evidence.id"), index=True)
    outcome_id: Mapped[str | None] = mapped_column(Id, ForeignKey("household_outcomes.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(128))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))


class HouseholdOutcome(Base):
    """What a look-back found of an issue at one household: fixed, partly, not, worse, or not to be told.

    `found_at` is when it was seen; `known_at` is when it came here from a tablet that noted it without a network, None for what was
    recorded here. A decision takes in what was known when it was made.
    """

    __tablename__ = "household_outcomes"
    __table_args__ = (
        UniqueConstraint("issue_id", "household_id", "visit_id"),
        CheckConstraint(f"outcome IN {HOUSEHOLD_OUTCOMES}", name="outcome"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(Id, ForeignKey("issues.id"), index=True)
    household_id: Mapped[str] = mapped_column(Id, ForeignKey("households.id"), index=True)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    instance_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    outcome: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(SealedLongText("household_outcomes.note"), default="")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    issue: Mapped[Issue] = relationship()
    household: Mapped[Household] = relationship()
    files: Mapped[list[IssueFile]] = relationship(order_by="(IssueFile.added_at, IssueFile.name)")
