"""A log of corrections applied to the tables of a bundle. The tables that come in stay as they are."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.codebook import MAIN, Column, Form, Table
from analysis.corrections.log import Entry, Trouble, check_troubles, entries_of, read_entries
from analysis.corrections.values import POSITION_PARTS, is_missing, is_stored, parse_position, parse_value
from analysis.records import Tables
from questionnaires.errors import ErrorCode, SurveyError

APPLIED, OVERRULED, WITHDRAWN, REFUSED = "applied", "overruled", "withdrawn", "not_applied"
"""What became of an entry; one is overruled by a later entry about the same answer."""
OUTCOMES = (APPLIED, OVERRULED, WITHDRAWN, REFUSED)
NO_ENTRIES = pd.DataFrame(columns=[*(each.name for each in fields(Entry)), "outcome"])
NOT_STORED = (
    "the answer that is stored is not the old one that the entry names. Look at the interview, withdraw the entry, and correct the answer "
    "anew if it is still wrong"
)


@dataclass(frozen=True)
class Replayed:
    """The tables with what was applied, every entry with its outcome, and a problem for each that could not be applied."""

    tables: Tables
    entries: pd.DataFrame = field(default_factory=lambda: NO_ENTRIES)
    problems: tuple[SurveyError, ...] = ()

    def count(self, outcome: str, instance_ids: Iterable[str] | None = None) -> int:
        """How many entries have this outcome, those that only follow from others left aside; of these interviews if any are named."""
        found = self.entries[(self.entries["outcome"] == outcome) & ~self.entries["is_consequence"].astype(bool)]
        return len(found if instance_ids is None else found[found["instance_id"].isin(list(instance_ids))])


@dataclass(frozen=True, slots=True)
class Target:
    """Where an entry's answer lies: a form's table, its row, and one column, or the four of a position."""

    form_id: str
    table: str
    row: int
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What two entries about the same answer have in common."""
        return self.form_id, self.table, self.row, self.columns[0].name


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry makes of its answer: one value for each column of the target."""

    target: Target
    values: tuple[Any, ...]


def replay_logs(tables: Tables, forms: Mapping[str, Form], log: pd.DataFrame | None, path: Path | None) -> Replayed:
    """The tables with a bundle's log replayed, and after it that of an analyst in the file at `path`; either may be absent.

    What is wrong with an entry of the bundle's is told among the problems; UNREADABLE_CORRECTIONS tells all that is wrong with the file.
    """
    own = replay(tables, forms, entries_of(log), check=_pass_over) if log is not None and len(log) else Replayed(tables)
    if path is None:
        return own
    entries, wrong = read_entries(path)
    added = replay(own.tables, forms, entries, check=lambda troubles: check_troubles(path, (*wrong, *troubles)))
    told = [frame for frame in (own.entries, added.entries) if len(frame)]
    entries_told = pd.concat(told, ignore_index=True) if told else NO_ENTRIES
    return Replayed(added.tables, entries_told, (*own.problems, *added.problems))


def replay(tables: Tables, forms: Mapping[str, Form], entries: Sequence[Entry], *, check: Callable[[Sequence[Trouble]], None]) -> Replayed:
    """The tables with the log applied: of several entries about one answer the last that is not withdrawn counts.

    `check` is told everything that is wrong with entries themselves (no such interview, no such question, a value that the question
    cannot have) and may raise; an entry whose old answer is not the one stored is a problem in any case and is left out.
    """
    finder = _Finder(tables, forms, entries)
    troubles: list[Trouble] = []
    outcomes, problems = [REFUSED] * len(entries), []
    winners: dict[tuple[str, str, int, str], tuple[int, Change]] = {}
    for number, entry in enumerate(entries):
        if entry.is_withdrawn:
            outcomes[number] = WITHDRAWN
            continue
        found = finder.change(entry)
        if isinstance(found, Trouble):
            troubles.append(found)
            problems.append(_problem(entry, f"{found.column}: {found.detail}"))
        elif not finder.is_old_stored(entry, found.target):
            problems.append(_problem(entry, NOT_STORED))
        else:
            before = winners.pop(found.target.key, None)
            if before is not None:
                outcomes[before[0]] = OVERRULED
            winners[found.target.key] = (number, found)
            outcomes[number] = APPLIED
    check(troubles)
    told = pd.DataFrame([asdict(entry) for entry in entries]).assign(outcome=outcomes) if entries else NO_ENTRIES
    return Replayed(_applied(tables, [change for _, change in winners.values()]), told, tuple(problems))


def _pass_over(_troubles: Sequence[Trouble]) -> None:
    """What a bundle's own log is checked with: what is wrong with an entry is told among the problems."""


def _problem(entry: Entry, detail: str) -> SurveyError:
    place = f"{entry.place} ({entry.instance_id}, {entry.question})"
    return SurveyError(ErrorCode.CORRECTION_NOT_APPLIED, place=place, detail=detail)


class _Finder:
    """Finds the answers that entries name; reads only the rows of their interviews."""

    def __init__(self, tables: Tables, forms: Mapping[str, Form], entries: Iterable[Entry]) -> None:
        wanted = {entry.instance_id for entry in entries}
        self.tables, self.forms = tables, forms
        self.rows: dict[tuple[str, str], dict[tuple[str, int | None], int]] = {}
        self.form_of: dict[str, str] = {}
        for (form_id, table), frame in tables.items():
            at = frame["instance_id"].isin(list(wanted)).to_numpy().nonzero()[0]
            instances = frame["instance_id"].iloc[at]
            positions = frame["position"].iloc[at].astype(int) if table != MAIN and len(at) else [None] * len(at)
            self.rows[form_id, table] = {key: int(row) for key, row in zip(zip(instances, positions, strict=True), at, strict=True)}
            if table == MAIN:
                self.form_of |= dict.fromkeys(instances, form_id)

    def change(self, entry: Entry) -> Change | Trouble:
        """What the entry makes of which answer, or why that cannot be said."""
        form_id = self.form_of.get(entry.instance_id)
        if form_id is None:
            return no_such_interview(entry)
        if (unknown := trouble_of(self.forms[form_id], entry)) is not None:
            return unknown
        table, columns = _columns_of(self.forms[form_id], entry)[0]
        position = None if table.name == MAIN else entry.position
        row = self.rows[form_id, table.name].get((entry.instance_id, position))
        if row is None:
            detail = f"table '{table.name}' has no row {entry.position or '(empty)'} of this interview; write the row's position, from 1"
            return Trouble(entry.place, "position", detail)
        if any(column.name not in self.tables[form_id, table.name] for column in columns):
            return Trouble(entry.place, "question", f"the table has no column '{columns[0].name}'; export the bundle again")
        try:
            return Change(Target(form_id, table.name, row, columns), _values(columns, entry.new))
        except ValueError as error:
            return Trouble(entry.place, "new", str(error))

    def is_old_stored(self, entry: Entry, target: Target) -> bool:
        """Whether the answer there is the old one that the entry names."""
        frame = self.tables[target.form_id, target.table]
        stored = [frame[column.name].iloc[target.row] for column in target.columns]
        if len(stored) == 1:
            return is_stored(target.columns[0].kind, stored[0], entry.old)
        try:
            wanted = parse_position(entry.old)
        except ValueError:
            return False
        there = [None if is_missing(value) else float(value) for value in stored]
        # An altitude of 0 is written where a position has an accuracy and no altitude.
        return there == list(wanted) or (there[2] is None and there[:2] + there[3:] == [*wanted[:2], *wanted[3:]])


def no_such_interview(entry: Entry) -> Trouble:
    """What is wrong with an entry about an interview that is not there."""
    return Trouble(entry.place, "instance_id", f"'{entry.instance_id}' is no interview of this bundle; correct it, or take the row out")


def trouble_of(form: Form, entry: Entry) -> Trouble | None:
    """What is wrong with the question that the entry names, by the form's codebook alone."""
    found = _columns_of(form, entry)
    return None if len(found) == 1 else Trouble(entry.place, "question", _which(entry, form.form_id, found))


Found = tuple[Table, tuple[Column, ...]]


def _columns_of(form: Form, entry: Entry) -> list[Found]:
    """The columns that the entry may mean: by their name, or by that of their question; a position's four together."""
    tables = [table for table in form.tables if entry.table in ("", table.name)]
    found: list[Found] = [(table, (column,)) for table in tables for column in table.columns if column.name == entry.question]
    if found:
        return found
    for table in tables:
        own = [column for column in table.columns if column.question == entry.question]
        by_part = {column.name.rpartition("_")[2]: column for column in own}
        named = {part: column for part in POSITION_PARTS for column in table.columns if column.name == f"{entry.question}_{part}"}
        parts = by_part if set(by_part) == set(POSITION_PARTS) else named
        if len(parts) == len(POSITION_PARTS):
            found.append((table, tuple(parts[part] for part in POSITION_PARTS)))
        else:
            found.extend((table, (column,)) for column in own)
    return found


def _which(entry: Entry, form_id: str, found: Sequence[Found]) -> str:
    if not found:
        return f"form '{form_id}' has no question or column '{entry.question}'; write a name of codebook.json"
    names = ", ".join(f"{columns[0].name} of '{table.name}'" for table, columns in found)
    return f"'{entry.question}' may be {names}; write the name of the column, and that of the table into a column 'table'"


def _values(columns: tuple[Column, ...], text: str) -> tuple[Any, ...]:
    if len(columns) > 1:
        return parse_position(text)
    column = columns[0]
    return (parse_value(column.kind, text, [choice.name for choice in column.choices]),)


def _applied(tables: Tables, changes: Iterable[Change]) -> Tables:
    """The tables with the changes; what no change touches is shared with those that came in."""
    by_column: defaultdict[tuple[str, str], defaultdict[str, dict[int, Any]]] = defaultdict(lambda: defaultdict(dict))
    for change in changes:
        target = change.target
        for column, value in zip(target.columns, change.values, strict=True):
            by_column[target.form_id, target.table][column.name][target.row] = value
    corrected = dict(tables)
    for key, columns in by_column.items():
        frame = tables[key]
        corrected[key] = frame.assign(**{name: _with_values(frame[name], values) for name, values in columns.items()})
    return corrected


def _with_values(stored: pd.Series, values: Mapping[int, Any]) -> pd.Series:
    """The column with new values at these rows, of the same type where that can hold them."""
    has_gap = any(value is None for value in values.values())
    is_bool = pd.api.types.is_bool_dtype(stored.dtype)
    if pd.api.types.is_numeric_dtype(stored.dtype) and not is_bool:
        numbers = stored.to_numpy(dtype=np.float64 if has_gap else stored.dtype, copy=True)
        numbers[list(values)] = [np.nan if value is None else value for value in values.values()]
        return pd.Series(numbers, index=stored.index, name=stored.name)
    array = stored.astype(object).to_numpy(copy=True)
    for row, value in values.items():
        array[row] = value
    made = pd.Series(array, index=stored.index, name=stored.name, dtype=object)
    return made if stored.dtype == object or (is_bool and has_gap) else made.astype(stored.dtype)
