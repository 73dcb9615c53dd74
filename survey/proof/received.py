"""Whether every submission is still what its events say was received: its XML, its answers, and which files belong to it."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, literal, select, type_coerce
from sqlalchemy.orm import Session

from survey.db import AnyRow, batches
from survey.events import Event, json_sha256
from survey.handover.models import HandedEvent
from survey.intake.belonging import BELONGING, belonging_sha256
from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.sealing.fields import SealedBytes, SealedJson

RECEIVED, COMPLETED, ERASED = "submission.received", "submission.attachments_received", "submission.erased"
QUARANTINED = "submission.quarantined"
DECIDED = {
    "submission.accepted": "accepted",
    "submission.returned": "returned",
    "submission.reopened": "received",
    "submission.suspended": "received",
}
"""The state that each decision on a submission leaves it in."""
AT_ONCE = 100


@dataclass(slots=True)
class Told:
    """What the events of one submission say of it by now; a hash that no event tells, such as older programs logged none, is None."""

    xml_sha256: str | None = None
    answers_sha256: str | None = None
    belonging_sha256: str | None = None
    n_files: int | None = 0
    files: set[str] | None = field(default_factory=set)

    def take(self, action: str, details: Mapping[str, Any], *, is_own: bool) -> None:
        """Let the next event of the submission count; an event of a log that was handed over tells where it belonged there."""
        if action == RECEIVED and self.xml_sha256 is not None:
            # It came to two installations; which files each of them got says nothing of what both have together.
            self.n_files = self.files = self.belonging_sha256 = None
        elif action == RECEIVED:
            self.xml_sha256, self.answers_sha256 = details["xml_sha256"], details.get("answers_sha256")
            self.belonging_sha256 = details.get("belonging_sha256") if is_own else None
            self._add(details.get("n_attachments", 0), details.get("files"))
        elif action == COMPLETED:
            self._add(len(details["sha256"]), details["sha256"])
        else:
            self.xml_sha256, self.answers_sha256 = details["xml_sha256"], details["answers_sha256"]
            # Two installations may have erased the same.
            self.n_files = None if self.n_files is None else max(0, self.n_files - len(details["files"]))
            self.files = None if self.files is None else self.files - set(details["files"])

    def _add(self, n_files: int, files: Sequence[str] | None) -> None:
        self.n_files = None if self.n_files is None else self.n_files + n_files
        self.files = None if files is None or self.files is None else self.files | set(files)


def check_submissions(session: Session, progress: Callable[[int, int], None]) -> Iterator[str]:
    """One sentence for each submission that is not what was received; `progress` is told how many are done of how many."""
    n, done, last = session.scalar(select(func.count()).select_from(Submission)) or 0, 0, ""
    xml = type_coerce(Submission.xml, SealedBytes("submissions.xml", is_lenient=True)).label("xml")
    answers = type_coerce(Submission.answers, SealedJson("submissions.answers", is_lenient=True)).label("answers")
    belonging = (getattr(Submission, name) for name in BELONGING)
    columns = (Submission.instance_id, xml, Submission.xml_sha256, answers, Submission.review_state, *belonging)
    statement = select(*columns).order_by(Submission.instance_id).limit(AT_ONCE)
    while rows := session.execute(statement.where(Submission.instance_id > last)).all():
        ids = [row.instance_id for row in rows]
        told, files, states = read_told(session, ids), _files_of(session, ids), _read_states(session, ids)
        for row in rows:
            if row.review_state not in states[row.instance_id]:
                yield f"Submission {row.instance_id}: it is {row.review_state}, and no event tells of that decision."
            yield from (
                f"Submission {row.instance_id}: {each}" for each in _compare(row, told.get(row.instance_id), files[row.instance_id])
            )
        done, last = done + len(rows), ids[-1]
        progress(done, n)
    refused = type_coerce(QuarantinedSubmission.xml, SealedBytes("quarantined_submissions.xml", is_lenient=True)).label("xml")
    statement = select(QuarantinedSubmission.id, refused, QuarantinedSubmission.xml_sha256).execution_options(yield_per=50)
    with closing(session.execute(statement)) as streamed:
        for row in streamed:
            if hashlib.sha256(row.xml).hexdigest() != row.xml_sha256:
                yield f"Quarantined submission {row.id}: its XML was changed after it was received."


def read_told(session: Session, instance_ids: Sequence[str]) -> dict[str, Told]:
    """What events say of these submissions, those of our own log and of logs that were handed over."""
    told: dict[str, Told] = {}
    for table in (HandedEvent, Event):
        statement = (
            select(table.subject_id, table.action, table.details)
            .where(table.subject_type == "submission", table.subject_id.in_(instance_ids), table.action.in_((RECEIVED, COMPLETED, ERASED)))
            .order_by(table.number)
        )
        for subject_id, action, details in session.execute(statement):
            told.setdefault(subject_id, Told()).take(action, details, is_own=table is Event)
    return told


def _read_states(session: Session, instance_ids: Sequence[str]) -> dict[str, set[str]]:
    """The states that each of these submissions may be in: what the last decision in each log left it in, and replaced by an edit."""
    last: dict[tuple[str, str], str] = {}
    for table, source in ((HandedEvent, HandedEvent.source), (Event, literal(""))):
        statement = (
            select(table.subject_id, source, table.action)
            .where(table.subject_type == "submission", table.subject_id.in_(instance_ids), table.action.in_(DECIDED))
            .order_by(table.number)
        )
        last |= {(subject_id, log): DECIDED[action] for subject_id, log, action in session.execute(statement)}
    decided: dict[str, set[str]] = defaultdict(set)
    for (instance_id, _log), state in last.items():
        decided[instance_id].add(state)
    edited = set(session.scalars(select(Submission.deprecated_id).where(Submission.deprecated_id.in_(instance_ids))))
    return {each: (decided[each] or {"received"}) | ({"replaced"} if each in edited else set()) for each in instance_ids}


def _files_of(session: Session, instance_ids: Sequence[str]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = defaultdict(list)
    for instance_id, sha256 in session.execute(
        select(Attachment.instance_id, Attachment.sha256).where(Attachment.instance_id.in_(instance_ids))
    ):
        files[instance_id].append(sha256)
    return files


def _compare(row: AnyRow, told: Told | None, files: Sequence[str]) -> Iterator[str]:
    if told is None or told.xml_sha256 is None:
        yield "no event tells that it was received."
        return
    if hashlib.sha256(row.xml).hexdigest() != told.xml_sha256:
        yield "its XML was changed after it was received."
    elif row.xml_sha256 != told.xml_sha256:
        yield "the hash of its XML was changed after it was received."
    if told.answers_sha256 is not None and json_sha256(row.answers) != told.answers_sha256:
        yield "its answers were changed after it was received."
    if told.belonging_sha256 is not None and belonging_sha256(row._asdict()) != told.belonging_sha256:
        yield "where it belongs, who held it or when was changed after it was received."
    if told.files is not None:
        yield from (f"a file was put in that was not received ({sha256})." for sha256 in sorted(set(files) - told.files))
        yield from (f"a file that was received is missing ({sha256})." for sha256 in sorted(told.files - set(files)))
    elif told.n_files is not None and len(files) != told.n_files:
        yield f"it has {len(files)} files, and {told.n_files} were received."


def missing_submissions(session: Session, rows: Iterable[AnyRow]) -> Iterator[str]:
    """One sentence for each submission, stored or refused, that one of these events tells of, and that is there no longer."""
    kept = ((RECEIVED, "Submission", Submission.instance_id), (QUARANTINED, "Quarantined submission", QuarantinedSubmission.id))
    rows = list(rows)
    for action, what, key in kept:
        received = {row.subject_id: row.number for row in rows if row.action == action}
        for part in batches(received):
            there = set(session.scalars(select(key).where(key.in_(part))))
            yield from (f"{what} {each}, received by event {received[each]}, is missing." for each in part if each not in there)
