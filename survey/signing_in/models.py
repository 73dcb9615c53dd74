"""Sign-ins that hold, with the device and when it was last seen, and wrong passwords by user name."""

import secrets
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Id, UtcDateTime

MAX_NAME_LENGTH = 64
MAX_AGENT_LENGTH = 255


def new_sign_in_id() -> str:
    """128 random bits: a cookie names it, and whoever names it is in."""
    return secrets.token_hex(16)


class SignIn(Base):
    """One sign-in in one browser: the cookie names it, and without it the cookie opens nothing.

    `ended_because` is one of "signed out", "ended", "password", "factors", "shut out", "provider".
    """

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_sign_in_id)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(MAX_AGENT_LENGTH), default="")
    is_remembered: Mapped[bool] = mapped_column(Boolean, default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[str | None] = mapped_column(String(20))
    arrival_id: Mapped[str | None] = mapped_column(Id)
    """The arrival from the provider that the sign-in was made of (`survey/openid/`), which may be forgotten by now; None for a password."""


class SignInFailures(Base):
    """Wrong passwords in a row for one user name as it was typed, whether somebody has it or not: what is told must not say which exist."""

    __tablename__ = "sign_in_failures"

    username: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH), primary_key=True)
    n_failed: Mapped[int] = mapped_column(Integer)
    last_failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
