"""The interviews of a form in one part, as the rows that everything is grouped by: a repeat's rows have the keys of their interview.

So households are brought to their places in the sample, and interviews into groups and domains, once for all tables of a form. Where a row
of a repeat has other keys than its interview, the rows of that table are grouped by themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.codebook import MAIN, Form
from analysis.domains import Domains
from analysis.frame.population import Population, visited_of
from analysis.grouped import GroupedRows
from analysis.sampled import PURPOSIVE
from analysis.scale.calibration import PartRaking
from analysis.scale.coded import coded
from analysis.scale.reading import Held
from analysis.tidy.figures import partitions_of
from analysis.tidy.work import Work, basis_of, sample_of, units_of
from questionnaires.errors import ErrorCode, SurveyError

Codes = npt.NDArray[np.intp]
KEYS_OF_DOMAINS = ("visit_id", "county", "village_code", "household_kind")
NO_CENTRES = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Rows with the keys of their domains and what is sampled of them, in `work`, which has no measures yet; their partitions."""

    work: Work
    partitions: tuple[tuple[int, GroupedRows, Domains], ...]


@dataclass(frozen=True, slots=True, eq=False)
class UnitsOfTable:
    """The units that a table's rows belong to: `rows` are those wanted, and `unit` is that of each, None where each is its own."""

    units: Units
    rows: pa.Table
    unit: Codes | None
    is_wanted: npt.NDArray[np.bool_] | None
    """Which of all the table's rows those are, None where they are all."""


class FormUnits:
    """Makes the units of one form's tables, each of which is made once."""

    def __init__(
        self,
        held: Held,
        form: Form,
        weighed: pd.DataFrame | None,
        problems: list[SurveyError],
        *,
        visit_ids: Collection[str] | None,
        domain_types: Collection[str] | None,
        raking: PartRaking | None = None,
    ) -> None:
        self._held, self._form, self._weighed, self._problems = held, form, weighed, problems
        self._domain_types, self._raking = domain_types, raking
        frame = units_of(held.bundle, form.form_id, MAIN)
        self._is_wanted = None if visit_ids is None else frame["visit_id"].isin(list(visit_ids)).to_numpy(dtype=bool)
        self._frame = frame if self._is_wanted is None else frame[self._is_wanted].reset_index(drop=True)
        self._visit_ids = visit_ids
        self._main: Units | None = None

    def of(self, table: str) -> UnitsOfTable | None:
        """The units of the table's rows; None where none of them is wanted."""
        rows = self._held.rows[self._form.form_id, table]
        if table == MAIN:
            found = self._taken(rows, None, self._is_wanted, self._frame)
        else:
            interview = self._interview_of(rows)
            main = self._held.rows[self._form.form_id, MAIN]
            found = self._of_repeat(rows, interview) if _agree(rows, main, interview) else self._of_rows(table)
        return found

    def row_work(self, of_table: UnitsOfTable) -> Work:
        """The table's rows one by one, as units of their own, for figures that are made of rows."""
        if of_table.unit is None:
            return of_table.units.work
        return self._work(of_table.units.work.units.iloc[of_table.unit].reset_index(drop=True))

    def people_of(self, units: pd.DataFrame, incomplete: frozenset[str]) -> Population | None:
        """The persons of the frame here and where these rows come from; None where no figure asks for them."""
        persons = self._held.persons
        return None if persons is None else Population(persons, visited_of(units).astype("str"), incomplete)

    def _interview_of(self, rows: pa.Table) -> Codes:
        """The place among the kept interviews of every row's."""
        kept = self._held.rows[self._form.form_id, MAIN]["instance_id"].to_numpy()
        number: Codes = rows["instance_id"].to_numpy().astype(np.intp)
        is_whole = len(kept) and kept[-1] == len(kept) - 1
        return number if is_whole else np.searchsorted(kept, number).astype(np.intp)

    def _of_repeat(self, rows: pa.Table, interview: Codes) -> UnitsOfTable | None:
        is_wanted = None
        if self._is_wanted is not None:
            is_wanted = self._is_wanted[interview]
            interview = (np.cumsum(self._is_wanted) - 1)[interview[is_wanted]]
        has_rows = np.bincount(interview, minlength=len(self._frame)) > 0
        if has_rows.all():
            return self._taken(rows, interview, is_wanted, self._frame)
        frame = self._frame[has_rows].reset_index(drop=True)
        return self._taken(rows, (np.cumsum(has_rows) - 1)[interview], is_wanted, frame)

    def _of_rows(self, table: str) -> UnitsOfTable | None:
        key = (self._form.form_id, table)
        tables = {**self._held.bundle.tables, key: self._held.frame(key)}
        frame = units_of(replace(self._held.bundle, tables=tables), self._form.form_id, table)
        is_wanted = None
        if self._visit_ids is not None:
            is_wanted = frame["visit_id"].isin(list(self._visit_ids)).to_numpy(dtype=bool)
            frame = frame[is_wanted].reset_index(drop=True)
        return self._taken(self._held.rows[key], None, is_wanted, frame)

    def _taken(
        self, rows: pa.Table, unit: Codes | None, is_wanted: npt.NDArray[np.bool_] | None, frame: pd.DataFrame
    ) -> UnitsOfTable | None:
        if frame.empty:
            return None
        if is_wanted is not None:
            is_wanted = None if is_wanted.all() else is_wanted
            rows = rows if is_wanted is None else rows.filter(pa.array(is_wanted))
        if frame is not self._frame:
            return UnitsOfTable(self._units(frame), rows, unit, is_wanted)
        self._main = self._main or self._units(frame)
        return UnitsOfTable(self._main, rows, unit, is_wanted)

    def _units(self, frame: pd.DataFrame) -> Units:
        work = self._work(frame)
        return Units(work, tuple(partitions_of(work, self._domain_types, NO_CENTRES)))

    def _work(self, frame: pd.DataFrame) -> Work:
        before = len(self._problems)
        sampled = sample_of(self._held.bundle, self._form, frame, self._problems, self._raking, self._weighed)
        basis = basis_of(self._held.bundle, frame) if sampled is None else sampled.basis
        if any(problem.code == ErrorCode.UNUSABLE_WEIGHTS for problem in self._problems[before:]):
            # Where weights cannot be used in one part, no figure above it may pretend to be weighted.
            basis = np.full_like(basis, PURPOSIVE)
        households, is_of_county = self._held.bundle.households, self._form.is_of_county
        return Work(self._form.form_id, [], [], [], frame, households, sampled, basis, None, is_of_county)


def _agree(rows: pa.Table, main: pa.Table, interview: Codes) -> bool:
    """Whether every row has the keys of its interview."""
    return all(_is_same(rows[name], main[name], interview) for name in KEYS_OF_DOMAINS)


def _is_same(column: pa.ChunkedArray, of_main: pa.ChunkedArray, interview: Codes) -> bool:
    known = coded(of_main)
    return bool((coded(column).as_those_of(known) == known.codes[interview]).all())
