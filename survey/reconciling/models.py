"""What is decided where the two records of an interview differ, and what a visit lets pass as the same. Both records stay as received."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.sealing.fields import SealedJson, SealedLongText
from survey.visits.models import Visit

RECONCILIATION_STATES = ("open", "finished")
DECISIONS = ("left", "right", "other")
"""The lead's record is on the left, the second's on the right."""


class Reconciliation(Base):
    """The reconciling of one record of a lead with one of a second. An edit of either is another record, and begins another one.

    `answers` is the reconciled record once it is finished, computed and judged by the questionnaire's engine; the dataset takes it in
    place of the lead's. `n_compared` and `n_agreeing` are counted then, with the tolerances of that day.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        UniqueConstraint("lead_instance_id", "second_instance_id"),
        CheckConstraint(f"state IN {RECONCILIATION_STATES}", name="state"),
        CheckConstraint("lead_instance_id <> second_instance_id", name="two_records"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), index=True)
    lead_instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    second_instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="open")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    n_compared: Mapped[int | None]
    n_agreeing: Mapped[int | None]
    answers: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("reconciliations.answers"), deferred=True)

    visit: Mapped[Visit] = relationship()
    finished_by: Mapped[User | None] = relationship(foreign_keys=finished_by_id)
    decided: Mapped[list["ReconciledAnswer"]] = relationship(back_populates="reconciliation", cascade="all, delete-orphan")


class ReconciledAnswer(Base):
    """What is decided about one answer, or about one entry of a repeat that only one of the two has.

    `node` is the question's path with the numbers of entries over both records. `value`, as the form's XML writes it, and `reason` are
    told for "other"; "" as the value of "other" means that nothing was answered.
    """

    __tablename__ = "reconciled_answers"
    __table_args__ = (CheckConstraint(f"choice IN {DECISIONS}", name="choice"), UniqueConstraint("reconciliation_id", "node"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    reconciliation_id: Mapped[str] = mapped_column(Id, ForeignKey("reconciliations.id"))
    node: Mapped[str] = mapped_column(String(512))
    choice: Mapped[str] = mapped_column(String(5))
    value: Mapped[str] = mapped_column(SealedLongText("reconciled_answers.value"), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    reconciliation: Mapped[Reconciliation] = relationship(back_populates="decided")
    decided_by: Mapped[User | None] = relationship()


class VisitTolerances(Base):
    """What two records of a visit may differ in and still be the same; a visit without a row has the defaults of `Tolerances`."""

    __tablename__ = "visit_tolerances"
    __table_args__ = (
        CheckConstraint("number_percent >= 0 AND number_percent <= 100", name="number_percent"),
        CheckConstraint("date_days >= 0 AND time_minutes >= 0 AND position_m >= 0", name="not_negative"),
    )

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), primary_key=True)
    number_percent: Mapped[float]
    date_days: Mapped[int]
    time_minutes: Mapped[int]
    position_m: Mapped[float]
    is_text_loose: Mapped[bool]
    exact_names: Mapped[str] = mapped_column(Text)
    visit: Mapped[Visit] = relationship()
