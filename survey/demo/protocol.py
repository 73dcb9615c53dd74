"""What makes some interviews of the demonstration doubtful: places, days, pictures, hurry, and seconds who did not sign. All invented."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.config import current_settings
from survey.demo.chance import any_of, draw_from, happens
from survey.demo.schedule import ARCHIVE_FORM, Task
from survey.devices.keys import countersign_proof, pin_check, seal_at_rest
from survey.devices.models import PersonPin

UNSIGNED_SHARE, UNPROVEN_SHARE = 0.016, 0.003
"""How often the second does not sign, and how often with a wrong PIN."""
ABSENT_REASONS = ("副访在另一户", "副访当天生病", "平板没电，回村委会后补记", "副访先去核对档案")
FAR_SHARE, EARLY_SHARE, COPIED_SHARE = 0.01, 0.02, 0.06
FAR_DEGREES = 0.031
"""Somewhat more than three kilometres to the north."""
HURRIED_SECONDS, HURRIED_SHARE = 1.3, 0.25
AUDIT_META = b"<audit>audit.csv</audit>"
JPEG_BEGINS, PNG_HEAD = b"\xff\xd8", 33
"""The marker that a JPEG begins with; the length of a PNG's signature and first chunk."""


def lend_keys(session: Session, people: Iterable[User], now: datetime) -> None:
    """Nothing; everybody has a signing key while the demonstration is built, so that signatures are proven as they are from tablets."""
    secret = current_settings().secret_key
    for person in people:
        key = _sign_key(person.username)
        pin = PersonPin(user_id=person.id, salt=bytes(16), rounds=1, check_bits=pin_check(key), registered_at=now)
        pin.sign_key = seal_at_rest(secret, key)
        session.add(pin)
    session.flush()


def take_keys_back(session: Session) -> None:
    """Nothing; nobody has a PIN any more, so that whoever tries the demonstration chooses one on the tablet."""
    session.execute(delete(PersonPin))


def _sign_key(username: str) -> bytes:
    return hashlib.sha256(f"demonstration {username}".encode()).digest()


def countersign(seed: int, instance_id: str, xml: bytes, second: str, at: datetime) -> str:
    """What a tablet tells of the second, as JSON: most have signed; some have not, and why; a few with a PIN that is not theirs."""
    rng = draw_from(seed, instance_id, "second")
    if happens(rng, UNSIGNED_SHARE):
        return json.dumps({"reason": any_of(rng, ABSENT_REASONS)})
    signed_at = at.isoformat(timespec="milliseconds")
    key = _sign_key("somebody else" if happens(rng, UNPROVEN_SHARE) else second)
    proof = countersign_proof(key, instance_id, hashlib.sha256(xml).hexdigest(), signed_at)
    return json.dumps({"username": second, "signed_at": signed_at, "proof": proof})


def strayed(task: Task, answers: Mapping[str, Any]) -> tuple[Task, dict[str, Any]]:
    """The task and its answers: some interviews held far from the household, and of the first day's some before the visit began."""
    case, changed = task.case, dict(answers)
    rng = draw_from(case.seed, case.visit.id, task.form_id, *case.home.key, "astray")
    if task.form_id == ARCHIVE_FORM:
        return task, changed
    position = changed.get("position")
    if happens(rng, FAR_SHARE) and position:
        changed["position"] = {**position, "latitude": round(position["latitude"] + FAR_DEGREES, 6)}
    if case.day == case.visit.days_held[0] and happens(rng, EARLY_SHARE):
        early = timedelta(days=(case.day - case.visit.starts_on).days + 1)
        return replace(task, started_at=task.started_at - early, ended_at=task.ended_at - early), changed
    return task, changed


def own_pictures(seed: int, instance_id: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, each its interview's own, but for a few pictures of houses that were handed in before."""
    rng = draw_from(seed, instance_id, "copies")
    return {
        name: data if name.startswith("house_picture") and happens(rng, COPIED_SHARE) else _marked(data, instance_id)
        for name, data in files.items()
    }


def _marked(data: bytes, text: str) -> bytes:
    """The picture with a comment in it, so that no other file has the same bytes."""
    comment = text.encode()
    if data.startswith(JPEG_BEGINS):
        return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]
    chunk = b"tEXtComment\0" + comment
    checksum = zlib.crc32(chunk).to_bytes(4, "big")
    return data[:PNG_HEAD] + (len(chunk) - 4).to_bytes(4, "big") + chunk + checksum + data[PNG_HEAD:]


def timing_log(questionnaire: Questionnaire, task: Task, answers: Mapping[str, Any], username: str) -> bytes | None:
    """The log of a tablet that keeps one: of the open visit, and of a careless pair, who are now and then too quick to have asked."""
    if not (task.case.visit.is_open or task.case.is_careless):
        return None
    rng = draw_from(task.case.seed, task.case.home.village.code, task.case.home.number, task.form_id, "log")
    asked = [question for question in questionnaire.questions() if question.label and answers.get(question.name) is not None]
    seconds = (task.ended_at - task.started_at).total_seconds() / max(len(asked), 1)
    if task.case.is_careless and happens(rng, HURRIED_SHARE):
        seconds = HURRIED_SECONDS
    at = task.started_at.timestamp()
    rows = ["event,node,start,end,old-value,new-value,user", f"form start,,{at * 1000:.0f},,,,{username}"]
    for question in asked:
        took = seconds * rng.uniform(0.4, 1.4)
        rows.append(f"question,{question.path},{at * 1000:.0f},{(at + took) * 1000:.0f},,*,{username}")
        at += took
    rows.append(f"form finalize,,{at * 1000:.0f},,,,{username}")
    return "\n".join(rows).encode()


def with_log(xml: bytes) -> bytes:
    """The instance, whose meta group names a timing log."""
    return xml.replace(b"<instanceID>", AUDIT_META + b"<instanceID>", 1)
