"""Signing the head of the log, and keeping what was signed."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.proof.heads import Head, public_key_of, sign_head
from survey.proof.models import SignedHead

SIGNER = "survey_log_signer"
"""The execution option of an engine that holds the secret key its log is signed with."""
OF_REPORTS = ("report", "report_batch")
"""What is drafted changes nothing of what drafts are made of, so the same draft has the same head."""


def sign_logs_of(engine: Engine, secret_key: str) -> None:
    """Nothing; heads of the log in this database are signed with the key that this secret yields."""
    engine.update_execution_options(**{SIGNER: secret_key})


def head_now(session: Session) -> Head | None:
    """The signed head of the log at the last event that is not about reports; None in an empty log, or without a key. Writes nothing."""
    secret_key = session.get_bind().get_execution_options().get(SIGNER)
    statement = select(Event.number, Event.digest, Event.happened_at)
    last = session.execute(statement.where(Event.subject_type.not_in(OF_REPORTS)).order_by(Event.number.desc()).limit(1)).first()
    if secret_key is None or last is None:
        return None
    first = session.scalars(select(Event.digest).order_by(Event.number).limit(1)).one()
    return sign_head(secret_key, number=last.number, digest=last.digest, log=first, at=last.happened_at)


def keep_head(session: Session, head: Head, now: datetime) -> SignedHead:
    """The row of a head that was given away; the same head is kept once."""
    known = select(SignedHead).where(SignedHead.event_number == head.number, SignedHead.public_key == head.public_key)
    row = session.scalars(known).first()
    if row is None:
        row = SignedHead(
            event_number=head.number,
            digest=head.digest,
            log=head.log,
            happened_at=datetime.fromisoformat(head.at),
            public_key=head.public_key,
            signature=head.signature,
            signed_at=now,
        )
        session.add(row)
        session.flush()
    return row


def give_head(session: Session, now: datetime) -> Head:
    """The signed head as it is given away, kept; NOT_FOUND while the log is empty."""
    head = head_now(session)
    if head is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Head of the log", key="now", remedy="Nothing has been logged yet.")
    keep_head(session, head, now)
    return head


def own_key(session: Session) -> str | None:
    """The public key that heads are signed with now; None without a secret key."""
    secret_key = session.get_bind().get_execution_options().get(SIGNER)
    return None if secret_key is None else public_key_of(secret_key)
