"""Figures put together from several ratios: known + Σ factor × ratio, with other known numbers and factors in every domain.

The variance is that of the linearised figure, so what the ratios have in common through villages and strata is in it (Särndal, Swensson
and Wretman 1992, section 5.5). The interval recovers how far each ratio may be off from that ratio's own interval (Zou and Donner 2008,
Statistics in Medicine 27, 1693–1702), which holds where a share is 0 and its standard error with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimation.calibrating import Calibrated
from analysis.estimation.design import Design
from analysis.estimation.estimate import estimate
from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS, student_interval
from analysis.estimation.parts import Figures
from analysis.measures import Measure
from questionnaires.model import Indicator

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """Per domain: what is known beforehand, and the factor of each ratio (domains × ratios). A ratio with factor 0 is not needed."""

    known: Numbers
    factors: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """Figures of one measure with their intervals; one entry per domain."""

    n: Numbers
    estimate: Numbers
    se: Numbers
    ci_low: Numbers
    ci_high: Numbers
    df: Numbers
    deff: Numbers


def observe_composed(parts: Sequence[Measure], recipe: Recipe, domain: Codes, n_domains: int) -> Bounded:
    """The figure among the rows as they are, without standard error and interval."""
    ratios = np.column_stack([_plain_ratio(part, domain, n_domains) for part in parts])
    return observed_together(ratios, recipe, _counted(parts, domain, n_domains))


def observed_together(ratios: Numbers, recipe: Recipe, n: Numbers) -> Bounded:
    """The figure from the ratios observed (domains × ratios); `n` counts the answers to any of them."""
    nothing = np.full(len(n), np.nan)
    return Bounded(n, _together(ratios, recipe, n), nothing, nothing, nothing, nothing, nothing)


def estimate_composed(
    design: Design,
    parts: Sequence[Measure],
    recipe: Recipe,
    domain: Codes,
    n_domains: int,
    *,
    is_planned: bool = False,
    calibrated: Calibrated | None = None,
    interval: str = SHARE_INTERVAL,
) -> Bounded:
    """The figure of each domain of a sample; `interval` is that of ratios which are shares."""
    found = estimate(design, parts, domain, n_domains, is_planned=is_planned, calibrated=calibrated)
    inside = np.flatnonzero(domain >= 0)
    influence = np.zeros(len(domain))
    for column, part in enumerate(parts):
        below = np.bincount(domain[inside], weights=(design.weights * part.denominator)[inside], minlength=n_domains)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where((recipe.factors[:, column] != 0) & (below > 0), recipe.factors[:, column] / below, 0.0)
        ratio = np.nan_to_num(found.estimate[:, column])
        influence[inside] += scale[domain[inside]] * (part.numerator - ratio[domain] * part.denominator)[inside]
    is_valid = np.logical_or.reduce([part.is_valid for part in parts])
    total = Measure(Indicator("composed", {}, "other", "total", "composed"), "", influence, is_valid.astype(float), is_valid, is_sum=True)
    linear = estimate(design, [total], domain, n_domains, is_planned=is_planned, calibrated=calibrated)
    return estimated_together(found, parts, recipe, linear, interval)


def estimated_together(
    found: Figures, parts: Sequence[Measure], recipe: Recipe, linear: Figures, interval: str = SHARE_INTERVAL
) -> Bounded:
    """The figure from the ratios found (one column each) and the linearised whole, of which `linear` has the one column."""
    n, se, df = linear.n[:, 0], linear.se[:, 0], linear.df[:, 0]
    value = _together(found.estimate, recipe, n)
    low, high = _recovered(found, parts, recipe, value, se, interval)
    gone = np.where(np.isfinite(value), 0.0, np.nan)
    return Bounded(n, value, se + gone, low + gone, high + gone, df + gone, np.full(len(n), np.nan))


def _recovered(
    found: Figures, parts: Sequence[Measure], recipe: Recipe, value: Numbers, se: Numbers, interval: str
) -> tuple[Numbers, Numbers]:
    """Zou and Donner's interval, with the correlation of the weighted ratios read off the variance of the whole."""
    below, above = np.zeros_like(found.estimate), np.zeros_like(found.estimate)
    needed = recipe.factors != 0
    for column, part in enumerate(parts):
        shares = (found.estimate[:, column], found.se[:, column], found.df[:, column])
        low, high = SHARE_INTERVALS[interval](*shares, found.n[:, column]) if part.is_share else student_interval(*shares)
        factor = recipe.factors[:, column]
        ends = np.sort(np.column_stack([factor * (low - shares[0]), factor * (high - shares[0])]), axis=1)
        below[:, column], above[:, column] = np.where(needed[:, [column]], ends, 0.0).T
    own = np.where(needed, recipe.factors * found.se, 0.0)
    scale = np.abs(own).sum(1) ** 2 - (own**2).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.clip(np.where(scale > 0, (se**2 - (own**2).sum(1)) / scale, 0.0), -1, 1)
    widths = [(each**2).sum(1) + correlation * (np.abs(each).sum(1) ** 2 - (each**2).sum(1)) for each in (below, above)]
    return value - np.sqrt(np.maximum(widths[0], 0)), value + np.sqrt(np.maximum(widths[1], 0))


def _together(ratios: Numbers, recipe: Recipe, n: Numbers) -> Numbers:
    needed = np.where(recipe.factors != 0, recipe.factors * ratios, 0.0)
    value: Numbers = np.where(n > 0, recipe.known + needed.sum(1), np.nan)
    return value


def _plain_ratio(part: Measure, domain: Codes, n_domains: int) -> Numbers:
    inside = np.flatnonzero(domain >= 0)
    above, below = (np.bincount(domain[inside], weights=each[inside], minlength=n_domains) for each in (part.numerator, part.denominator))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def _counted(parts: Sequence[Measure], domain: Codes, n_domains: int) -> Numbers:
    counted = np.flatnonzero(np.logical_or.reduce([part.is_valid for part in parts]) & (domain >= 0))
    return np.bincount(domain[counted], minlength=n_domains).astype(float)
