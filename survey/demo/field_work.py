"""Sends filled forms through the real intake, as tablets do, so that flags, candidates and quarantine come from the rules."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from lxml import etree
from sqlalchemy.orm import Session

from questionnaires.instance import write_instance
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.demo.archive_answers import DISCREPANCIES, REASONS, fill_archive
from survey.demo.chance import any_of, draw_from, happens
from survey.demo.facts import Facts
from survey.demo.household_answers import Filled, fill_household
from survey.demo.nesting import nest_answers
from survey.demo.pictures import Pictures
from survey.demo.protocol import countersign, own_pictures, strayed, timing_log, with_log
from survey.demo.schedule import HOUSEHOLD_FORM, Task
from survey.demo.tablets import device_of
from survey.intake.attachments import ReceivedFile
from survey.intake.receive import Receipt, Received, receive_submission
from survey.storage import Storage

MISTAKES = (
    ("satisfaction", "glad"),
    ("birth_year", "1850"),
    ("medical_own_cny", "9999999"),
    ("sex", ""),
    ("n_signings", "many"),
    ("housing_help", "moved"),
)
"""What a faulty client sends for a question: a value that validation refuses."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What sending a form needs; `assignments` are ids by visit, village code, household number and form."""

    session: Session
    storage: Storage
    facts: Facts
    people: Mapping[str, User]
    questionnaires: Mapping[str, Questionnaire]
    pictures: Pictures
    assignments: Mapping[tuple[str, str, str, str], str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A task that was received, with what was filled in and the receipt."""

    task: Task
    filled: Filled
    receipt: Receipt


def fill_tasks(tasks: tuple[Task, ...]) -> tuple[Filled, ...]:
    """What is filled in for each task; an archive check is compared with the same household's interview."""
    interviews = {_place(task): fill_household(task.case) for task in tasks if task.form_id == HOUSEHOLD_FORM}
    return tuple(
        interviews[_place(task)] if task.form_id == HOUSEHOLD_FORM else Filled(fill_archive(task.case, _told(interviews, task)))
        for task in tasks
    )


def _place(task: Task) -> tuple[str, str]:
    return task.case.home.village.code, task.case.home.number


def _told(interviews: Mapping[tuple[str, str], Filled], task: Task) -> dict[str, Any] | None:
    found = interviews.get(_place(task))
    return found.answers if found else None


def identifier(desk: Desk, task: Task, purpose: str = "") -> str:
    """The instance id of a task's form, the same at every build."""
    rng = draw_from(desk.facts.seed, task.case.visit.id, task.form_id, *_place(task), "id", purpose)
    return f"uuid:{uuid.UUID(int=rng.getrandbits(128), version=4)}"


def send(desk: Desk, task: Task, filled: Filled) -> Sent:
    """The task, received from its lead interviewer."""
    return Sent(task, filled, _receive(desk, task, filled, identifier(desk, task), received_at=task.received_at))


def send_edit(desk: Desk, sent: Sent, filled: Filled) -> Sent:
    """The corrected form, received a day after the one that it replaces."""
    instance_id = identifier(desk, sent.task, "edit")
    received_at = sent.task.received_at + timedelta(days=1)
    receipt = _receive(desk, sent.task, filled, instance_id, received_at=received_at, deprecated_id=sent.receipt.instance_id)
    return Sent(sent.task, filled, receipt)


def send_double(desk: Desk, sent: Sent) -> Sent:
    """The second interviewer's own form of the same household, which differs here and there."""
    return send_as_second(desk, sent, _as_second_heard(sent))


def send_as_second(desk: Desk, sent: Sent, filled: Filled) -> Sent:
    """The form that the second filled in at the same household, received from them."""
    received_at = sent.task.received_at + timedelta(minutes=7)
    username = f"second{sent.task.case.pair}"
    receipt = _receive(desk, sent.task, filled, identifier(desk, sent.task, "second"), received_at=received_at, username=username)
    return Sent(sent.task, filled, receipt)


def send_mistaken(desk: Desk, task: Task, filled: Filled, number: int) -> Receipt:
    """The receipt of a form with a mistake, which goes into quarantine, sent shortly before the right one."""
    instance_id = identifier(desk, task, "mistaken")
    received_at = task.received_at - timedelta(minutes=4)
    return _receive(desk, task, filled, instance_id, received_at=received_at, mistake=MISTAKES[number % len(MISTAKES)])


def mistyped(filled: Filled) -> Filled:
    """The form with a nought too many in one amount, as it is found and returned in review."""
    crops = filled.answers["crop_income_cny"]
    return Filled({**filled.answers, "crop_income_cny": min(crops * 10, 1_000_000)}, filled.members)


def _as_second_heard(sent: Sent) -> Filled:
    answers, rng = dict(sent.filled.answers), draw_from(sent.task.case.seed, sent.receipt.instance_id)
    for name in ("crop_income_cny", "livestock_income_cny", "family_gift_cny", "n_signings"):
        if happens(rng, 0.6):
            answers[name] = round(answers[name] * rng.uniform(0.7, 1.25))
    if happens(rng, 0.6):
        answers["satisfaction"] = any_of(rng, ("content", "so_so", "discontent"))
    if happens(rng, 0.4):
        answers["fairness"] = any_of(rng, ("mostly", "fair", "dont_know"))
    if happens(rng, 0.5):
        answers["water_tested"] = any_of(rng, ("no", "dont_know"))
    return replace(sent.filled, answers=answers)


def _receive(
    desk: Desk,
    task: Task,
    filled: Filled,
    instance_id: str,
    *,
    received_at: datetime,
    deprecated_id: str = "",
    username: str = "",
    mistake: tuple[str, str] | None = None,
) -> Receipt:
    task, told = strayed(task, filled.answers)
    case, questionnaire = task.case, desk.questionnaires[task.form_id]
    rng = draw_from(case.seed, instance_id, "pictures")
    names, drawn = _illustrate(desk.pictures, task, filled.answers, rng)
    files = own_pictures(case.seed, instance_id, drawn)
    assignment_id = desk.assignments[case.visit.id, *_place(task), task.form_id]
    answers = {**told, **names, **_prefilled(desk, task, assignment_id)}
    device_id = device_of(case.pair)
    xml = write_instance(
        questionnaire,
        nest_answers(questionnaire, answers, filled.members),
        instance_id=instance_id,
        deprecated_id=deprecated_id,
        now=received_at,
        preloads={
            "start": task.started_at.isoformat(timespec="milliseconds"),
            "end": task.ended_at.isoformat(timespec="milliseconds"),
            "today": case.day.isoformat(),
            "deviceid": device_id,
        },
    )
    if mistake:
        xml = _spoil(xml, *mistake)
    sender = username or f"lead{case.pair}"
    if log := timing_log(questionnaire, task, told, sender):
        xml, files["audit.csv"] = with_log(xml), log
    parts = {name: ReceivedFile(name, data) for name, data in files.items()}
    signed = "" if username else countersign(case.seed, instance_id, xml, f"second{case.pair}", task.ended_at)
    return receive_submission(
        desk.session, desk.people[sender], Received(xml, parts, assignment_id, device_id, signed), desk.storage, received_at
    )


def _prefilled(desk: Desk, task: Task, assignment_id: str) -> dict[str, str]:
    home, pair = task.case.home, task.case.pair
    return {
        "assignment_id": assignment_id,
        "household_number": home.number,
        "household_kind": home.kind,
        "village_code": home.village.code,
        "village_name": home.village.name,
        "head_name": home.head_name,
        "lead_name": desk.facts.people.leads[pair - 1],
        "second_name": desk.facts.people.seconds[pair - 1],
    }


def _spoil(xml: bytes, name: str, value: str) -> bytes:
    root = etree.fromstring(xml)
    next(root.iter(name)).text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _illustrate(pictures: Pictures, task: Task, answers: Mapping[str, Any], rng: Random) -> tuple[dict[str, str], dict[str, bytes]]:
    """Answers that name files, and the files: everybody signs, and some things are photographed."""
    shown: dict[str, bytes] = {"signature": pictures.signatures[task.case.pair]}
    others: dict[str, str] = {}
    if task.form_id == HOUSEHOLD_FORM:
        if happens(rng, 0.2):
            shown["house_picture"] = any_of(rng, pictures.houses)
        if answers["house_damage"] != ["none"] and happens(rng, 0.7):
            shown["house_damage_picture"] = any_of(rng, pictures.damages)
        if task.case.home.has_file and happens(rng, 0.12):
            shown["handbook_picture"] = any_of(rng, pictures.pages)
    elif answers["file_shown"] != "no":
        if happens(rng, 0.2):
            shown["file_picture"] = any_of(rng, pictures.pages)
        wrong = [name.removesuffix("_result") for name, value in answers.items() if name.endswith("_result") and value in DISCREPANCIES]
        pages = {f"{item}_page": any_of(rng, pictures.pages) for item in wrong if happens(rng, 0.45)}
        if wrong and not pages:
            others["no_picture_reason"] = any_of(rng, REASONS)
        shown |= pages
    named = {name: f"{name}.{'png' if name == 'signature' else 'jpg'}" for name in shown}
    return {**named, **others}, {named[name]: data for name, data in shown.items()}
