"""Files that come after their interview, in pieces: how far each is, and what becomes of the next piece. None of it commits.

A repeated piece, a repeated end, and a server that dies at any moment change nothing: the sender asks how far it is and goes on there.
Pieces are taken beside a database that is only read; files that are whole, and on disk by then, are attached to their interviews together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import given_answers, parse_instance
from survey.accounts.models import User
from survey.instruments.registry import load_questionnaire
from survey.intake.attachments import ReceivedFile, StoredFile, is_unsafe, named_files, question_types_of_files
from survey.intake.companions import COMPANIONS, take_companions
from survey.intake.flags import RaisedFlag, raise_flag_of
from survey.intake.infected import tell_infected
from survey.intake.media import found_in, suits_name, suits_question
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


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that is in storage as it was announced, and that `actor` has still to be told is attached; `doubt` is what its content says
    against it, `companion` its bytes if they are read, as those of the timing log are."""

    key: PartialKey
    actor: User
    file: StoredFile
    companion: bytes | None
    doubt: RaisedFlag | None
    now: datetime


def read_offset(session: Session, actor: User, key: PartialKey, partials: Partials) -> Arrived:
    """How much of the file is here. Raises NOT_FOUND, INVALID_VALUE and INSTANCE_CONFLICT."""
    kept = _find_target(session, actor, key)
    known = _length_here(session, kept, key)
    if known is None:
        return Arrived(partials.n_bytes(key))
    # A process that died when the file had just been kept left its pieces behind.
    partials.remove(key)
    return Arrived(known, is_complete=_has_file(kept, key))


def take_piece(session: Session, actor: User, piece: Piece, partials: Partials, storage: Storage, now: datetime) -> Arrived | Whole:
    """How far the file is after this piece, or the file once it is whole, which `attach_files` is to be given then.

    Raises what `read_offset` does, INVALID_VALUE for a piece that is longer than its file, and DAMAGED_UPLOAD when the whole is not what
    was announced; then it has to be sent anew. What was acknowledged of a file stays until the whole of it is attached: the caller removes
    it from `partials` after that.
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
    arrived += len(piece.data)
    is_at_once = known is None and len(piece.data) == piece.n_bytes_in_all
    if known is None and piece.data and not is_at_once:
        if piece.offset == 0:
            partials.sweep(now)
        if not partials.write(key, piece.offset, piece.data):
            return Arrived(partials.n_bytes(key), is_refused=True)
    if arrived < piece.n_bytes_in_all:
        return Arrived(arrived)
    data = piece.data if is_at_once else _read_whole(key, partials, storage, is_sent=known is None)
    if hashlib.sha256(data).hexdigest() != key.sha256:
        partials.remove(key)
        raise SurveyError(ErrorCode.DAMAGED_UPLOAD, name=key.name)
    stored = store_file(storage, ReceivedFile(key.name, data))
    doubt = _doubt(session, kept, stored) if isinstance(kept, Submission) and not found_in(stored.media_type) else None
    return Whole(key, actor, stored, data if key.name in COMPANIONS else None, doubt, now)


def _read_whole(key: PartialKey, partials: Partials, storage: Storage, *, is_sent: bool) -> bytes:
    return partials.read(key) if is_sent else storage.get(key.sha256)


def attach_files(session: Session, wholes: Sequence[Whole]) -> list[Arrived]:
    """How far each file is, which belongs to its interview now; whoever was a moment faster has attached it already.

    Raises what `read_offset` does of any of them; then nothing may be committed.
    """
    ids = {whole.key.instance_id for whole in wholes}
    stored = set(session.scalars(select(Submission.instance_id).where(Submission.instance_id.in_(ids))))
    for instance_id in sorted(ids):
        own = [whole for whole in wholes if whole.key.instance_id == instance_id]
        if instance_id in stored:
            _attach(session, instance_id, own)
        else:
            _keep_beside_refused(session, own)
    return [Arrived(whole.file.size_bytes, is_complete=True) for whole in wholes]


def _attach(session: Session, instance_id: str, wholes: Sequence[Whole]) -> None:
    by_name = {whole.key.name: whole for whole in wholes}
    first = wholes[0]
    differing = complete_attachments(session, first.actor, instance_id, [whole.file for whole in by_name.values()], first.now)
    differing += tuple(whole.key.name for whole in wholes if whole.file.sha256 != by_name[whole.key.name].file.sha256)
    if differing:
        raise SurveyError(ErrorCode.INSTANCE_CONFLICT, instance_id=f"{instance_id} {differing[0]}")
    take_companions(session, instance_id, {name: whole.companion for name, whole in by_name.items() if whole.companion is not None})
    if any(whole.file.media_type.startswith(PICTURES) for whole in wholes):
        compare_pictures(session, instance_id, first.now)
    for whole in wholes:
        if whole.doubt is not None:
            raise_flag(session, instance_id, whole.doubt)
    tell_infected(session, first.actor, instance_id, [whole.file for whole in by_name.values()], first.now)


def _keep_beside_refused(session: Session, wholes: Sequence[Whole]) -> None:
    for whole in wholes:
        kept = find_kept(session, whole.actor, whole.key.instance_id)
        if not _has_file(kept, whole.key) and isinstance(kept, QuarantinedSubmission):
            add_quarantined_files(session, kept, (whole.file,))


def _find_target(session: Session, actor: User, key: PartialKey) -> Submission | QuarantinedSubmission:
    kept = find_kept(session, actor, key.instance_id)
    if is_unsafe(key.name):
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="name", detail="{given} holds a path or a control character", given=ascii(key.name)
        )
    is_awaited = isinstance(kept, Submission) and any(each.name == key.name for each in kept.awaited_files)
    if not is_awaited and key.name not in named_files(parse_instance(kept.xml)):
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


def _doubt(session: Session, kept: Submission, file: StoredFile) -> RaisedFlag | None:
    """The doubt that the content of a file raises that is of another kind than its question asks for, or than its name says."""
    session.refresh(kept, ("answers",))
    asked = question_types_of_files(given_answers(load_questionnaire(kept.questionnaire), kept.answers))
    question, question_type = asked.get(file.name, ("", "file"))
    is_wrong = not suits_question(file.media_type, question_type) or (question and not suits_name(file.media_type, file.name))
    return raise_flag_of("wrong_media", question, file.name) if is_wrong else None
