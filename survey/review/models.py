"""What a coordinator asks about single answers of an interview."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.intake.models import Submission
from survey.sealing.fields import SealedLongText

QUERY_STATES = ("noted", "asked", "resolved")


class AnswerQuery(Base):
    """A question of a coordinator about one answer.

    `node` is the question's path with the positions of repeats ("/data/members[2]/age"). `state` is "noted" until the interview is
    returned, "asked" while its pair has it, and "resolved" when a coordinator is content with what came back.
    """

    __tablename__ = "answer_queries"
    __table_args__ = (CheckConstraint(f"state IN {QUERY_STATES}", name="state"), UniqueConstraint("instance_id", "node"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(64), ForeignKey("submissions.instance_id"))
    node: Mapped[str] = mapped_column(String(512))
    question: Mapped[str] = mapped_column(String(128))
    text: Mapped[str] = mapped_column(SealedLongText("answer_queries.text"))
    state: Mapped[str] = mapped_column(String(10), default="noted")
    asked_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    submission: Mapped[Submission] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
