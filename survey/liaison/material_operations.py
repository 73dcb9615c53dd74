"""Every write to requests for materials: asking, receiving, reminding, withdrawing. The program itself sends nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.field_time import field_date
from survey.kept_files import KeptFile, not_kept_yet
from survey.liaison.models import REMINDER_MEANS, Contact, MaterialFile, MaterialReminder, MaterialRequest
from survey.liaison.records import check_day, check_place, check_text, check_word, log_record
from survey.places import codes
from survey.visits.models import Visit
from survey.visits.planning import invalid

KIND = "material_request"
STATE_WORDS = {"asked": "asked for", "partly": "received in part", "received": "received whole", "withdrawn": "withdrawn"}
"""The states as the sentences of errors say them."""
MAX_TITLE_LENGTH, MAX_DETAILS_LENGTH, MAX_NOTE_LENGTH = 128, 10_000, 255


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What is asked of whom, and by when."""

    title: str
    region_code: str
    asked_on: date
    due_on: date
    details: str = ""
    contact_id: str | None = None
    visit_id: str | None = None


def ask_for(session: Session, actor: User | None, facts: RequestFacts, now: datetime) -> MaterialRequest:
    """The new request.

    Raises INVALID_VALUE for an empty title, an unknown place, visit or contact, a contact of another place, a day of asking that has
    not come, or a due day before it.
    """
    request = MaterialRequest(state="asked", **_checked(session, facts, now))
    session.add(request)
    session.flush()
    log_record(session, actor, "material.asked", KIND, request.id, now, place=request.region_code, due_on=request.due_on.isoformat())
    return request


def update_request(session: Session, actor: User | None, request: MaterialRequest, facts: RequestFacts, now: datetime) -> None:
    """Change what is asked for; raises INVALID_VALUE as `ask_for` does, INVALID_TRANSITION for one that was withdrawn."""
    if request.state == "withdrawn":
        raise _not_now(request, "changed")
    values = _checked(session, facts, now)
    changed = sorted(name for name, value in values.items() if getattr(request, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(request, name, values[name])
    session.flush()
    session.expire(request, ["region", "contact", "visit"])
    log_record(session, actor, "material.changed", KIND, request.id, now, changed=changed, due_on=request.due_on.isoformat())


def receive(
    session: Session,
    actor: User | None,
    request: MaterialRequest,
    files: Iterable[KeptFile],
    *,
    note: str = "",
    is_complete: bool,
    now: datetime,
) -> int:
    """How many of the files are new; the request is received whole with `is_complete`, else in part.

    A file that the request has already is not kept twice. Raises INVALID_TRANSITION for a request that was withdrawn, and
    INVALID_VALUE when there is neither a file nor a note nor an end.
    """
    if request.state == "withdrawn":
        raise _not_now(request, "received")
    kept = tuple(files)
    note = check_text("note", note, MAX_NOTE_LENGTH)
    if not kept and not note and not is_complete:
        raise invalid("files", "there is neither a file nor a note of what came; enter one of them")
    new = not_kept_yet(kept, request.files)
    for file in new:
        request.files.append(
            MaterialFile(
                name=file.name,
                sha256=file.sha256,
                size_bytes=file.size_bytes,
                media_type=file.media_type,
                received_at=now,
                received_by_id=actor.id if actor else None,
            )
        )
    if is_complete:
        request.state, request.received_on = "received", field_date(now)
    elif request.state == "asked":
        request.state = "partly"
    request.state_reason = note or request.state_reason
    session.flush()
    log_record(session, actor, "material.received", KIND, request.id, now, files=[file.sha256 for file in new], state=request.state)
    return len(new)


def remove_file(session: Session, actor: User | None, request: MaterialRequest, file: MaterialFile, now: datetime) -> None:
    """Take back a file that was added by mistake; the event keeps its hash."""
    sha256 = file.sha256
    request.files.remove(file)
    session.flush()
    log_record(session, actor, "material.file_removed", KIND, request.id, now, sha256=sha256)


def withdraw(session: Session, actor: User | None, request: MaterialRequest, reason: str, now: datetime) -> None:
    """Say that it is no longer needed; raises INVALID_VALUE without a reason, INVALID_TRANSITION when nothing is waited for."""
    if not request.is_waited_for:
        raise _not_now(request, "withdrawn")
    request.state_reason = check_text("reason", reason, MAX_NOTE_LENGTH, is_required=True)
    request.state = "withdrawn"
    session.flush()
    log_record(session, actor, "material.withdrawn", KIND, request.id, now)


def reopen(session: Session, actor: User | None, request: MaterialRequest, now: datetime) -> None:
    """Wait for it again; raises INVALID_TRANSITION for one that is waited for already."""
    if request.is_waited_for:
        raise _not_now(request, "reopened")
    request.state = "partly" if request.files else "asked"
    request.received_on, request.state_reason = None, ""
    session.flush()
    log_record(session, actor, "material.reopened", KIND, request.id, now, state=request.state)


def log_reminder(
    session: Session, actor: User | None, request: MaterialRequest, *, reminded_on: date, means: str, note: str = "", now: datetime
) -> MaterialReminder:
    """The reminder, once it is on record; raises INVALID_VALUE for a wrong day or means, INVALID_TRANSITION when nothing is waited for."""
    if not request.is_waited_for:
        raise _not_now(request, "reminded of")
    if reminded_on < request.asked_on:
        raise invalid(
            "reminded_on",
            "{reminded_on} lies before the day on which it was asked for, {asked_on}",
            reminded_on=reminded_on,
            asked_on=request.asked_on,
        )
    reminder = MaterialReminder(
        reminded_on=check_day("reminded_on", reminded_on, now),
        means=check_word("means", means, REMINDER_MEANS),
        note=check_text("note", note, MAX_NOTE_LENGTH),
        reminded_by_id=actor.id if actor else None,
    )
    request.reminders.append(reminder)
    session.flush()
    log_record(session, actor, "material.reminded", KIND, request.id, now, means=means, reminded_on=reminded_on.isoformat())
    return reminder


def remove_request(session: Session, actor: User | None, request: MaterialRequest, now: datetime) -> None:
    """Take back a request that was entered by mistake; raises INVALID_TRANSITION when files came or somebody was reminded."""
    if request.files or request.reminders:
        raise _not_now(request, "removed")
    session.delete(request)
    log_record(session, actor, "material.removed", KIND, request.id, now, place=request.region_code)


def _not_now(request: MaterialRequest, action: str) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_TRANSITION, what=request.title, state=STATE_WORDS[request.state], action=action)


def _checked(session: Session, facts: RequestFacts, now: datetime) -> dict[str, Any]:
    title = check_text("title", facts.title, MAX_TITLE_LENGTH, is_required=True)
    details = check_text("details", facts.details, MAX_DETAILS_LENGTH)
    region = check_place(session, facts.region_code)
    check_day("asked_on", facts.asked_on, now)
    if facts.due_on < facts.asked_on:
        raise invalid("due_on", "{due_on} lies before the day on which it is asked for", due_on=facts.due_on)
    if facts.visit_id and session.scalar(select(Visit.id).where(Visit.id == facts.visit_id)) is None:
        raise invalid("visit_id", "'{visit_id}' is no visit here", visit_id=facts.visit_id)
    if facts.contact_id:
        _check_contact(session, facts.contact_id, region.code)
    return {
        "title": title,
        "details": details,
        "region_code": region.code,
        "contact_id": facts.contact_id or None,
        "visit_id": facts.visit_id or None,
        "asked_on": facts.asked_on,
        "due_on": facts.due_on,
    }


def _check_contact(session: Session, contact_id: str, region_code: str) -> None:
    """A request goes through a contact of the place itself, or of one above it."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise invalid("contact_id", "'{contact_id}' is no contact here", contact_id=contact_id)
    if contact.region_code not in (*codes.ancestors_of(region_code), region_code):
        raise invalid(
            "contact_id", "{contact} is a contact of another place; choose one of this place or of a place above it", contact=contact.name
        )
