"""What one part adds to the variances of figures whose weights were brought to totals of the frame (`analysis.estimation.calibrating`).

There a regression on the categories of the margins needs, of every figure, its weighted sum in each category and its covariance with the
total of each; of the categories themselves their sums and covariances. Within villages the covariances are finished in the part; between
villages of a stratum that reaches over parts they follow from sums over villages, as everywhere (`analysis.estimation.parts`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.domains import Domains
from analysis.estimation.design import WHOLE, Design
from analysis.estimation.sums import reducer
from analysis.frame.raking import ByMargin
from analysis.grouped import GroupedRows
from analysis.sampled import SampledRows

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class MarginTotals:
    """Of the categories `names` (columns everywhere): weighted sums of products, their covariance within villages, and per stratum sums
    over villages of their totals, of these by the share not taken, and of products of two of them by that share."""

    names: tuple[int, ...]
    gram: Numbers
    within: Numbers
    total: Numbers
    left_total: Numbers
    left_square: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class DomainMargins:
    """Of what stands above (`y`) and below (`x`) the line of each measure in each domain (domains × categories × measures): weighted sums
    in each category and covariances within villages with the total of each.

    `left_y` and `left_x` have a row per domain and stratum, named by `domain` and `stratum`: sums over villages of the product with the
    category's total there, by the share not taken.
    """

    y: Numbers
    x: Numbers
    within_y: Numbers
    within_x: Numbers
    domain: Codes
    stratum: Codes
    left_y: Numbers
    left_x: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Rows, or groups of rows of equal weight and categories: their weight, cell, domain and code of categories."""

    weight: Numbers
    cell: Codes
    domain: Codes
    codes: Codes


class PartMargins:
    """The totals of the categories in one part, and what domains add beside them."""

    def __init__(self, design: Design, by_margin: ByMargin) -> None:
        self._design, self._members = design, by_margin.members
        _, first = np.unique(design.ssu, return_index=True)
        of_ssu = design.weights[first][:, None] * by_margin.members[by_margin.codes[first]]
        self._of_cell = reducer(design.ssu_cell, len(design.cell_psu))(of_ssu)
        self._of_psu = reducer(design.cell_psu, len(design.psu_stratum))(self._of_cell)
        size = np.maximum(design.cell_size, 1)
        left = np.where(design.cell_fraction < WHOLE, 1 - design.cell_fraction, 0.0) * design.psu_fraction[design.cell_psu]
        self._factor = left * np.where(size == 1, 1.0 if design.lonely == "adjust" else 0.0, size / np.maximum(size - 1, 1))
        self._share = np.where(size == 1, 0.0, 1 / size)
        self._left = np.where(design.psu_fraction < WHOLE, 1 - design.psu_fraction, 0.0)
        n_strata, k = len(design.stratum_size), by_margin.members.shape[1]
        to_stratum = reducer(design.psu_stratum, n_strata)
        by_left = self._left[:, None] * self._of_psu
        products = (by_left[:, :, None] * self._of_psu[:, None, :]).reshape(len(by_left), k * k)
        spread = (self._factor[design.ssu_cell][:, None] * of_ssu).T @ of_ssu
        self.totals = MarginTotals(
            names=by_margin.names,
            gram=by_margin.members[by_margin.codes[first]].T @ of_ssu,
            within=spread - ((self._factor * self._share)[:, None] * self._of_cell).T @ self._of_cell,
            total=to_stratum(self._of_psu),
            left_total=to_stratum(by_left),
            left_square=to_stratum(products).reshape(n_strata, k, k),
        )

    def of_domains(self, rows: Weighted, y: Numbers, x: Numbers, n_domains: int) -> DomainMargins:
        """What the domains add, from the sums `y` and `x` of the rows or groups."""
        design, cell = self._design, rows.cell
        members = self._members[rows.codes]
        to_domain = reducer(rows.domain, n_domains)
        keys, of_cell = np.unique(rows.domain * len(design.cell_psu) + cell, return_inverse=True)
        domain, at_cell = np.divmod(keys, max(len(design.cell_psu), 1))
        pairs, of_psu = np.unique(domain * len(design.psu_stratum) + design.cell_psu[at_cell], return_inverse=True)
        psu_domain, psu = np.divmod(pairs, max(len(design.psu_stratum), 1))
        n_strata = max(len(design.stratum_size), 1)
        strata, of_stratum = np.unique(psu_domain * n_strata + design.psu_stratum[psu], return_inverse=True)
        to_cell, to_psu = reducer(of_cell.astype(np.intp), len(keys)), reducer(of_psu.astype(np.intp), len(pairs))
        cells_to_domain, to_stratum = reducer(domain, n_domains), reducer(of_stratum.astype(np.intp), len(strata))
        factor, share = self._factor[at_cell][:, None], self._share[at_cell][:, None]
        found: dict[str, Numbers] = {}
        for name, values in (("y", y), ("x", x)):
            weighted = rows.weight[:, None] * values
            in_cell = to_cell(weighted)
            in_psu = to_psu(in_cell)
            shape = (len(self.totals.names), values.shape[1])
            whole, within = np.zeros((n_domains, *shape)), np.zeros((n_domains, *shape))
            left = np.zeros((len(strata), *shape))
            for k in range(shape[0]):
                of_category = weighted * members[:, [k]]
                whole[:, k] = to_domain(of_category)
                # A household's total of its category is its weight, which all of its rows have.
                together = to_cell(rows.weight[:, None] * of_category)
                within[:, k] = cells_to_domain(factor * (together - share * in_cell * self._of_cell[at_cell, k][:, None]))
                left[:, k] = to_stratum((self._left * self._of_psu[:, k])[psu][:, None] * in_psu)
            found |= {name: whole, f"within_{name}": within, f"left_{name}": left}
        of_domain, stratum = np.divmod(strata, n_strata)
        return DomainMargins(domain=of_domain.astype(np.intp), stratum=stratum.astype(np.intp), **found)


def margins_of(sampled: SampledRows | None) -> PartMargins | None:
    """The totals of the categories of a part; None where weights were brought to nothing."""
    return None if sampled is None or sampled.by_margin is None else PartMargins(sampled.design, sampled.by_margin)


def margins_of_groups(margins: PartMargins | None, groups: GroupedRows, domains: Domains) -> DomainMargins | None:
    """What the domains add, from the sums of their groups."""
    if margins is None or groups.margin is None:
        return None
    at = np.flatnonzero((domains.codes >= 0) & (groups.cell >= 0))
    rows = Weighted(groups.weight[at], groups.cell[at], domains.codes[at], groups.margin[at])
    return margins.of_domains(rows, groups.sums.y[at], groups.sums.x[at], len(domains))
