"""A roster as JSON values and back, so that it can wait for its importer's word without the file, whose other columns we never keep."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from survey.places.roster import Roster, RosterRow
from survey.places.sheet_layout import SheetProblem


def roster_record(roster: Roster) -> dict[str, Any]:
    """The roster as JSON values."""
    return asdict(roster)


def roster_of(record: Mapping[str, Any]) -> Roster:
    """The roster that `roster_record` wrote."""
    return Roster(
        rows=tuple(_row(values) for values in record["rows"]),
        problems=tuple(SheetProblem(**values) for values in record["problems"]),
        n_other_members=record["n_other_members"],
        headings=record["headings"],
    )


def _row(values: Mapping[str, Any]) -> RosterRow:
    markers = values["markers"]
    return RosterRow(**{**values, "markers": None if markers is None else tuple(markers)})
