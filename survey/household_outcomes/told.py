"""What a tablet tells of issues looked back on at households, read from JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from questionnaires.errors import not_one_of
from survey.issues.life import HOUSEHOLD_OUTCOMES
from survey.tablet.told import read_found_at, read_id, read_list, read_note
from survey.visits.planning import invalid


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
    return read_list(body, "findings", _read_one)


def _read_one(place: str, told: Mapping[str, Any]) -> ToldFinding:
    outcome, was = told.get("outcome"), told.get("was")
    if outcome not in HOUSEHOLD_OUTCOMES:
        raise not_one_of(f"{place}.outcome", outcome, HOUSEHOLD_OUTCOMES)
    if was is not None and was not in HOUSEHOLD_OUTCOMES:
        raise invalid(f"{place}.was", "'{value}' is not one of {choices}, or null", value=was, choices=", ".join(HOUSEHOLD_OUTCOMES))
    note, found_at = read_note(place, told), read_found_at(place, told)
    names = {name: _text(f"{place}.{name}", told.get(name)) for name in ("issue_id", "household_id", "visit_id")}
    return ToldFinding(read_id(place, told), **names, outcome=outcome, note=note, was=was, found_at=found_at)


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise invalid(place, "an id is needed")
    return value
