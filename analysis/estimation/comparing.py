"""Whether figures differ by more than chance: between groups, between two answers, between two visits to the same households.

One table or a few groups at a time, each with the covariances through common villages and strata.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.design import WHOLE, Design
from analysis.estimation.tails import quantile_of_t, tail_of_f, tail_of_t
from questionnaires.errors import ErrorCode, SurveyError

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Tested:
    """A test's statistic, its degrees of freedom above and below the line, and the probability of one as large if nothing differs."""

    statistic: float
    df: tuple[float, float]
    p_value: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two figures with its standard error, and Student's test that there is none."""

    estimate: float
    se: float
    df: int
    ci_low: float
    ci_high: float
    p_value: float


def covariance_of_totals(design: Design, values: Numbers) -> Numbers:
    """The covariance matrix of the weighted totals of the columns of `values` (rows × columns, any numbers), both stages together."""
    weighted = design.weights[:, None] * values
    of_ssu = _add(weighted, design.ssu, len(design.ssu_cell))
    within = _spread(of_ssu, design.ssu_cell, 1 - design.cell_fraction[design.ssu_cell], design.lonely)
    chance = design.psu_fraction[design.cell_psu]
    of_psu = _add(of_ssu, design.cell_psu[design.ssu_cell], len(design.psu_stratum))
    between = _spread(of_psu, design.psu_stratum, 1 - design.psu_fraction, design.lonely)
    inner = within * np.sqrt(chance[design.ssu_cell])[:, None]
    return np.asarray(between.T @ between + inner.T @ inner, dtype=float)


def independence_test(design: Design, rows: npt.NDArray[np.object_], columns: npt.NDArray[np.object_]) -> Tested:
    """Rao and Scott's (1984) F test with the second-order correction that two answers are independent; rows missing either are left out.

    As R's `svychisq` by default. Raises UNUSABLE_WEIGHTS when one of the answers takes a single value.
    """
    row_codes, row_values = pd.factorize(rows)
    column_codes, column_values = pd.factorize(columns)
    n_rows, n_columns = len(row_values), len(column_values)
    if min(n_rows, n_columns) < 2:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="Test of two answers", detail="one of them takes a single value only.")
    is_valid = (row_codes >= 0) & (column_codes >= 0)
    cells = np.zeros((len(rows), n_rows * n_columns))
    cells[np.flatnonzero(is_valid), (row_codes * n_columns + column_codes)[is_valid]] = 1
    total = design.weights @ is_valid
    shares = design.weights @ cells / total
    covariance = covariance_of_totals(design, (cells - np.outer(is_valid, shares)) / total)
    n = int(is_valid.sum())
    contrast = _interactions(n_rows, n_columns)
    scaled = np.divide(1, shares, out=np.zeros_like(shares), where=shares > 0)[:, None] * contrast
    plain = contrast.T @ scaled / n
    delta = np.linalg.solve(plain, scaled.T @ covariance @ scaled)
    expected = np.outer(shares.reshape(n_rows, n_columns).sum(1), shares.reshape(n_rows, n_columns).sum(0)).ravel()
    pearson = n * ((shares - expected) ** 2 / expected).sum()
    trace = float(np.trace(delta))
    df = trace**2 / float(np.trace(delta @ delta))
    statistic = float(pearson) / trace
    return Tested(statistic, (df, df * design.df), tail_of_f(statistic, df, df * design.df))


def difference_of(design: Design, values: Numbers, group: npt.NDArray[np.object_], first: object, second: object) -> Difference:
    """The mean of the values in the second group less that in the first, tested against none with the design's degrees of freedom."""
    residuals, means = [], []
    for name in (first, second):
        inside = (group == name) & np.isfinite(values)
        below = float(design.weights @ inside)
        if below == 0:
            raise SurveyError(ErrorCode.NO_ANSWERS, place="Group '{name}'", name=name)
        means.append(float(design.weights[inside] @ values[inside]) / below)
        residuals.append(np.where(inside, np.where(inside, values, 0.0) - means[-1], 0.0) / below)
    return _difference(design, means[1] - means[0], residuals[1] - residuals[0])


def change_of(design: Design, before: Numbers, after: Numbers) -> Difference:
    """The mean change of households that answered both times; rows are the pairs, so what a household keeps cancels out."""
    return mean_of(design, after - before)


def mean_of(design: Design, values: Numbers) -> Difference:
    """The mean of differences with its test against 0; rows without a value are outside the domain."""
    inside = np.isfinite(values)
    below = float(design.weights @ inside)
    if below == 0:
        raise SurveyError(ErrorCode.NO_ANSWERS, place="Change between two visits")
    change = float(design.weights[inside] @ values[inside]) / below
    return _difference(design, change, np.where(inside, np.where(inside, values, 0.0) - change, 0.0) / below)


def adjust_by_holm(p_values: Sequence[float]) -> Numbers:
    """The p values by Holm's (1979) step-down correction: where all below 0.05 are called differences, any error has a chance of 0.05."""
    given = np.asarray(p_values, dtype=float)
    order = np.argsort(given)
    stepped = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def _difference(design: Design, estimate: float, influence: Numbers) -> Difference:
    se = float(np.sqrt(covariance_of_totals(design, influence[:, None])[0, 0]))
    df = design.df
    half = float(quantile_of_t(0.975, df)) * se if df > 0 else np.nan
    p_value = float(2 * tail_of_t(abs(estimate) / se, df)) if se > 0 and df > 0 else np.nan
    return Difference(estimate, se, df, estimate - half, estimate + half, p_value)


def _interactions(n_rows: int, n_columns: int) -> Numbers:
    """The contrasts of a table that are orthogonal to its rows and columns, one column each."""
    cells = np.arange(n_rows * n_columns)
    by_row, by_column = np.eye(n_rows)[cells // n_columns], np.eye(n_columns)[cells % n_columns]
    margins = np.hstack([np.ones((len(cells), 1)), by_row[:, 1:], by_column[:, 1:]])
    both = np.einsum("ij,ik->ijk", by_row[:, 1:], by_column[:, 1:]).reshape(len(cells), -1)
    return np.asarray(both - margins @ np.linalg.lstsq(margins, both, rcond=None)[0], dtype=float)


def _add(values: Numbers, codes: Codes, n_groups: int) -> Numbers:
    added = np.zeros((n_groups, values.shape[1]))
    np.add.at(added, codes, values)
    return added


def _spread(values: Numbers, stratum: Codes, left: Numbers, lonely: str) -> Numbers:
    """The deviations from the stratum's mean, scaled so that the sum of their products is the covariance."""
    size = np.bincount(stratum).astype(float)
    is_lonely = (size == 1)[stratum]
    means = _add(values, stratum, len(size)) / size[:, None]
    centred = np.where(is_lonely[:, None], values if lonely == "adjust" else 0.0, values - means[stratum])
    factor = np.where(is_lonely, 1.0, (size / np.maximum(size - 1, 1))[stratum])
    return np.asarray(centred * np.sqrt(np.where(left > 1 - WHOLE, left, 0.0) * factor)[:, None], dtype=float)
