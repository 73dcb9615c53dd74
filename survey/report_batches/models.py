"""Batches of drafts, and each draft that one is made of."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from analysis.report.outward.drafting import INWARD
from survey.accounts.models import User
from survey.db import Base, Id, RegionCode, UtcDateTime, new_id
from survey.places.models import Region
from survey.reports.models import Report
from survey.visits.models import Visit


class ReportBatch(Base):
    """One action that drafts the same kind of report on every place of a visit."""

    __tablename__ = "report_batches"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(2))
    audience: Mapped[str] = mapped_column(String(8), default=INWARD)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    visit: Mapped[Visit] = relationship()
    begun_by: Mapped[User | None] = relationship()
    drafts: Mapped[list["BatchDraft"]] = relationship(
        back_populates="batch", cascade="all, delete-orphan", order_by="BatchDraft.region_code"
    )


class BatchDraft(Base):
    """One place of a batch: its report once it is drafted, or why it could not be."""

    __tablename__ = "report_batch_drafts"

    batch_id: Mapped[str] = mapped_column(Id, ForeignKey("report_batches.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("regions.code"), primary_key=True)
    report_id: Mapped[str | None] = mapped_column(Id, ForeignKey("reports.id", ondelete="SET NULL"), index=True)
    failure: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    batch: Mapped[ReportBatch] = relationship(back_populates="drafts")
    region: Mapped[Region] = relationship()
    report: Mapped[Report | None] = relationship()
