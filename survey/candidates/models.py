"""Candidates for issues, as the questionnaire's rules raise them at receipt, or a coordinator from a discrepancy."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
from survey.intake.models import Submission
from survey.sealing.fields import SealedJson


class IssueCandidate(Base):
    """One rule that was true for one submission: what later is verified and becomes an issue. Evidence maps question to answer.

    What a coordinator raised by hand has `raised_by_id`. From a discrepancy, `comparison` holds item, kind, judged and note, the readings
    of said, filed and seen as lists of instance_id, question and value, and pictures as a list of instance_id, source, question and name.

    Evidence is of the answers that count. Where two records were reconciled, `originals` holds what "lead" and "second" had recorded for
    it, and `withdrawn_at` is when the rule ceased to hold; a withdrawn candidate counts nowhere, and stands again if the rule does.
    """

    __tablename__ = "issue_candidates"
    __table_args__ = (UniqueConstraint("instance_id", "rule"), Index("ix_issue_candidates_visit_rule", "visit_id", "rule"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    rule: Mapped[str] = mapped_column(String(64))
    title: Mapped[dict[str, str]] = mapped_column(Json)
    area: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(12))
    severity: Mapped[str] = mapped_column(String(12))
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"))
    village_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"), index=True)
    household_id: Mapped[str | None] = mapped_column(Id, ForeignKey("households.id"))
    evidence: Mapped[dict[str, Any]] = mapped_column(SealedJson("issue_candidates.evidence"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    comparison: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("issue_candidates.comparison"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    originals: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("issue_candidates.originals"))
    submission: Mapped[Submission] = relationship()
