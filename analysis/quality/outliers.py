"""Numbers far from all the others of their question."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.codebook import NUMERIC_KINDS
from analysis.quality.material import Material, numbers_of
from analysis.quality.thresholds import Thresholds

Numbers = npt.NDArray[np.float64]

MAD_TO_SD = 0.6744897501960817
"""The median absolute deviation of a normal distribution, in standard deviations."""
SKEWED = 1.0
"""Positive numbers more skewed than this are looked at by their logarithms: incomes differ by factors, not by sums."""
COLUMNS = ["table", "question", "instance_id", "position", "interviewer", "value", "median", "low", "high", "robust_z"]


@dataclass(frozen=True, slots=True)
class Fences:
    """Where the usual numbers of a question end, and what a robust standard deviation is; of the logarithms if `is_log`.

    Of an amount, which is never negative, zeros are neither counted nor outside.
    """

    median: float
    low: float
    high: float
    deviation: float
    is_amount: bool
    is_log: bool

    def robust_z(self, values: Numbers) -> Numbers:
        """How many robust standard deviations each value is from the median; missing where they are 0."""
        with np.errstate(divide="ignore"):
            scaled = np.log(values) if self.is_log else values
        centre = np.log(self.median) if self.is_log else self.median
        return (scaled - centre) / self.deviation if self.deviation > 0 else np.full(len(values), np.nan)


def outliers(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per number that lies outside both the fences and the robust limit: `table`, `question`, `instance_id`, `position` (of the entry
    in a repeat, else missing), `interviewer`, `value`, `median`, `low` and `high` (the fences), `robust_z`; the farthest first.

    Fences are Tukey's (1977), the robust limit is Iglewicz and Hoaglin's (1993). Amounts, which are never negative, are judged without the
    zeros, and by their logarithms where they are skewed. Where half of the numbers are the same nothing is usual, and nothing an outlier.
    """
    parts = []
    for table, column in material.asked(*NUMERIC_KINDS):
        rows = material.rows(table.name)
        values = numbers_of(rows.frame[column.name])
        fences = fences_of(values, thresholds)
        if fences is None:
            continue
        with np.errstate(invalid="ignore"):
            is_far = (values < fences.low) | (values > fences.high)
        if fences.is_amount:
            is_far &= values != 0
        is_far[is_far] = ~(np.abs(fences.robust_z(values[is_far])) <= thresholds.robust_z)
        if is_far.any():
            found = {
                "table": table.name,
                "question": column.name,
                "instance_id": rows.ids[is_far],
                "position": rows.frame["position"].to_numpy(float)[is_far] if "position" in rows.frame else np.nan,
                "interviewer": rows.people[rows.leads[is_far]],
                "value": values[is_far],
                "median": fences.median,
                "low": fences.low,
                "high": fences.high,
                "robust_z": fences.robust_z(values[is_far]),
            }
            parts.append(pd.DataFrame(found))
    if not parts:
        return pd.DataFrame(columns=[*COLUMNS, "instance_ids", "is_noticed"])
    found_all = pd.concat(parts, ignore_index=True)
    order = found_all["robust_z"].abs().fillna(np.inf).sort_values(ascending=False, kind="stable").index
    ordered = found_all.loc[order].reset_index(drop=True)
    return ordered.assign(instance_ids=[(each,) for each in ordered["instance_id"]], is_noticed=True)


def fences_of(values: Numbers, thresholds: Thresholds) -> Fences | None:
    """The fences of a question's numbers, None where there are too few or half of them are the same. Missing values do not count."""
    known = values[~np.isnan(values)]
    is_amount = bool((known >= 0).all())
    used = known[known > 0] if is_amount else known
    if len(used) < thresholds.outlier_least or np.ptp(used) == 0:
        return None
    is_log = is_amount and _skewness(used) > SKEWED
    scaled = np.log(used) if is_log else used
    low, median, high = np.quantile(scaled, (0.25, 0.5, 0.75))
    if high == low:
        return None
    reach = thresholds.outlier_fence * (high - low)
    deviation = float(np.median(np.abs(scaled - median))) / MAD_TO_SD
    bounds = np.array((median, low - reach, high + reach))
    centre, below, above = np.exp(bounds) if is_log else bounds
    return Fences(float(centre), float(below), float(above), deviation, is_amount, is_log)


def _skewness(values: Numbers) -> float:
    deviations = values - values.mean()
    return float((deviations**3).mean() / (deviations**2).mean() ** 1.5)
