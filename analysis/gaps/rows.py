"""The rows of one form in one visit with what is known of their sampling, as all gap analyses take them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle, Visit
from analysis.codebook import MAIN, Form, Table
from analysis.estimation.design import Design
from analysis.indicators import BASES, LONELY, units_of
from analysis.sampled import PURPOSIVE, SampledRows, sampled_rows
from questionnaires.errors import SurveyError

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The gaps that could be worked out, one tidy table, and what stood in the way of others."""

    table: pd.DataFrame
    problems: tuple[SurveyError, ...]


@dataclass(frozen=True, slots=True, eq=False)
class VisitRows:
    """The main rows of one form in one visit; `units` tells place, kind and household of each.

    `design` has a row for each of `rows` at the places `at`; it is None where nothing was sampled by chance. `basis` ranks every row, for
    places above the village, and `village_basis` for the village (0 census, 1 probability, 2 purposive).
    """

    form: Form
    table: Table
    visit_id: str
    units: pd.DataFrame
    rows: pd.DataFrame
    at: Codes
    design: Design | None
    village_weights: Numbers
    basis: Codes
    village_basis: Codes
    is_outside: Flags

    def basis_of(self, inside: Flags, *, is_village: bool = False) -> int:
        """The weakest basis of these rows; those outside the sample do not count."""
        ranks = (self.village_basis if is_village else self.basis)[inside & ~self.is_outside]
        return int(ranks.max(initial=-1)) if len(ranks) else PURPOSIVE


def basis_name(rank: int) -> str:
    """The name of a rank: "census", "probability" or "purposive"."""
    return BASES[rank]


def visits_in(bundle: Bundle, visit_ids: Collection[str] | None) -> tuple[Visit, ...]:
    """The visits asked for, all of them where None is given."""
    return tuple(visit for visit in bundle.visits if visit_ids is None or visit.id in visit_ids)


def read_rows(bundle: Bundle, form: Form, visit_id: str, problems: list[SurveyError]) -> VisitRows | None:
    """The form's interviews of the visit, None without any; weights that cannot be used are told, and figures are those observed."""
    table = form.table(MAIN)
    if table is None:
        return None
    everything = units_of(bundle, form.form_id, MAIN)
    is_wanted = (everything["visit_id"] == visit_id).to_numpy()
    if not is_wanted.any():
        return None
    units = everything[is_wanted].reset_index(drop=True)
    rows = bundle.tables[form.form_id, MAIN][is_wanted].reset_index(drop=True)
    sampled = _sampled(bundle, form, units, problems)
    nowhere = np.zeros(0, dtype=np.intp)
    if sampled is None or not len(sampled.rows):
        # Without probabilities a figure is what was observed, whoever chose the villages.
        basis = np.full(len(units), PURPOSIVE, dtype=np.intp)
        outside = np.zeros(len(units), dtype=bool)
        return VisitRows(form, table, visit_id, units, rows, nowhere, None, np.zeros(0), basis, basis, outside)
    return VisitRows(
        form=form,
        table=table,
        visit_id=visit_id,
        units=units,
        rows=rows,
        at=sampled.rows,
        design=sampled.design,
        village_weights=sampled.village_weights,
        basis=sampled.basis,
        village_basis=sampled.village_basis,
        is_outside=sampled.is_outside,
    )


def _sampled(bundle: Bundle, form: Form, units: pd.DataFrame, problems: list[SurveyError]) -> SampledRows | None:
    if bundle.sample is None:
        return None
    respondents = units[["visit_id", "household_id"]].dropna()
    try:
        sample = bundle.sample[bundle.sample["visit_id"] == units["visit_id"].iloc[0]]
        return sampled_rows(sample, units, respondents, lonely=LONELY, place=f"Form '{form.form_id}'")
    except SurveyError as problem:
        problems.append(problem)
        return None
