"""Weights of a part that were brought to totals of the whole frame: by which factor those of a household change, and its categories.

The sums of the weights by visit, county and kind of household are all that raking asks for, so that it is done once for all parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.bundle import COUNTY_DIGITS
from analysis.estimation.codes import positions_in
from analysis.estimation.weights import rake
from analysis.frame.raking import MARGINS, ByMargin, Raked, margin_of
from analysis.scale.numbering import Households
from questionnaires.errors import SurveyError

Kinds = npt.NDArray[np.object_]
CELL = ["visit_id", "county_code", "kind"]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A row per visit, county and kind of household (`CELL`): the `factor` of its weights, and per margin the number of its category."""

    cells: pd.DataFrame
    margins: tuple[str, ...]
    n_categories: int


@dataclass(frozen=True, slots=True, eq=False)
class PartRaking:
    """The calibration of one form for the households of one part, whose `kinds` in the frame are told by their numbers."""

    calibration: Calibration
    kinds: Kinds

    def weigh(self, counted: pd.DataFrame, place: str) -> Raked:
        """The part's households of the sample with an interview, weighted anew; what could not be met is told once for all parts."""
        cells = self.calibration.cells
        at = np.where(counted["inclusion_village"].notna(), positions_in(cells_of(counted, self.kinds), cells, CELL), -1)
        present, codes = np.unique(at, return_inverse=True)
        is_cell = present >= 0
        rows = cells.iloc[present[is_cell]]
        categories = rows[list(self.calibration.margins)].to_numpy(dtype=np.intp)
        names, of_row = np.unique(categories, return_inverse=True)
        members, factor = np.zeros((len(present), len(names))), np.ones(len(present))
        members[np.flatnonzero(is_cell)[:, None], of_row.reshape(categories.shape)] = 1
        factor[is_cell] = rows["factor"]
        by_margin = ByMargin(codes.astype(np.intp), members, tuple(int(name) for name in names))
        weights = counted["weight"].to_numpy(dtype=float) * factor[codes]
        return Raked(weights, np.zeros((len(counted), 0)), (), by_margin)


def kinds_by_household(numbers: Households, households: pa.Table) -> Kinds:
    """The kind in the frame by the household's number, "" where it is not known and, at the end, for no household."""
    kinds = np.full(numbers.n_households + 1, "", dtype=object)
    kinds[numbers.numbers["", "households"]] = households["kind"].cast(pa.string()).fill_null("").to_numpy()
    kinds[-1] = ""
    return kinds


def cells_of(counted: pd.DataFrame, kinds: Kinds) -> pd.DataFrame:
    """The cell (`CELL`) of each household in the sample."""
    counties = counted["village_code"].astype("str").str[:COUNTY_DIGITS]
    told = {"visit_id": counted["visit_id"].astype("str"), "county_code": counties, "kind": kinds[counted["household_id"].cat.codes]}
    return pd.DataFrame(told).fillna("")


def calibration_of(
    weighed: pd.DataFrame, population: pd.DataFrame, names: Sequence[str], left_out: Mapping[str, SurveyError], place: str
) -> tuple[Calibration | None, list[SurveyError]]:
    """How one form's weights are brought to the numbers of households in the frame, and why those of a visit keep theirs.

    `weighed` has the column "weight" beside `CELL`; `population` has "n" beside county_code and kind. None where no visit can be brought.
    """
    cells, problems, n_categories = [], [], 0
    for visit_id, rows in weighed.groupby("visit_id", sort=True):
        if visit_id in left_out:
            problems.append(left_out[str(visit_id)])
            continue
        there = population[population["county_code"].isin(rows["county_code"])]
        margins = [margin_of(name, there.groupby(MARGINS[name])["n"].sum(), rows[MARGINS[name]]) for name in names]
        weights = rows["weight"].to_numpy(dtype=float)
        try:
            raked = rake(weights, margins, place=f"{place} · {visit_id}")
        except SurveyError as problem:
            problems.append(problem)
            continue
        rows = rows.assign(factor=np.divide(raked, weights, out=np.ones_like(raked), where=weights > 0))
        for name, margin in zip(names, margins, strict=True):
            rows[name] = n_categories + margin.codes
            n_categories += len(margin.totals)
        cells.append(rows)
    return (Calibration(pd.concat(cells, ignore_index=True), tuple(names), n_categories) if cells else None), problems
