"""What a coordinator decided about a discrepancy, beside what was computed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from questionnaires.compared import KINDS
from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.places.models import Household
from survey.sealing.fields import SealedJson
from survey.visits.models import Visit


class DiscrepancyCorrection(Base):
    """The kind that a coordinator gives one item of one household, with the reason; what was found before stays in `found_kind`.

    It holds for the answers in `told` (by source, and what was judged) and for no others: after an edit of one of them it is shown and
    no longer counts.
    """

    __tablename__ = "discrepancy_corrections"
    __table_args__ = (
        UniqueConstraint("visit_id", "household_id", "item"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"found_kind IN {KINDS}", name="found_kind"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"))
    household_id: Mapped[str] = mapped_column(Id, ForeignKey("households.id"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    found_kind: Mapped[str] = mapped_column(String(16))
    told: Mapped[dict[str, Any]] = mapped_column(SealedJson("discrepancy_corrections.told"))
    reason: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    visit: Mapped[Visit] = relationship()
    household: Mapped[Household] = relationship()
    corrected_by: Mapped[User] = relationship()
