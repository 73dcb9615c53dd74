"""Medians and quantiles of places that reach over several parts, to the last digit those of all rows at once.

Parts first say which values there are in every place, each once with the weight and the number of its rows, from which the quantile is read
off as from the rows themselves. Then they add up who is at or below it, because Woodruff's interval comes of the variance of that share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.domains import Domains, domains_over
from analysis.estimation.codes import positions_in
from analysis.estimation.estimate import groups_of
from analysis.estimation.parts import DomainParts, Strata, figures_from, merge_parts, parts_of
from analysis.estimation.quantiles import Curve, Quantiles, quantiles_of
from analysis.estimation.sums import reducer, sum_measures
from analysis.functions.of_rows import SampledBlock, sampled_block
from analysis.grouped import GroupedRows, known_basis, weakest_in
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE, SampledRows
from analysis.scale.margin_merging import OfPart, WholeMargins, calibrating_of
from analysis.scale.margin_sums import Weighted, margins_of
from analysis.tidy.work import LONELY, Work

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
KEYS = ["visit_id", "county_code", "domain"]
Place = tuple[int, int]
"""Where a figure belongs: the place in `DOMAIN_KEYS`, and that of its indicator."""


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The values in each domain of one partition, each once: how many rows have it, and their weight where they are sampled."""

    measure: Measure
    keys: pd.DataFrame
    size: Numbers
    """Per domain how many rows there are, answered or not."""
    n_sampled: Numbers
    is_drawn: bool
    """Whether anything is known of how households were sampled."""
    weakest: Codes
    domain: Codes
    value: Numbers
    n: Numbers
    weight: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Below:
    """The sums of the share at or below a value in each domain of one partition, from the sampled rows; None where nothing is sampled."""

    keys: pd.DataFrame
    parts: DomainParts | None
    by_margin: OfPart = (None, None)


def count_values(work: Work, groups: GroupedRows, domains: Domains, measure: Measure) -> Values:
    """The values of a median or quantile in the domains."""
    of_row = domains.codes[groups.of_row]
    values = _values(measure)
    block = None if work.sampled is None else sampled_block(work.sampled, groups.rows, of_row, is_planned=False)
    inside = np.flatnonzero(np.isfinite(values[groups.rows]) & (of_row >= 0))
    weight = np.zeros(len(values))
    n_sampled = np.zeros(len(domains))
    if block is not None:
        weight[block.rows] = block.design.weights
        n_sampled = np.bincount(block.domain, minlength=len(domains)).astype(float)
    at = groups.rows[inside]
    known, of_value = np.unique(values[at], return_inverse=True)
    keys, of_pair = np.unique(of_row[inside] * max(len(known), 1) + of_value, return_inverse=True)
    domain, value = np.divmod(keys, max(len(known), 1))
    return Values(
        measure=measure.bare(),
        keys=domains.keys.astype("str"),
        size=np.bincount(of_row[of_row >= 0], minlength=len(domains)).astype(float),
        n_sampled=n_sampled,
        is_drawn=work.sampled is not None,
        weakest=groups.weakest_of(domains),
        domain=domain.astype(np.intp),
        value=known[value],
        n=np.bincount(of_pair, minlength=len(keys)).astype(float),
        weight=np.bincount(of_pair, weights=weight[at], minlength=len(keys)).astype(float),
    )


def sum_below(work: Work, groups: GroupedRows, domains: Domains, measure: Measure, limits: pd.DataFrame) -> Below:
    """The sums of the share at or below the limit of each domain, which stands in the column "limit" of `limits` beside its keys."""
    keys = domains.keys.astype("str")
    if work.sampled is None:
        return Below(keys, None)
    of_row = domains.codes[groups.of_row]
    block = sampled_block(work.sampled, groups.rows, of_row, is_planned=False)
    place = positions_in(keys, limits, KEYS)
    limit = np.where(place >= 0, limits["limit"].to_numpy(dtype=float)[place], np.nan)
    values = _values(measure)[block.rows]
    is_valid = np.isfinite(values)
    is_below = is_valid & (np.nan_to_num(values) <= limit[block.domain])
    counted = Measure(measure.indicator, "", is_below.astype(float), is_valid.astype(float), is_valid)
    return Below(keys, _parts_below(block, limit, counted), _margins_below(work.sampled, block, counted, len(domains)))


def _margins_below(sampled: SampledRows, block: SampledBlock, counted: Measure, n_domains: int) -> OfPart:
    margins = margins_of(sampled)
    if margins is None or sampled.by_margin is None:
        return None, None
    codes = np.full(len(sampled.basis), -1, dtype=np.intp)
    codes[sampled.rows] = sampled.by_margin.codes
    rows = Weighted(block.design.weights, block.design.cell, block.domain, codes[block.rows])
    return margins.totals, margins.of_domains(rows, counted.numerator[:, None], counted.denominator[:, None], n_domains)


def _parts_below(block: SampledBlock, limit: Numbers, counted: Measure) -> DomainParts:
    groups = groups_of(block.design, block.domain)
    sums = sum_measures([counted], groups.of_row, len(groups.cell), ssu=block.design.ssu, centres=np.zeros(1))
    return parts_of(block.design, sums, groups, len(limit), is_planned=False)


def _values(measure: Measure) -> Numbers:
    return np.where(measure.is_valid, measure.numerator, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class WideValues:
    """The values of one partition over all parts, and what is read off them."""

    first: Values
    domains: Domains
    size: Numbers
    basis: Codes
    observed: Quantiles
    curve: Curve
    middle: Numbers

    @property
    def level(self) -> float:
        """The share of the population at or below the figure."""
        return self.first.measure.level or 0.0

    @property
    def limits(self) -> pd.DataFrame:
        """The keys of each domain with the estimated quantile in the column "limit"."""
        return self.domains.keys.assign(limit=self.middle)


def merge_values(parts: Sequence[Values], domain_type: str, *, is_estimable: bool) -> WideValues:
    """The values of all parts together, in the order of the parts."""
    domains, codes = domains_over(domain_type, [part.keys for part in parts])
    n_domains, level = len(domains), parts[0].measure.level or 0.0
    add = reducer(domains.codes, n_domains)
    size, n_sampled = (add(np.concatenate([getattr(part, name) for part in parts])[:, None])[:, 0] for name in ("size", "n_sampled"))
    is_drawn = any(part.is_drawn for part in parts)
    weakest = weakest_in(domains.codes, np.concatenate([part.weakest for part in parts]), n_domains)
    basis = known_basis(weakest, is_estimable=is_estimable or not is_drawn)
    domain = np.concatenate([of_part[part.domain] for part, of_part in zip(parts, codes, strict=True)])
    value, n, weight = (np.concatenate([getattr(part, name) for part in parts]) for name in ("value", "n", "weight"))
    counted = Curve.of(n, value, domain, n_domains).values_at(np.full(n_domains, level))
    nothing = np.full(n_domains, np.nan)
    observed = Quantiles(np.bincount(domain, weights=n, minlength=n_domains).astype(float), counted, nothing, nothing, nothing, nothing)
    curve = Curve.of(weight, value, domain, n_domains)
    is_estimated = (basis < PURPOSIVE) & is_drawn
    return WideValues(
        parts[0], domains, np.where(is_estimated, n_sampled, size), basis, observed, curve, curve.values_at(np.full(n_domains, level))
    )


def finish(
    wide: WideValues, below: Sequence[tuple[Below, Codes]], strata: Strata, margins: WholeMargins | None
) -> tuple[pd.DataFrame, Quantiles]:
    """The keys of the domains and their quantiles; `below` comes with the strata of the whole that those of each part are, `margins`
    are those that weights were brought to."""
    taken = [(each, codes) for each, codes in below if each.parts is not None]
    is_estimated = wide.basis < PURPOSIVE
    if not taken or not is_estimated.any():
        return wide.domains.keys, wide.observed
    n_domains = len(wide.domains)
    parts = [each.parts for each, _ in taken if each.parts is not None]
    places = [positions_in(each.keys, wide.domains.keys, KEYS) for each, _ in taken]
    of_parts = [codes for _, codes in taken]
    whole = merge_parts(parts, places, of_parts, n_domains)
    is_sum = np.zeros(1, dtype=bool)
    figures = figures_from(whole, strata, is_sum, lonely=LONELY)
    calibrating = calibrating_of(margins, whole, [each.by_margin for each, _ in taken], places, of_parts)
    if calibrating is not None:
        figures = calibrating.figures(figures, is_sum)
    estimated = quantiles_of(wide.curve, wide.level, wide.middle, figures)
    names = ("n", "estimate", "se", "ci_low", "ci_high", "df")
    chosen = {name: np.where(is_estimated, getattr(estimated, name), getattr(wide.observed, name)) for name in names}
    return wide.domains.keys, Quantiles(**chosen)
