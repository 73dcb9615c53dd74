"""Whether what is kept is what was received: the logs of events, their heads, every submission, every file, the bundles of visits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.db import AnyRow
from survey.events import Event
from survey.intake.models import Submission
from survey.proof.chain import ChainCheck, check_chain, own_and_handed_logs
from survey.proof.files import check_bundles, check_stored_files
from survey.proof.heads import Head, fingerprint, is_signed
from survey.proof.models import SignedHead
from survey.proof.operations import own_key
from survey.proof.received import check_submissions, missing_submissions
from survey.storage import Storage

Progress = Callable[[str, int, int], None]
"""Is told what is being checked, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was checked, and one sentence for each thing that is wrong; `continued` says how the log goes on from a given head."""

    n_events: int
    n_submissions: int
    n_files: int
    n_bundles: int
    problems: tuple[str, ...]
    continued: str = ""


def verify(session: Session, storage: Storage, progress: Progress, against: Head | None = None) -> Verification:
    """What was checked and found; `against` is a head of the log from paper or a file, which the log has to continue."""
    own, problems = _check_logs(session, progress)
    problems += _check_heads(session, own)
    continued = ""
    if against is not None:
        continued, wrong = _continue(session, own, against)
        problems += wrong
    n_submissions = session.scalar(select(func.count()).select_from(Submission)) or 0
    problems += check_submissions(session, lambda done, total: progress("Submissions", done, total))
    n_files, wrong_files = check_stored_files(session, storage, lambda done, total: progress("Files", done, total))
    n_bundles, wrong_bundles = check_bundles(session)
    problems += [*wrong_files, *wrong_bundles]
    return Verification(own.n_events, n_submissions, n_files, n_bundles, tuple(problems), continued)


def _check_logs(session: Session, progress: Progress) -> tuple[ChainCheck, list[str]]:
    """Our own log as it was checked, and what is wrong with it, with those that were handed over, and with what ours tells was received."""
    n_events = session.scalar(select(func.count()).select_from(Event)) or 0
    done, missing = 0, list[str]()

    def each_part(rows: Sequence[AnyRow]) -> None:
        nonlocal done
        missing.extend(missing_submissions(session, rows))
        done += len(rows)
        progress("Events", done, n_events)

    first, *handed = own_and_handed_logs(session)
    own = check_chain(session, first, each_part)
    checked = (own, *(check_chain(session, log) for log in handed))
    return own, [*(each.told for check in checked for each in check.breaks), *missing]


def _check_heads(session: Session, own: ChainCheck) -> Iterator[str]:
    """One sentence for each head that was signed and that the log does not hold any longer."""
    statement = select(SignedHead, Event.digest).outerjoin(Event, Event.number == SignedHead.event_number).order_by(SignedHead.event_number)
    for row, digest in session.execute(statement):
        head = Head(row.event_number, row.digest, row.log, row.happened_at.isoformat(), row.public_key, row.signature)
        if not is_signed(head):
            yield f"The head signed at event {row.event_number} was changed after it was signed."
        elif digest != row.digest:
            yield _lost(own, head)


def _lost(own: ChainCheck, head: Head) -> str:
    if head.number > own.last_number:
        after = f"ends at event {own.last_number}" if own.n_events else "is empty"
        return f"The log {after}, but its head was signed at event {head.number}: what came after is missing."
    return f"Event {head.number} is not the one whose head was signed: the log was written anew."


def _continue(session: Session, own: ChainCheck, head: Head) -> tuple[str, list[str]]:
    """How the log goes on from the head, or why it does not."""
    digest = session.scalar(select(Event.digest).where(Event.number == head.number))
    if head.log and own.first_digest != head.log:
        return "", ["The head is that of another installation's log, or the log begins with another event since."]
    if digest != head.digest:
        return "", [_lost(own, head)]
    if head.public_key:
        known = {own_key(session), *session.scalars(select(SignedHead.public_key))}
        if head.public_key not in known:
            return "", [f"The head was signed with the key {fingerprint(head.public_key)}, which this installation never had."]
    if own.first_broken is not None and own.first_broken <= head.number:
        return "", []
    n_since = session.scalar(select(func.count()).where(Event.number > head.number)) or 0
    signed = f", signed with the key {fingerprint(head.public_key)}," if head.public_key else ""
    return f"The log continues from event {head.number}{signed} with {n_since} more.", []
