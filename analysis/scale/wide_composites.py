"""Composites of places that reach over several parts: of each part the sums that add up, and the figures of all of them together.

A composite's variance is that of known factors times ratios, for which the covariances of all totals with each other are needed. Sums give
those of the two totals of a measure; so each total of one ratio is also summed beside each total of every other one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.domains import Domains, domains_over, is_one_population
from analysis.estimation.composed import Bounded, Recipe, estimated_together, observed_together
from analysis.estimation.parts import FIGURES, NOISE, DomainParts, Figures, Strata, covariances_from, figures_from, merge_parts
from analysis.estimation.sums import reducer, sum_measures
from analysis.frame.population import Population
from analysis.functions.named import Composite
from analysis.grouped import GroupedRows, known_basis, weakest_in
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE, SampledRows
from analysis.scale.margin_merging import Calibrating, OfPart, WholeMargins, calibrating_of
from analysis.scale.margin_sums import MarginTotals, margins_of, margins_of_groups
from analysis.scale.sums_of_domains import DomainSums, sums_of_domains
from analysis.tidy.table import Completed
from analysis.tidy.work import LONELY
from questionnaires.model import Indicator

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
PAIR = Indicator("pair", {}, "other", "ratio", "pair")


@dataclass(frozen=True, slots=True, eq=False)
class CompositeSums:
    """The sums of one composite in the domains of one partition in one part, in the order of `columns_of`."""

    composite: Composite
    sums: DomainSums
    by_margin: OfPart = (None, None)


@dataclass(frozen=True, slots=True, eq=False)
class CompositePart:
    """What one part says of the composites of a table, by their place; `strata` names the strata of `sizes`, `people` live there."""

    strata: pd.DataFrame
    sizes: Strata | None
    people: Population
    sums: Mapping[tuple[int, int], CompositeSums]
    """By the place in `DOMAIN_KEYS` and that of the indicator."""
    margins: MarginTotals | None = None


def sum_composite(composite: Composite, groups: GroupedRows, sampled: SampledRows | None, domains: Domains) -> CompositeSums:
    """The sums of the composite in the domains; its parts have a value for every row of the table."""
    measures = [measure.take(groups.rows) for measure in columns_of(composite)]
    sums = sum_measures(measures, groups.of_row, len(groups.cell), ssu=groups.ssu, centres=np.zeros(len(measures)))
    summed = replace(groups, sums=sums)
    margins = margins_of(sampled)
    by_margin = (None if margins is None else margins.totals, margins_of_groups(margins, summed, domains))
    return CompositeSums(composite.bare(), sums_of_domains(summed, sampled, domains), by_margin)


def columns_of(composite: Composite) -> list[Measure]:
    """The ratios, and then of every two of them each total of the one beside each of the other, where anything was answered."""
    found = list(composite.parts)
    for one, other in combinations(composite.parts, 2):
        for above in (one.numerator, one.denominator):
            found += [Measure(PAIR, "", above, beside, composite.is_valid) for beside in (other.numerator, other.denominator)]
    return found


def composite_figures(
    parts: Sequence[CompositeSums],
    strata_of_parts: Sequence[Codes],
    strata: Strata,
    people: Population,
    domain_type: str,
    n_visits: int,
    order: int,
    margins: WholeMargins | None,
) -> tuple[pd.DataFrame, Completed]:
    """The keys of the domains and the composite's figures there, from the sums of all parts; `order` is the place of its indicator."""
    composite, sums = parts[0].composite, [part.sums for part in parts]
    domains, codes = domains_over(domain_type, [each.keys for each in sums])
    n_domains, n_ratios = len(domains), len(composite.parts)
    add = reducer(domains.codes, n_domains)
    n, y, x = (add(np.concatenate([getattr(each, name) for each in sums])) for name in ("n", "y", "x"))
    size, n_sampled = (add(np.concatenate([getattr(each, name) for each in sums])) for name in ("size", "n_sampled"))
    sampled = [(each.parts, codes[number], strata_of_parts[number]) for number, each in enumerate(sums) if each.parts is not None]
    weakest = weakest_in(domains.codes, np.concatenate([each.weakest for each in sums]), n_domains)
    basis = known_basis(weakest, is_estimable=not sampled or is_one_population(domain_type, n_visits))
    is_estimated = basis < PURPOSIVE
    recipe = composite.recipe(people, domains, is_estimated)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(x[:, :n_ratios] > 0, y[:, :n_ratios] / x[:, :n_ratios], np.nan)
    found = observed_together(ratios, recipe, n[:, -1] if n_ratios > 1 else n[:, 0])
    if sampled and is_estimated.any():
        whole = merge_parts([each for each, _, _ in sampled], [each for _, each, _ in sampled], [each for _, _, each in sampled], n_domains)
        calibrating = calibrating_of(margins, whole, [each.by_margin for each in parts], codes, strata_of_parts)
        found = _chosen(is_estimated, _estimated(composite, recipe, whole, strata, calibrating), found)
        size = np.where(is_estimated, n_sampled, size)
    columns = {name: getattr(found, name)[:, None] for name in (*FIGURES, "ci_low", "ci_high")}
    figures = Figures(**{name: columns[name] for name in FIGURES})
    return domains.keys, Completed([composite], [order], size, basis, figures, columns["ci_low"], columns["ci_high"])


def _estimated(composite: Composite, recipe: Recipe, whole: DomainParts, strata: Strata, calibrating: Calibrating | None) -> Bounded:
    n_ratios = len(composite.parts)
    is_sum = np.zeros(len(whole.centre), dtype=bool)
    figures = figures_from(whole, strata, is_sum, lonely=LONELY)
    figures = figures if calibrating is None else calibrating.figures(figures, is_sum)
    ratios = Figures(**{name: getattr(figures, name)[:, :n_ratios] for name in FIGURES})
    yy, xy, xx, df, n_open = covariances_from(whole, strata, LONELY)
    below = whole.totals["x"][:, :n_ratios]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where((recipe.factors != 0) & (below > 0), recipe.factors / below, 0.0)
    slope = np.nan_to_num(ratios.estimate)
    terms = []
    for k in range(n_ratios):
        terms.append(scale[:, k] ** 2 * (yy[:, k] - 2 * slope[:, k] * xy[:, k] + slope[:, k] ** 2 * xx[:, k]))
    at = n_ratios
    for k, other in combinations(range(n_ratios), 2):
        above_above, above_below, below_above, below_below = (xy[:, at + place] for place in range(4))
        together = above_above - slope[:, other] * above_below - slope[:, k] * below_above + slope[:, k] * slope[:, other] * below_below
        terms.append(2 * scale[:, k] * scale[:, other] * together)
        at += 4
    variance = np.sum(terms, axis=0)
    variance = np.where(variance > NOISE * np.max(np.abs(terms), axis=0), variance, 0.0)
    # What is answered by anybody at all is told by the last column.
    n, df, n_open = whole.totals["n"][:, -1], df[:, -1], n_open[:, -1]
    is_unknown = (df <= 0) & (n_open > 0) & (variance == 0)
    if calibrating is not None:
        variance = calibrating.variances(variance, range(n_ratios), scale, -scale * slope)
    empty = np.where(n == 0, np.nan, 0.0)
    se = np.where(is_unknown, np.nan, np.sqrt(variance)) + empty
    linear = Figures(n[:, None], empty[:, None], se[:, None], (df + empty)[:, None], np.full((len(n), 1), np.nan))
    return estimated_together(ratios, composite.parts, recipe, linear)


def _chosen(is_estimated: npt.NDArray[np.bool_], estimated: Bounded, observed: Bounded) -> Bounded:
    names = (*FIGURES, "ci_low", "ci_high")
    return Bounded(**{name: np.where(is_estimated, getattr(estimated, name), getattr(observed, name)) for name in names})
