"""Intervals for estimates: Student's for means, totals and ratios; for what lies within 0 to 1 those that hold near the ends, too.

What lies within 0 to 1 are shares, and ratios whose numerator is part of their denominator, such as the own part of a bill.

All take arrays of one shape. Where the whole population was asked (se and df are 0) the interval is the value itself.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.estimation.tails import quantile_of_t

Numbers = npt.NDArray[np.float64]
Interval = tuple[Numbers, Numbers]
LEVEL = 0.95
JEFFREYS = 0.5
"""What Jeffreys's prior adds to the answers of either kind."""
ROUNDING = 1e-9
"""So far outside 0 to 1 a value counts as the end itself."""
LEAST_SE, LEAST_SPREAD = 1e-7, 1e-12
"""What is less is left over from adding up: sums whose parts cancel out leave a standard error of some 1e-9 where it is 0."""
EFFECTIVE_DIGITS, SHARE_DIGITS = 8, 12
"""Decimals to which effective numbers and shares are told apart."""


def student_interval(estimate: Numbers, se: Numbers, df: Numbers, *, level: float = LEVEL) -> Interval:
    """estimate ± t × se; NaN without degrees of freedom, unless nothing was left to chance."""
    half = _quantile_of_t(df, level) * se
    half = np.where((se == 0) & (df == 0), 0.0, half)
    return estimate - half, estimate + half


def logit_interval(share: Numbers, se: Numbers, df: Numbers, n: Numbers, *, level: float = LEVEL) -> Interval:
    """Student's interval on the scale of log odds, brought back; for shares of 0 and 1, where there is none, Korn and Graubard's."""
    spread = share * (1 - share)
    is_inside = _varies(share, se)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, half = special.logit(share), _quantile_of_t(df, level) * se / spread
        low, high = np.array(special.expit(middle - half)), np.array(special.expit(middle + half))
    outside = ~is_inside & np.isfinite(share)
    low[outside], high[outside] = korn_graubard_interval(share[outside], se[outside], df[outside], n[outside], level=level)
    return low, high


def korn_graubard_interval(share: Numbers, se: Numbers, df: Numbers, n: Numbers, *, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval with the effective number of answers (Korn and Graubard 1998, Survey Methodology 24, 193–201).

    A share of 0 or 1, and one whose answers do not vary within the design, has its own number of answers as the effective one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = _number_by_variance(share, se, n) * (_quantile_of_t(n - 1, level) / _quantile_of_t(df, level)) ** 2
        tail = (1 - level) / 2
        yes, no = effective * share, effective * (1 - share)
        low = np.where(yes > 0, special.betaincinv(np.where(yes > 0, yes, 1), no + 1, tail), 0.0)
        high = np.where(no > 0, special.betaincinv(yes + 1, np.where(no > 0, no, 1), 1 - tail), 1.0)
    return _whole(share, se, df, low, high, effective)


def wilson_interval(share: Numbers, se: Numbers, df: Numbers, n: Numbers, *, level: float = LEVEL) -> Interval:
    """Wilson's (1927) score interval with the effective number of answers and Student's quantile in place of the normal one.

    See Franco, Little, Louis and Slud (2019, Journal of Survey Statistics and Methodology 7, 334–364), who compare it with the others.
    """
    t = _quantile_of_t(df, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = _number_by_variance(share, se, n)
        weight = t**2 / effective
        middle = (share + weight / 2) / (1 + weight)
        half = np.sqrt(share * (1 - share) / effective + weight / (4 * effective)) * t / (1 + weight)
    return _whole(share, se, df, np.maximum(middle - half, 0), np.minimum(middle + half, 1), effective)


def jeffreys_interval(share: Numbers, se: Numbers, df: Numbers, n: Numbers, *, level: float = LEVEL) -> Interval:
    """Jeffreys's interval (Brown, Cai and DasGupta 2001, Statistical Science 16, 101–133) with Korn and Graubard's effective number.

    The quantiles of the beta distribution with half an answer more of both kinds; an end is 0 or 1 where the share is. Of the intervals
    here it comes nearest to what it says (`benchmarks/coverage.py`; see also Franco, Little, Louis and Slud 2019).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = _number_by_variance(share, se, n) * (_quantile_of_t(n - 1, level) / _quantile_of_t(df, level)) ** 2
    low, high = np.full_like(share, np.nan), np.full_like(share, np.nan)
    known = np.isfinite(effective) & np.isfinite(share)
    # Many villages have the same answers, and the quantiles are dear: the same numbers are looked up once.
    keys = np.round(effective[known], EFFECTIVE_DIGITS) + 1j * np.round(share[known], SHARE_DIGITS)
    different, codes = np.unique(keys, return_inverse=True)
    yes, no = different.real * different.imag, different.real * (1 - different.imag)
    tail = (1 - level) / 2
    low[known] = np.where(yes > 0, special.betaincinv(yes + JEFFREYS, no + JEFFREYS, tail), 0.0)[codes]
    high[known] = np.where(no > 0, special.betaincinv(yes + JEFFREYS, no + JEFFREYS, 1 - tail), 1.0)[codes]
    return _whole(share, se, df, low, high, effective)


ShareInterval = Callable[[Numbers, Numbers, Numbers, Numbers], Interval]
SHARE_INTERVALS: Mapping[str, ShareInterval] = {
    "jeffreys": jeffreys_interval,
    "wilson": wilson_interval,
    "logit": logit_interval,
    "beta": korn_graubard_interval,
}
SHARE_INTERVAL = "jeffreys"
"""The interval of shares in tables; `benchmarks/coverage.py` shows why."""


def part_interval(ratio: Numbers, se: Numbers, df: Numbers, n: Numbers, *, level: float = LEVEL) -> Interval:
    """The logit interval of ratios whose numerator is part of their denominator; Student's for a value outside 0 to 1, which is no part.

    Log odds of an estimated ratio are nearer to normal than the ratio itself, and need no number of yes and no answers, which amounts do
    not have. Near the ends it holds more often than the intervals that take one, and far more often than Student's (`benchmarks/coverage.py
    ratios`). Only a ratio of 0 or 1 takes its number of answers for one: of all parts with the same mean none varies more than yes and no.
    """
    is_within = (ratio > -ROUNDING) & (ratio < 1 + ROUNDING)
    low, high = student_interval(ratio, se, df, level=level)
    inside = np.clip(ratio[is_within], 0, 1)
    low[is_within], high[is_within] = logit_interval(inside, se[is_within], df[is_within], n[is_within], level=level)
    return low, high


def _varies(share: Numbers, se: Numbers) -> npt.NDArray[np.bool_]:
    """Whether the answers vary within the design."""
    return np.asarray((share * (1 - share) > LEAST_SPREAD) & (se > LEAST_SE))


def _number_by_variance(share: Numbers, se: Numbers, n: Numbers) -> Numbers:
    """How many answers drawn one by one would vary as much; their own number where they do not vary within the design."""
    return np.where(_varies(share, se), share * (1 - share) / se**2, n)


def _whole(share: Numbers, se: Numbers, df: Numbers, low: Numbers, high: Numbers, effective: Numbers) -> Interval:
    is_whole = (se < LEAST_SE) & (df == 0)
    is_known = np.isfinite(effective)
    return np.where(is_whole, share, np.where(is_known, low, np.nan)), np.where(is_whole, share, np.where(is_known, high, np.nan))


def _quantile_of_t(df: Numbers, level: float) -> Numbers:
    """Student's two-sided quantile for each number of degrees of freedom, NaN below 1; equal numbers are looked up once."""
    values, codes = np.unique(df, return_inverse=True)
    quantiles = np.full(len(values), np.nan)
    is_usable = values >= 1
    quantiles[is_usable] = quantile_of_t((1 + level) / 2, values[is_usable])
    return np.asarray(quantiles[codes].reshape(df.shape), dtype=float)
