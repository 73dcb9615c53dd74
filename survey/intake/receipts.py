"""What is kept of one interview, with the hash of every part, so that a sender may know that nothing of it was lost on the way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.intake.models import QuarantinedSubmission, Submission

DECIDING_ROLES = frozenset(("coordinator", "admin"))
_LOADED = (
    joinedload(Submission.lead).lazyload(User.roles),
    joinedload(Submission.second).lazyload(User.roles),
    joinedload(Submission.questionnaire),
    selectinload(Submission.attachments),
    selectinload(Submission.awaited_files),
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept, by the hash of its bytes."""

    name: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept of an interview. `state` is "stored" or "quarantined"; `missing` are files that it names and that are still to come."""

    instance_id: str
    state: str
    xml_sha256: str
    received_at: datetime
    people: tuple[str, ...]
    files: tuple[KeptFile, ...]
    missing: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The receipt as JSON values."""
        return {
            "instance_id": self.instance_id,
            "state": self.state,
            "xml_sha256": self.xml_sha256,
            "received_at": self.received_at.isoformat(),
            "people": list(self.people),
            "files": [{"name": file.name, "sha256": file.sha256, "n_bytes": file.n_bytes} for file in self.files],
            "missing": list(self.missing),
        }


def stored_receipt(session: Session, instance_id: str) -> Receipt:
    """The receipt of a stored submission, for whoever has just sent it, be it once more."""
    return receipt_of(session.get_one(Submission, instance_id, options=_LOADED, populate_existing=True))


def find_kept(session: Session, actor: User, instance_id: str) -> Submission | QuarantinedSubmission:
    """The stored submission of this id, or else the newest that waits in quarantine.

    Raises NOT_FOUND, also when it is not the actor's to ask for: their own, their pair's, or any for those who decide.
    """
    found = session.get(Submission, instance_id, options=_LOADED)
    if found is not None and _may_ask(actor, (found.received_from_id, found.lead_id, found.second_id)):
        return found
    waiting = select(QuarantinedSubmission).where(
        QuarantinedSubmission.instance_id == instance_id, QuarantinedSubmission.state == "waiting"
    )
    row = session.scalars(waiting.order_by(QuarantinedSubmission.received_at.desc(), QuarantinedSubmission.id).limit(1)).first()
    if found is None and row is not None and _may_ask(actor, (row.received_from_id,)):
        return row
    raise SurveyError(ErrorCode.NOT_FOUND, what="Submission", key=instance_id, remedy="Send the interview itself first, then its files.")


def receipt_of(kept: Submission | QuarantinedSubmission) -> Receipt:
    """The receipt of what `find_kept` found."""
    if isinstance(kept, QuarantinedSubmission):
        files = tuple(KeptFile(record["name"], record["sha256"], record["size_bytes"]) for record in kept.files)
        return Receipt(kept.instance_id, "quarantined", kept.xml_sha256, kept.received_at, (), files, ())
    return Receipt(
        kept.instance_id,
        "stored",
        kept.xml_sha256,
        kept.received_at,
        tuple(person.name for person in (kept.lead, kept.second) if person is not None),
        tuple(KeptFile(file.name, file.sha256, file.size_bytes) for file in sorted(kept.attachments, key=lambda each: each.name)),
        tuple(file.name for file in kept.awaited_files),
    )


def _may_ask(actor: User, people: tuple[str | None, ...]) -> bool:
    return actor.id in people or any(role.name in DECIDING_ROLES for role in actor.roles)
