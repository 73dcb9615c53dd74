"""How far two or more people who recorded the same thing agree: coefficients with intervals, over arrays. Pure.

Every function gives a `Coefficient`. Where a coefficient is undefined (fewer than two units, or nothing ever varies) its estimate is
missing with the reason, and never a 0 or a 1 that nobody measured. Missing ratings are None or NaN.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[np.float64]

CONFIDENCE = 0.95
REPLICATES = 500
SEED = 20180420
"""The bootstrap draws from this seed, so that the same ratings always give the same interval."""
METRICS = ("nominal", "ordinal", "interval")
REASONS = ("no_units", "too_few", "no_variance", "no_disagreement")
"""Why an estimate or its interval is missing: nothing was rated twice; fewer than two units; every rating is the same; all agree, so that
an interval of the estimate 1 has no width (the estimate stands, the interval is missing)."""
_EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient over `n` units; `estimate` or the interval (95 per cent) is None where it is undefined, and `reason` says why."""

    name: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    reason: str = ""


def share_agreeing(agrees: Sequence[bool] | npt.NDArray[np.bool_]) -> Coefficient:
    """The share of units on which both agree, with Wilson's interval (Wilson 1927, JASA 22, 209–212)."""
    n = len(agrees)
    if n == 0:
        return missing("share", 0, "no_units")
    share = float(np.count_nonzero(np.asarray(agrees, dtype=bool))) / n
    z = float(special.ndtri((1 + CONFIDENCE) / 2))
    centre = share + z * z / (2 * n)
    spread = z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    low, high = ((centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n))
    return Coefficient("share", share, max(0.0, low), min(1.0, high), n)


def cohen_kappa(
    left: Sequence[Hashable], right: Sequence[Hashable], *, order: Sequence[Hashable] | None = None, weights: str = ""
) -> Coefficient:
    """Cohen's kappa (1960) of two raters; with `weights` "linear" or "quadratic" over the categories in `order`, weighted kappa (1968).

    Units that one of them left out do not count. The interval comes from the asymptotic variance of Fleiss, Cohen & Everitt (1969,
    Psychological Bulletin 72, 323–327).
    """
    pairs = [(one, other) for one, other in zip(left, right, strict=True) if not (_is_missing(one) or _is_missing(other))]
    categories = list(order) if order is not None else _categories(value for pair in pairs for value in pair)
    index = {category: number for number, category in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)))
    for one, other in pairs:
        table[index[one], index[other]] += 1
    return kappa_of_table(table, agreement_weights(len(categories), weights), "weighted_kappa" if weights else "kappa")


def agreement_weights(n_categories: int, weights: str) -> Numbers:
    """The weight of each pair of categories, 1 on the diagonal: "" counts exact agreement only, "linear" and "quadratic" by distance."""
    if not weights:
        return np.eye(n_categories)
    steps = np.arange(n_categories)
    distance = np.abs(steps[:, None] - steps[None, :]) / max(n_categories - 1, 1)
    if weights not in ("linear", "quadratic"):
        raise ValueError(f"{weights!r} is neither linear nor quadratic")
    return np.asarray(1 - (distance if weights == "linear" else distance**2))


def kappa_of_table(counts: Numbers, weights: Numbers, name: str = "kappa") -> Coefficient:
    """Kappa of a square table of counts (rows: first rater) with these weights of agreement."""
    n = int(counts.sum())
    if n < 2:
        return missing(name, n, "too_few" if n else "no_units")
    shares = counts / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed = float((weights * shares).sum())
    expected = float((weights * np.outer(rows, columns)).sum())
    if 1 - expected < _EXACT:
        return missing(name, n, "no_variance")
    kappa = (observed - expected) / (1 - expected)
    if 1 - observed < _EXACT:
        return Coefficient(name, 1.0, None, None, n, "no_disagreement")
    of_row, of_column = weights @ columns, weights.T @ rows
    terms = weights * (1 - expected) - (of_row[:, None] + of_column[None, :]) * (1 - observed)
    spread = float((shares * terms**2).sum()) - (observed * expected - 2 * expected + observed) ** 2
    error = float(np.sqrt(max(spread, 0.0) / n)) / (1 - expected) ** 2
    reach = float(special.ndtri((1 + CONFIDENCE) / 2)) * error
    return Coefficient(name, kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach), n)


def krippendorff_alpha(
    ratings: Sequence[Sequence[Any]], metric: str = "nominal", *, order: Sequence[Hashable] | None = None, seed: int = SEED
) -> Coefficient:
    """Krippendorff's alpha of any number of raters: one row per unit, one column per rater, missing ratings allowed.

    `metric` is one of `METRICS`; an ordinal one ranks the categories as in `order`, or as they sort. The interval is a percentile
    bootstrap over units. Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
    """
    if metric not in METRICS:
        raise ValueError(f"{metric!r} is not one of {', '.join(METRICS)}")
    units = [[value for value in unit if not _is_missing(value)] for unit in ratings]
    units = [unit for unit in units if len(unit) > 1]
    if len(units) < 2:
        return missing("alpha", len(units), "too_few" if units else "no_units")
    if metric == "interval":
        sums = _moments([[float(value) for value in unit] for unit in units])
        compute = _interval_alpha
    else:
        categories = list(order) if order is not None else _categories(value for unit in units for value in unit)
        sums = _coincidences(units, categories) if metric == "ordinal" else _disagreements(units, categories)
        compute = _ordinal_alpha if metric == "ordinal" else _nominal_alpha
    estimate = float(compute(sums.sum(axis=0)[None, :])[0])
    if np.isnan(estimate):
        return missing("alpha", len(units), "no_variance")
    if 1 - estimate < _EXACT:
        return Coefficient("alpha", 1.0, None, None, len(units), "no_disagreement")
    low, high = percentile_interval(compute(resampling_weights(len(units), seed) @ sums))
    return Coefficient("alpha", estimate, low, high, len(units))


def intraclass(ratings: Sequence[Sequence[float | None]], *, model: int = 1) -> Coefficient:
    """The intraclass correlation of single ratings, ICC(1,1) or, with `model` 2, ICC(2,1): absolute agreement, over complete rows.

    ICC(1,1) takes each unit's raters as other people; ICC(2,1) as the same two throughout, and counts a rater's leaning as
    disagreement. Intervals rest on the F distribution. Source: Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428.
    """
    name = f"icc_{model}_1"
    complete = [row for row in ratings if not any(_is_missing(value) for value in row)]
    values = np.asarray(complete, dtype=np.float64)
    n = len(complete)
    if n < 2:
        return missing(name, n, "too_few" if n else "no_units")
    k = values.shape[1]
    between = k * float(((values.mean(axis=1) - values.mean()) ** 2).sum()) / (n - 1)
    within = float(((values - values.mean(axis=1, keepdims=True)) ** 2).sum()) / (n * (k - 1))
    if between < _EXACT and within < _EXACT:
        return missing(name, n, "no_variance")
    if within < _EXACT:
        return Coefficient(name, 1.0, None, None, n, "no_disagreement")
    return _icc_one_way(between, within, n, k) if model == 1 else _icc_two_way(values, between)


def _icc_one_way(between: float, within: float, n: int, k: int) -> Coefficient:
    ratio, tail = between / within, (1 + CONFIDENCE) / 2
    low = ratio / float(special.fdtri(n - 1, n * (k - 1), tail))
    high = ratio * float(special.fdtri(n * (k - 1), n - 1, tail))
    estimate = (ratio - 1) / (ratio + k - 1)
    return Coefficient("icc_1_1", estimate, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1), n)


def _icc_two_way(values: Numbers, between: float) -> Coefficient:
    n, k = values.shape
    of_judges = n * float(((values.mean(axis=0) - values.mean()) ** 2).sum()) / (k - 1)
    left = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
    error = float((left**2).sum()) / ((n - 1) * (k - 1))
    estimate = (between - error) / (between + (k - 1) * error + k * (of_judges - error) / n)
    if error < _EXACT:
        # They differ by a constant: the interval's degrees of freedom are undefined.
        return Coefficient("icc_2_1", estimate, None, None, n, "no_disagreement")
    ratio, size = of_judges / error, n * (1 + (k - 1) * estimate) - k * estimate
    freedom = (k - 1) * (n - 1) * (k * estimate * ratio + size) ** 2 / ((n - 1) * (k * estimate * ratio) ** 2 + size**2)
    tail, rest = (1 + CONFIDENCE) / 2, k * of_judges + (k * n - k - n) * error
    upper, lower = float(special.fdtri(n - 1, freedom, tail)), float(special.fdtri(freedom, n - 1, tail))
    low = n * (between - upper * error) / (upper * rest + n * between)
    high = n * (lower * between - error) / (rest + n * lower * between)
    return Coefficient("icc_2_1", estimate, low, high, n)


def missing(name: str, n: int, reason: str) -> Coefficient:
    """A coefficient that is undefined over these `n` units, for one of `REASONS`."""
    return Coefficient(name, None, None, None, n, reason)


def resampling_weights(n: int, seed: int = SEED) -> Numbers:
    """How often each of `n` units is drawn in each of `REPLICATES` resamples with replacement; shape (replicates, units)."""
    return _drawn(n, seed).astype(np.float64)


@lru_cache(maxsize=32)
def _drawn(n: int, seed: int) -> npt.NDArray[np.uint8]:
    """The same as small whole numbers: each is drawn once on average, so that none is ever drawn 256 times.

    Kept, because the questions of a questionnaire mostly have as many units as each other; half a megabyte for a thousand of them.
    """
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=REPLICATES).astype(np.uint8)


def percentile_interval(values: Numbers) -> tuple[float | None, float | None]:
    """The middle 95 per cent of bootstrap values; those that are undefined are left out, and (None, None) when all are."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None, None
    low, high = np.quantile(defined, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(low), float(high)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _categories(values: Any) -> list[Any]:
    found = set(values)
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)


def _disagreements(units: Sequence[Sequence[Any]], categories: Sequence[Any]) -> Numbers:
    """Per unit: the disagreement among its ordered pairs over m - 1, then how many ratings fell into each category."""
    index = {category: number for number, category in enumerate(categories)}
    sums = np.zeros((len(units), len(categories) + 1))
    for number, unit in enumerate(units):
        for value in unit:
            sums[number, index[value] + 1] += 1
        counts = sums[number, 1:]
        sums[number, 0] = (len(unit) ** 2 - float((counts**2).sum())) / (len(unit) - 1)
    return sums


def _nominal_alpha(sums: Numbers) -> Numbers:
    counts = sums[:, 1:]
    n = counts.sum(axis=1)
    return _alpha(sums[:, 0] / n, (n**2 - (counts**2).sum(axis=1)) / (n * (n - 1)))


def _coincidences(units: Sequence[Sequence[Any]], categories: Sequence[Any]) -> Numbers:
    """Per unit: its part of the matrix of coincidences, row after row."""
    index = {category: number for number, category in enumerate(categories)}
    k = len(categories)
    sums = np.zeros((len(units), k, k))
    for number, unit in enumerate(units):
        counts = np.bincount([index[value] for value in unit], minlength=k).astype(np.float64)
        sums[number] = (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    return sums.reshape(len(units), k * k)


def _ordinal_alpha(sums: Numbers) -> Numbers:
    k = round(np.sqrt(sums.shape[1]))
    table = sums.reshape(-1, k, k)
    counts = table.sum(axis=2)
    n = counts.sum(axis=1)
    # The distance of two ranks: all ratings from one to the other, with half of those at both ends.
    middle = np.cumsum(counts, axis=1) - counts / 2
    distance = (middle[:, :, None] - middle[:, None, :]) ** 2
    expected = (counts[:, :, None] * counts[:, None, :] * distance).sum(axis=(1, 2)) / (n * (n - 1))
    return _alpha((table * distance).sum(axis=(1, 2)) / n, expected)


def _moments(units: Sequence[Sequence[float]]) -> Numbers:
    """Per unit: the squared differences of its ordered pairs over m - 1, how many ratings, their sum and the sum of their squares.

    Deviations from the mean of all are used, so that large numbers keep their digits.
    """
    centre = float(np.mean([value for unit in units for value in unit]))
    rows = []
    for unit in units:
        values = np.asarray(unit) - centre
        m, total, squares = len(unit), float(values.sum()), float((values**2).sum())
        rows.append(((2 * m * squares - 2 * total**2) / (m - 1), m, total, squares))
    return np.asarray(rows)


def _interval_alpha(sums: Numbers) -> Numbers:
    n = sums[:, 1]
    return _alpha(sums[:, 0] / n, (2 * n * sums[:, 3] - 2 * sums[:, 2] ** 2) / (n * (n - 1)))


def _alpha(observed: Numbers, expected: Numbers) -> Numbers:
    """1 - observed/expected, NaN where nothing varies."""
    is_varied = expected > _EXACT
    return np.where(is_varied, 1 - observed / np.where(is_varied, expected, 1), np.nan)
