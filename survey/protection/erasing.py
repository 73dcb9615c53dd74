"""Erasing what tells who the people of a household are, wherever it is held; figures stay, and the log says with hashes what was erased.

What was received is never edited, but for this: the law gives people a right to it. `verify` accepts an erased interview because an event
tells the hashes that it has since, and nothing else.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from questionnaires.audit_log import split_node
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.bundles.of_visits import FOLDER, place_of_visit
from survey.candidates.models import IssueCandidate
from survey.events import json_sha256, log_event, log_events
from survey.house_styles.models import HouseStyle
from survey.instruments.models import QuestionnaireFile
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Attachment, QuarantinedSubmission, Submission
from survey.intake.partials import UPLOADS, Partials
from survey.issues.models import HouseholdOutcome, IssueFile
from survey.liaison.models import MaterialFile
from survey.outcomes.models import AssignmentOutcome
from survey.proof.received import ERASED as SUBMISSION_ERASED
from survey.protection.answers import ERASED
from survey.protection.drafts import TakenOut, files_of_removed_drafts, take_out_of_drafts
from survey.protection.erased import keep_erased, named_as_erased
from survey.protection.held import Found, Held, read_held, read_members
from survey.protection.tombstones import entries_named, erased_answers, erased_entries, erased_xml, personal_classes
from survey.registry.models import HouseholdMember
from survey.reports.models import Report
from survey.storage import Storage
from survey.visits.models import MeetingFile


@dataclass(slots=True)
class Erasure:
    """What one erasing did: how many interviews and files, and the hashes of the files that nothing names any longer."""

    n_submissions: int = 0
    n_files: int = 0
    files: set[str] = field(default_factory=set)
    told_files: set[str] = field(default_factory=set)
    """Those of them that the event of their interview names already."""
    visit_ids: set[str] = field(default_factory=set)
    instance_ids: set[str] = field(default_factory=set)
    """The interviews of which no file, and no piece of one, stays."""
    drafts: TakenOut = field(default_factory=TakenOut)


def erase(session: Session, storage: Storage, actor: User | None, found: Found, reason: str, now: datetime) -> Erasure:
    """What was erased of a household and everybody in it, or of one member only.

    Files and bundles go once the transaction is committed. Of a member go the row of the register and the entries of interviews under
    their name; texts, pictures and sound may tell of the whole household and go with it alone.
    """
    members = (found.member,) if found.member else read_members(session, found.household)
    keep_erased(session, found.household, members, now, is_whole=found.member is None)
    return erase_again(session, storage, actor, found, reason, now)


def erase_again(session: Session, storage: Storage, actor: User | None, found: Found, reason: str, now: datetime) -> Erasure:
    """The same for somebody whose erasing is on the list already: whose data came back out of a backup."""
    held, erasure = read_held(session, found.household), Erasure()
    erasure.drafts = take_out_of_drafts(session, storage, actor, found, held, now)
    erasure.files |= erasure.drafts.files | files_of_removed_drafts(session, storage)
    if found.member is None:
        _erase_register(held)
        erase_interviews(session, held, erasure, actor, now)
    else:
        is_theirs = named_as_erased(session, found.household, found.member)
        _erase_member(found.member)
        if is_theirs(found.household.head_name):
            found.household.head_name = ERASED
        _erase_entries(session, held, is_theirs, erasure, actor, now)
    session.flush()
    subject = ("household_member", found.member.id) if found.member else ("household", found.household.id)
    told: dict[str, Any] = {"n_submissions": erasure.n_submissions, "n_files": erasure.n_files, "reason": reason.strip()}
    told["n_drafts"] = len(erasure.drafts.changed)
    told["other_files"] = sorted(erasure.files - erasure.told_files)
    log_event(session, actor.id if actor else None, "person.erased", *subject, now, **told)
    remove_after_commit(session, storage, erasure)
    return erasure


def erase_interviews(session: Session, held: Held, erasure: Erasure, actor: User | None, now: datetime) -> None:
    """Nothing; the interviews of the household, and all that hangs on them, tell of nobody any longer."""
    logged: dict[str, dict[str, Any]] = {}
    for submission in held.submissions:
        questionnaire = load_questionnaire(submission.questionnaire)
        answers, xml = erased_answers(questionnaire, submission.answers), erased_xml(questionnaire, submission.xml)
        logged[submission.instance_id] = _replace(submission, answers, xml) | {"files": [each.sha256 for each in submission.attachments]}
        _erase_beside(submission, questionnaire)
        submission.latitude = submission.longitude = submission.accuracy_m = None
        erasure.told_files |= {each.sha256 for each in submission.attachments}
        erasure.n_files += len(submission.attachments)
        submission.attachments.clear()
    _erase_texts(held)
    _erase_decided(session, held)
    for row in held.quarantined:
        erasure.files |= {each["sha256"] for each in row.files}
        row.xml = f'<erased id="{row.id}"/>'.encode()
        row.xml_sha256, row.findings, row.files, row.countersign = hashlib.sha256(row.xml).hexdigest(), [], [], None
    for interview in held.recovered:
        erasure.files |= {each["sha256"] for each in interview.files}
        session.delete(interview)
    erasure.files |= erasure.told_files | _take_files_of_issues(session, held)
    erasure.n_submissions += len(logged)
    erasure.visit_ids |= set(held.visit_ids)
    erasure.instance_ids |= set(logged) | {each.instance_id for each in held.quarantined if each.instance_id}
    session.flush()
    log_events(session, actor.id if actor else None, SUBMISSION_ERASED, "submission", logged, now)


def _replace(submission: Submission, answers: dict[str, Any], xml: bytes) -> dict[str, Any]:
    """What the event tells of the submission, whose answers and XML are these from now on."""
    was = submission.xml_sha256
    submission.answers, submission.xml, submission.xml_sha256 = answers, xml, hashlib.sha256(xml).hexdigest()
    return {"xml_sha256": submission.xml_sha256, "answers_sha256": json_sha256(answers), "was_xml_sha256": was}


def _erase_beside(submission: Submission, questionnaire: Questionnaire) -> None:
    classes = personal_classes(questionnaire)
    names = {path.rsplit("/", 1)[1] for path in classes}
    for flag in submission.flags:
        if flag.question.rsplit("/", 1)[-1] in names:
            flag.value = ""
    signature = submission.countersignature
    if signature is not None:
        signature.changes = [
            {**each, "old": ERASED, "new": ERASED} if split_node(each["node"])[0] in classes else each for each in signature.changes
        ]


def _erase_register(held: Held) -> None:
    if held.household is not None:
        held.household.head_name, held.household.latitude, held.household.longitude = ERASED, None, None
    for member in held.members:
        _erase_member(member)
    for row in held.identifications:
        row.note = ERASED if row.note else ""


def _erase_member(member: HouseholdMember) -> None:
    member.name, member.birth_year, member.id_number, member.id_number_hash = ERASED, None, None, None


def _erase_texts(held: Held) -> None:
    """Notes and reasons beside the interviews, which anything may stand in."""
    for note in held.notes:
        note.text = ERASED
    told: tuple[AssignmentOutcome | HouseholdOutcome, ...] = (*held.outcomes, *held.found_by_issues)
    for outcome in told:
        outcome.note = ERASED if outcome.note else ""
    for piece in held.evidence:
        piece.note = ERASED if piece.note else ""
        piece.told, piece.told_now = _without_lines(piece.told), _without_lines(piece.told_now) if piece.told_now else None


def _without_lines(told: Mapping[str, Any]) -> dict[str, Any]:
    lines = told.get("lines")
    if not isinstance(lines, Mapping):
        return dict(told)
    erased = {language: [[line[0], ERASED] for line in pairs] for language, pairs in lines.items()}
    return {**told, "lines": erased, **({"files": []} if "files" in told else {})}


def _erase_decided(session: Session, held: Held) -> None:
    """Corrections, reconciled records and candidates: of what they say of people nothing stays, of figures everything does."""
    by_id = {each.instance_id: each for each in held.submissions}
    for correction in held.corrections:
        classes = personal_classes(load_questionnaire(by_id[correction.instance_id].questionnaire))
        if split_node(correction.node)[0] in classes:
            correction.old, correction.new = ERASED, ""
        correction.reason = ERASED
    for reconciliation in held.reconciliations:
        owner = by_id.get(reconciliation.lead_instance_id) or by_id[reconciliation.second_instance_id]
        questionnaire = load_questionnaire(owner.questionnaire)
        classes = personal_classes(questionnaire)
        if reconciliation.answers:
            reconciliation.answers = erased_answers(questionnaire, reconciliation.answers)
        for decided in reconciliation.decided:
            if split_node(decided.node)[0] in classes:
                decided.value, decided.reason = ERASED if decided.value else "", ERASED if decided.reason else ""
    names = {path.rsplit("/", 1)[1] for each in held.submissions for path in personal_classes(load_questionnaire(each.questionnaire))}
    for candidate in session.scalars(select(IssueCandidate).where(IssueCandidate.instance_id.in_(by_id))):
        candidate.evidence = {key: ERASED if key in names else value for key, value in candidate.evidence.items()}
        candidate.originals = None
        if candidate.comparison:
            candidate.comparison = {**candidate.comparison, "pictures": []}


def _take_files_of_issues(session: Session, held: Held) -> set[str]:
    """The hashes of the files beside evidence of the household and what was found there, which belong to no issue any longer."""
    evidence, outcomes = [each.id for each in held.evidence], [each.id for each in held.found_by_issues]
    condition = IssueFile.evidence_id.in_(evidence) | IssueFile.outcome_id.in_(outcomes)
    hashes = set(session.scalars(select(IssueFile.sha256).where(condition)))
    session.execute(delete(IssueFile).where(condition).execution_options(synchronize_session=False))
    return hashes


def _erase_entries(
    session: Session, held: Held, is_theirs: Callable[[str], bool], erasure: Erasure, actor: User | None, now: datetime
) -> None:
    """Nothing; in the interviews of the household nothing stands any longer in the entries of the person of this name."""
    logged: dict[str, dict[str, Any]] = {}
    for submission in held.submissions:
        questionnaire = load_questionnaire(submission.questionnaire)
        entries = entries_named(questionnaire, submission.answers, is_theirs)
        if entries:
            answers, xml = erased_entries(questionnaire, submission.answers, submission.xml, entries)
            logged[submission.instance_id] = _replace(submission, answers, xml) | {"files": []}
            erasure.visit_ids |= {submission.visit_id} if submission.visit_id else set()
    for reconciliation in held.reconciliations:
        owner = next((each for each in held.submissions if each.instance_id == reconciliation.lead_instance_id), None)
        if owner is not None and reconciliation.answers:
            questionnaire = load_questionnaire(owner.questionnaire)
            entries = entries_named(questionnaire, reconciliation.answers, is_theirs)
            reconciliation.answers = erased_entries(questionnaire, reconciliation.answers, owner.xml, entries)[0]
    erasure.n_submissions += len(logged)
    session.flush()
    log_events(session, actor.id if actor else None, SUBMISSION_ERASED, "submission", logged, now)


def remove_after_commit(session: Session, storage: Storage, erasure: Erasure) -> None:
    """Let files that nothing names any longer, their pieces, and the bundles of these visits go once what names them is gone for good."""
    unnamed = [each for each in sorted(erasure.files) if not is_named(session, each)]
    root: Path | None = session.get_bind().get_execution_options().get(FOLDER)

    def remove(_session: Session) -> None:
        for sha256 in unnamed:
            storage.remove(sha256)
        if root is None:
            return
        for visit_id in sorted(erasure.visit_ids):
            remove_bundle(place_of_visit(root, visit_id))
        for instance_id in sorted(erasure.instance_ids):
            Partials(root.with_name(UPLOADS)).forget(instance_id)

    event.listen(session, "after_commit", remove, once=True)


def remove_bundle(folder: Path) -> None:
    """Nothing; the bundle in the folder, and what was made of it, is gone. It is made anew when somebody needs it."""
    if not folder.is_dir():
        return
    lock = folder / "bundle.lock"
    with FileLock(lock):
        for each in _besides(folder.iterdir(), lock):
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)


def _besides(paths: Iterable[Path], lock: Path) -> list[Path]:
    return [each for each in paths if each != lock]


def is_named(session: Session, sha256: str) -> bool:
    """Whether any row still names the file; those of quarantined submissions are told apart by their hash alone."""
    tables = (Attachment, IssueFile, MaterialFile, MeetingFile, Report, HouseStyle, QuestionnaireFile)
    n_rows = [session.scalar(select(func.count()).select_from(table).where(table.sha256 == sha256)) or 0 for table in tables]
    quarantined = session.scalars(select(QuarantinedSubmission.files).where(QuarantinedSubmission.state == "waiting"))
    return any(n_rows) or any(record["sha256"] == sha256 for records in quarantined for record in records)
