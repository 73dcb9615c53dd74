"""What a tablet sends beside the answers of an interview: its timing log and the notes on single answers.

Both are files that the submission's `meta` group names, so that they are received, hashed and handed on like any other attachment. The
log is read whenever one interview is looked at; how long each question took and the notes are also kept as rows, because figures over
many interviews need them, and what the log makes doubtful becomes a flag.
"""

import csv
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.audit_log import AUDIT_FILE, AuditEvent, read_audit_log, split_node, time_answers
from survey.db import new_id
from survey.field_time import parse_instant
from survey.intake.flags import RaisedFlag, raise_flag_of
from survey.intake.models import AnswerNote, AnswerTimes, Flag
from survey.intake.operations import insert_if_absent, insert_rows
from survey.protocol.limits import DEFAULTS, Limits
from survey.protocol.queries import limits_of_interview

NOTES_FILE = "notes.csv"
"""What the tablet calls the file of notes: columns node, note, user, written_at."""
COMPANIONS = (AUDIT_FILE, NOTES_FILE)
NODE_LIMIT, NOTE_LIMIT, NOTES_LIMIT = 512, 4000, 5000
HURRIED_LEAST_ANSWERS = 20
"""Fewer answers than these say nothing about an interview."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note on one answer."""

    node: str
    question: str
    text: str
    username: str
    written_at: datetime | None


def read_notes(data: bytes) -> tuple[Note, ...]:
    """The notes of a file, one for each node, the last one where it has several; rows without a node or a text are left out."""
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "")
    found: dict[str, Note] = {}
    for row in _rows(csv.DictReader(text.splitlines(keepends=True))):
        node, note, user, written_at = (_cell(row, name) for name in ("node", "note", "user", "written_at"))
        path, _positions = split_node(node)
        if path and len(node) <= NODE_LIMIT and note and len(found) < NOTES_LIMIT:
            found[node] = Note(node, path.rpartition("/")[2][:128], note[:NOTE_LIMIT], user[:64], parse_instant(written_at))
    return tuple(found.values())


def _rows(reader: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    try:
        yield from reader
    except csv.Error:
        return


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def flag_log(events: Iterable[AuditEvent], limits: Limits = DEFAULTS) -> tuple[RaisedFlag, ...]:
    """The doubts that a timing log raises: half of the answers came faster than their questions can be read aloud.

    An answer that was come back to counts with all its visits together.
    """
    seconds = [each.seconds for each in time_answers(tuple(events)).values()]
    if len(seconds) < HURRIED_LEAST_ANSWERS or statistics.median(seconds) >= limits.hurried_seconds:
        return ()
    return (raise_flag_of("hurried_answers", "", f"{statistics.median(seconds):.1f} s"),)


def take_companions(session: Session, instance_id: str, files: Mapping[str, bytes], limits: Limits | None = None) -> None:
    """Nothing; what the log and the notes among `files` say is kept with the stored submission, once however often they arrive.

    `limits` are those of its visit; they are read when they are not at hand.
    """
    if AUDIT_FILE in files:
        allowed = limits or limits_of_interview(session, instance_id)
        events = read_audit_log(files[AUDIT_FILE])
        _keep_flags(session, instance_id, flag_log(events, allowed))
        if seconds := seconds_by_path(events):
            insert_if_absent(session, AnswerTimes, {"instance_id": instance_id, "seconds": seconds})
    if NOTES_FILE in files:
        _keep_notes(session, instance_id, read_notes(files[NOTES_FILE]))


def seconds_by_path(events: tuple[AuditEvent, ...]) -> dict[str, list[float]]:
    """How long each question was in hand over all visits to it, in seconds to a tenth, by its path; in repeats once per entry, in order."""
    found: dict[str, list[float]] = {}
    for (path, _position), time in sorted(time_answers(events).items()):
        found.setdefault(path, []).append(round(time.seconds, 1))
    return found


def _keep_flags(session: Session, instance_id: str, flags: tuple[RaisedFlag, ...]) -> None:
    if not flags:
        return
    known = set(session.scalars(select(Flag.check).where(Flag.instance_id == instance_id)))
    fresh = [{"id": new_id(), "instance_id": instance_id, **asdict(flag)} for flag in flags if flag.check not in known]
    insert_rows(session, Flag, fresh)


def _keep_notes(session: Session, instance_id: str, notes: tuple[Note, ...]) -> None:
    known = set(session.scalars(select(AnswerNote.node).where(AnswerNote.instance_id == instance_id)))
    fresh = [{"id": new_id(), "instance_id": instance_id, **asdict(note)} for note in notes if note.node not in known]
    insert_rows(session, AnswerNote, fresh)
