"""The outcomes of assignments; the latest of an assignment counts, and every earlier one is kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.sealing.fields import SealedLongText
from survey.visits.models import Assignment

UNMET = ("moved", "died", "refused", "absent", "not_found")
"""Why no interview was held. Somebody absent may be met another day; the others will not be."""
TAKEN_BACK = "taken_back"
"""What is recorded when an outcome was entered by mistake, so that the assignment is to be done again."""
OUTCOMES = (*UNMET, TAKEN_BACK)


class AssignmentOutcome(Base):
    """What somebody found instead of an interview; `instance_id` names the form that told it, None when a person recorded it."""

    __tablename__ = "assignment_outcomes"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index("ix_assignment_outcomes_assignment", "assignment_id", "recorded_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(Id, ForeignKey("assignments.id", ondelete="CASCADE"))
    outcome: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(SealedLongText("assignment_outcomes.note"), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    instance_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    assignment: Mapped[Assignment] = relationship()
    recorded_by: Mapped[User | None] = relationship()
