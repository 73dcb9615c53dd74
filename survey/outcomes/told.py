"""What a tablet tells of households without an interview, read from JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from questionnaires.errors import not_one_of
from survey.outcomes.models import OUTCOMES
from survey.tablet.told import read_found_at, read_id, read_list, read_note
from survey.visits.planning import invalid


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
    return read_list(body, "outcomes", _read_one)


def _read_one(place: str, told: Mapping[str, Any]) -> ToldOutcome:
    assignment_id, outcome = told.get("assignment_id"), told.get("outcome")
    if outcome not in OUTCOMES:
        raise not_one_of(f"{place}.outcome", outcome, OUTCOMES)
    if not isinstance(assignment_id, str):
        raise invalid(f"{place}.assignment_id", "the id of an assignment is needed")
    note, found_at = read_note(place, told), read_found_at(place, told)
    return ToldOutcome(read_id(place, told), assignment_id, outcome, note, found_at)
