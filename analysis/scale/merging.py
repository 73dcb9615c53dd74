"""All parts of a table together: the figures of every domain above the village, and those that each part finished. Pure.

Parts are taken in the order of their numbers, so that the result is the same to the last digit however many workers made them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.domains import DOMAIN_KEYS, domains_over, is_one_population
from analysis.estimation.codes import codes_of, nested
from analysis.estimation.parts import FIGURES, Figures, Strata, figures_from, merge_parts
from analysis.estimation.sums import reducer
from analysis.frame.population import merge_populations
from analysis.grouped import known_basis, weakest_in
from analysis.sampled import PURPOSIVE
from analysis.scale.county_parts import Finished, TablePart
from analysis.scale.margin_merging import OfPart, WholeMargins, calibrating_of, merge_margins
from analysis.scale.sums_of_domains import DomainSums
from analysis.scale.wide_composites import composite_figures
from analysis.tidy.figures import chosen_figures, intervals_of, observed_figures
from analysis.tidy.table import Completed
from analysis.tidy.work import LONELY
from questionnaires.errors import ErrorCode, SurveyError

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class MergedTable:
    """The figures of one table over all parts, by their place in `DOMAIN_KEYS`, and what only all parts together can tell of them."""

    form_id: str
    blocks: Mapping[int, Sequence[Finished]]
    problems: tuple[SurveyError, ...]


def merge_tables(parts: Sequence[TablePart], quantiles: Sequence[tuple[int, Finished]] = ()) -> MergedTable:
    """The figures of one table of a form from its parts, in their order; there must be at least one.

    `quantiles` are those of places that reach over several parts, with their place in `DOMAIN_KEYS`.
    """
    first = parts[0]
    if any(part.orders != first.orders or not np.array_equal(part.centre, first.centre) for part in parts):
        raise ValueError("Parts of other measures or with other centres cannot be merged.")
    codes, strata = strata_of(parts)
    margins = merge_margins([part.margins for part in parts], codes, strata)
    n_visits = len(frozenset[str]().union(*(part.visits for part in parts)))
    blocks: dict[int, list[Finished]] = {}
    for place, (domain_type, _keys) in enumerate(DOMAIN_KEYS):
        sums = [part.sums[place] for part in parts if place in part.sums]
        found: list[Finished] = []
        if sums and first.measures:
            of_parts = [each for each, part in zip(codes, parts, strict=True) if place in part.sums]
            beside = [(part.margins, part.by_margin.get(place)) for part in parts if place in part.sums]
            is_estimable = is_one_population(domain_type, n_visits)
            found.append(_merge(first, domain_type, sums, of_parts, strata, (margins, beside), is_estimable=is_estimable))
        finished = [part.finished[place] for part in parts if place in part.finished]
        if finished:
            found.append(_join(domain_type, finished))
        found += [each for at, each in quantiles if at == place]
        found += _composites(parts, place, n_visits)
        if found:
            blocks[place] = found
    lonely = int(((strata.size == 1) & (strata.open_share > 0)).sum())
    n_cells = sum(part.n_lonely_cells for part in parts)
    problems: tuple[SurveyError, ...] = ()
    if lonely or n_cells:
        problems = (SurveyError(ErrorCode.LONELY_PSU, place=f"Form '{first.form_id}'", n_strata=lonely, n_cells=n_cells),)
    return MergedTable(first.form_id, blocks, problems)


def _composites(tables: Sequence[TablePart], place: int, n_visits: int) -> Iterator[Finished]:
    """The composites in the places that reach over several parts."""
    parts = [table.composed for table in tables if table.composed is not None]
    orders = sorted({order for part in parts for at, order in part.sums if at == place})
    if not orders:
        return
    codes, strata = strata_of(parts)
    people = merge_populations([part.people for part in parts])
    margins = merge_margins([part.margins for part in parts], codes, strata)
    for order in orders:
        asked = [(part.sums[place, order], code) for part, code in zip(parts, codes, strict=True) if (place, order) in part.sums]
        sums, of_parts = [each for each, _ in asked], [code for _, code in asked]
        yield Finished(*composite_figures(sums, of_parts, strata, people, DOMAIN_KEYS[place][0], n_visits, order, margins))


class OfStrata(Protocol):
    """What is told of the strata of one part: their names, and their sizes, None where nothing is sampled."""

    @property
    def strata(self) -> pd.DataFrame:
        """Of every stratum."""

    @property
    def sizes(self) -> Strata | None:
        """In the order of the names."""


def strata_of(parts: Sequence[OfStrata]) -> tuple[list[Codes], Strata]:
    """For each part the strata of the whole that its own are, and the strata of the whole."""
    named = [part.strata if part.sizes is not None else None for part in parts]
    there = [each for each in named if each is not None and len(each)]
    if not there:
        return [np.zeros(0, dtype=np.intp) for _ in parts], Strata(np.zeros(0), np.zeros(0))
    whole = pd.concat(there, ignore_index=True)
    code = nested(codes_of(whole["visit_id"]), codes_of(whole["village_stratum"]))[0]
    code = nested(code, whole["is_certain"].to_numpy(dtype=np.intp))[0]
    n_strata = int(code.max(initial=-1)) + 1
    sizes = [part.sizes for part in parts if part.sizes is not None and len(part.strata)]
    size, open_share = (
        np.bincount(code, weights=np.concatenate([getattr(each, name) for each in sizes]), minlength=n_strata).astype(float)
        for name in ("size", "open_share")
    )
    ends = np.cumsum([0 if each is None else len(each) for each in named])[:-1]
    return [each.astype(np.intp) for each in np.split(code, ends)], Strata(size, open_share)


def _merge(
    table: TablePart,
    domain_type: str,
    sums: Sequence[DomainSums],
    strata: Sequence[Codes],
    sizes: Strata,
    margins: tuple[WholeMargins | None, Sequence[OfPart]],
    *,
    is_estimable: bool,
) -> Finished:
    domains, codes = domains_over(domain_type, [each.keys for each in sums])
    n_domains = len(domains)
    add = reducer(domains.codes, n_domains)
    n, y, x = (add(np.concatenate([getattr(each, name) for each in sums])) for name in ("n", "y", "x"))
    size, n_sampled = (add(np.concatenate([getattr(each, name) for each in sums])[:, None])[:, 0] for name in ("size", "n_sampled"))
    is_sum = np.array([measure.is_sum for measure in table.measures])
    figures = observed_figures(n, y, x, table.centre, is_sum)
    sampled = [(each.parts, codes[number], strata[number]) for number, each in enumerate(sums) if each.parts is not None]
    weakest = weakest_in(domains.codes, np.concatenate([each.weakest for each in sums]), n_domains)
    basis = known_basis(weakest, is_estimable=is_estimable or not sampled)
    if sampled and (basis < PURPOSIVE).any():
        whole = merge_parts([each for each, _, _ in sampled], [each for _, each, _ in sampled], [each for _, _, each in sampled], n_domains)
        estimated = figures_from(whole, sizes, is_sum, lonely=LONELY)
        calibrating = calibrating_of(margins[0], whole, margins[1], codes, strata)
        if calibrating is not None:
            estimated = calibrating.figures(estimated, is_sum)
        size, basis, figures = chosen_figures(basis, size, figures, n_sampled, estimated)
    low, high = intervals_of(table.measures, figures)
    return Finished(domains.keys, Completed(table.measures, table.orders, size, basis, figures, low, high))


def _join(domain_type: str, finished: Sequence[Finished]) -> Finished:
    """Figures of domains that each lie in one part, brought into the order of the codes."""
    domains, _ = domains_over(domain_type, [each.keys for each in finished])
    order = np.argsort(domains.codes, kind="stable")
    completed = [each.completed for each in finished]
    figures = {name: np.concatenate([getattr(each.figures, name) for each in completed])[order] for name in FIGURES}
    joined = Completed(
        measures=completed[0].measures,
        orders=completed[0].orders,
        size=np.concatenate([each.size for each in completed])[order],
        basis=np.concatenate([each.basis for each in completed])[order],
        figures=Figures(**figures),
        low=np.concatenate([each.low for each in completed])[order],
        high=np.concatenate([each.high for each in completed])[order],
    )
    return Finished(domains.keys, joined)


def by_table(parts: Sequence[Sequence[TablePart]]) -> Iterator[list[TablePart]]:
    """The parts of each table, the tables in the order in which they first stand."""
    found: dict[tuple[str, str], list[TablePart]] = {}
    for tables in parts:
        for each in tables:
            found.setdefault((each.form_id, each.table), []).append(each)
    yield from found.values()
