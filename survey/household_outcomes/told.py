"""What a tablet tells of issues looked back on at households, read from JSON. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from survey.field_time import parse_instant
from survey.issues.life import HOUSEHOLD_OUTCOMES
from survey.visits.planning import invalid

MAX_TOLD = 500
MAX_NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """What a pair found of one issue at one household; `id` was made on the tablet, `found_at` is what its clock said then.

    `was` is the outcome that the pair saw there, None when nothing was recorded.
    """

    id: str
    issue_id: str
    household_id: str
    visit_id: str
    outcome: str
    note: str
    was: str | None
    found_at: datetime


def read_told(body: Any) -> tuple[ToldFinding, ...]:
    """What `{"findings": [{id, issue_id, household_id, visit_id, outcome, note, was, found_at}]}` tells.

    Raises INVALID_VALUE naming what is wrong and where.
    """
    told = body.get("findings") if isinstance(body, dict) else None
    if not isinstance(told, list) or not 0 < len(told) <= MAX_TOLD:
        raise invalid("findings", f"a list of 1 to {MAX_TOLD} findings is needed")
    found = tuple(_read_one(f"findings[{number}]", each) for number, each in enumerate(told))
    if len({each.id for each in found}) < len(found):
        raise invalid("findings", "two have the same id")
    return found


def _read_one(place: str, told: Any) -> ToldFinding:
    if not isinstance(told, dict):
        raise invalid(place, "an object is needed")
    outcome, note, was = told.get("outcome"), told.get("note", ""), told.get("was")
    found_at = parse_instant(told.get("found_at"))
    if outcome not in HOUSEHOLD_OUTCOMES:
        raise invalid(f"{place}.outcome", f"'{outcome}' is not one of {', '.join(HOUSEHOLD_OUTCOMES)}")
    if was is not None and was not in HOUSEHOLD_OUTCOMES:
        raise invalid(f"{place}.was", f"'{was}' is not one of {', '.join(HOUSEHOLD_OUTCOMES)}, or null")
    if not isinstance(note, str) or len(note) > MAX_NOTE_LENGTH:
        raise invalid(f"{place}.note", f"a text of at most {MAX_NOTE_LENGTH} characters is needed")
    if found_at is None:
        raise invalid(f"{place}.found_at", "an instant with its time zone is needed, such as 2018-08-14T08:30:00Z")
    names = {name: _text(f"{place}.{name}", told.get(name)) for name in ("issue_id", "household_id", "visit_id")}
    return ToldFinding(_uuid(f"{place}.id", told.get("id")), **names, outcome=outcome, note=note.strip(), was=was, found_at=found_at)


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise invalid(place, "an id is needed")
    return value


def _uuid(place: str, value: Any) -> str:
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError) as error:
        raise invalid(place, "a UUID is needed") from error
