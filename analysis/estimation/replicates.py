"""Variances by drawing again from the sample: jackknife and bootstrap, which hold for any figure that is made of totals.

Both drop or repeat whole villages, so the draw of households inside them is counted through the spread between villages (the ultimate
cluster, Särndal, Swensson and Wretman 1992, section 11.3); lonely villages add nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimation.design import WHOLE, Design
from analysis.estimation.sums import reducer
from analysis.measures import Measure

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Factors of the weights, one row per replicate and one column per psu, and what each replicate's squared deviation counts."""

    factors: Numbers
    scale: Numbers


def jackknife(design: Design) -> Replicates:
    """One replicate per psu that is not lonely nor taken for certain: JK1 with one stratum, JKn with several (Wolter 2007, chapter 4)."""
    size = design.stratum_size[design.psu_stratum]
    left = np.where(design.psu_fraction < WHOLE, 1 - design.psu_fraction, 0.0)
    dropped = np.flatnonzero((size > 1) & (left > 0))
    factors = np.ones((len(dropped), len(size)))
    same = design.psu_stratum[dropped][:, None] == design.psu_stratum[None, :]
    factors = np.where(same, (size / np.maximum(size - 1, 1))[dropped][:, None], factors)
    factors[np.arange(len(dropped)), dropped] = 0
    return Replicates(factors, ((size - 1) / size * left)[dropped])


def bootstrap(design: Design, n_replicates: int, random: np.random.Generator) -> Replicates:
    """Rao and Wu's (1988) rescaled bootstrap: in each stratum one psu fewer than there are, drawn with replacement, with the fpc inside."""
    factors = np.ones((n_replicates, len(design.psu_stratum)))
    for stratum, size in enumerate(design.stratum_size.astype(int)):
        members = np.flatnonzero(design.psu_stratum == stratum)
        if size < 2:
            continue
        times = random.multinomial(size - 1, np.full(size, 1 / size), n_replicates)
        left = np.sqrt(np.clip(1 - design.psu_fraction[members], 0, 1))
        factors[:, members] = 1 + left * (times * size / (size - 1) - 1)
    return Replicates(factors, np.full(n_replicates, 1 / n_replicates))


def replicate_variances(
    design: Design, measures: Sequence[Measure], replicates: Replicates, domain: Codes | None = None, n_domains: int = 1
) -> Numbers:
    """The variance of each measure (column) in each domain (row) around the estimate from the whole sample; NaN without an estimate."""
    codes = np.zeros(len(design.weights), dtype=np.intp) if domain is None else domain
    inside = np.flatnonzero(codes >= 0)
    n_psus = len(design.psu_stratum)
    keys, of_row = np.unique(codes[inside] * n_psus + design.cell_psu[design.cell[inside]], return_inverse=True)
    reduce = reducer(of_row.astype(np.intp), len(keys))
    domain_of, psu = np.divmod(keys, n_psus)
    variances = np.empty((n_domains, len(measures)))
    for column, measure in enumerate(measures):
        taken = measure.take(inside)
        above, below = (reduce(design.weights[inside] * each) for each in (taken.numerator, taken.denominator))
        whole = _values(above[None], below[None], domain_of, n_domains, is_sum=measure.is_sum)
        again = replicates.factors[:, psu]
        values = _values(again * above, again * below, domain_of, n_domains, is_sum=measure.is_sum)
        # A replicate in which a domain has nobody left says nothing of its value.
        deviations = np.where(np.isfinite(values), values - whole, 0.0)
        variances[:, column] = replicates.scale @ deviations**2 + np.where(np.isfinite(whole[0]), 0.0, np.nan)
    return variances


def _values(above: Numbers, below: Numbers, domain: Codes, n_domains: int, *, is_sum: bool) -> Numbers:
    """The figure of each domain in each row of sums per psu."""
    reduce = reducer(domain, n_domains)
    totals, divisors = reduce(above.T).T, reduce(below.T).T
    if is_sum:
        return np.asarray(totals, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(divisors != 0, totals / divisors, np.nan)
