"""Estimates of totals, means, ratios and shares for many domains at once, with linearised variances.

Every variance is read off the covariance of two estimated totals, above and below the line, so that one pass over sums serves all measures
and domains (Särndal, Swensson and Wretman 1992, sections 4.3 and 5.6; Lohr 2010, chapters 4 to 6). A domain is estimated on the whole
sample: households outside it count as zeros (Särndal et al. 1992, section 10.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimation.design import WHOLE, Design
from analysis.estimation.sums import Reduce, Sums, centres_of, reducer, sum_measures
from analysis.measures import Measure

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
NOISE = 1e-12
"""A variance below this share of its largest part is what rounding leaves of 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One row per domain, one column per measure; NaN where there is no figure. `se` is 0 where the whole domain was asked."""

    n: Numbers
    estimate: Numbers
    se: Numbers
    df: Numbers
    deff: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of rows of equal weight: each lies in one cell of the design and in one domain."""

    of_row: Codes
    cell: Codes
    domain: Codes
    weight: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class _Covariances:
    """Variances and covariance of the totals above and below the line, per domain and measure, and the degrees of freedom."""

    yy: Numbers
    xy: Numbers
    xx: Numbers
    df: Numbers


def estimate(
    design: Design, measures: Sequence[Measure], domain: Codes | None = None, n_domains: int = 1, *, is_planned: bool = False
) -> Figures:
    """The figures of the measures in each domain; `domain` is that of every row, -1 outside all of them.

    `is_planned` says that each domain is one psu, of which a figure is wanted as it stands: then chance is only in which of its
    households were drawn, and the choice of the psu does not count.
    """
    codes = np.zeros(len(design.weights), dtype=np.intp) if domain is None else domain
    groups = groups_of(design, codes)
    rows = np.flatnonzero(groups.of_row >= 0)
    chosen = [measure.take(rows) for measure in measures] if len(rows) < len(codes) else measures
    sums = sum_measures(chosen, groups.of_row[rows], len(groups.cell), ssu=design.ssu[rows], centres=centres_of(measures))
    return figures_of(design, sums, groups, n_domains, np.array([each.is_sum for each in measures]), is_planned=is_planned)


def groups_of(design: Design, domain: Codes) -> Groups:
    """The groups of the rows: by domain, then cell, then weight. `of_row` is -1 for rows outside all domains."""
    inside = np.flatnonzero(domain >= 0)
    weights, codes_of_weight = np.unique(design.weights[inside], return_inverse=True)
    cell = design.cell[inside]
    n_cells, n_weights = len(design.cell_psu), max(len(weights), 1)
    keys, first, of_inside = np.unique(
        (domain[inside] * n_cells + cell) * n_weights + codes_of_weight, return_index=True, return_inverse=True
    )
    of_row = np.full(len(domain), -1, dtype=np.intp)
    of_row[inside] = of_inside
    return Groups(of_row, cell[first], domain[inside][first], weights[keys % n_weights])


def figures_of(design: Design, sums: Sums, groups: Groups, n_domains: int, is_sum: npt.NDArray[np.bool_], *, is_planned: bool) -> Figures:
    """The figures from the sums of the groups, which must be in the order of their domains and cells."""
    weight = groups.weight[:, None]
    weighted = sums.map(lambda array, power: array if power == 0 else array * (weight if power == 1 else weight**2))
    totals = weighted.grouped(groups.domain, n_domains)
    covariances = _covariances(design, weighted, groups, n_domains, is_planned=is_planned)
    centre = sums.centre[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = totals.y / totals.x
        value = np.where(is_sum, totals.y + centre * totals.x, ratio + centre)
        slope, below = np.where(is_sum, -centre, ratio), np.where(is_sum, 1.0, totals.x)
        variance = _quadratic(covariances.yy, covariances.xy, covariances.xx, slope) / below**2
        srs = _srs_variance(totals, reducer(groups.domain, n_domains), groups, sums.n, ratio, is_sum)
        deff = np.where(srs > 0, variance / srs, np.nan)
    is_empty = (totals.n == 0) | ~np.isfinite(value)
    empty = np.where(is_empty, np.nan, 0.0)
    return Figures(
        n=totals.n, estimate=value + empty, se=np.sqrt(variance) + empty, df=covariances.df + empty, deff=np.where(is_empty, np.nan, deff)
    )


def _quadratic(yy: Numbers, xy: Numbers, xx: Numbers, slope: Numbers) -> Numbers:
    """The variance of y - slope × x, 0 where only rounding is left."""
    terms = (yy, 2 * slope * xy, slope**2 * xx)
    value = terms[0] - terms[1] + terms[2]
    largest = np.maximum(np.abs(terms[0]), np.abs(terms[2]))
    return np.where(value > NOISE * largest, value, 0.0)


def _srs_variance(
    totals: Sums, reduce: Reduce, groups: Groups, n_of_group: Numbers, ratio: Numbers, is_sum: npt.NDArray[np.bool_]
) -> Numbers:
    """The variance that a simple random sample without replacement of as many rows would have (Kish 1965; R's `deff`)."""
    n = totals.n
    population = reduce(n_of_group * groups.weight[:, None])
    spread = _quadratic(totals.ryy, totals.rxy, totals.rxx, ratio)
    mean_below = totals.x / population
    of_mean = spread / population * n / (n - 1) * (population - n) / (population * n)
    return np.where(n > 1, of_mean * np.where(is_sum, population**2, 1 / mean_below**2), np.nan)


def _covariances(design: Design, weighted: Sums, groups: Groups, n_domains: int, *, is_planned: bool) -> _Covariances:
    """Both stages together: households within villages, and villages within strata."""
    n_cells, n_psus = len(design.cell_psu), len(design.psu_stratum)
    keys, of_group = np.unique(groups.domain * n_cells + groups.cell, return_inverse=True)
    in_cell = weighted.grouped(of_group.astype(np.intp), len(keys))
    domain, cell = np.divmod(keys, n_cells)
    within = _within(design, in_cell, cell)
    psu = design.cell_psu[cell]
    keys, of_cell = np.unique(domain * n_psus + psu, return_inverse=True)
    to_psu = reducer(of_cell.astype(np.intp), len(keys))
    domain_of_psu, psu = np.divmod(keys, n_psus)
    to_domain = reducer(domain_of_psu.astype(np.intp), n_domains)
    is_whole = (design.psu_fraction[psu] >= WHOLE)[:, None]
    n_ssu = to_psu(in_cell.n_ssu)
    has_spread = (design.cell_fraction < WHOLE)[cell][:, None]
    free = to_psu(np.where(has_spread, in_cell.n_ssu - (in_cell.n_ssu > 0), 0.0))
    if is_planned:
        yy, xy, xx = (to_domain(to_psu(each)) for each in within)
        return _Covariances(yy, xy, xx, to_domain(free))
    chance = design.psu_fraction[psu][:, None]
    inner = [to_domain(to_psu(each) * chance) for each in within]
    outer, n_psus_there, n_strata_there = _between(design, psu, domain_of_psu, to_psu(in_cell.y), to_psu(in_cell.x), n_ssu > 0, n_domains)
    df = n_psus_there - n_strata_there + to_domain(np.where(is_whole, free, 0.0))
    yy, xy, xx = (first + second for first, second in zip(outer, inner, strict=True))
    return _Covariances(yy, xy, xx, df)


def _within(design: Design, in_cell: Sums, cell: Codes) -> tuple[Numbers, Numbers, Numbers]:
    """What the draw of households adds: products of the deviations from the cell's mean, with the finite population of the cell."""
    size = design.cell_size[cell][:, None]
    left = 1 - design.cell_fraction[cell][:, None]
    left = np.where(design.cell_fraction[cell][:, None] < WHOLE, left, 0.0)
    if not left.any():
        return np.zeros_like(in_cell.y), np.zeros_like(in_cell.y), np.zeros_like(in_cell.y)
    is_lonely = size == 1
    factor = left * np.where(is_lonely, 1.0 if design.lonely == "adjust" else 0.0, size / np.maximum(size - 1, 1))
    share = np.where(is_lonely, 0.0, 1 / size)
    return (
        factor * (in_cell.yy - share * in_cell.y**2),
        factor * (in_cell.xy - share * in_cell.x * in_cell.y),
        factor * (in_cell.xx - share * in_cell.x**2),
    )


def _between(
    design: Design, psu: Codes, domain: Codes, y: Numbers, x: Numbers, is_there: npt.NDArray[np.bool_], n_domains: int
) -> tuple[tuple[Numbers, Numbers, Numbers], Numbers, Numbers]:
    """What the draw of villages adds, and how many villages and strata the domain has members in, those taken for certain left out."""
    n_strata = len(design.stratum_size)
    left_of_psu = np.where(design.psu_fraction < WHOLE, 1 - design.psu_fraction, 0.0)
    left_of_stratum = np.bincount(design.psu_stratum, weights=left_of_psu, minlength=n_strata)
    keys, of_psu = np.unique(domain * n_strata + design.psu_stratum[psu], return_inverse=True)
    to_stratum = reducer(of_psu.astype(np.intp), len(keys))
    domain_of_stratum, stratum = np.divmod(keys, n_strata)
    to_domain = reducer(domain_of_stratum.astype(np.intp), n_domains)
    left, size, open_share = left_of_psu[psu][:, None], design.stratum_size[stratum][:, None], left_of_stratum[stratum][:, None]
    is_lonely = size == 1
    factor = np.where(is_lonely, 1.0 if design.lonely == "adjust" else 0.0, size / np.maximum(size - 1, 1))
    share = np.where(is_lonely, 0.0, 1 / size)
    ty, tx, ly, lx = to_stratum(y), to_stratum(x), to_stratum(left * y), to_stratum(left * x)
    yy = to_stratum(left * y**2) - 2 * share * ty * ly + open_share * (share * ty) ** 2
    xy = to_stratum(left * x * y) - share * (ty * lx + tx * ly) + open_share * share**2 * ty * tx
    xx = to_stratum(left * x**2) - 2 * share * tx * lx + open_share * (share * tx) ** 2
    n_there = to_stratum((is_there & (left > 0)).astype(float))
    covariances = (to_domain(factor * yy), to_domain(factor * xy), to_domain(factor * xx))
    return covariances, to_domain(n_there), to_domain((n_there > 0).astype(float))
