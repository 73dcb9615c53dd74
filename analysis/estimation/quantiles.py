"""Medians and other quantiles with Woodruff's intervals, for many domains at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimation.calibrating import Calibrated
from analysis.estimation.design import Design
from analysis.estimation.estimate import estimate
from analysis.estimation.intervals import student_interval
from analysis.estimation.parts import Figures
from analysis.measures import Measure
from questionnaires.model import Indicator

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """One entry per domain; NaN without an answer, intervals NaN without degrees of freedom."""

    n: Numbers
    estimate: Numbers
    se: Numbers
    """Half of the interval's width by Student's quantile."""
    ci_low: Numbers
    ci_high: Numbers
    df: Numbers


def observe_quantiles(values: Numbers, share: float, domain: Codes, n_domains: int) -> Quantiles:
    """The smallest value that at least this share of the rows does not exceed, in each domain, without interval."""
    counted = np.flatnonzero(np.isfinite(values) & (domain >= 0))
    n = np.bincount(domain[counted], minlength=n_domains).astype(float)
    nothing = np.full(n_domains, np.nan)
    middle = Curve.of(np.ones(len(values)), values, domain, n_domains).values_at(np.full(n_domains, share))
    return Quantiles(n, middle, nothing, nothing, nothing, nothing)


def estimate_quantiles(
    design: Design,
    values: Numbers,
    share: float,
    domain: Codes | None = None,
    n_domains: int = 1,
    *,
    is_planned: bool = False,
    calibrated: Calibrated | None = None,
) -> Quantiles:
    """The smallest value that at least this share of the population does not exceed, in each domain.

    The interval is that of the share of the population at or below the estimate, read back on the scale of the values (Woodruff 1952,
    Journal of the American Statistical Association 47, 635–646); `values` has one entry per row, NaN where there is no answer.
    """
    codes = np.zeros(len(values), dtype=np.intp) if domain is None else domain
    curve = Curve.of(design.weights, values, codes, n_domains)
    middle = curve.values_at(np.full(n_domains, share))
    is_valid = np.isfinite(values) & (codes >= 0)
    below = np.zeros(len(values))
    below[is_valid] = values[is_valid] <= middle[codes[is_valid]]
    counted = Measure(Indicator("below", {}, "other", "share", "below"), "", below, is_valid.astype(float), is_valid)
    figures = estimate(design, [counted], codes, n_domains, is_planned=is_planned, calibrated=calibrated)
    return quantiles_of(curve, share, middle, figures)


def quantiles_of(curve: "Curve", share: float, middle: Numbers, below: Figures) -> Quantiles:
    """The quantiles in `middle` with their intervals; `below` has one column, the share at or below them in each domain."""
    # The interval lies around the share asked for; that reached in the sample is a little higher where values jump.
    low, high = student_interval(np.full(len(middle), share), below.se[:, 0], below.df[:, 0])
    ends = curve.values_at(low), curve.values_at(high)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_share = (high - low) / below.se[:, 0]
        se = np.where(below.se[:, 0] > 0, (ends[1] - ends[0]) / of_share, below.se[:, 0])
    return Quantiles(below.n[:, 0], middle, np.where(np.isfinite(ends[0]), se, np.nan), *ends, below.df[:, 0])


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The share of each domain at or below each of its values, all domains one after the other: domain number plus share."""

    position: Numbers
    values: Numbers
    last: Codes
    is_there: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, weights: Numbers, values: Numbers, domain: Codes, n_domains: int) -> "Curve":
        rows = np.flatnonzero(np.isfinite(values) & (domain >= 0) & (weights > 0))
        rows = rows[np.lexsort((values[rows], domain[rows]))]
        codes = domain[rows]
        total = np.bincount(codes, weights=weights[rows], minlength=n_domains)
        running = np.cumsum(weights[rows])
        before = np.concatenate([[0.0], np.cumsum(total)])[codes]
        n = np.bincount(codes, minlength=n_domains)
        return cls(codes + (running - before) / total[codes], values[rows], np.cumsum(n) - 1, n > 0)

    def values_at(self, shares: Numbers) -> Numbers:
        """The value of each domain at its share; shares outside 0 to 1 give its smallest and largest value."""
        found = np.full(len(shares), np.nan)
        there = np.flatnonzero(self.is_there & np.isfinite(shares))
        first = np.concatenate([[0], self.last[:-1] + 1])
        # A little less, so that rounding does not step over a value that ends exactly at the share.
        at = np.searchsorted(self.position, there + np.clip(shares[there], 0, 1) - 1e-12, side="left")
        found[there] = self.values[np.clip(at, first[there], self.last[there])]
        return found
