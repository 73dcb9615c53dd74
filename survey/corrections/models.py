"""The log of corrections. Its rows are never changed or removed: triggers refuse it, and a withdrawal is a row of its own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.intake.models import Submission
from survey.sealing.fields import SealedLongText


class Correction(Base):
    """What counts instead of one answer, who says so and why.

    `node` is the question's path with the positions of repeats ("/data/members[2]/age"). `old` is the answer as it is stored, that of the
    reconciled record where two were, and `new` the one that counts, both as the form's XML writes them, "" for no answer. It holds for
    this `old` and no other: where the stored answer changes by reconciling anew, the correction no longer counts and says so.
    """

    __tablename__ = "corrections"
    __table_args__ = (CheckConstraint("old <> new", name="changes"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"), index=True)
    question: Mapped[str] = mapped_column(String(128))
    node: Mapped[str] = mapped_column(String(512))
    old: Mapped[str] = mapped_column(SealedLongText("corrections.old"))
    new: Mapped[str] = mapped_column(SealedLongText("corrections.new"))
    reason: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    submission: Mapped[Submission] = relationship()
    corrected_by: Mapped[User] = relationship()
    withdrawal: Mapped["CorrectionWithdrawal | None"] = relationship(back_populates="correction")


class CorrectionWithdrawal(Base):
    """That a correction no longer counts, who says so and why."""

    __tablename__ = "correction_withdrawals"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    correction_id: Mapped[str] = mapped_column(Id, ForeignKey("corrections.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    correction: Mapped[Correction] = relationship(back_populates="withdrawal")
    withdrawn_by: Mapped[User] = relationship()
