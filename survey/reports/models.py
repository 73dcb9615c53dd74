"""The register of drafted and finished reports."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Id, RegionCode, UtcDateTime, new_id

REPORT_KINDS = ("county", "survey", "theory")


class Report(Base):
    """One report: a county draft made here, or a survey or theoretical report registered by hand."""

    __tablename__ = "reports"
    __table_args__ = (CheckConstraint(f"kind IN {REPORT_KINDS}", name="kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(255))
    visit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    reported_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    dataset_hash: Mapped[str | None] = mapped_column(String(64))
