"""Tablets and who works on them, the PINs that people countersign with, the key pairs of visits, and PIN resets.

No PIN is kept here, nor anything from which a tablet's data could be read without the program's secret key.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id


class Device(Base):
    """One tablet, by the identifier it made for itself; once it is revoked it wipes itself at its next contact, for good."""

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    revoke_reason: Mapped[str] = mapped_column(Text, default="")
    revoked_by: Mapped[User | None] = relationship(foreign_keys=revoked_by_id)
    uses: Mapped[list["DeviceUse"]] = relationship(back_populates="device", order_by="DeviceUse.last_seen_at.desc()")


class DeviceUse(Base):
    """A person on a tablet, and what the tablet last told of their work: drafts, and finished interviews that were not sent yet."""

    __tablename__ = "device_uses"

    device_id: Mapped[str] = mapped_column(String(64), ForeignKey("devices.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True, index=True)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    n_drafts: Mapped[int] = mapped_column(default=0)
    n_unsent: Mapped[int] = mapped_column(default=0)
    device: Mapped[Device] = relationship(back_populates="uses")
    user: Mapped[User] = relationship()


class PersonPin(Base):
    """What the server knows of a person's PIN: how it is stretched, the sealed key that countersignatures are checked with, and ten
    bits of that key, which tell a typing error on a tablet without a network."""

    __tablename__ = "person_pins"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    rounds: Mapped[int]
    sign_key: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    check_bits: Mapped[int]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    n_wrong: Mapped[int] = mapped_column(default=0)
    wrong_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship()


class PinReset(Base):
    """Leave, given by a coordinator, for a person to choose a new PIN and to have the keys of their tablets opened until it expires."""

    __tablename__ = "pin_resets"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    allowed_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    allowed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(foreign_keys=user_id)
    allowed_by: Mapped[User] = relationship(foreign_keys=allowed_by_id)


class VisitKey(Base):
    """The key pair of a visit: tablets seal their own keys to the public half (SPKI); the private half (PKCS 8) is kept sealed."""

    __tablename__ = "visit_keys"

    visit_id: Mapped[str] = mapped_column(Id, ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
