"""Uploads to receipts: each stored, repeated, quarantined or in conflict. The order of the questions is the rule.

Is it XML with an instance id → is its form published → is it already here → is every answer, file and edit in order → store it.
Each question is asked of all uploads at once, so that many cost hardly more statements than one. The clock, the storage and the database
session are arguments; nothing commits here, so a receipt is only true once the caller has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import Given, check_instance, given_answers
from survey.accounts.models import User
from survey.candidates.settling import settle_beside
from survey.field_time import parse_instant
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import find_version
from survey.intake.arrivals import Arrival, Checked, Received, read_arrival
from survey.intake.attachments import ReceivedFile, StoredFile, named_files, question_types_of_files, refuse_files
from survey.intake.companions import take_companions
from survey.intake.context import Context, read_contexts
from survey.intake.countersign import judge_countersign, read_countersign
from survey.intake.countersign_operations import keep_countersignature
from survey.intake.flags import Ground
from survey.intake.ground import read_grounds
from survey.intake.infected import tell_infected
from survey.intake.interviews import DEVICE_ID_LIMIT, Judged, interview_of, refuse_edit
from survey.intake.media import kept_type
from survey.intake.models import QuarantinedSubmission
from survey.intake.operations import Interview, admit_quarantined, complete_attachments, quarantine_submission, store_submissions
from survey.intake.refusals import Refusal, refuse, refuse_answer
from survey.outcomes.consent import refusal_in
from survey.outcomes.operations import follow_refusal
from survey.protocol.operations import compare_pictures, compare_with_others
from survey.protocol.relations import HELD_FIELDS, PICTURES, Held
from survey.storage import Storage
from survey.visits.household_list import questionnaire_with_households

__all__ = ["Receipt", "Received", "parse_instant", "receive_quarantined", "receive_submission", "receive_together", "store_file"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an upload; `outcome` is "stored", "repeated", "quarantined" or "conflict", `findings` say why it was refused."""

    outcome: str
    instance_id: str
    findings: tuple[Refusal, ...] = ()


def receive_submission(
    session: Session, actor: User | None, received: Received, storage: Storage, now: datetime, *, admitted_by: User | None = None
) -> Receipt:
    """The receipt of an upload by `actor`, with everything it made written to the session.

    `admitted_by` is who lets it out of quarantine, if that is somebody else than the sender.
    Raises MALFORMED_XML, UNSAFE_XML, MISSING_INSTANCE_ID, UNKNOWN_FORM and UNKNOWN_FORM_VERSION; then nothing is kept.
    """
    return receive_together(session, (read_arrival(actor, received, now),), storage, admitted_by=admitted_by)[0]


def receive_together(session: Session, arrivals: Sequence[Arrival], storage: Storage, *, admitted_by: User | None = None) -> list[Receipt]:
    """The receipt of each upload, in their order, with everything they made written to the session.

    Of uploads that touch the same interview or assignment each is received after the ones before it.
    Raises UNKNOWN_FORM and UNKNOWN_FORM_VERSION of any of them; then nothing may be committed.
    """
    receipts: dict[int, Receipt] = {}
    left = list(range(len(arrivals)))
    while left:
        touched: set[str] = set()
        due: list[int] = []
        for number in left:
            if touched.isdisjoint(arrivals[number].touched):
                due.append(number)
            touched |= arrivals[number].touched
        left = [number for number in left if number not in due]
        receipts |= zip(due, _receive(session, [arrivals[number] for number in due], storage, admitted_by), strict=True)
    return [receipts[number] for number in range(len(arrivals))]


def _receive(session: Session, arrivals: Sequence[Arrival], storage: Storage, admitted_by: User | None) -> list[Receipt]:
    """The receipts of uploads that have nothing to do with each other."""
    receipts: dict[str, Receipt] = {}
    judged: list[Judged] = []
    for arrival, context in zip(arrivals, read_contexts(session, [each.hints for each in arrivals]), strict=True):
        if context.existing_sha256 is not None:
            receipts[arrival.instance_id] = _receive_again(session, arrival, context.existing_sha256, storage)
            continue
        checked = _checked(session, arrival, context)
        given = given_answers(checked.questionnaire, checked.check.answers)
        refusals = (
            *(refuse_answer(checked.questionnaire, finding) for finding in checked.check.findings),
            *refuse_edit(arrival, context),
            *_refuse_files(arrival, given),
        )
        files = tuple(store_file(storage, file) for file in arrival.received.files.values())
        if refusals:
            quarantine_submission(session, arrival.actor, _quarantine_values(arrival, refusals), files, arrival.now)
            receipts[arrival.instance_id] = Receipt("quarantined", arrival.instance_id, refusals)
        else:
            judged.append(Judged(arrival, context, checked, given, files))
    if judged:
        receipts |= {receipt.instance_id: receipt for receipt in _store(session, judged, storage, admitted_by)}
    return [receipts[arrival.instance_id] for arrival in arrivals]


def _checked(session: Session, arrival: Arrival, context: Context) -> Checked:
    """The answers of an upload, checked now if that has not been done or was done against another version."""
    if arrival.checked is not None and arrival.checked.version_id == context.version_id:
        return arrival.checked
    version = session.get(QuestionnaireVersion, context.version_id) if context.version_id else None
    if version is None:
        version = find_version(session, arrival.hints.form_id, arrival.hints.version)
    questionnaire = questionnaire_with_households(session, version)
    return Checked(version.id, version.n_questions, questionnaire, check_instance(questionnaire, arrival.root, now=arrival.now))


def _refuse_files(arrival: Arrival, given: Sequence[Given]) -> tuple[Refusal, ...]:
    files = arrival.received.files
    return refuse_files(files, named_files(arrival.root), question_types_of_files(given)) if files else ()


def _store(session: Session, judged: Sequence[Judged], storage: Storage, admitted_by: User | None) -> list[Receipt]:
    """The receipts of uploads in which nothing is wrong: stored, or in conflict where another process was a moment faster."""
    told = [(each.place, bool(read_countersign(each.arrival.received.countersign))) for each in judged]
    grounds = {each.arrival.instance_id: ground for each, ground in zip(judged, read_grounds(session, told), strict=True)}
    interviews = {each.arrival.instance_id: interview_of(each, grounds[each.arrival.instance_id]) for each in judged}
    stored = store_submissions(session, list(interviews.values()))
    receipts = []
    for each in judged:
        instance_id = each.arrival.instance_id
        if instance_id in stored:
            _follow(session, each, interviews[instance_id], grounds[instance_id])
            receipts.append(Receipt("stored", instance_id))
        else:
            [context] = read_contexts(session, (each.arrival.hints,))
            receipts.append(_receive_again(session, each.arrival, context.existing_sha256 or "", storage))
    kept = [interviews[instance_id] for instance_id in interviews if instance_id in stored]
    if kept:
        beside = [(Held(**{name: each.values[name] for name in HELD_FIELDS}), grounds[each.instance_id].limits) for each in kept]
        with_pictures = frozenset(each.instance_id for each in kept if _has_pictures(each.files))
        compare_with_others(session, beside, with_pictures, max(each.now for each in kept))
    for each in judged:
        if each.context.quarantined_id and each.arrival.instance_id in stored:
            admit_quarantined(session, admitted_by or each.arrival.actor, each.context.quarantined_id, each.arrival.now)
    return receipts


def _follow(session: Session, judged: Judged, interview: Interview, ground: Ground) -> None:
    """Nothing; what a stored interview brings with it is kept, and what it says of earlier records and of consent is followed."""
    arrival, values = judged.arrival, interview.values
    if values["deprecated_id"] and values["recorded_as"] == "second":
        settle_beside(session, arrival.actor, values["deprecated_id"], arrival.now)
    tell_infected(session, arrival.actor, interview.instance_id, judged.files, arrival.now)
    take_companions(session, interview.instance_id, _bytes_of(arrival.received), ground.limits)
    _keep_countersign(session, judged)
    refusal = refusal_in(judged.given)
    if refusal is not None and values["assignment_id"]:
        follow_refusal(session, arrival.actor, values["assignment_id"], interview.instance_id, refusal, arrival.now)


def receive_quarantined(session: Session, actor: User, row: QuarantinedSubmission, storage: Storage, now: datetime) -> Receipt:
    """The receipt of a quarantined submission that is checked once more, as if its first sender sent it again now with its files."""
    if row.state != "waiting":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=row.instance_id, state=row.state, action="checked again")
    files = {record["name"]: ReceivedFile(record["name"], storage.get(record["sha256"]), record["media_type"]) for record in row.files}
    received = Received(row.xml, files, row.assignment_id, row.device_id, row.countersign)
    receipt = receive_submission(session, row.received_from, received, storage, now, admitted_by=actor)
    if receipt.outcome == "repeated":
        admit_quarantined(session, actor, row.id, now)
    session.refresh(row)
    return receipt


def store_file(storage: Storage, file: ReceivedFile) -> StoredFile:
    """The file as it lies in storage; storing the same bytes again changes nothing."""
    found = storage.find_virus(file.data)
    return StoredFile(file.name, storage.put(file.data), len(file.data), kept_type(file.data, found))


def _receive_again(session: Session, arrival: Arrival, stored_sha256: str, storage: Storage) -> Receipt:
    instance_id, received = arrival.instance_id, arrival.received
    if stored_sha256 != arrival.hints.xml_sha256:
        return Receipt("conflict", instance_id)
    refusals = refuse_files(received.files, named_files(arrival.root), {})
    if refusals:
        return Receipt("conflict", instance_id, refusals)
    files = tuple(store_file(storage, file) for file in received.files.values())
    differing = complete_attachments(session, arrival.actor, instance_id, files, arrival.now)
    if differing:
        return Receipt("conflict", instance_id, tuple(refuse("other_content", "", name) for name in differing))
    tell_infected(session, arrival.actor, instance_id, files, arrival.now)
    take_companions(session, instance_id, _bytes_of(received))
    if _has_pictures(files):
        compare_pictures(session, instance_id, arrival.now)
    return Receipt("repeated", instance_id)


def _has_pictures(files: Iterable[StoredFile]) -> bool:
    return any(file.media_type.startswith(PICTURES) for file in files)


def _bytes_of(received: Received) -> dict[str, bytes]:
    return {name: file.data for name, file in received.files.items()}


def _quarantine_values(arrival: Arrival, refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    hints, received = arrival.hints, arrival.received
    return {
        "instance_id": hints.instance_id,
        "form_id": hints.form_id,
        "form_version": hints.version,
        "xml": received.xml,
        "xml_sha256": hints.xml_sha256,
        "findings": [refusal.record() for refusal in refusals],
        "received_at": arrival.now,
        "received_from_id": arrival.actor.id if arrival.actor else None,
        "assignment_id": received.assignment_id[:64],
        "device_id": received.device_id[:DEVICE_ID_LIMIT],
        "countersign": told.record() if (told := read_countersign(received.countersign)) else None,
    }


def _keep_countersign(session: Session, judged: Judged) -> None:
    arrival, context, hints = judged.arrival, judged.context, judged.arrival.hints
    told = read_countersign(arrival.received.countersign)
    if told is None or (context.original.is_independent if context.original else context.is_independent):
        return
    keys = {"instance_id": hints.instance_id, "xml_sha256": hints.xml_sha256}
    kept = judge_countersign(session, told, arrival.actor, judged.place, **keys)
    keep_countersignature(session, hints.instance_id, kept, arrival.now)
