"""Whether what is kept is still what was received: the chain of events, and the bytes of every attachment."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import check_chain
from survey.handover.evidence import broken_chains
from survey.instruments.models import QuestionnaireFile, QuestionnaireVersion
from survey.intake.models import Attachment, QuarantinedSubmission, RecoveredInterview
from survey.liaison.models import MaterialFile
from survey.storage import Storage
from survey.visits.models import MeetingFile


@dataclass(frozen=True, slots=True)
class Verification:
    """How many events and files were checked, and one sentence for each thing that is wrong."""

    n_events: int
    n_files: int
    problems: tuple[str, ...]


def verify(session: Session, storage: Storage, progress: Callable[[int, int], None]) -> Verification:
    """What was checked and found; `progress` is called with how many files are done and how many there are."""
    chain = check_chain(session)
    problems = []
    if chain.first_broken is not None:
        problems.append(f"Event {chain.first_broken} or the one before it was changed after it was logged.")
    for source, number in broken_chains(session):
        problems.append(f"Event {number} of the log handed over by {source[:8]}, or the one before it, was changed after it was logged.")
    files = dict(_files(session))
    for done, (sha256, owner) in enumerate(files.items(), start=1):
        if not storage.exists(sha256):
            problems.append(f"{owner}: the file is missing in storage ({sha256}).")
        elif hashlib.sha256(storage.get(sha256)).hexdigest() != sha256:
            problems.append(f"{owner}: the file was changed in storage ({sha256}).")
        progress(done, len(files))
    return Verification(chain.n_events, len(files), tuple(problems))


def _files(session: Session) -> Iterator[tuple[str, str]]:
    """The hash of every stored file with the submission or questionnaire and the name it belongs to."""
    published = select(QuestionnaireVersion.form_id, QuestionnaireVersion.version, QuestionnaireFile.name, QuestionnaireFile.sha256)
    for form_id, version, name, sha256 in session.execute(published.join(QuestionnaireFile)):
        yield sha256, f"{form_id}/{version} {name}"
    for instance_id, name, sha256 in session.execute(select(Attachment.instance_id, Attachment.name, Attachment.sha256)):
        yield sha256, f"{instance_id} {name}"
    for statement in (select(MaterialFile.sha256, MaterialFile.name), select(MeetingFile.sha256, MeetingFile.name)):
        for sha256, name in session.execute(statement):
            yield sha256, name
    beside = (
        select(QuarantinedSubmission.instance_id, QuarantinedSubmission.files),
        select(RecoveredInterview.id, RecoveredInterview.files),
    )
    for statement in beside:
        for owner, records in session.execute(statement):
            yield from ((record["sha256"], f"{owner} {record['name']}") for record in records)
