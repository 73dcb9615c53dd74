"""How numbers are spread that indicators average: what of the answers is drawn as histogram and boxes, by county and by village."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.ticker import MaxNLocator

from analysis.bundle import Bundle, folder_name
from analysis.charts.labelled import title_of
from analysis.charts.spreads import Box, SpreadChart, SpreadPanel, SpreadRow
from analysis.charts.style import shortened
from analysis.charts.words import joined, word
from analysis.codebook import Form, label_in
from analysis.describe import indicators_of
from analysis.indicators import units_of
from analysis.measures import numbers_in, unit_of
from analysis.report.captions import say
from analysis.report.facts import counted_by
from analysis.words import UNIT_WORDS, number_text, value_text, with_minus
from questionnaires.model import Indicator

KINDS = ("mean", "median", "quantile")
LEVELS = (5, 25, 50, 75, 95)
FEWEST_OF_BOX = 5
MAX_BINS = 24
MAX_ROWS = 60
LEAST_OF_SPREAD = 5
"""So few answers are told one by one and have no spread."""
FAR = 1.5
"""The axis ends where 99 of a hundred answers lie, if the largest lies more than this many times as far."""

Numbers = npt.NDArray[np.float64]


def spread_charts(bundle: Bundle, visit_ids: Sequence[str] | None, minimum_n: int, language: str) -> Iterator[tuple[str, SpreadChart]]:
    """(name, chart) of every question for a number that an indicator takes the mean, the median or another quantile of.

    Of places with fewer than `minimum_n` answers nothing is shown, and of a handful of answers no chart is made, nor of an
    indicator that would tell of single people, whose answers it would show.
    """
    for form in bundle.forms.values():
        drawn: set[tuple[str, str]] = set()
        for indicator in indicators_of(form):
            table = form.table_of(indicator)
            column = table.find(indicator.variable or "") if table else None
            tells_of_people = indicator.minimum_n > 0
            if tells_of_people or indicator.kind not in KINDS or table is None or column is None or (table.name, column.name) in drawn:
                continue
            drawn.add((table.name, column.name))
            units = units_of(bundle, form.form_id, table.name)
            rows = units.assign(value=numbers_in(bundle.tables[form.form_id, table.name].reset_index(drop=True), column))
            if visit_ids is not None:
                rows = rows[rows["visit_id"].isin(list(visit_ids))]
            chart = _chart(bundle, form, indicator, rows[rows["value"].notna()], max(minimum_n, 1), language)
            if chart is not None:
                yield f"{folder_name(form.form_id)}/{folder_name(indicator.name)}-distribution", chart


def _chart(bundle: Bundle, form: Form, indicator: Indicator, rows: pd.DataFrame, minimum_n: int, language: str) -> SpreadChart | None:
    if len(rows) < max(minimum_n, LEAST_OF_SPREAD):
        return None
    unit, counted = unit_of(indicator), counted_by(bundle, form, indicator.name)
    title = word(language, "spread_title", label=title_of(label_in(indicator.label, language, indicator.name), unit, language))
    values = rows["value"].to_numpy(dtype=float)
    edges, ticks = _axis(values)
    counts, _ = np.histogram(values, bins=edges)
    n_beyond = int((values > edges[-1]).sum())
    panels = _panels(bundle, rows, minimum_n, unit, counted, language)
    median = _quantile(values, 50)
    n = _n_text(len(values), counted, language)
    items = [_described(row, language) for panel in panels for row in panel.rows if row.box]
    quarters = [value_text(_quantile(values, level), unit, language) for level in (25, 75)]
    told = {"title": title, "n": n, "median": value_text(median, unit, language), "low": quarters[0], "high": quarters[1]}
    return SpreadChart(
        title=title,
        edges=tuple(float(edge) for edge in edges),
        counts=tuple(int(count) for count in counts),
        ticks=tuple((tick, with_minus(f"{tick:,.10g}")) for tick in ticks),
        median=median,
        median_text=f"{word(language, 'median')} {value_text(median, unit, language)}"
        + (word(language, "beyond", n=n_beyond) if n_beyond else ""),
        histogram_text=n,
        panels=tuple(panels),
        box_name=word(language, "box"),
        median_name=word(language, "median"),
        point_name=word(language, "points", n=FEWEST_OF_BOX),
        alt=shortened(word(language, "alt_spread", items=joined(items, language), **told)),
    )


def _axis(values: Numbers) -> tuple[Numbers, list[float]]:
    """The edges of the bars, round numbers, and the ticks; a few answers far away do not press all others together."""
    low, high = min(float(values.min()), 0.0), float(values.max())
    most = float(np.percentile(values, 99))
    if high > FAR * most > 0:
        high = most
    is_whole = bool((values == np.round(values)).all())
    locator = MaxNLocator(MAX_BINS, integer=is_whole, steps=[1, 2, 2.5, 5, 10] if not is_whole else [1, 2, 5, 10])
    edges = locator.tick_values(low, high if high > low else low + 1)
    ticks = [float(tick) for tick in MaxNLocator(5, integer=is_whole).tick_values(edges[0], edges[-1]) if edges[0] <= tick <= edges[-1]]
    return np.asarray(edges, dtype=float), ticks


def _panels(bundle: Bundle, rows: pd.DataFrame, minimum_n: int, unit: str, counted: str, language: str) -> list[SpreadPanel]:
    """A panel by county and one by village, each place once for every visit, if they are not too many to be told apart."""
    order = {visit.id: number for number, visit in enumerate(bundle.visits)}
    months = {visit.id: f"{visit.starts_on:%Y-%m}" for visit in bundle.visits}
    has_counties = rows["county_code"].nunique() > 1
    panels = []
    for domain_type, key in (("county", "county_code"), ("village", "village_code")):
        known = rows[rows[key].notna()]
        groups = known.groupby(["visit_id", key], sort=False)["value"]
        n_visits = known.groupby(key)["visit_id"].nunique()
        if not 0 < len(groups) <= MAX_ROWS:
            continue
        found = []
        for (visit_id, code), values in sorted(groups, key=lambda group: (order.get(group[0][0], 0), group[0][1])):
            name = bundle.place_name(str(code))
            if domain_type == "village" and has_counties:
                name = word(language, "village_of", county=bundle.place_name(str(code)[:6]), village=name)
            if n_visits[code] > 1:
                name = say(language, "cell", value=name, n=months.get(visit_id, visit_id))
            found.append(_row(name, values.to_numpy(dtype=float), minimum_n, unit, counted, language))
        panels.append(SpreadPanel(say(language, f"by_places_{domain_type}"), tuple(found)))
    return panels


def _row(name: str, values: Numbers, minimum_n: int, unit: str, counted: str, language: str) -> SpreadRow:
    if len(values) < minimum_n:
        return SpreadRow(name, None, (), word(language, "too_few"))
    text = say(language, "cell", value=number_text(_quantile(values, 50), unit), n=_n_text(len(values), counted, language))
    if len(values) < FEWEST_OF_BOX:
        return SpreadRow(name, None, tuple(sorted(float(value) for value in values)), text)
    return SpreadRow(name, Box(*(_quantile(values, level) for level in LEVELS)), (), text)


def _n_text(n: int, counted: str, language: str) -> str:
    return f"{n}{UNIT_WORDS[language][counted]}" if language == "zh" else f"n={n}"


def _described(row: SpreadRow, language: str) -> str:
    return word(language, "alt_spread_row", label=row.label, median=row.text)


def _quantile(values: Numbers, level: float) -> float:
    """The smallest answer that at least so many of a hundred do not exceed, as medians and quantiles of the table are."""
    return float(np.percentile(values, level, method="inverted_cdf"))
