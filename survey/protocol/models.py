"""The limits of the protocol that a visit has set for itself."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, Json, UtcDateTime
from survey.visits.models import Visit


class VisitLimits(Base):
    """What a visit's checks allow where that is not what `survey/protocol/limits.py` proposes; `values` are numbers by limit."""

    __tablename__ = "visit_limits"

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id"), primary_key=True)
    values: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    visit: Mapped[Visit] = relationship()
    changed_by: Mapped[User | None] = relationship()
