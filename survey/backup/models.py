"""Backups that were made of this installation."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Id, UtcDateTime, new_id


class Backup(Base):
    """One backup: its name in the place that it lies in, the moment that it is of, and how much it came to."""

    __tablename__ = "backups"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(32))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    n_rows: Mapped[int]
    n_files: Mapped[int]
    n_bytes_new: Mapped[int] = mapped_column(BigInteger)
