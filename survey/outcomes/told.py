"""What a tablet tells of households without an interview, read from JSON. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from survey.field_time import parse_instant
from survey.outcomes.models import OUTCOMES
from survey.visits.planning import invalid

MAX_TOLD = 500
MAX_NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """What was found instead of one interview; `id` was made on the tablet, `found_at` is what its clock said then."""

    id: str
    assignment_id: str
    outcome: str
    note: str
    found_at: datetime


def read_told(body: Any) -> tuple[ToldOutcome, ...]:
    """What `{"outcomes": [{id, assignment_id, outcome, note, found_at}]}` tells; raises INVALID_VALUE naming what is wrong and where."""
    told = body.get("outcomes") if isinstance(body, dict) else None
    if not isinstance(told, list) or not 0 < len(told) <= MAX_TOLD:
        raise invalid("outcomes", f"a list of 1 to {MAX_TOLD} outcomes is needed")
    found = tuple(_read_one(f"outcomes[{number}]", each) for number, each in enumerate(told))
    if len({each.id for each in found}) < len(found):
        raise invalid("outcomes", "two have the same id")
    return found


def _read_one(place: str, told: Any) -> ToldOutcome:
    if not isinstance(told, dict):
        raise invalid(place, "an object is needed")
    assignment_id, outcome, note = told.get("assignment_id"), told.get("outcome"), told.get("note", "")
    found_at = parse_instant(told.get("found_at"))
    if outcome not in OUTCOMES:
        raise invalid(f"{place}.outcome", f"'{outcome}' is not one of {', '.join(OUTCOMES)}")
    if not isinstance(assignment_id, str):
        raise invalid(f"{place}.assignment_id", "the id of an assignment is needed")
    if not isinstance(note, str) or len(note) > MAX_NOTE_LENGTH:
        raise invalid(f"{place}.note", f"a text of at most {MAX_NOTE_LENGTH} characters is needed")
    if found_at is None:
        raise invalid(f"{place}.found_at", "an instant with its time zone is needed, such as 2018-04-20T08:30:00Z")
    return ToldOutcome(_uuid(f"{place}.id", told.get("id")), assignment_id, outcome, note.strip(), found_at)


def _uuid(place: str, value: Any) -> str:
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError) as error:
        raise invalid(place, "a UUID is needed") from error
