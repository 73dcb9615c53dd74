"""What every list that a tablet tells has in common: entries with an id made there, a note, and an instant of its clock. Pure.

All of it raises INVALID_VALUE naming what is wrong and where.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from survey.field_time import parse_instant
from survey.visits.planning import invalid

MAX_TOLD = 500
MAX_NOTE_LENGTH = 500


class Entry(Protocol):
    """An entry of a list."""

    @property
    def id(self) -> str:
        """Made on the tablet, so that what is told twice counts once."""


Told = TypeVar("Told", bound=Entry)


def read_list(body: Any, name: str, read_one: Callable[[str, Mapping[str, Any]], Told]) -> tuple[Told, ...]:
    """The entries of `{name: [{id, …}]}`; `read_one` makes one of its place and the object. No two have the same id."""
    told = body.get(name) if isinstance(body, dict) else None
    if not isinstance(told, list) or not 0 < len(told) <= MAX_TOLD:
        raise invalid(name, "a list of 1 to {most} records is needed", most=MAX_TOLD)
    found = []
    for number, each in enumerate(told):
        if not isinstance(each, dict):
            raise invalid(f"{name}[{number}]", "an object is needed")
        found.append(read_one(f"{name}[{number}]", each))
    if len({each.id for each in found}) < len(found):
        raise invalid(name, "two have the same id")
    return tuple(found)


def read_id(place: str, told: Mapping[str, Any]) -> str:
    """The id that the tablet made."""
    try:
        return str(UUID(told.get("id")))
    except (ValueError, TypeError, AttributeError) as error:
        raise invalid(f"{place}.id", "a UUID is needed") from error


def read_note(place: str, told: Mapping[str, Any]) -> str:
    """The note without space around it; "" when there is none."""
    note = told.get("note", "")
    if not isinstance(note, str) or len(note) > MAX_NOTE_LENGTH:
        raise invalid(f"{place}.note", "a text of at most {most} characters is needed", most=MAX_NOTE_LENGTH)
    return note.strip()


def read_found_at(place: str, told: Mapping[str, Any]) -> datetime:
    """When it was found, as the tablet's clock said."""
    found_at = parse_instant(told.get("found_at"))
    if found_at is None:
        raise invalid(f"{place}.found_at", "an instant with its time zone is needed, such as 2018-04-20T08:30:00Z")
    return found_at
