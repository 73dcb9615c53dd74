"""One received upload to one receipt: stored, repeated, quarantined or in conflict. The order of the questions is the rule.

Is it XML with an instance id → is its form published → is it already here → is every answer, file and edit in order → store it.
The clock, the storage and the database session are arguments; nothing commits here, so a receipt is only true once the caller has.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import Check, Given, check_instance, given_answers, identify, parse_instance
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.candidates.detect import detect_issues
from survey.candidates.settling import settle_beside
from survey.field_time import parse_instant
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import find_version
from survey.intake.attachments import ReceivedFile, StoredFile, awaited_names, named_files, question_types_of_files, refuse_files
from survey.intake.companions import take_companions
from survey.intake.context import Context, Hints, Place, read_context
from survey.intake.countersign import judge_countersign, read_countersign
from survey.intake.countersign_operations import keep_countersignature
from survey.intake.flags import Ground, InterviewFacts, Position, RaisedFlag, flag_scales, raise_flags
from survey.intake.ground import read_ground
from survey.intake.media import media_type_of
from survey.intake.models import QuarantinedSubmission
from survey.intake.operations import admit_quarantined, await_files, complete_attachments, quarantine_submission, store_submission
from survey.intake.records import people_of_record, record_role
from survey.intake.refusals import Refusal, refuse, refuse_answer
from survey.outcomes.consent import refusal_in
from survey.outcomes.operations import follow_refusal
from survey.protocol.operations import compare_pictures, compare_with_others
from survey.protocol.relations import HELD_FIELDS, PICTURES, Held
from survey.storage import Storage
from survey.visits.household_list import questionnaire_with_households

INSTANCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,63}")
DEVICE_ID_LIMIT = 64
POSITION_TYPES = frozenset(("geopoint", "geotrace", "geoshape", "start-geopoint"))
EDITING_ROLES = frozenset(("coordinator", "admin"))


@dataclass(frozen=True, slots=True)
class Received:
    """One upload as it came: the instance XML, the other file parts by name, and what the client said beside them."""

    xml: bytes
    files: Mapping[str, ReceivedFile] = field(default_factory=dict)
    assignment_id: str = ""
    device_id: str = ""
    countersign: str | Mapping[str, Any] | None = None
    """What the client says of the second interviewer, as JSON text or read already."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an upload; `outcome` is "stored", "repeated", "quarantined" or "conflict", `findings` say why it was refused."""

    outcome: str
    instance_id: str
    findings: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What is computed once of an upload and needed by the later steps."""

    received: Received
    root: etree._Element
    hints: Hints
    now: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers of an upload held against the version of its form that has this id."""

    version_id: str
    questionnaire: Questionnaire
    check: Check


def check_answers(session: Session, version: QuestionnaireVersion, root: etree._Element, now: datetime) -> Checked:
    """The answers of the instance `root`, checked; the rows of households are read where the questionnaire asks for them."""
    questionnaire = questionnaire_with_households(session, version)
    return Checked(version.id, questionnaire, check_instance(questionnaire, root, now=now))


def receive_submission(
    session: Session,
    actor: User | None,
    received: Received,
    storage: Storage,
    now: datetime,
    *,
    admitted_by: User | None = None,
    checked: Checked | None = None,
) -> Receipt:
    """The receipt of an upload by `actor`, with everything it made written to the session.

    `admitted_by` is who lets it out of quarantine, if that is somebody else than the sender; `checked` are its answers if they have been
    checked already. Raises MALFORMED_XML, UNSAFE_XML, MISSING_INSTANCE_ID, UNKNOWN_FORM and UNKNOWN_FORM_VERSION; then nothing is kept.
    """
    root = parse_instance(received.xml)
    arrival = _Arrival(received, root, read_hints(root, received), now)
    context = read_context(session, arrival.hints)
    if context.existing_sha256 is not None:
        return _receive_again(session, actor, arrival, context.existing_sha256, storage)
    version = context.version or find_version(session, arrival.hints.form_id, arrival.hints.version)
    if checked is None or checked.version_id != version.id:
        checked = check_answers(session, version, root, now)
    questionnaire, check = checked.questionnaire, checked.check
    given = given_answers(questionnaire, check.answers)
    refusals = (
        *(refuse_answer(questionnaire, finding) for finding in check.findings),
        *_refuse_edit(actor, arrival.hints, context),
        *refuse_files(received.files, named_files(root), question_types_of_files(given)),
    )
    files = tuple(store_file(storage, file) for file in received.files.values())
    if refusals:
        values = _quarantine_values(actor, arrival, refusals)
        quarantine_submission(session, actor, values, files, now)
        return Receipt("quarantined", arrival.hints.instance_id, refusals)
    ground = read_ground(session, _place(actor, context), is_signature_told=bool(read_countersign(received.countersign)))
    values, flags = _submission_values(actor, arrival, context, ground, questionnaire, version, check.answers, given)
    issues = detect_issues(questionnaire, check)
    if not store_submission(session, actor, values, files, flags, issues, now):
        stored_sha256 = read_context(session, arrival.hints).existing_sha256 or ""
        return _receive_again(session, actor, arrival, stored_sha256, storage)
    if values["deprecated_id"] and values["recorded_as"] == "second":
        settle_beside(session, actor, values["deprecated_id"], now)
    await_files(session, arrival.hints.instance_id, awaited_names(given, root) - received.files.keys())
    take_companions(session, arrival.hints.instance_id, _bytes_of(received), ground.limits)
    _keep_countersign(session, actor, arrival, context)
    refusal = refusal_in(given)
    if refusal is not None and values["assignment_id"]:
        follow_refusal(session, actor, values["assignment_id"], values["instance_id"], refusal, now)
    compare_with_others(
        session, Held(**{name: values[name] for name in HELD_FIELDS}), ground.limits, now, with_pictures=_has_pictures(files)
    )
    if context.quarantined_id:
        admit_quarantined(session, admitted_by or actor, context.quarantined_id, now)
    return Receipt("stored", arrival.hints.instance_id)


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


def read_hints(root: etree._Element, received: Received) -> Hints:
    """What the instance says of itself; MISSING_INSTANCE_ID when it has none, INVALID_VALUE when it cannot serve as a key."""
    identity = identify(root)
    if not identity.instance_id:
        raise SurveyError(ErrorCode.MISSING_INSTANCE_ID)
    for name, value in (("meta/instanceID", identity.instance_id), ("meta/deprecatedID", identity.deprecated_id or "x")):
        if not INSTANCE_ID.fullmatch(value):
            detail = f"{value[:80]!r} is not an identifier of at most 64 letters, digits and the signs : _ . -"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail)
    return Hints(
        form_id=identity.form_id,
        version=identity.version or "",
        instance_id=identity.instance_id,
        deprecated_id=identity.deprecated_id or "",
        xml_sha256=hashlib.sha256(received.xml).hexdigest(),
        assignment_id=received.assignment_id or _first_text(root, "assignment_id"),
        village_code=_first_text(root, "village_code"),
        household_number=_first_text(root, "household_number"),
    )


def _first_text(root: etree._Element, name: str) -> str:
    element = next(root.iter(f"{{*}}{name}"), None)
    return (element.text or "").strip() if element is not None else ""


def store_file(storage: Storage, file: ReceivedFile) -> StoredFile:
    """The file as it lies in storage; storing the same bytes again changes nothing."""
    return StoredFile(file.name, storage.put(file.data), len(file.data), media_type_of(file.data))


def _receive_again(session: Session, actor: User | None, arrival: _Arrival, stored_sha256: str, storage: Storage) -> Receipt:
    instance_id = arrival.hints.instance_id
    if stored_sha256 != arrival.hints.xml_sha256:
        return Receipt("conflict", instance_id)
    refusals = refuse_files(arrival.received.files, named_files(arrival.root), {})
    if refusals:
        return Receipt("conflict", instance_id, refusals)
    files = tuple(store_file(storage, file) for file in arrival.received.files.values())
    differing = complete_attachments(session, actor, instance_id, files, arrival.now)
    if differing:
        return Receipt("conflict", instance_id, tuple(refuse("other_content", "", name) for name in differing))
    take_companions(session, instance_id, _bytes_of(arrival.received))
    if _has_pictures(files):
        compare_pictures(session, instance_id, arrival.now)
    return Receipt("repeated", instance_id)


def _has_pictures(files: Iterable[StoredFile]) -> bool:
    return any(file.media_type.startswith(PICTURES) for file in files)


def _bytes_of(received: Received) -> dict[str, bytes]:
    return {name: file.data for name, file in received.files.items()}


def _refuse_edit(actor: User | None, hints: Hints, context: Context) -> tuple[Refusal, ...]:
    if not hints.deprecated_id:
        return ()
    original = context.original
    if original is None:
        code = "unknown_original"
    elif original.form_id != hints.form_id:
        code = "other_form"
    elif original.review_state == "replaced":
        code = "already_replaced"
    elif not _may_edit(actor, people_of_record(original)):
        code = "not_yours"
    else:
        return ()
    return (refuse(code, "deprecatedID", hints.deprecated_id),)


def _may_edit(actor: User | None, people: tuple[str | None, ...]) -> bool:
    return actor is None or actor.id in people or any(role.name in EDITING_ROLES for role in actor.roles)


def _quarantine_values(actor: User | None, arrival: _Arrival, refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    hints = arrival.hints
    return {
        "instance_id": hints.instance_id,
        "form_id": hints.form_id,
        "form_version": hints.version,
        "xml": arrival.received.xml,
        "xml_sha256": hints.xml_sha256,
        "findings": [refusal.record() for refusal in refusals],
        "received_at": arrival.now,
        "received_from_id": actor.id if actor else None,
        "assignment_id": arrival.received.assignment_id[:64],
        "device_id": arrival.received.device_id[:DEVICE_ID_LIMIT],
        "countersign": told.record() if (told := read_countersign(arrival.received.countersign)) else None,
    }


def _place(actor: User | None, context: Context) -> Place:
    original = context.original.place if context.original else None
    return context.assigned or original or _stated_place(actor, context.stated)


def _keep_countersign(session: Session, actor: User | None, arrival: _Arrival, context: Context) -> None:
    told = read_countersign(arrival.received.countersign)
    if told is None or (context.original.is_independent if context.original else context.is_independent):
        return
    hints = arrival.hints
    judged = judge_countersign(session, told, actor, _place(actor, context), instance_id=hints.instance_id, xml_sha256=hints.xml_sha256)
    keep_countersignature(session, hints.instance_id, judged, arrival.now)


def _submission_values(
    actor: User | None,
    arrival: _Arrival,
    context: Context,
    ground: Ground,
    questionnaire: Questionnaire,
    version: QuestionnaireVersion,
    answers: dict[str, Any],
    given: Sequence[Given],
) -> tuple[dict[str, Any], tuple[RaisedFlag, ...]]:
    hints = arrival.hints
    place = _place(actor, context)
    role = record_role(actor, place, context)
    single = {question.name: value for question, positions, value in given if not positions}
    preloads = {question.preload: single.get(question.name) for question in questionnaire.questions() if question.preload}
    position = next((question.name for question in questionnaire.questions() if question.type in POSITION_TYPES), None)
    held_at = _held_at(questionnaire, single)
    started_at, ended_at = parse_instant(preloads.get("start")), parse_instant(preloads.get("end"))
    facts = InterviewFacts(
        n_questions=version.n_questions,
        started_at=started_at,
        ended_at=ended_at,
        received_at=arrival.now,
        position_question=position,
        has_position=any(question.type in POSITION_TYPES and value for question, _, value in given),
        position=held_at,
        named_assignment=hints.assignment_id,
        is_assignment_known=context.assigned is not None,
        is_assignment_answered=role in context.answered_as,
        is_sender_of_pair=_may_edit(actor, (place.lead_id, place.second_id)),
    )
    values = {
        **asdict(place),
        "instance_id": hints.instance_id,
        "deprecated_id": hints.deprecated_id or None,
        "form_id": hints.form_id,
        "form_version": hints.version,
        "questionnaire_version_id": version.id,
        "received_from_id": actor.id if actor else None,
        "recorded_as": role,
        "device_id": (arrival.received.device_id or str(preloads.get("deviceid") or ""))[:DEVICE_ID_LIMIT],
        "started_at": started_at,
        "ended_at": ended_at,
        "received_at": arrival.now,
        "review_state": "received",
        "answers": answers,
        "xml": arrival.received.xml,
        "xml_sha256": hints.xml_sha256,
        "latitude": held_at.latitude if held_at else None,
        "longitude": held_at.longitude if held_at else None,
        "accuracy_m": held_at.accuracy_m if held_at else None,
    }
    return values, (*raise_flags(facts, single, ground), *flag_scales(questionnaire, single, ground.limits))


def _held_at(questionnaire: Questionnaire, single: Mapping[str, Any]) -> Position | None:
    """The first answer outside repeats that is a point on the ground."""
    values = (single.get(question.name) for question in questionnaire.questions() if question.type in POSITION_TYPES)
    point = next((value for value in values if isinstance(value, dict) and "latitude" in value), None)
    return Position(point["latitude"], point["longitude"], float(point.get("accuracy") or 0)) if point else None


def _stated_place(actor: User | None, stated: Place) -> Place:
    return Place(stated.visit_id, None, stated.household_id, stated.village_code, actor.id if actor else None, None)
