"""The rows of a table in groups that never have to be told apart again, with the sums of each: all domains are unions of such groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.domains import VILLAGE, Domains
from analysis.estimation.parts import DomainParts, Figures, Groups, Strata, figures_from, parts_of
from analysis.estimation.sums import Sums, sum_measures
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE, SampledRows

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class GroupedRows:
    """Groups of rows with the same keys, cell and weights; `size` counts the rows of each, and `cell` is -1 where it is not sampled."""

    keys: pd.DataFrame
    size: Numbers
    sums: Sums
    cell: Codes
    weight: Numbers
    village_weight: Numbers
    basis: Codes
    village_basis: Codes
    is_outside: Flags
    rows: Codes
    """The rows of the table that are grouped; one that is in several domains stands there for each of them."""
    of_row: Codes
    """The group of each of these rows."""
    ssu: Codes
    """The household of each of these rows; one that is not sampled is a household of its own."""
    margin: Codes | None = None
    """The code of each group's categories, where weights of a part were brought to totals of the whole."""

    def plain(self, domains: Domains) -> tuple[Numbers, Sums]:
        """How many rows each domain has, and the sums of them all without weights."""
        inside = np.flatnonzero(domains.codes >= 0)
        size: Numbers = np.bincount(domains.codes[inside], weights=self.size[inside], minlength=len(domains)).astype(float)
        return size, self.sums.take(inside).grouped(domains.codes[inside], len(domains))

    def weakest_of(self, domains: Domains) -> Codes:
        """The weakest basis of each domain's groups, -1 where none counts; those outside the sample do not."""
        ranks = self.village_basis if domains.domain_type == VILLAGE else self.basis
        counted = np.flatnonzero((domains.codes >= 0) & ~self.is_outside)
        return weakest_in(domains.codes[counted], ranks[counted], len(domains))

    def parts(self, sampled: SampledRows, domains: Domains) -> tuple[Numbers, DomainParts]:
        """How many sampled rows each domain has, and the sums behind its figures; those of a village are of the village as it stands."""
        is_planned = domains.domain_type == VILLAGE
        counted = np.flatnonzero((domains.codes >= 0) & (self.cell >= 0))
        weight = (self.village_weight if is_planned else self.weight)[counted]
        codes = domains.codes[counted]
        groups = Groups(np.zeros(0, dtype=np.intp), self.cell[counted], codes, weight)
        size: Numbers = np.bincount(codes, weights=self.size[counted], minlength=len(domains)).astype(float)
        return size, parts_of(sampled.design, self.sums.take(counted), groups, len(domains), is_planned=is_planned)

    def figures(self, sampled: SampledRows, domains: Domains, is_sum: Flags) -> tuple[Numbers, Figures]:
        """How many sampled rows each domain has, and its figures."""
        size, parts = self.parts(sampled, domains)
        return size, figures_from(parts, Strata.of(sampled.design), is_sum, lonely=sampled.design.lonely)


def weakest_in(domain: Codes, basis: Codes, n_domains: int) -> Codes:
    """The weakest basis in each domain, -1 where there is none; the two say of each group in which it lies and what it has."""
    weakest = np.full(n_domains, -1, dtype=np.intp)
    np.maximum.at(weakest, domain, basis)
    return weakest


def known_basis(weakest: Codes, *, is_estimable: bool = True) -> Codes:
    """The basis of domains by that of their groups; it is purposive where none counts (-1), and everywhere if they are not estimable."""
    return np.where(weakest < 0, PURPOSIVE, weakest) if is_estimable else np.full_like(weakest, PURPOSIVE)


def group_rows(
    frame: pd.DataFrame, rows: Codes, sampled: SampledRows | None, basis: Codes, measures: Sequence[Measure], centres: Numbers
) -> GroupedRows:
    """The groups of the rows in `frame`, whose columns are the keys of domains; `rows` says which row of the table each one is.

    `basis` are the ranks of the table's rows where nothing is sampled.
    """
    n_table = len(basis)
    cell, weight, village_weight = np.full(n_table, NOWHERE), np.zeros(n_table), np.zeros(n_table)
    ssu, village_basis, is_outside = np.arange(n_table), basis, np.zeros(n_table, dtype=bool)
    if sampled is not None:
        design = sampled.design
        cell[sampled.rows], weight[sampled.rows] = design.cell, design.weights
        village_weight[sampled.rows] = sampled.village_weights
        ssu = len(design.ssu_cell) + np.arange(n_table)
        ssu[sampled.rows] = design.ssu
        basis, village_basis, is_outside = sampled.basis, sampled.village_basis, sampled.is_outside
    parts = [pd.factorize(frame[name], use_na_sentinel=False)[0] for name in frame.columns]
    parts += [cell[rows] + 1, is_outside[rows].astype(np.intp)]
    parts += [np.unique(each[rows], return_inverse=True)[1] for each in (weight, village_weight)]
    margin = None
    if sampled is not None and sampled.by_margin is not None:
        margin = np.full(n_table, NOWHERE)
        margin[sampled.rows] = sampled.by_margin.codes
        parts.append(margin[rows] + 1)
    groups, first = _combined(parts)
    n_groups = len(first)
    chosen = measures if len(rows) == n_table and (rows == np.arange(n_table)).all() else [each.take(rows) for each in measures]
    at = rows[first]
    return GroupedRows(
        keys=frame.iloc[first].reset_index(drop=True),
        size=np.bincount(groups, minlength=n_groups).astype(float),
        sums=sum_measures(chosen, groups, n_groups, ssu=ssu[rows], centres=centres),
        cell=cell[at],
        weight=weight[at],
        village_weight=village_weight[at],
        basis=basis[at],
        village_basis=village_basis[at],
        is_outside=is_outside[at],
        rows=rows,
        of_row=groups,
        ssu=ssu[rows],
        margin=None if margin is None else margin[at],
    )


def _combined(parts: Sequence[Codes]) -> tuple[Codes, Codes]:
    """The code of each combination of codes, and the first place where each stands."""
    combined = np.zeros(len(parts[0]), dtype=np.int64)
    n_before = 1
    for part in parts:
        n = int(part.max(initial=0)) + 1
        if n_before > np.iinfo(np.int64).max // (n + 1):
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
            n_before = int(combined.max(initial=0)) + 1
        combined = combined * n + part
        n_before *= n
    _, first, codes = np.unique(combined, return_index=True, return_inverse=True)
    return codes.astype(np.intp), first.astype(np.intp)
