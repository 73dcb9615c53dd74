"""Files that come after their interview, in pieces: how far each is, and what becomes of the next piece. None of it commits.

A repeated piece, a repeated end, and a server that dies at any moment change nothing: the sender asks how far it is and goes on there.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import given_answers, parse_instance
from survey.accounts.models import User
from survey.instruments.registry import load_questionnaire
from survey.intake.attachments import ReceivedFile, is_unsafe, named_files, question_types_of_files
from survey.intake.companions import take_companions
from survey.intake.flags import raise_flag_of
from survey.intake.media import media_type_of, suits_question
from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.intake.operations import add_quarantined_files, complete_attachments, raise_flag
from survey.intake.partials import PartialKey, Partials
from survey.intake.receipts import find_kept, receipt_of
from survey.intake.receive import store_file
from survey.protocol.operations import compare_pictures
from survey.protocol.relations import PICTURES
from survey.storage import Storage


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file: where they begin, and how long the whole file is."""

    key: PartialKey
    offset: int
    n_bytes_in_all: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many bytes of a file have arrived; `is_complete` when it belongs to its interview now, `is_refused` when a piece did not begin
    where the earlier ones end and was not taken."""

    offset: int
    is_complete: bool = False
    is_refused: bool = False


def read_offset(session: Session, actor: User, key: PartialKey, partials: Partials) -> Arrived:
    """How much of the file is here. Raises NOT_FOUND, INVALID_VALUE and INSTANCE_CONFLICT."""
    kept = _find_target(session, actor, key)
    known = _length_here(session, kept, key)
    if known is None:
        return Arrived(partials.n_bytes(key))
    # A process that died when the file had just been kept left its pieces behind.
    partials.remove(key)
    return Arrived(known, is_complete=_has_file(kept, key))


def receive_piece(session: Session, actor: User, piece: Piece, partials: Partials, storage: Storage, now: datetime) -> Arrived:
    """How far the file is after this piece; with the last one it is attached to its interview.

    Raises what `read_offset` does, INVALID_VALUE for a piece that is longer than its file, and DAMAGED_UPLOAD when the whole is not what
    was announced; then it has to be sent anew.
    """
    key = piece.key
    if piece.offset + len(piece.data) > piece.n_bytes_in_all:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="Upload-Length", detail="the piece reaches beyond the end of its file")
    kept = _find_target(session, actor, key)
    known = _length_here(session, kept, key)
    arrived = partials.n_bytes(key) if known is None else known
    if piece.offset != arrived:
        return Arrived(arrived, is_complete=_has_file(kept, key), is_refused=True)
    if _has_file(kept, key):
        return Arrived(arrived, is_complete=True)
    if known is None and piece.data:
        if piece.offset == 0:
            partials.sweep(now)
        partials.write(key, piece.offset, piece.data)
    arrived += len(piece.data)
    if arrived < piece.n_bytes_in_all:
        return Arrived(arrived)
    data = partials.read(key) if known is None else storage.get(key.sha256)
    if hashlib.sha256(data).hexdigest() != key.sha256:
        partials.remove(key)
        raise SurveyError(ErrorCode.DAMAGED_UPLOAD, name=key.name)
    # What was acknowledged of the file stays until the whole of it is kept, or a process that died in between would have lost it.
    event.listen(session, "after_commit", lambda _session: partials.remove(key), once=True)
    _take_file(session, actor, kept, ReceivedFile(key.name, data), storage, now)
    return Arrived(arrived, is_complete=True)


def _find_target(session: Session, actor: User, key: PartialKey) -> Submission | QuarantinedSubmission:
    kept = find_kept(session, actor, key.instance_id)
    if is_unsafe(key.name):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="name", detail=f"{ascii(key.name)} holds a path or a control character")
    if key.name not in named_files(parse_instance(kept.xml)):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Attachment", key=key.name, remedy="No answer of the interview names it.")
    return kept


def _has_file(kept: Submission | QuarantinedSubmission, key: PartialKey) -> bool:
    """Whether the interview has the file; INSTANCE_CONFLICT when it has another one of this name, which stays."""
    found = next((file for file in receipt_of(kept).files if file.name == key.name), None)
    if found is not None and found.sha256 != key.sha256:
        raise SurveyError(ErrorCode.INSTANCE_CONFLICT, instance_id=f"{key.instance_id} {key.name}")
    return found is not None


def _length_here(session: Session, kept: Submission | QuarantinedSubmission, key: PartialKey) -> int | None:
    """The length of the file when it need not be sent: it is attached, or the interview that this one corrects has it; else None."""
    if _has_file(kept, key):
        return next(file.n_bytes for file in receipt_of(kept).files if file.name == key.name)
    if not isinstance(kept, Submission) or not kept.deprecated_id:
        return None
    same = (Attachment.instance_id == kept.deprecated_id, Attachment.name == key.name, Attachment.sha256 == key.sha256)
    return session.scalar(select(Attachment.size_bytes).where(*same))


def _take_file(
    session: Session, actor: User, kept: Submission | QuarantinedSubmission, file: ReceivedFile, storage: Storage, now: datetime
) -> None:
    stored = store_file(storage, file)
    if isinstance(kept, QuarantinedSubmission):
        add_quarantined_files(session, kept, (stored,))
        return
    complete_attachments(session, actor, kept.instance_id, (stored,), now)
    take_companions(session, kept.instance_id, {file.name: file.data})
    if stored.media_type.startswith(PICTURES):
        compare_pictures(session, kept.instance_id, now)
    session.refresh(kept, ("answers",))
    asked = question_types_of_files(given_answers(load_questionnaire(kept.questionnaire), kept.answers))
    question, question_type = asked.get(file.name, ("", "file"))
    if not suits_question(media_type_of(file.data), question_type):
        raise_flag(session, kept.instance_id, raise_flag_of("wrong_media", question, file.name))
