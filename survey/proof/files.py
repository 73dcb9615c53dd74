"""Whether every stored file still has the bytes of its name, and every visit's bundle those that were exported."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import check_files, read_manifest
from questionnaires.errors import SurveyError
from survey.bundles.kept import is_whole_manifest
from survey.bundles.of_visits import BUNDLE, FOLDER
from survey.house_styles.models import HouseStyle
from survey.instruments.models import QuestionnaireFile, QuestionnaireVersion
from survey.intake.models import Attachment, QuarantinedSubmission, RecoveredInterview
from survey.issues.models import IssueFile
from survey.liaison.models import MaterialFile
from survey.reports.models import Report
from survey.storage import Storage
from survey.visits.models import MeetingFile

NAMED = (
    (Attachment.instance_id, Attachment.name, Attachment.sha256),
    (MaterialFile.name, MaterialFile.name, MaterialFile.sha256),
    (MeetingFile.name, MeetingFile.name, MeetingFile.sha256),
    (IssueFile.issue_id, IssueFile.name, IssueFile.sha256),
    (Report.title, Report.kind, Report.sha256),
    (HouseStyle.name, HouseStyle.language, HouseStyle.sha256),
)
"""Rows that name a file in storage: what the file belongs to, its own name, and its hash."""


def check_stored_files(session: Session, storage: Storage, progress: Callable[[int, int], None]) -> tuple[int, list[str]]:
    """How many files there should be, and one sentence for each that is missing or other than it was."""
    files, problems = dict(_files(session)), []
    for done, (sha256, owner) in enumerate(files.items(), start=1):
        if not storage.exists(sha256):
            problems.append(f"{owner}: the file is missing in storage ({sha256}).")
        elif hashlib.sha256(storage.get(sha256)).hexdigest() != sha256:
            problems.append(f"{owner}: the file was changed in storage ({sha256}).")
        progress(done, len(files))
    return len(files), problems


def _files(session: Session) -> Iterator[tuple[str, str]]:
    """The hash of every stored file with the submission or questionnaire and the name it belongs to."""
    published = select(QuestionnaireVersion.form_id, QuestionnaireVersion.version, QuestionnaireFile.name, QuestionnaireFile.sha256)
    for form_id, version, name, sha256 in session.execute(published.join(QuestionnaireFile)):
        yield sha256, f"{form_id}/{version} {name}"
    for told_by, named, hashed in NAMED:
        rows = session.execute(select(told_by, named, hashed).where(hashed.is_not(None)))
        yield from ((str(digest), told if told == file else f"{told} {file}") for told, file, digest in rows)
    beside = (
        select(QuarantinedSubmission.instance_id, QuarantinedSubmission.files),
        select(RecoveredInterview.id, RecoveredInterview.files),
    )
    for statement in beside:
        for owner, records in session.execute(statement):
            yield from ((record["sha256"], f"{owner} {record['name']}") for record in records)


def check_bundles(session: Session) -> tuple[int, list[str]]:
    """How many visits have a bundle in the data folder, and one sentence for each bundle that is other than it was exported."""
    root: Path | None = session.get_bind().get_execution_options().get(FOLDER)
    folders = sorted(root.glob(f"*/{BUNDLE}")) if root is not None else []
    problems = []
    for folder in folders:
        try:
            manifest = read_manifest(folder)
            check_files(folder, manifest.get("files", {}))
        except SurveyError as error:
            problems.append(f"Bundle: {error}")
            continue
        if not is_whole_manifest(folder):
            problems.append(f"Bundle: {folder / 'manifest.json'} is not as it was written. Remove the folder; it is made anew.")
    return len(folders), problems
