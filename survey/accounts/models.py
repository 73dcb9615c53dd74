"""People and their roles, as Flask-Security-Too expects them."""

from datetime import datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, String, Table, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Id, RegionCode, UtcDateTime, new_id

ROLES = ("admin", "coordinator", "interviewer", "author", "responsible")
TOKEN_SCOPES = ("submit", "handover")

user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("role_name", String(20), ForeignKey("roles.name"), primary_key=True),
)


class Role(Base, RoleMixin):
    """One of `ROLES`; what each may do is stated at the views and operations that ask."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)


class User(Base, UserMixin):
    """A person who signs in. `region_code` is the place a responsible-side account answers for."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(64))
    organisation: Mapped[str] = mapped_column(String(128), default="")
    phone: Mapped[str] = mapped_column(String(32), default="", server_default="")
    contact_email: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """Where the person can be reached; forms that ask for "phonenumber" or "email" get it from here. `email` only signs in."""
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_id)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether somebody else knows the password because they chose it; the person chooses another before anything else."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    roles: Mapped[list[Role]] = relationship(secondary=user_roles, lazy="selectin")


class ApiToken(Base):
    """A key with which a program acts for a person, for one purpose; only its hash is kept, so it can be shown once and never again.

    "submit" fetches forms and sends interviews; "handover" brings another installation's data here.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (CheckConstraint(f"scope IN {TOKEN_SCOPES}", name="scope"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(foreign_keys=user_id)

    def state_at(self, now: datetime) -> str:
        """One of "active", "expired" and "revoked"."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "active"
