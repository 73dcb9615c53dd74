"""Which account belongs to whom at the provider, the arrivals from there that sign-ins were made of, and what the provider ended."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base, Id, UtcDateTime, new_id
from survey.signing_in.models import new_sign_in_id

MAX_ISSUER_LENGTH = MAX_SUBJECT_LENGTH = 255


class OpenIdAccount(Base):
    """Whoever the provider means by this subject signs in as this person. `told_name` is what the provider called them then."""

    __tablename__ = "openid_accounts"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    issuer: Mapped[str] = mapped_column(String(MAX_ISSUER_LENGTH))
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT_LENGTH))
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    told_name: Mapped[str] = mapped_column(String(128), default="")
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bound_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    user: Mapped[User] = relationship(foreign_keys=user_id)


class OpenIdArrival(Base):
    """One arrival from the provider, which its sign-in names: its id token, sealed, with which it is left there, too."""

    __tablename__ = "openid_arrivals"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_sign_in_id)
    account_id: Mapped[str] = mapped_column(Id, ForeignKey("openid_accounts.id", ondelete="CASCADE"), index=True)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sealed_token: Mapped[str] = mapped_column(Text, default="")
    is_vouched: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the provider asked for a second factor, as far as `SURVEY_OPENID_SECOND_FACTOR` takes its word for it."""
    provider_session: Mapped[str] = mapped_column(String(MAX_SUBJECT_LENGTH), default="", server_default="", index=True)
    """What the provider calls its own sign-in of which this one was made (`sid`); "" where it does not say."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the provider said that it ended there; a second factor that is still asked for then lets nobody in."""


class OpenIdLogout(Base):
    """A logout token of the provider that was acted on, by the hash of its issuer and its `jti`; each is good once."""

    __tablename__ = "openid_logouts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
