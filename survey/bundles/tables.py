"""The tables of a bundle beside the submissions: places, frame, samples and villages of visits, candidates, notes, corrections, events."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from survey.bundles.parquet import TableFile
from survey.bundles.queries import (
    UNKNOWN_COUNTY,
    Scope,
    stream_candidates,
    stream_events,
    stream_households,
    stream_notes,
    stream_regions,
    stream_visit_villages,
)
from survey.bundles.sample import SAMPLE, stream_sample
from survey.coding.exported import COLUMNS as CODINGS
from survey.coding.exported import stream_codings
from survey.corrections.exported import COLUMNS as CORRECTIONS
from survey.corrections.exported import stream_log
from survey.intake.texts import text_for
from survey.places import codes

ROWS_OF_A_GROUP = 20_000

Row = Mapping[str, Any]
Table = tuple[str, tuple[tuple[str, str], ...], Iterable[Row] | Iterable[RowMapping], Callable[[Any], Row]]
"""A name, columns with their kinds, what was read, and how a row of the file is made of one of it."""

REGIONS = (
    ("code", "text"),
    ("name", "text"),
    ("level", "category"),
    ("parent_code", "text"),
    ("is_invented", "flag"),
    ("latitude", "decimal"),
    ("longitude", "decimal"),
)
HOUSEHOLDS = (
    ("household_id", "text"),
    ("village_code", "text"),
    ("county_code", "text"),
    ("number", "text"),
    ("kind", "category"),
    ("n_members", "integer"),
    ("cause", "text"),
    ("markers", "texts"),
    ("stratum", "text"),
    ("inclusion_probability_village", "decimal"),
    ("inclusion_probability_household", "decimal"),
    ("inclusion_probability", "decimal"),
)
VISIT_VILLAGES = (("visit_id", "text"), ("village_code", "text"), ("county_code", "text"), ("basis", "category"))
CANDIDATES = (
    ("rule", "text"),
    ("title_zh", "text"),
    ("title_en", "text"),
    ("area", "category"),
    ("level", "category"),
    ("severity", "category"),
    ("instance_id", "text"),
    ("visit_id", "text"),
    ("village_code", "text"),
    ("county_code", "text"),
    ("household_id", "text"),
)
NOTES = (("instance_id", "text"), ("question", "text"), ("node", "text"), ("text", "text"), ("written_at", "datetime"))
EVENTS = (
    ("number", "integer"),
    ("happened_at", "datetime"),
    ("actor_id", "text"),
    ("action", "text"),
    ("subject_type", "text"),
    ("subject_id", "text"),
    ("digest", "text"),
)


def county_of(village_code: str | None) -> str:
    """The six digits of the county that a village lies in, "unknown" without a village."""
    return codes.county_of(village_code) if village_code else UNKNOWN_COUNTY


def write_tables(session: Session, scope: Scope, folder: Path) -> dict[str, int]:
    """How many rows each table has, once all of them are written into the folder."""
    tables: tuple[Table, ...] = (
        ("regions", REGIONS, stream_regions(session, scope), dict),
        ("households", HOUSEHOLDS, stream_households(session, scope), _household),
        ("sample", SAMPLE, stream_sample(session, scope), dict),
        ("visit_villages", VISIT_VILLAGES, stream_visit_villages(session, scope), _in_county),
        ("issue_candidates", CANDIDATES, stream_candidates(session, scope), _candidate),
        ("notes", NOTES, stream_notes(session, scope), dict),
        ("corrections", CORRECTIONS, stream_log(session, scope), dict),
        ("codings", CODINGS, stream_codings(session, scope), dict),
        ("events", EVENTS, stream_events(session, scope), dict),
    )
    return {name: _write_rows(folder / f"{name}.parquet", columns, map(shape, rows)) for name, columns, rows, shape in tables}


def _write_rows(path: Path, columns: tuple[tuple[str, str], ...], rows: Iterable[Row]) -> int:
    file, remaining, count = TableFile(path, columns), iter(rows), 0
    try:
        while group := list(islice(remaining, ROWS_OF_A_GROUP)):
            file.write({name: [row[name] for row in group] for name, _ in columns})
            count += len(group)
    finally:
        file.close()
    return count


def _in_county(row: Row) -> Row:
    return {**row, "county_code": county_of(row["village_code"])}


def _household(row: Row) -> Row:
    return {
        **_in_county(row),
        "cause": row["cause"] or None,
        "inclusion_probability_village": _number(row["of_village"]),
        "inclusion_probability_household": _number(row["of_household"]),
        "inclusion_probability": _number(row["of_both"]),
    }


def _number(fraction: str | None) -> float | None:
    return None if fraction is None else float(Fraction(fraction))


def _candidate(row: Row) -> Row:
    titles = {f"title_{code}": text_for(row["title"], code) for code in ("zh", "en")}
    return {**_in_county(row), **titles}
