"""What the figures of domains are made of: sums that add up over parts of a sample, as long as no village is in two of them.

First come the sums of a part (`parts_of`), then those of all parts together (`merge_parts`), then figures (`figures_from`). Every variance
is read off the covariance of two estimated totals, above and below the line (Särndal, Swensson and Wretman 1992, sections 4.3 and 5.6;
Lohr 2010, chapters 4 to 6). A domain is estimated on the whole sample: households outside it count as zeros (Särndal et al. 1992, 10.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from analysis.estimation.design import WHOLE, Design
from analysis.estimation.sums import Sums, reducer

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Arrays = Mapping[str, Numbers]
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


FIGURES = tuple(each.name for each in fields(Figures))


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of rows of equal weight: each lies in one cell of the design and in one domain."""

    of_row: Codes
    cell: Codes
    domain: Codes
    weight: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """One entry per stratum of villages: how many of them are in the sample, and the sum of the shares that were not taken."""

    size: Numbers
    open_share: Numbers

    @classmethod
    def of(cls, design: Design) -> "Strata":
        """Those of the design."""
        n_strata = len(design.stratum_size)
        open_share = np.bincount(design.psu_stratum, weights=_left(design), minlength=n_strata)
        return cls(design.stratum_size, open_share.astype(float))


@dataclass(frozen=True, slots=True, eq=False)
class DomainParts:
    """The sums behind the figures of domains; one column per measure everywhere.

    `totals` has a row per domain: usable answers `n`, weighted sums `y` and `x` and their squares over rows, the `population` that answers
    stand for, what the draw of households adds (`inner_…`), the degrees of freedom of villages taken for certain (`free`), and the
    households that stand for others (`open`).
    `spread` has a row per domain and stratum that has a village in it, named by `domain` and `stratum`: sums over villages of their totals,
    of those by the share not taken (`l…`), of their squares, and how many of them are there.
    """

    centre: Numbers
    totals: Arrays
    domain: Codes
    stratum: Codes
    spread: Arrays


def parts_of(design: Design, sums: Sums, groups: Groups, n_domains: int, *, is_planned: bool) -> DomainParts:
    """The sums of the domains from those of the groups. `is_planned` says that each domain is one village taken as it stands."""
    weight = groups.weight[:, None]
    weighted = sums.map(lambda array, power: array if power == 0 else array * (weight if power == 1 else weight**2))
    whole = weighted.grouped(groups.domain, n_domains)
    totals = {name: getattr(whole, name) for name in ("n", "y", "x", "ryy", "rxy", "rxx")}
    totals["population"] = reducer(groups.domain, n_domains)(sums.n * weight)
    n_cells, n_psus = len(design.cell_psu), len(design.psu_stratum)
    keys, of_group = np.unique(groups.domain * n_cells + groups.cell, return_inverse=True)
    in_cell = weighted.grouped(of_group.astype(np.intp), len(keys))
    domain, cell = np.divmod(keys, max(n_cells, 1))
    within = _within(design, in_cell, cell)
    keys, of_cell = np.unique(domain * n_psus + design.cell_psu[cell], return_inverse=True)
    to_psu = reducer(of_cell.astype(np.intp), len(keys))
    domain_of_psu, psu = np.divmod(keys, max(n_psus, 1))
    to_domain = reducer(domain_of_psu.astype(np.intp), n_domains)
    has_spread = (design.cell_fraction < WHOLE)[cell][:, None]
    free = to_psu(np.where(has_spread, in_cell.n_ssu - (in_cell.n_ssu > 0), 0.0))
    totals["open"] = to_domain(to_psu(np.where(has_spread, in_cell.n_ssu, 0.0)))
    chance = 1.0 if is_planned else design.psu_fraction[psu][:, None]
    for name, each in zip(("inner_yy", "inner_xy", "inner_xx"), within, strict=True):
        totals[name] = to_domain(to_psu(each) * chance)
    if is_planned:
        nowhere = np.zeros(0, dtype=np.intp)
        return DomainParts(sums.centre, {**totals, "free": to_domain(free)}, nowhere, nowhere, {})
    is_whole = (design.psu_fraction[psu] >= WHOLE)[:, None]
    totals["free"] = to_domain(np.where(is_whole, free, 0.0))
    of_pair, stratum, spread = _between(design, psu, domain_of_psu, to_psu(in_cell.y), to_psu(in_cell.x), to_psu(in_cell.n_ssu) > 0)
    return DomainParts(sums.centre, totals, of_pair, stratum, spread)


def merge_parts(parts: Sequence[DomainParts], domains: Sequence[Codes], strata: Sequence[Codes], n_domains: int) -> DomainParts:
    """The sums of all parts: `domains` and `strata` say for each part which domain and stratum of the whole its own are.

    They are added in the order given, so that the same parts in the same order give the same numbers to the last digit.
    """
    to_domain = reducer(np.concatenate(domains), n_domains)
    totals = {name: to_domain(np.concatenate([part.totals[name] for part in parts])) for name in parts[0].totals}
    domain = np.concatenate([codes[part.domain] for part, codes in zip(parts, domains, strict=True)])
    stratum = np.concatenate([codes[part.stratum] for part, codes in zip(parts, strata, strict=True)])
    n_strata = int(stratum.max(initial=0)) + 1
    keys, of_pair = np.unique(domain * n_strata + stratum, return_inverse=True)
    to_pair = reducer(of_pair.astype(np.intp), len(keys))
    spread = {name: to_pair(np.concatenate([part.spread[name] for part in parts])) for name in parts[0].spread}
    of_domain, of_stratum = np.divmod(keys, n_strata)
    return DomainParts(parts[0].centre, totals, of_domain.astype(np.intp), of_stratum.astype(np.intp), spread)


def figures_from(parts: DomainParts, strata: Strata, is_sum: npt.NDArray[np.bool_], *, lonely: str) -> Figures:
    """The figures of all domains; `lonely` is what a stratum with one village means (`analysis.estimation.design.LONELY`)."""
    totals, centre = parts.totals, parts.centre[None, :]
    yy, xy, xx, df, n_open = covariances_from(parts, strata, lonely)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = totals["y"] / totals["x"]
        value = np.where(is_sum, totals["y"] + centre * totals["x"], ratio + centre)
        slope, below = np.where(is_sum, -centre, ratio), np.where(is_sum, 1.0, totals["x"])
        variance = _quadratic(yy, xy, xx, slope) / below**2
        srs = _srs_variance(totals, ratio, is_sum)
        deff = np.where(srs > 0, variance / srs, np.nan)
    is_empty = (totals["n"] == 0) | ~np.isfinite(value)
    # Where one village or household alone answered, though more were not sampled, a spread of 0 says nothing of chance.
    is_unknown = (df <= 0) & (n_open > 0) & (variance == 0)
    empty = np.where(is_empty, np.nan, 0.0)
    return Figures(
        n=totals["n"],
        estimate=value + empty,
        se=np.where(is_unknown, np.nan, np.sqrt(variance)) + empty,
        df=df + empty,
        deff=np.where(is_empty, np.nan, deff),
    )


def _quadratic(yy: Numbers, xy: Numbers, xx: Numbers, slope: Numbers) -> Numbers:
    """The variance of y - slope × x, 0 where only rounding is left."""
    terms = (yy, 2 * slope * xy, slope**2 * xx)
    value = terms[0] - terms[1] + terms[2]
    largest = np.maximum(np.abs(terms[0]), np.abs(terms[2]))
    return np.where(value > NOISE * largest, value, 0.0)


def _srs_variance(totals: Arrays, ratio: Numbers, is_sum: npt.NDArray[np.bool_]) -> Numbers:
    """The variance that a simple random sample without replacement of as many rows would have (Kish 1965; R's `deff`)."""
    n, population = totals["n"], totals["population"]
    spread = _quadratic(totals["ryy"], totals["rxy"], totals["rxx"], ratio)
    mean_below = totals["x"] / population
    of_mean = spread / population * n / (n - 1) * (population - n) / (population * n)
    return np.where(n > 1, of_mean * np.where(is_sum, population**2, 1 / mean_below**2), np.nan)


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


def _left(design: Design) -> Numbers:
    """The share of each village's stratum that was not taken, by the village's own probability."""
    return np.where(design.psu_fraction < WHOLE, 1 - design.psu_fraction, 0.0)


def _between(
    design: Design, psu: Codes, domain: Codes, y: Numbers, x: Numbers, is_there: npt.NDArray[np.bool_]
) -> tuple[Codes, Codes, Arrays]:
    """Domain, stratum and sums over villages, from which follows what the draw of villages adds; those taken for certain add nothing."""
    n_strata = max(len(design.stratum_size), 1)
    keys, of_psu = np.unique(domain * n_strata + design.psu_stratum[psu], return_inverse=True)
    to_stratum = reducer(of_psu.astype(np.intp), len(keys))
    domain_of_stratum, stratum = np.divmod(keys, n_strata)
    left = _left(design)[psu][:, None]
    spread = {
        "y": to_stratum(y),
        "x": to_stratum(x),
        "ly": to_stratum(left * y),
        "lx": to_stratum(left * x),
        "lyy": to_stratum(left * y**2),
        "lxy": to_stratum(left * x * y),
        "lxx": to_stratum(left * x**2),
        "n_there": to_stratum((is_there & (left > 0)).astype(float)),
    }
    return domain_of_stratum.astype(np.intp), stratum.astype(np.intp), spread


def covariances_from(parts: DomainParts, strata: Strata, lonely: str) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Both stages together: variances and covariance of the totals above and below the line, degrees of freedom, units left to chance."""
    totals, spread = parts.totals, parts.spread
    inner = [totals[name] for name in ("inner_yy", "inner_xy", "inner_xx")]
    if not spread:
        return inner[0], inner[1], inner[2], totals["free"], totals["open"]
    to_domain = reducer(parts.domain, len(totals["n"]))
    size, open_share = strata.size[parts.stratum][:, None], strata.open_share[parts.stratum][:, None]
    is_lonely = size == 1
    factor = np.where(is_lonely, 1.0 if lonely == "adjust" else 0.0, size / np.maximum(size - 1, 1))
    share = np.where(is_lonely, 0.0, 1 / size)
    y, x, ly, lx = (spread[name] for name in ("y", "x", "ly", "lx"))
    yy = spread["lyy"] - 2 * share * y * ly + open_share * (share * y) ** 2
    xy = spread["lxy"] - share * (y * lx + x * ly) + open_share * share**2 * y * x
    xx = spread["lxx"] - 2 * share * x * lx + open_share * (share * x) ** 2
    there = spread["n_there"]
    df = to_domain(there) - to_domain((there > 0).astype(float)) + totals["free"]
    yy, xy, xx = (to_domain(factor * outer) + each for outer, each in zip((yy, xy, xx), inner, strict=True))
    return yy, xy, xx, df, to_domain(there) + totals["open"]
