"""Every write to contacts. Names and numbers stay out of the log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.liaison.models import CONTACT_LEVELS, Contact, MaterialRequest
from survey.liaison.records import check_place, check_text, log_record
from survey.visits.planning import invalid

MAX_LENGTHS = {"name": 64, "post": 128, "organisation": 128, "phone": 64, "email": 255, "note": 255}


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is entered of a contact."""

    region_code: str
    name: str
    active_from: date
    active_until: date | None = None
    post: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


def add_contact(session: Session, actor: User | None, facts: ContactFacts, now: datetime) -> Contact:
    """The new contact; raises INVALID_VALUE for an empty name, a place that is no province, city or county, or an end before the start."""
    contact = Contact(**_checked(session, facts))
    session.add(contact)
    session.flush()
    log_record(session, actor, "contact.added", "contact", contact.id, now, place=contact.region_code)
    return contact


def update_contact(session: Session, actor: User | None, contact: Contact, facts: ContactFacts, now: datetime) -> None:
    """Change the contact; raises INVALID_VALUE as `add_contact` does. Nothing happens when nothing changes."""
    values = _checked(session, facts)
    changed = sorted(name for name, value in values.items() if getattr(contact, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(contact, name, values[name])
    session.flush()
    log_record(session, actor, "contact.changed", "contact", contact.id, now, changed=changed)


def remove_contact(session: Session, actor: User | None, contact: Contact, now: datetime) -> None:
    """Take back a contact that was entered by mistake; raises INVALID_TRANSITION when something was asked for through it."""
    if session.scalar(select(MaterialRequest.id).where(MaterialRequest.contact_id == contact.id).limit(1)) is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=contact.name, state="named in a request for materials", action="removed")
    session.delete(contact)
    log_record(session, actor, "contact.removed", "contact", contact.id, now, place=contact.region_code)


def _checked(session: Session, facts: ContactFacts) -> dict[str, Any]:
    if facts.active_until is not None and facts.active_until < facts.active_from:
        raise invalid("active_until", "it lies before the first day")
    texts = {name: check_text(name, getattr(facts, name), limit, is_required=name == "name") for name, limit in MAX_LENGTHS.items()}
    region = check_place(session, facts.region_code, CONTACT_LEVELS)
    return {**texts, "region_code": region.code, "active_from": facts.active_from, "active_until": facts.active_until}
