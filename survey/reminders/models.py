"""Who wants to be reminded, the groups whose robots are told, and every reminder with what became of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, RegionCode, UtcDateTime, new_id
from survey.places.models import Region

FREQUENCIES = ("daily", "weekly", "never")
STYLES = ("wecom", "dingtalk", "generic")
"""What the robot at an address understands: WeCom 企业微信, DingTalk 钉钉, or JSON of our own."""


class ReminderPreference(Base):
    """How often somebody gets a digest, and the hash of the key in the address of their calendar; without a row it is weekly."""

    __tablename__ = "reminder_preferences"
    __table_args__ = (CheckConstraint(f"frequency IN {FREQUENCIES}", name="frequency"),)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(8), default="weekly")
    calendar_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    user: Mapped[User] = relationship()


class ReminderChannel(Base):
    """A group whose robot is told once a week or day what is due in a place, or everywhere; its address is a secret, so it lies sealed."""

    __tablename__ = "reminder_channels"
    __table_args__ = (
        CheckConstraint(f"style IN {STYLES}", name="style"),
        CheckConstraint(f"frequency IN {FREQUENCIES}", name="frequency"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    style: Mapped[str] = mapped_column(String(10))
    frequency: Mapped[str] = mapped_column(String(8), default="weekly")
    region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    host: Mapped[str] = mapped_column(String(255))
    """The part of the address that is shown."""
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What messages are signed with, where the group asks for that."""
    is_active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    region: Mapped[Region | None] = relationship()


class Reminder(Base):
    """One digest for one person or group on one day. It is tried until it is sent or given up; a day has one, whoever makes it."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("user_id", "day"),
        UniqueConstraint("channel_id", "day"),
        CheckConstraint("(user_id IS NULL) <> (channel_id IS NULL)", name="one_recipient"),
        CheckConstraint("sent_at IS NULL OR next_try_at IS NULL", name="sent_once"),
        Index("ix_reminders_next_try", "next_try_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    day: Mapped[date]
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    channel_id: Mapped[str | None] = mapped_column(Id, ForeignKey("reminder_channels.id"))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    n_items: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    n_tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None once it is sent or given up."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(500), default="")
    user: Mapped[User | None] = relationship()
    channel: Mapped[ReminderChannel | None] = relationship()

    @property
    def state(self) -> str:
        """One of "sent", "waiting" and "given_up"."""
        if self.sent_at is not None:
            return "sent"
        return "given_up" if self.next_try_at is None else "waiting"
