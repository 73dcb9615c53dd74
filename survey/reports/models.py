"""The register of drafted and finished reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from analysis.report.kinds.names import KIND_NAMES
from analysis.report.outward.drafting import INWARD, OUTWARD
from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id

DRAFTED_KINDS = tuple(kind.name for kind in KIND_NAMES)
"""What is drafted here."""
REGISTERED_KINDS = ("survey", "theory")
"""What is written elsewhere, or finished from a draft, and registered by hand; the work ledger counts these."""
REPORT_KINDS = (*DRAFTED_KINDS, *REGISTERED_KINDS)
AUDIENCES = (INWARD, OUTWARD)
"""A draft for the house names everybody; one that leaves it is masked."""


class Report(Base):
    """One report: a draft made here, or a survey or theoretical report registered by hand.

    `parameters` are what a draft is about; drafts with the same `subject`, which names kind, parameters, language and audience, are
    versions of one report. `state_digest` is the digest of the last event before it was made.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(f"kind IN {REPORT_KINDS}", name="kind"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
        Index("ix_reports_subject", "subject", "version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(255))
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    reported_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    dataset_hash: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(8))
    audience: Mapped[str] = mapped_column(String(8), default=INWARD, server_default=INWARD)
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    subject: Mapped[str | None] = mapped_column(String(160))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    state_digest: Mapped[str | None] = mapped_column(String(64))
