"""Published questionnaire versions and the files published with them; what is published never changes."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Id, Json, UtcDateTime, new_id
from survey.intake.texts import text_for


class QuestionnaireVersion(Base):
    """One immutable version: the file as the author gave it, and the XForm made from it."""

    __tablename__ = "questionnaire_versions"
    __table_args__ = (UniqueConstraint("form_id", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    form_id: Mapped[str] = mapped_column(String(128), index=True)
    version: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(255))
    """The title in the form's default language."""
    titles: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    """The titles by language code, as `texts_by_code` gives them."""
    source_name: Mapped[str] = mapped_column(String(255))
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source_sha256: Mapped[str] = mapped_column(String(64))
    files_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """One hash for the names and bytes of all files published with it, "" without any; part of what the version is."""
    xform: Mapped[str] = mapped_column(Text, deferred=True)
    n_questions: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    files: Mapped[list["QuestionnaireFile"]] = relationship(order_by="QuestionnaireFile.name")

    def title_in(self, locale: str) -> str:
        """The title for a reader of `locale`."""
        return text_for(self.titles, locale) or self.title


class QuestionnaireFile(Base):
    """One data file, picture, sound or film that was published with a version; its bytes lie in storage under their hash."""

    __tablename__ = "questionnaire_files"

    version_id: Mapped[str] = mapped_column(Id, ForeignKey("questionnaire_versions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    md5: Mapped[str] = mapped_column(String(32))
    """What OpenRosa clients compare; it protects nothing."""
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(128))


class QuestionnaireDraft(Base):
    """A questionnaire file that was checked and found without error, kept for its author to look at. Removed after a day."""

    __tablename__ = "questionnaire_drafts"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    source_name: Mapped[str] = mapped_column(String(255))
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    files: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    """The files it names, each with its name, the hash of its bytes in storage, and its media type."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
