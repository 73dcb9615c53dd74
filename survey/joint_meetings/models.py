"""What a joint meeting decided about an issue."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.issues.models import Issue
from survey.visits.models import Meeting


class MeetingDecision(Base):
    """One decision of a meeting about an issue; deciding again takes its place, and the issue's history keeps both."""

    __tablename__ = "meeting_decisions"
    __table_args__ = (UniqueConstraint("meeting_id", "issue_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(Id, ForeignKey("meetings.id"))
    issue_id: Mapped[str] = mapped_column(Id, ForeignKey("issues.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    meeting: Mapped[Meeting] = relationship()
    issue: Mapped[Issue] = relationship()
    decided_by: Mapped[User] = relationship()
