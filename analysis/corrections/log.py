"""The entries of a log of corrections: those of a bundle, and those that an analyst writes in a table of the same columns."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from analysis.corrections.values import is_missing
from questionnaires.errors import ErrorCode, SurveyError

LOG = "corrections"
"""The name of the log among the tables of a bundle."""
LOG_COLUMNS = (
    "correction_id",
    "instance_id",
    "form_id",
    "table",
    "position",
    "column",
    "question",
    "node",
    "old",
    "new",
    "reason",
    "by",
    "at",
    "is_consequence",
    "withdrawn",
)
"""The columns of a bundle's log that a replay reads; `docs/bundle.md` tells them all."""
NEEDED = ("instance_id", "question", "old", "new", "reason", "by", "at")
"""The columns that an analyst's table must have; `position` and `withdrawn` may stand beside them, others are passed over."""
NEVER_EMPTY = ("instance_id", "question", "reason", "by", "at")
WITHDRAWN = {"": False, "false": False, "0": False, "no": False, "否": False, "true": True, "1": True, "yes": True, "是": True}
SUFFIXES = (".csv", ".xlsx", ".parquet")
TOLD_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `question` is the name of a question or column; `position` that of a row of a repeat's table, None in the main one.

    `form_id` and `table` are "" where an analyst did not say them. `is_consequence` marks what only follows from other entries of the
    interview: a calculation, or an answer that does not apply any more.
    """

    place: str
    instance_id: str
    question: str
    position: int | None
    old: str
    new: str
    reason: str
    by: str
    at: str
    form_id: str = ""
    table: str = ""
    is_consequence: bool = False
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one cell of an analyst's table, with the remedy."""

    place: str
    column: str
    detail: str

    def __str__(self) -> str:
        return f"{self.place}, column {self.column}: {self.detail}"


def entries_of(log: pd.DataFrame) -> tuple[Entry, ...]:
    """The entries of a bundle's own log, in its order; the index counts its rows from 0."""
    return tuple(
        Entry(
            place=f"{LOG}.parquet, row {number}",
            instance_id=row["instance_id"],
            question=row["column"],
            position=None if is_missing(row["position"]) else int(row["position"]),
            old=_text(row["old"]),
            new=_text(row["new"]),
            reason=_text(row["reason"]),
            by=_text(row["by"]),
            at=_text(row["at"]),
            form_id=row["form_id"],
            table=row["table"],
            is_consequence=bool(row["is_consequence"]),
            is_withdrawn=bool(row["withdrawn"]),
        )
        for number, row in zip(log.index + 1, log.to_dict("records"), strict=True)
    )


def read_entries(path: Path) -> tuple[tuple[Entry, ...], tuple[Trouble, ...]]:
    """The entries of an analyst's .csv, .xlsx or .parquet, and what is wrong with its cells.

    Raises UNREADABLE_CORRECTIONS for a file that cannot be read or lacks a column.
    """
    rows = _read_rows(path)
    missing = [name for name in NEEDED if name not in rows.columns]
    if missing:
        detail = f"it has no column {', '.join(missing)}. Columns that are needed: {', '.join(NEEDED)}."
        raise unreadable(path, detail)
    entries, troubles = [], []
    for number, row in enumerate(rows.to_dict("records"), start=2):
        cells = {str(name): _text(value).strip() for name, value in row.items()}
        if not any(cells.values()):
            continue
        place = f"row {number}"
        found = list(_wrong_cells(place, cells))
        troubles.extend(found)
        if not found:
            entries.append(_entry(f"{path.name}, {place}", cells))
    return tuple(entries), tuple(troubles)


def unreadable(path: Path, detail: str) -> SurveyError:
    """The error that refuses a table of corrections, to be raised."""
    return SurveyError(ErrorCode.UNREADABLE_CORRECTIONS, file=path, detail=detail)


def check_troubles(path: Path, troubles: Iterable[Trouble]) -> None:
    """Raise UNREADABLE_CORRECTIONS naming row, column and remedy of everything that is wrong, if anything is."""
    told = [str(trouble) for trouble in troubles]
    if told:
        more = f" … and {len(told) - TOLD_AT_MOST} more" if len(told) > TOLD_AT_MOST else ""
        raise unreadable(path, f"nothing of it was applied. {'; '.join(told[:TOLD_AT_MOST])}{more}.")


def _read_rows(path: Path) -> pd.DataFrame:
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise unreadable(path, f"its name ends in '{suffix}'; save it as {', '.join(SUFFIXES)}.")
    try:
        if suffix == ".csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
        if suffix == ".xlsx":
            return pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
        return pd.read_parquet(path)
    except FileNotFoundError:
        raise unreadable(path, "there is no such file.") from None
    except (OSError, ValueError, KeyError, BadZipFile, csv.Error) as error:
        detail = f"it cannot be read as {suffix[1:]} ({' '.join(str(error).split())}). Save it again, a .csv as UTF-8."
        raise unreadable(path, detail) from None


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)


def _wrong_cells(place: str, cells: Mapping[str, str]) -> Iterator[Trouble]:
    for name in NEVER_EMPTY:
        if not cells[name]:
            yield Trouble(place, name, "it is empty, and a correction says which answer, who, when and why; fill it in")
    position = cells.get("position", "").removesuffix(".0")
    if position and not (position.isdecimal() and int(position) > 0):
        yield Trouble(place, "position", f"'{position}' is no position; write that of the row in the repeat's table, from 1, or nothing")
    if cells["at"] and not _is_day(cells["at"]):
        yield Trouble(place, "at", f"'{cells['at']}' is no day; write it as year-month-day, such as 2018-05-02")
    if cells.get("withdrawn", "").casefold() not in WITHDRAWN:
        yield Trouble(place, "withdrawn", f"'{cells['withdrawn']}' says neither; write true, false, or nothing")


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _entry(place: str, cells: Mapping[str, str]) -> Entry:
    position = cells.get("position", "").removesuffix(".0")
    return Entry(
        place=place,
        instance_id=cells["instance_id"],
        question=cells.get("column") or cells["question"],
        position=int(position) if position else None,
        old=cells["old"],
        new=cells["new"],
        reason=cells["reason"],
        by=cells["by"],
        at=cells["at"],
        form_id=cells.get("form_id", ""),
        table=cells.get("table", ""),
        is_consequence=_is_yes(cells.get("is_consequence", "")),
        is_withdrawn=_is_yes(cells.get("withdrawn", "")),
    )


def _is_yes(text: str) -> bool:
    return WITHDRAWN.get(text.casefold(), False)
