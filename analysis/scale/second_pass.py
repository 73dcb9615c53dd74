"""What medians and quantiles of places that reach over several parts need of all parts a second time, and the figures that come of it."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from analysis.domains import DOMAIN_KEYS, is_one_population
from analysis.estimation.parts import Figures
from analysis.estimation.quantiles import Quantiles
from analysis.sampled import PURPOSIVE
from analysis.scale.county_parts import BelowTable, BelowTask, Finished, Part, TablePart, Task, below_part
from analysis.scale.margin_merging import merge_margins
from analysis.scale.merging import by_table, strata_of
from analysis.scale.numbering import Key
from analysis.scale.running import Workers
from analysis.scale.wide_quantiles import Place, WideValues, finish, merge_values
from analysis.tidy.table import Completed


def wide_figures(
    workers: Workers, tasks: Sequence[Task], parts: Sequence[Part], report: Callable[[int], None]
) -> dict[Key, list[tuple[int, Finished]]]:
    """By form and table the medians and quantiles of places above the parts, with their place in `DOMAIN_KEYS`."""
    wide = {(tables[0].form_id, tables[0].table): _merged(tables) for tables in by_table([part.tables for part in parts])}
    limits = {
        key: {place: each.limits for place, each in of_table.items() if (each.basis < PURPOSIVE).any()} for key, of_table in wide.items()
    }
    below: list[list[BelowTable]] = []
    if any(limits.values()):
        below = workers.run(below_part, [BelowTask(task, limits) for task in tasks], report)
    found: dict[Key, list[tuple[int, Finished]]] = {}
    for key, of_table in wide.items():
        tables_below = [each for of_part in below for each in of_part if (each.form_id, each.table) == key]
        found[key] = list(_finished(of_table, tables_below))
    return found


def _merged(tables: Sequence[TablePart]) -> dict[Place, WideValues]:
    n_visits = len(frozenset[str]().union(*(part.visits for part in tables)))
    places = sorted(frozenset[Place]().union(*(part.values.keys() for part in tables)))
    found = {}
    for place in places:
        domain_type = DOMAIN_KEYS[place[0]][0]
        values = [part.values[place] for part in tables if place in part.values]
        found[place] = merge_values(values, domain_type, is_estimable=is_one_population(domain_type, n_visits))
    return found


def _finished(wide: dict[Place, WideValues], tables: Sequence[BelowTable]) -> Iterable[tuple[int, Finished]]:
    codes, strata = strata_of(tables)
    margins = merge_margins([table.margins for table in tables], codes, strata)
    for place, each in wide.items():
        below = [(table.below[place], of_part) for table, of_part in zip(tables, codes, strict=True) if place in table.below]
        keys, quantiles = finish(each, below, strata, margins)
        yield place[0], Finished(keys, _completed(each, quantiles, place[1]))


def _completed(wide: WideValues, quantiles: Quantiles, order: int) -> Completed:
    n, estimate, se, df, low, high = (getattr(quantiles, name)[:, None] for name in ("n", "estimate", "se", "df", "ci_low", "ci_high"))
    figures = Figures(n, estimate, se, df, np.full_like(n, np.nan))
    return Completed([wide.first.measure], [order], wide.size, wide.basis, figures, low, high)
