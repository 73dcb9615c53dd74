"""A chart of any kind as a picture: SVG with its text as outlines, and PNG for print. The same chart gives the same bytes."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from matplotlib.figure import Figure

from analysis.charts.bars import BarChart, draw_bars
from analysis.charts.coverage_map import CoverageMap, draw_coverage
from analysis.charts.heat_map import HeatMap, draw_heat_map
from analysis.charts.slopes import SlopeChart, draw_slopes
from analysis.charts.spreads import SpreadChart, draw_spreads
from analysis.charts.stacks import StackChart, draw_stacks
from analysis.charts.style import PICTURES_KEPT, chart_style, pictures_of

Chart = BarChart | SlopeChart | SpreadChart | StackChart | HeatMap | CoverageMap
"""A chart of any kind; every one has an `alt` that says in words what it shows."""

DRAWERS: dict[type, Callable[[Any], Figure]] = {
    BarChart: draw_bars,
    SlopeChart: draw_slopes,
    SpreadChart: draw_spreads,
    StackChart: draw_stacks,
    HeatMap: draw_heat_map,
    CoverageMap: draw_coverage,
}


@lru_cache(maxsize=PICTURES_KEPT)
def png_of(chart: Chart) -> bytes:
    """The chart as a PNG picture for print, kept for a while, because a report is drafted again with most of its charts as they were."""
    with chart_style():
        return pictures_of(draw(chart), ["png"])[0]


def svg_and_png_of(chart: Chart) -> tuple[bytes, bytes]:
    """The chart as SVG, its text as outlines so that it looks the same without our fonts, and as PNG; laid out once for both."""
    with chart_style():
        svg, png = pictures_of(draw(chart), ["svg", "png"])
    return svg, png


def draw(chart: Chart) -> Figure:
    """The chart as a figure; to be called within `chart_style`."""
    return DRAWERS[type(chart)](chart)
