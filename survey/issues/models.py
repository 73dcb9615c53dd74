"""Candidates for issues, as the questionnaire's rules raise them at receipt."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id
from survey.intake.models import Submission


class IssueCandidate(Base):
    """One rule that was true for one submission: what later is verified and becomes an issue. Evidence maps question to answer."""

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
    evidence: Mapped[dict[str, Any]] = mapped_column(Json)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission: Mapped[Submission] = relationship()
