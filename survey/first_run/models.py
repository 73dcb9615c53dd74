"""Whose installation this is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, UtcDateTime

LEVELS = ("central", "province", "city", "county")
THE_ONE = 1


class Installation(Base):
    """The one row about the installation: the organisation that runs it, and when somebody put its first steps aside.

    Which steps are done is told by what there is, and stored nowhere.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint(f"id = {THE_ONE}", name="one"), CheckConstraint(f"level IN {LEVELS}", name="level"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation: Mapped[str] = mapped_column(String(128), default="")
    short_name: Mapped[str] = mapped_column(String(32), default="")
    level: Mapped[str] = mapped_column(String(16), default="county")
    put_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
