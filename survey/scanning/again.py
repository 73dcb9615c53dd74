"""Stored files looked at again with the lists of today: a false alarm is freed, and what the lists know only by now is held back.

Only files that others sent are; what was found at the time stands as their type in the rows that name them (`survey/intake/media.py`).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.db import reading_scope, session_scope
from survey.events import log_event
from survey.intake.attachments import StoredFile
from survey.intake.infected import CHECK, tell_infected
from survey.intake.media import found_in, kept_type
from survey.intake.models import Attachment, QuarantinedSubmission, RecoveredInterview
from survey.issues.models import IssueFile
from survey.liaison.models import MaterialFile
from survey.protocol.operations import take_back_flag
from survey.storage import Storage
from survey.visits.models import MeetingFile

ROWS: tuple[type[Attachment | IssueFile | MaterialFile | MeetingFile], ...] = (Attachment, IssueFile, MaterialFile, MeetingFile)
"""A row for each file."""
LISTS: tuple[type[QuarantinedSubmission | RecoveredInterview], ...] = (QuarantinedSubmission, RecoveredInterview)
"""Rows that list their files."""


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """How many files were looked at and how many are no more in storage; by its hash, what is found in a file only now, and what was found
    in one that is freed."""

    n_files: int = 0
    n_missing: int = 0
    held_back: tuple[tuple[str, str], ...] = ()
    freed: tuple[tuple[str, str], ...] = ()


def look_again(app: Flask, now: datetime, told: Callable[[int, int], None]) -> LookedAgain:
    """What came of looking at every stored file that others sent. `told` hears how many of how many are done.

    Each change is kept by itself as soon as it is known, so that others write meanwhile. SCANNER_AWAY while ClamAV does not answer; what
    was changed until then stays.
    """
    storage: Storage = app.extensions["survey.storage"]
    with app.app_context(), reading_scope(app) as session:
        known = _found_so_far(session)
    looked = LookedAgain(n_files=len(known))
    for number, (sha256, before) in enumerate(sorted(known.items()), start=1):
        try:
            data = storage.get(sha256)
        except FileNotFoundError:
            looked = replace(looked, n_missing=looked.n_missing + 1)
            continue
        found = storage.find_virus(data)
        if before != {found}:
            with app.app_context(), session_scope(app) as session:
                _change(session, sha256, kept_type(data, found), now)
                log_event(session, None, "file.held_back" if found else "file.freed", "file", sha256, now, found=found, before=max(before))
            if found:
                looked = replace(looked, held_back=(*looked.held_back, (sha256, found)))
            else:
                looked = replace(looked, freed=(*looked.freed, (sha256, max(before))))
        told(number, len(known))
    return looked


def _found_so_far(session: Session) -> dict[str, set[str]]:
    """What was found in each file by its hash, "" for nothing; a file that arrived twice may have been looked at with other lists."""
    known: dict[str, set[str]] = defaultdict(set)
    for model in ROWS:
        for sha256, media_type in session.execute(select(model.sha256, model.media_type).distinct()):
            known[sha256].add(found_in(media_type))
    for listing in LISTS:
        for files in session.scalars(select(listing.files)):
            for record in files:
                known[record["sha256"]].add(found_in(record["media_type"]))
    return known


def _change(session: Session, sha256: str, media_type: str, now: datetime) -> None:
    """Nothing; every row that names the file has this type."""
    for model in ROWS:
        session.execute(update(model).where(model.sha256 == sha256).values(media_type=media_type))
    for listing in LISTS:
        for row_id, files in session.execute(select(listing.id, listing.files)).all():
            if any(record["sha256"] == sha256 for record in files):
                changed = [{**record, "media_type": media_type} if record["sha256"] == sha256 else record for record in files]
                session.execute(update(listing).where(listing.id == row_id).values(files=changed))
    for row in session.scalars(select(Attachment).where(Attachment.sha256 == sha256)):
        _tell(session, row, now)


def _tell(session: Session, row: Attachment, now: datetime) -> None:
    """Nothing; the interview of the file is doubted, or no more where none of its files has a virus."""
    if found_in(row.media_type):
        tell_infected(session, None, row.instance_id, [StoredFile(row.name, row.sha256, row.size_bytes, row.media_type)], now)
    elif not any(map(found_in, session.scalars(select(Attachment.media_type).where(Attachment.instance_id == row.instance_id)))):
        take_back_flag(session, row.instance_id, CHECK, now)
