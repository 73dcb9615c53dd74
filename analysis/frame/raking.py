"""The weights of a sample brought to the totals of the frame, visit by visit: kinds of household, counties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.weights import Margin, rake
from questionnaires.errors import ErrorCode, SurveyError

Numbers = npt.NDArray[np.float64]
MARGINS: Mapping[str, str] = {"household_kind": "kind", "county": "county_code"}
"""What may be calibrated to, and the column of the frame that tells it."""


@dataclass(frozen=True, slots=True, eq=False)
class ByMargin:
    """The categories of rows of a part: of every row the code of those that it has, and `members` with a row per code and 1 for each of
    them; `names` are their numbers in the whole."""

    codes: npt.NDArray[np.intp]
    members: Numbers
    names: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """The weights of the sample's households, the categories of each (households × categories), and why a visit kept its weights.

    Of a part, whose weights were brought to totals of the whole, the categories are in `by_margin`.
    """

    weights: Numbers
    categories: Numbers
    problems: tuple[SurveyError, ...]
    by_margin: ByMargin | None = None


class Weighing(Protocol):
    """Whoever brings weights to totals of the frame."""

    def weigh(self, counted: pd.DataFrame, place: str) -> Raked:
        """The households of the sample with an interview, weighted anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Raking:
    """To which margins of the frame's households weights are brought; visits in `left_out` keep theirs, for the reason told there."""

    names: Sequence[str]
    households: pd.DataFrame
    left_out: Mapping[str, SurveyError]

    def weigh(self, counted: pd.DataFrame, place: str) -> Raked:
        """The households of the sample with an interview, weighted anew."""
        return rake_sample(counted, self.households, self.names, self.left_out, place)


def check_margins(names: Sequence[str]) -> None:
    """Raise INVALID_VALUE for a margin that the frame does not tell."""
    for name in names:
        if name not in MARGINS:
            detail = "'{value}' is not one of {choices}."
            raise SurveyError(ErrorCode.INVALID_VALUE, field="calibrate", detail=detail, value=name, choices=", ".join(MARGINS))


def rake_sample(
    counted: pd.DataFrame, households: pd.DataFrame, names: Sequence[str], left_out: Mapping[str, SurveyError], place: str
) -> Raked:
    """The weights of the households in `counted` so that those of each visit meet the frame's numbers of households in its counties.

    Households of villages that nobody drew keep their weight, and so does a visit in `left_out` or one whose totals cannot be met.
    """
    weights = counted["weight"].to_numpy(dtype=float).copy()
    frame = households.assign(county_code=households["village_code"].str[:6])
    own = counted.assign(county_code=counted["village_code"].str[:6])
    own["kind"] = own["household_id"].map(pd.Series(frame["kind"].array, index=frame["household_id"].array))
    categories, problems = [], []
    is_drawn = own["inclusion_village"].notna()
    for visit_id, rows in own[is_drawn].groupby("visit_id", sort=True):
        if visit_id in left_out:
            problems.append(left_out[visit_id])
            continue
        population = frame[frame["county_code"].isin(rows["county_code"])]
        at = own.index.get_indexer(rows.index)
        margins = [margin_of(name, _totals(population[MARGINS[name]]), rows[MARGINS[name]]) for name in names]
        try:
            weights[at] = rake(weights[at], margins, place=f"{place} · {visit_id}")
        except SurveyError as problem:
            problems.append(problem)
            continue
        for margin in margins:
            block = np.zeros((len(own), len(margin.totals)))
            block[at, margin.codes] = 1
            categories.append(block)
    return Raked(weights, np.hstack(categories) if categories else np.zeros((len(own), 0)), tuple(problems))


def _totals(frame: pd.Series) -> pd.Series:
    return frame.fillna("").value_counts().sort_index()


def margin_of(title: str, totals: pd.Series, rows: pd.Series) -> Margin:
    """The margin with these totals, by category and in order; what rows have beside them has a total of nothing."""
    known = pd.Index(totals.index)
    codes = known.get_indexer(rows.fillna(""))
    if (codes < 0).any():
        strange = sorted(set(rows.fillna("")[codes < 0]))
        totals = pd.concat([totals, pd.Series(0, index=strange)])
        codes = pd.Index(totals.index).get_indexer(rows.fillna(""))
    return Margin(title, [str(name) for name in totals.index], codes.astype(np.intp), totals.to_numpy(dtype=float))
