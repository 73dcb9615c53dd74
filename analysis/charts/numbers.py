"""The numbers of a chart of bars, for those who draw it themselves: word processors with charts of their own. Pure."""

from collections.abc import Iterator

from analysis.charts.bars import BarChart, Panel
from analysis.measures import SHARE_UNIT
from analysis.report.captions import say
from analysis.report.outline import Bars, Series
from analysis.words import COUNTED_UNITS

MAX_SERIES = 6
"""Bars beside each other in a category; with more places only the whole has a bar."""
WHOLE_FROM = 100


def bars_of(chart: BarChart, language: str) -> tuple[Bars, ...]:
    """A record of numbers for each panel of the chart."""
    return tuple(_bars(panel, chart.threshold_name, language) for panel in chart.panels if panel.rows)


def _bars(panel: Panel, threshold_name: str, language: str) -> Bars:
    series = tuple(_series(panel, threshold_name, language))
    values = [value for each in series for value in each.values if value is not None]
    is_whole = panel.unit in COUNTED_UNITS and all(value.is_integer() for value in values)
    is_whole = is_whole or max(map(abs, values), default=0.0) >= WHOLE_FROM
    number_format = "0.0%" if panel.unit == SHARE_UNIT else "#,##0" if is_whole else "0.0"
    return Bars(panel.title, tuple(row.label for row in panel.rows), series, number_format)


def _series(panel: Panel, threshold_name: str, language: str) -> Iterator[Series]:
    name = say(language, "whole") if panel.dot_names else panel.title
    yield Series(name, tuple(row.value for row in panel.rows))
    if len(panel.dot_names) < MAX_SERIES:
        for number, place in enumerate(panel.dot_names):
            yield Series(place, tuple(row.dots[number] if number < len(row.dots) else None for row in panel.rows))
    if any(row.threshold is not None for row in panel.rows):
        yield Series(threshold_name, tuple(row.threshold for row in panel.rows))
