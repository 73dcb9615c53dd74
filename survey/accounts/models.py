"""People and their roles, as Flask-Security-Too expects them."""

from datetime import datetime

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.config import current_settings
from survey.db import Base, Id, Json, RegionCode, UtcDateTime, new_id, utc_now
from survey.sealing.fields import SealedString

ROLES = ("admin", "coordinator", "interviewer", "author", "responsible")
TOKEN_SCOPES = ("submit", "handover", "read")

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

    # Flask-Security says of its mixins that identifiers are numbers; it takes these as well.
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)  # type: ignore[assignment]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(64))
    organisation: Mapped[str] = mapped_column(String(128), default="")
    phone: Mapped[str] = mapped_column(SealedString("users.phone"), default="", server_default="")
    contact_email: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """Where the person can be reached; forms that ask for "phonenumber" or "email" get it from here. `email` only signs in."""
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    region_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("regions.code"))
    place_codes: Mapped[list[str] | None] = mapped_column(Json)
    """The places that a coordinator or author is bound to; none for everywhere. See `survey/rights/cutting.py`."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_id)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether the password is a first one, which somebody else has seen; the person chooses another before anything else."""
    first_password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when a first password opens anything; None for a password of one's own."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    """What the authenticator app knows, encrypted by Flask-Security; with `tf_primary_method` it is asked at every sign-in."""
    tf_last_counter: Mapped[int | None] = mapped_column(Integer)
    """Which code was the last one used, so that nobody who saw it uses it once more."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(Json)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # type: ignore[assignment]
    roles: Mapped[list[Role]] = relationship(secondary=user_roles, lazy="selectin")  # type: ignore[assignment]
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        order_by="Passkey.create_datetime", cascade="all, delete-orphan"
    )

    def needs_second_factor(self) -> bool:
        """Whether one of the person's roles signs in with a second factor only."""
        return bool({role.name for role in self.roles} & current_settings().roles_with_second_factor)

    def is_asked_for_second_factor(self) -> bool:
        """Whether the person, who has none and needs none, is asked to have one."""
        asked = {role.name for role in self.roles} & current_settings().roles_asked_for_second_factor
        return bool(asked) and not self.has_second_factor()

    def has_second_factor(self) -> bool:
        """Whether the password alone does not let the person in."""
        return bool(self.tf_totp_secret or self.webauthn)

    def check_tf_required(self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool) -> tuple[bool, list[tuple[str, str]]]:
        """Whether Flask-Security asks for a second factor now, and for which."""
        return bool(tf_setup_methods) or self.needs_second_factor(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether the person has to keep the app that they set up."""
        return self.needs_second_factor()


class Passkey(Base, WebAuthnMixin):
    """A passkey or security key of a person, as Flask-Security expects it; it is a second factor, never the only one."""

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)  # type: ignore[assignment]
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(Integer, default=0)
    transports: Mapped[list[str] | None] = mapped_column(Json)
    backup_state: Mapped[bool] = mapped_column(Boolean)
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    lastuse_datetime: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))


class ApiToken(Base):
    """A key with which a program acts for a person, for one purpose; only its hash is kept, so it can be shown once and never again.

    "submit" fetches forms and sends interviews; "handover" brings another installation's data here; "read" reads data
    as the person may read them (`survey/api/`, `survey/odata/`). One of a tablet is made when the tablet registers, and ends with it.
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
    device_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("devices.id"), index=True)
    user: Mapped[User] = relationship(foreign_keys=user_id)

    def state_at(self, now: datetime) -> str:
        """One of "active", "expired" and "revoked"."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "active"
