"""A chart for every indicator of a bundle: by county and by village, or for a distribution by answer with its places as dots."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.bundle import Bundle, folder_name
from analysis.charts.area_charts import chart_of, value_with_n
from analysis.charts.bars import BarChart, Panel, Row
from analysis.report.facts import Value, counted_by
from analysis.report.sentences import say
from analysis.tabulate import label_estimates
from analysis.words import unit_name

MAX_BARS = 40
"""A panel with more places shows as many, half of them the lowest and half the highest, and says so."""
PLACES = ("county", "village")


def indicator_charts(bundle: Bundle, estimates: pd.DataFrame, language: str) -> Iterator[tuple[str, BarChart]]:
    """(name, chart) of every indicator of the estimates that has any value; the name is the form's folder and the indicator's."""
    labelled = label_estimates(bundle, estimates, language)
    labelled = labelled[labelled["estimate"].notna()].assign(place=lambda rows: _places(bundle, rows, language))
    for (form_id, name), rows in labelled.groupby(["form_id", "indicator"], sort=False):
        counted = counted_by(bundle, bundle.forms[form_id], name)
        unit = rows["unit"].iloc[0]
        title = _title(rows["indicator_label"].iloc[0], unit, language)
        is_distribution = bool((rows["category"] != "").any())
        draw = _answer_panels if is_distribution else _place_panels
        yield f"{folder_name(form_id)}/{folder_name(name)}", chart_of(draw(rows, title, counted, language), language)


def _places(bundle: Bundle, rows: pd.DataFrame, language: str) -> list[str]:
    """The name of each row's domain; a place visited more than once is told apart by the visit's month."""
    visits_of_place = rows.groupby(["form_id", "indicator", "category", "domain_type", "domain"])["visit_id"].transform("nunique")
    months = {visit.id: f"{visit.starts_on:%Y-%m}" for visit in bundle.visits}
    names = rows["domain_name"].where(rows["domain_name"] != "", rows["domain"])
    return [
        say(language, "cell", value=name, n=months.get(visit, visit)) if n_visits > 1 else name
        for name, visit, n_visits in zip(names, rows["visit_id"], visits_of_place, strict=True)
    ]


def _title(label: str, unit: str, language: str) -> str:
    suffix = unit_name(unit, language)
    return say(language, "with_unit", label=label, unit=suffix) if suffix else label


def _place_panels(rows: pd.DataFrame, title: str, counted: str, language: str) -> list[Panel]:
    """A panel with a bar per county, and one with a bar per village."""
    panels = []
    for domain_type in PLACES:
        known = rows[rows["domain_type"] == domain_type]
        panel_title = f"{title} · {say(language, f'by_places_{domain_type}')}"
        if len(known) > MAX_BARS:
            ordered = known.sort_values("estimate", kind="stable")
            known = pd.concat([ordered.head(MAX_BARS // 2), ordered.tail(MAX_BARS // 2)])
            panel_title += say(language, "only_extremes", n=MAX_BARS // 2)
        if len(known):
            panels.append(
                Panel(panel_title, tuple(_bar(row, row.place, counted, language) for row in known.itertuples()), rows["unit"].iloc[0])
            )
    return panels or [_whole_panel(rows, title, counted, language)]


def _whole_panel(rows: pd.DataFrame, title: str, counted: str, language: str) -> Panel:
    whole = rows[rows["domain_type"] == "all"]
    bars = [_bar(row, say(language, "everybody"), counted, language) for row in whole.itertuples()]
    return Panel(title, tuple(bars), rows["unit"].iloc[0])


def _answer_panels(rows: pd.DataFrame, title: str, counted: str, language: str) -> list[Panel]:
    """A bar per answer over everybody, with the counties as dots when there are several, and with the villages as dots."""
    whole_type = "all" if (rows["domain_type"] == "all").any() else "county"
    whole = rows[rows["domain_type"] == whole_type]
    panels = []
    for domain_type in PLACES:
        parts = rows[rows["domain_type"] == domain_type]
        places = list(dict.fromkeys(zip(parts["visit_id"], parts["domain"], parts["place"], strict=True)))
        if len(places) < 2:
            continue
        values = dict(zip(zip(parts["category"], parts["visit_id"], parts["domain"], strict=True), parts["estimate"], strict=True))
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


def _bar(row: Any, label: str, counted: str, language: str, dots: tuple[float | None, ...] = ()) -> Row:
    value = Value(int(row.n), int(row.n_missing), float(row.estimate))
    return Row(label, value.estimate, value_with_n(value, row.unit, counted, language), dots)
