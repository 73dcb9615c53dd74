"""What the checks read: one form of one visit, its tables, its timing logs, and what was asked a second time. Nothing here judges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from analysis.bundle import Bundle
from analysis.codebook import CHOICE_KINDS, MAIN, NUMERIC_KINDS, Column, Form, Table, label_in
from analysis.quality.again import AGAIN_COLUMNS, compare_visits

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

TIMING_COLUMNS = ("instance_id", "question", "seconds")
TIMINGS = "timings"
POSITION_ENDINGS = ("_latitude", "_longitude", "_altitude", "_accuracy")
SHORT_ID = 8
"""So many signs of a person's id stand for a name where none is known: a bundle has no names."""


@dataclass(frozen=True)
class Material:
    """One form of one visit.

    `tables` are the form's by name, as a bundle holds them; the main one has a row per interview with `instance_id`, `household_id`,
    `village_code`, `lead_id`, `second_id`. `timings` has a row per question of an interview that the tablet's log names (`TIMING_COLUMNS`;
    in a repeat one per entry), `again` one per answer that was recorded twice (`AGAIN_COLUMNS`). `people` are names by id, `places` names
    of villages by code, `numbers` those of households by id.
    """

    visit_id: str
    form: Form
    tables: Mapping[str, pd.DataFrame]
    timings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TIMING_COLUMNS)))
    again: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(AGAIN_COLUMNS)))
    people: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> pd.DataFrame:
        """The interviews."""
        return self.tables[MAIN]

    @cached_property
    def leads(self) -> pd.Series:
        """Who led each interview, by instance id; "" where that is not known."""
        return pd.Series(self.main["lead_id"].fillna("").astype(str).to_numpy(), index=self.main["instance_id"].to_numpy(), dtype=object)

    @cached_property
    def pairs(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The interviews of each pair, by the ids of lead and second."""
        found: dict[tuple[str, str], list[str]] = {}
        leads, seconds = (self.main[name].fillna("").astype(str) for name in ("lead_id", "second_id"))
        for lead, second, instance_id in zip(leads, seconds, self.main["instance_id"], strict=True):
            found.setdefault((lead, second), []).append(instance_id)
        return {pair: tuple(found[pair]) for pair in sorted(found, key=lambda pair: (self.person(pair[0]), self.person(pair[1])))}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each interview is called, by instance id: its village and its household's number."""
        found = {}
        columns = (self.main[name].fillna("").astype(str) for name in ("instance_id", "village_code", "household_id"))
        for instance_id, village, household in zip(*columns, strict=True):
            place = self.places.get(village, village)
            number = self.numbers.get(household, household[:SHORT_ID])
            found[instance_id] = " ".join(filter(None, (place, number))) or instance_id
        return found

    def person(self, person_id: str) -> str:
        """A person's name, else the beginning of the id."""
        return self.people.get(person_id) or person_id[:SHORT_ID] or "–"

    @cached_property
    def _rows(self) -> dict[str, "Rows"]:
        """What is asked of each table again and again, by name; filled when it is first asked for."""
        return {}

    def rows(self, table: str) -> "Rows":
        """The rows of a table with who led their interviews; made once."""
        if table not in self._rows:
            frame = self.tables[table]
            ids = frame["instance_id"].to_numpy()
            leads = self.leads.reindex(ids).fillna("").to_numpy()
            codes, names = pd.factorize(leads)
            self._rows[table] = Rows(frame, ids, codes.astype(np.int64), np.asarray(names, dtype=object))
        return self._rows[table]

    @cached_property
    def vectors(self) -> Codes:
        """The answers about the household itself as whole numbers, a row per interview and a column per question that is not always
        answered alike; below 0 where there is none. Choices, numbers and days; no free texts."""
        columns = []
        for table, column in self.asked(*CHOICE_KINDS, *NUMERIC_KINDS, "date"):
            if table.name == MAIN:
                values = self.main[column.name]
                codes, known = pd.factorize(values.map(_as_one) if column.kind == "multi" else values)
                if len(known) > 1:
                    columns.append(codes.astype(np.int64))
        return np.column_stack(columns) if columns else np.empty((len(self.main), 0), dtype=np.int64)

    @cached_property
    def times(self) -> "Times":
        """The timing logs of the interviews as arrays; questions that the form does not have are left out."""
        tables = {column.question: table.name for table in reversed(self.form.tables) for column in table.columns}
        names, known = pd.factorize(self.timings["question"])
        interviews, known_ids = pd.factorize(self.timings["instance_id"])
        ids = np.asarray(known_ids, dtype=object)
        keys = [(tables.get(name, ""), name) for name in known]
        leads, people = pd.factorize(self.leads.reindex(ids))
        is_known = np.array([bool(table) for table, _name in keys], dtype=bool)[names] if len(names) else np.zeros(0, dtype=bool)
        used = is_known & (leads[interviews] >= 0) if len(names) else is_known
        seconds = self.timings["seconds"].to_numpy(float)
        return Times(keys, list(map(str, people)), list(ids), names[used], interviews[used], leads[interviews[used]], seconds[used])

    def answered(self, table: str, column: Column) -> Flags:
        """Whether each row of a table has an answer in a column; made once."""
        known = self.rows(table).answered
        if column.name not in known:
            known[column.name] = ~blanks(self.tables[table][column.name], column.kind)
        return known[column.name]

    def asked(self, *kinds: str) -> Iterator[tuple[Table, Column]]:
        """The columns of these kinds that somebody is asked for and that the data have, with their table; positions are left out."""
        for table in self.form.tables:
            frame = self.tables.get(table.name)
            if frame is None:
                continue
            for column in table.columns:
                if column.kind in kinds and column.is_asked and not is_position(column) and column.name in frame:
                    yield table, column

    def column(self, table: str, name: str) -> Column | None:
        """The column of this name in a table, or None."""
        found = self.form.table(table)
        return next((column for column in found.columns if column.name == name), None) if found else None

    def label(self, table: str, name: str, language: str) -> str:
        """What a column is called in a language."""
        column = self.column(table, name)
        return label_in(column.label, language, name) if column else name


@dataclass(frozen=True)
class Times:
    """How long questions were in hand: arrays with an entry each time, of numbers into `questions` (table and name), `ids` of interviews
    and `people` who led them."""

    questions: Sequence[tuple[str, str]]
    people: Sequence[str]
    ids: Sequence[str]
    question: Codes
    interview: Codes
    lead: Codes
    seconds: npt.NDArray[np.float64]

    def instances(self, entries: Flags | Codes) -> tuple[str, ...]:
        """The interviews of these entries, in order and each once."""
        return tuple(self.ids[number] for number in dict.fromkeys(self.interview[entries].tolist()))


@dataclass(frozen=True)
class Rows:
    """One table by row: the interview's id, and who led it as a number into `people`; `answered` keeps what was found of columns."""

    frame: pd.DataFrame
    ids: npt.NDArray[np.object_]
    leads: npt.NDArray[np.int64]
    people: npt.NDArray[np.object_]
    answered: dict[str, Flags] = field(default_factory=dict)

    def instances(self, rows: Flags) -> tuple[str, ...]:
        """The interviews of these rows, in order and each once."""
        return tuple(dict.fromkeys(self.ids[rows]))


def _as_one(value: object) -> str | None:
    """Several choices as one answer, in any order the same; None for no answer."""
    return " ".join(sorted(map(str, value))) or None if isinstance(value, list | tuple | np.ndarray) else None


def blanks(values: pd.Series, kind: str) -> Flags:
    """Whether each value is no answer: missing, an empty text, or an empty list of choices."""
    blank: Flags = values.isna().to_numpy(dtype=bool)
    if kind == "multi":
        is_empty = (not isinstance(each, (float, type(None))) and len(each) == 0 for each in values)
        blank = blank | np.fromiter(is_empty, bool, len(values))
    elif values.dtype == object:
        blank = blank | (values == "").to_numpy(dtype=bool)
    return blank


def is_position(column: Column) -> bool:
    """Whether a column is a part of a position."""
    return column.name.endswith(POSITION_ENDINGS) and column.name != column.question


def numbers_of(values: pd.Series) -> npt.NDArray[np.float64]:
    """The values as numbers; what is none is missing."""
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=np.float64)


def materials_of(bundle: Bundle, visit_ids: list[str] | None = None) -> Iterator[Material]:
    """What the checks read of each visit and form of a bundle, in the order of the visits; forms without interviews are left out."""
    timings = _read_timings(bundle.path)
    numbers = (
        dict(zip(bundle.households["household_id"], bundle.households["number"], strict=True)) if "number" in bundle.households else {}
    )
    for visit in bundle.visits:
        if visit_ids is not None and visit.id not in visit_ids:
            continue
        for form in bundle.forms.values():
            tables = _tables_of(bundle, form, visit.id)
            if tables[MAIN].empty:
                continue
            before = _tables_of(bundle, form, visit.look_back_of)[MAIN] if visit.look_back_of else None
            own = timings[timings["instance_id"].isin(tables[MAIN]["instance_id"])]
            again = compare_visits(form, before, tables[MAIN]) if before is not None else pd.DataFrame(columns=list(AGAIN_COLUMNS))
            yield Material(visit.id, form, tables, own, again, places=bundle.place_names, numbers=numbers)


def _tables_of(bundle: Bundle, form: Form, visit_id: str) -> dict[str, pd.DataFrame]:
    frames = {table.name: bundle.tables[form.form_id, table.name] for table in form.tables}
    return {name: frame[frame["visit_id"] == visit_id].reset_index(drop=True) for name, frame in frames.items()}


def _read_timings(folder: Path) -> pd.DataFrame:
    """The timing logs of a bundle; no rows for one of before they were exported."""
    path = folder / TIMINGS
    if not path.is_dir():
        return pd.DataFrame(columns=list(TIMING_COLUMNS))
    return pq.read_table(path, columns=list(TIMING_COLUMNS), partitioning=None).to_pandas()


KINDS_OF_ANSWERS = (*CHOICE_KINDS, *NUMERIC_KINDS, "date", "text")
"""The kinds of columns that hold what a person said; files and assents are left out."""
