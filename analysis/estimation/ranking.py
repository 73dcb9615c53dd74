"""Which place of a ranking each county may have, seeing how sure the figures are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimation.tails import quantile_of_t

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """One entry per domain: its place (1 the best), and the best and the worst place it may have; NaN where there is no figure."""

    place: Numbers
    best: Numbers
    worst: Numbers


def rank_domains(estimate: Numbers, se: Numbers, df: Numbers, *, is_high_good: bool = True, level: float = 0.95) -> Ranks:
    """Places that hold for all domains together with at least this probability.

    All intervals of the figures are made so wide (Šidák) that together they hold, and a domain is surely behind another only where the two
    do not touch (Klein, Wright and Wieczorek 2020, Journal of the Royal Statistical Society A 183, 589–606). Only figures with a standard
    error are ranked: for observed ones chance is unknown. Independence of the figures is assumed, as of counties drawn each on its own.
    """
    place, best, worst = (np.full(len(estimate), np.nan) for _ in range(3))
    ranked = np.flatnonzero(np.isfinite(estimate) & np.isfinite(se) & ((df > 0) | (se == 0)))
    if len(ranked) == 0:
        return Ranks(place, best, worst)
    sign = 1.0 if is_high_good else -1.0
    value = sign * estimate[ranked]
    wide = (1 + level ** (1 / len(ranked))) / 2
    half = np.where(se[ranked] > 0, quantile_of_t(wide, np.maximum(df[ranked], 1)) * se[ranked], 0.0)
    low, high = np.sort(value - half), np.sort(value + half)
    n = len(ranked)
    place[ranked] = 1 + n - np.searchsorted(np.sort(value), value, side="right")
    best[ranked] = 1 + n - np.searchsorted(low, value + half, side="right")
    worst[ranked] = n - np.searchsorted(high, value - half, side="left")
    return Ranks(place, best, worst)
