"""Charts of every indicator of a bundle: bars by county and dots by village, with intervals where figures are estimated.

A distribution is drawn by answer with its places as dots, and by place with its answers stacked. Only the estimates are read, no answers.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.bundle import Bundle, folder_name
from analysis.charts.answer_charts import stack_chart
from analysis.charts.area_charts import chart_of, few_text, value_with_n
from analysis.charts.bars import BarChart, Panel, Row
from analysis.charts.labelled import label_places, title_of
from analysis.charts.stacks import StackChart
from analysis.describe import indicators_of
from analysis.measures import LEAST_OF_SHARE, SHARE_KINDS
from analysis.report.captions import say
from analysis.report.facts import counted_by, read_value
from questionnaires.model import Indicator

MAX_BARS = 40
"""A panel with more places shows as many, half of them the lowest and half the highest, and says so."""
PLACES = ("county", "village")
DISTRIBUTION = "distribution"


def indicator_charts(bundle: Bundle, estimates: pd.DataFrame, language: str) -> Iterator[tuple[str, BarChart | StackChart]]:
    """(name, chart) of every indicator of the estimates that has any value; the name is the form's folder and the indicator's.

    A share of which nowhere enough answers are has no chart: its table says how many of how few.
    """
    labelled = label_places(bundle, estimates, language)
    for (form_id, name), rows in labelled.groupby(["form_id", "indicator"], sort=False):
        if rows["estimate"].isna().all():
            continue
        form = bundle.forms[form_id]
        indicator = next(each for each in indicators_of(form) if each.name == name)
        if indicator.kind in SHARE_KINDS and rows["n"].max() < LEAST_OF_SHARE:
            continue
        counted = counted_by(bundle, form, name)
        title = title_of(rows["indicator_label"].iloc[0], rows["unit"].iloc[0], language)
        stem = f"{folder_name(form_id)}/{folder_name(name)}"
        if not (rows["category"] != "").any():
            yield stem, chart_of(_place_panels(rows, indicator, title, counted, language), language)
            continue
        known = rows[rows["estimate"].notna()]
        yield stem, chart_of(_answer_panels(known, title, counted, language), language)
        if (stacked := stack_chart(form, indicator, rows, title, counted, language)) is not None:
            yield f"{stem}-answers", stacked


def _place_panels(rows: pd.DataFrame, indicator: Indicator, title: str, counted: str, language: str) -> list[Panel]:
    """A panel with a bar per county in their order, and one with a dot per village from the highest to the lowest; none without figures."""
    panels = []
    for domain_type in PLACES:
        for known, told in _comparable(rows[rows["domain_type"] == domain_type], indicator, language):
            panel_title = f"{title} · {say(language, f'by_places_{domain_type}')}{told}"
            panels += _place_panel(known, domain_type, panel_title, counted, indicator, language)
    return panels or [_whole_panel(rows, title, counted, language)]


def _comparable(rows: pd.DataFrame, indicator: Indicator, language: str) -> Iterator[tuple[pd.DataFrame, str]]:
    """The rows that may stand beside each other, with what their title adds: sums of those visited are not totals of a population."""
    is_observed = rows["basis"] == "purposive"
    if indicator.kind != "total" or is_observed.all() or not is_observed.any():
        yield rows, ""
        return
    yield rows[is_observed], say(language, "sums_visited")
    yield rows[~is_observed], say(language, "sums_estimated")


def _place_panel(known: pd.DataFrame, domain_type: str, title: str, counted: str, indicator: Indicator, language: str) -> list[Panel]:
    """The panel of places of one kind; none where no place has a figure that may be drawn."""
    fews = [few_text(read_value(row), indicator.kind) for row in known.itertuples()]
    known = known.assign(few=fews, drawn=known["estimate"].where([not few for few in fews]))
    if len(known) > MAX_BARS:
        ordered = known[known["drawn"].notna()].sort_values("drawn", kind="stable")
        known = pd.concat([ordered.head(MAX_BARS // 2), ordered.tail(MAX_BARS // 2)])
        title += say(language, "only_extremes", n=MAX_BARS // 2)
    is_dotted = domain_type == "village"
    if is_dotted:
        known = known.sort_values("drawn", ascending=False, kind="stable", na_position="last")
    if not known["drawn"].notna().any():
        return []
    bars = tuple(
        Row(row.place, None, row.few, threshold=indicator.threshold)
        if row.few
        else _bar(row, row.place, counted, language, threshold=indicator.threshold)
        for row in known.itertuples()
    )
    return [Panel(title, bars, known["unit"].iloc[0], is_dotted=is_dotted)]


def _whole_panel(rows: pd.DataFrame, title: str, counted: str, language: str) -> Panel:
    whole = rows[rows["domain_type"] == "all"]
    bars = [_bar(row, say(language, "everybody"), counted, language) for row in whole.itertuples()]
    return Panel(title, tuple(bars), rows["unit"].iloc[0])


def _answer_panels(rows: pd.DataFrame, title: str, counted: str, language: str) -> list[Panel]:
    """A bar per answer over everybody, with the counties as dots when there are several, and with the villages as dots.

    Where every county has one village, the counties' dots are theirs, and no second panel repeats them.
    """
    whole_type = "all" if (rows["domain_type"] == "all").any() else "county"
    whole = rows[rows["domain_type"] == whole_type]
    panels, n_places = [], 0
    for domain_type in PLACES:
        parts = rows[rows["domain_type"] == domain_type]
        places = list(dict.fromkeys(zip(parts["visit_id"], parts["domain"], parts["place"], strict=True)))
        if len(places) < 2 or len(places) == n_places:
            continue
        n_places = len(places)
        values = {
            (row.category, row.visit_id, row.domain): None if few_text(read_value(row), DISTRIBUTION) else row.estimate
            for row in parts.itertuples()
        }
        bars = [
            _bar(
                row, row.category_label, counted, language, tuple(values.get((row.category, visit, domain)) for visit, domain, _ in places)
            )
            for row in whole.itertuples()
        ]
        panel_title = f"{title} · {say(language, f'by_places_{domain_type}')}"
        panels.append(Panel(panel_title, tuple(bars), rows["unit"].iloc[0], tuple(place for _, _, place in places)))
    bars = [_bar(row, row.category_label, counted, language) for row in whole.itertuples()]
    return panels or [Panel(title, tuple(bars), rows["unit"].iloc[0])]


def _bar(row: Any, label: str, counted: str, language: str, dots: tuple[float | None, ...] = (), threshold: float | None = None) -> Row:
    value = read_value(row)
    text = value_with_n(value, row.unit, counted, language)
    return Row(label, value.estimate, text, dots, threshold, interval=value.interval)
