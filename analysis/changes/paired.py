"""The paired change of every indicator between a visit and the one that looked back on it.

Only households with a usable answer at both visits are compared, person-level figures through the sums of their members; what a household
keeps cancels out. Totals and quantiles are no quotients of such sums, and are not compared. With R = Σ w y / Σ w x at each visit, the
change R₂ − R₁ has the linearised values u = (y₂ − R₂ x₂) / X₂ − (y₁ − R₁ x₁) / X₁ (Särndal, Swensson and Wretman 1992, 5.6), of whose
total the design gives the variance. The design is that of the earlier visit: its households were drawn, and those that answered again
stand for them. Where villages or households were chosen on purpose the change is what was observed, without standard error and test.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.comparing import adjust_by_holm, covariance_of_totals
from analysis.estimation.design import Design
from analysis.estimation.tails import quantile_of_t, tail_of_t
from analysis.indicators import BASES, LONELY
from analysis.lineage.behind import MeasureColumns, RowsBehind
from analysis.sampled import PURPOSIVE, sampled_rows
from questionnaires.errors import SurveyError

COLUMNS = (
    "form_id",
    "indicator",
    "category",
    "n_households",
    "before",
    "after",
    "change",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "p_value",
    "p_holm",
    "basis",
)
"""One row per indicator, or answer of a distribution. `n_households` answered at both visits; `before` and `after` are of those alone.
`p_value` is of Student's test that nothing changed, `p_holm` corrects it by Holm for all tests of the table."""
CONFIDENCE = 0.95
Numbers = npt.NDArray[np.float64]


def paired_changes(before: Sequence[RowsBehind], after: Sequence[RowsBehind], sample: pd.DataFrame | None) -> pd.DataFrame:
    """The changes (`COLUMNS`) of all measures that both visits have; `sample` is the earlier visit's, None where nothing is known of it."""
    later = {(each.form_id, each.table): each for each in after}
    rows = [
        row for each in before if (other := later.get((each.form_id, each.table))) is not None for row in _changes_of(each, other, sample)
    ]
    found = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "p_holm"])
    tested = found["p_value"].notna().to_numpy(dtype=bool)
    p_holm = np.full(len(found), np.nan)
    p_holm[tested] = adjust_by_holm(found.loc[tested, "p_value"].tolist())
    return found.assign(p_holm=p_holm)[list(COLUMNS)]


def _changes_of(before: RowsBehind, after: RowsBehind, sample: pd.DataFrame | None) -> Iterable[dict[str, object]]:
    matches = [
        (first, second)
        for first in before.measures
        for second in after.measures
        if (first.indicator, first.category) == (second.indicator, second.category) and first.is_quotient and second.is_quotient
    ]
    households = sorted(set(before.rows["household_id"].dropna()) & set(after.rows["household_id"].dropna()))
    if not matches or not households:
        return
    y1, x1 = _sums(before.rows, [first for first, _ in matches], households)
    y2, x2 = _sums(after.rows, [second for _, second in matches], households)
    is_there = (x1 != 0) & (x2 != 0)
    for each in (y1, x1, y2, x2):
        each[~is_there] = 0
    weights, design, basis = _design(before, sample, households)
    totals = [weights @ each for each in (y1, x1, y2, x2)]
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = totals[0] / totals[1], totals[2] / totals[3]
        values = (y2 - second * x2) / totals[3] - (y1 - first * x1) / totals[1]
    se = np.full(len(matches), np.nan)
    df = design[1].df if design else 0
    if design is not None:
        usable = np.isfinite(values).all(axis=0)
        covariance = covariance_of_totals(design[1], values[design[0]][:, usable])
        se[usable] = np.sqrt(np.clip(np.diag(covariance), 0, None))
    half = quantile_of_t((1 + CONFIDENCE) / 2, df) * se if df > 0 else np.full(len(se), np.nan)
    for number, (measure, _other) in enumerate(matches):
        change = second[number] - first[number]
        is_tested = df > 0 and se[number] > 0
        yield {
            "form_id": before.form_id,
            "indicator": measure.indicator,
            "category": measure.category,
            "n_households": int(is_there[:, number].sum()),
            "before": first[number],
            "after": second[number],
            "change": change,
            "se": se[number],
            "ci_low": change - half[number],
            "ci_high": change + half[number],
            "df": df if design else np.nan,
            "p_value": 2 * float(tail_of_t(abs(change) / se[number], df)) if is_tested else np.nan,
            "basis": basis,
        }


def _sums(rows: pd.DataFrame, measures: Sequence[MeasureColumns], households: Sequence[str]) -> tuple[Numbers, Numbers]:
    """What each household adds above and below the line, a column per measure; 0 below the line where it has no usable answer."""
    columns: dict[str, Numbers] = {}
    for number, measure in enumerate(measures):
        is_valid = rows[measure.is_valid].to_numpy(dtype=bool)
        columns[f"y{number}"] = np.where(is_valid, rows[measure.numerator].to_numpy(dtype=float), 0)
        columns[f"x{number}"] = np.where(is_valid, rows[measure.denominator].to_numpy(dtype=float), 0)
    added = pd.DataFrame(columns).groupby(rows["household_id"].to_numpy()).sum().reindex(households, fill_value=0.0)
    above = added[[f"y{number}" for number in range(len(measures))]].to_numpy(dtype=float, copy=True)
    below = added[[f"x{number}" for number in range(len(measures))]].to_numpy(dtype=float, copy=True)
    return above, below


def _design(
    before: RowsBehind, sample: pd.DataFrame | None, households: Sequence[str]
) -> tuple[Numbers, tuple[npt.NDArray[np.intp], Design] | None, str]:
    """(weights, (sampled households, their design) or None, basis) of the households that were asked twice."""
    purposive = (np.ones(len(households)), None, BASES[PURPOSIVE])
    if sample is None:
        return purposive
    visits = before.rows.drop_duplicates("household_id").set_index("household_id")
    places = visits.loc[list(households), ["visit_id", "county_code", "village_code", "household_kind"]].reset_index()
    try:
        found = sampled_rows(sample, places, places[["visit_id", "household_id"]], lonely=LONELY, place=f"Form '{before.form_id}'")
    except SurveyError:
        return purposive
    counted = found.basis[~found.is_outside]
    if not len(found.rows) or not len(counted) or counted.max() >= PURPOSIVE:
        return purposive
    weights = np.zeros(len(households))
    weights[found.rows] = found.design.weights
    return weights, (found.rows, found.design), BASES[int(counted.max())]
