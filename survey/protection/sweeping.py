"""What an erasure or an upload that was cut off left behind is removed: once when a server begins, once a day, and by `retention --apply`.

Nothing here decides anything: who is erased, and what nobody finished writing, is known already.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import reading_scope, session_scope, utc_now
from survey.events import Event
from survey.intake.models import Submission
from survey.proof.received import ERASED
from survey.protection.erasing import Erasure, erase_interviews, is_named, remove_after_commit
from survey.protection.held import AT_A_TIME, read_interviews
from survey.protection.models import ErasedPerson
from survey.rounds import going_round
from survey.storage import Storage

log = logging.getLogger(__name__)

FIRST_AFTER_S, EVERY_S = 60, 24 * 3600
LEFT_FOR = timedelta(hours=1)
"""No upload writes for so long to one file."""
FILES_TOLD = {
    ERASED: "files",
    "person.erased": "other_files",
    "visit.personal_parts_erased": "other_files",
    "report.removed": "sha256",
    "report.names_taken_out": "was",
}
"""Which details of which events tell the hashes of files that are to be gone."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many half-written files, files of erasures that were cut off, and late interviews of erased households there were."""

    n_half_written: int
    n_files: int
    n_interviews: int


def sweep(app: Flask, now: datetime) -> Swept:
    """What was found and removed."""
    storage: Storage = app.extensions["survey.storage"]
    n_half_written = storage.sweep(now - LEFT_FOR)
    with app.app_context(), reading_scope(app) as session:
        late, left = find_late_interviews(session), find_told_files(session, storage)
    if late or left:
        # Only now: whoever writes keeps others from it.
        with app.app_context(), session_scope(app) as session:
            erase_late_interviews(session, storage, late, now)
            remove_after_commit(session, storage, Erasure(files=set(left)))
    return Swept(n_half_written, len(left), len(late))


def find_late_interviews(session: Session) -> tuple[str, ...]:
    """The interviews that were held before their whole household was erased, and came from a tablet afterwards.

    One that was held after the erasure stays, as does every one of a household that agreed anew.
    """
    known = select(Event.subject_id).where(Event.subject_type == "submission", Event.action == ERASED)
    late = (
        select(Submission.instance_id)
        .join(ErasedPerson, ErasedPerson.household_id == Submission.household_id)
        .where(ErasedPerson.lifted_at.is_(None), ErasedPerson.member_id.is_(None))
        .where(Submission.received_at > ErasedPerson.erased_at, Submission.ended_at < ErasedPerson.erased_at)
        .where(Submission.instance_id.not_in(known))
        .distinct()
        .order_by(Submission.instance_id)
    )
    return tuple(session.scalars(late))


def erase_late_interviews(session: Session, storage: Storage, instance_ids: Sequence[str], now: datetime) -> None:
    """Nothing; of these interviews nothing is left that tells of people."""
    erasure = Erasure()
    for start in range(0, len(instance_ids), AT_A_TIME):
        held = read_interviews(session, instance_ids[start : start + AT_A_TIME])
        erasure.visit_ids |= set(held.visit_ids)
        erase_interviews(session, held, erasure, None, now)
    remove_after_commit(session, storage, erasure)


def find_told_files(session: Session, storage: Storage) -> tuple[str, ...]:
    """The files that are still there although an event says that they were erased or removed, and that nothing names any longer."""
    hashes: set[str] = set()
    for action, details in session.execute(select(Event.action, Event.details).where(Event.action.in_(FILES_TOLD))):
        told = details.get(FILES_TOLD[action]) or []
        hashes |= {told} if isinstance(told, str) else set(told)
    return tuple(each for each in sorted(hashes) if storage.exists(each) and not is_named(session, each))


@contextmanager
def sweeping(app: Flask) -> Iterator[None]:
    """While the block runs it is swept soon and then every day, in a thread beside it; a time that fails is logged."""

    def sweep_now() -> None:
        try:
            swept = sweep(app, utc_now())
            if swept != Swept(0, 0, 0):
                log.warning("removed what was left behind: %s", swept)
        except Exception:
            log.exception("what was left behind could not be removed")

    with going_round(sweep_now, "sweeping", first_after_s=FIRST_AFTER_S, every_s=EVERY_S):
        yield
