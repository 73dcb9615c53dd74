"""How the answers to a question for a number are spread: a histogram of all of them, and a box per place, as data and drawn.

Medians are marked and written. Few answers are drawn one by one instead of as a box. No number is computed here.
"""

from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.paper import Entry, Paper, draw_legend, draw_scale, legend_height, title_height, write, write_title
from analysis.charts.style import (
    BAR,
    LABEL_COLUMNS,
    LINE_IN,
    MANY_DOTS,
    MARGIN_IN,
    ROW_GAP_IN,
    SMALL_PT,
    TOTAL_BAR,
    WIDTH_IN,
    WORSE,
    wrapped,
)

HISTOGRAM_IN = 1.1
GAP_IN = 0.1
POINT: dict[str, Any] = {"marker": "o", "markersize": 3.4, "markerfacecolor": "none", "markeredgecolor": MANY_DOTS, "linestyle": "none"}


@dataclass(frozen=True, slots=True)
class Box:
    """The 5th, 25th, 50th, 75th and 95th of a hundred ordered answers."""

    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """One place: its box, or its `points` where they are too few for one, or neither where missing or suppressed; `text` is written."""

    label: str
    box: Box | None
    points: tuple[float, ...]
    text: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class SpreadPanel:
    """Rows under a heading of their own."""

    title: str
    rows: tuple[SpreadRow, ...]


@dataclass(frozen=True, slots=True)
class SpreadChart:
    """`counts[i]` answers lie between `edges[i]` and `edges[i + 1]`; `ticks` are (value, text) of the axis that all parts share.

    `histogram_text` says how many answers the histogram shows, and `median_text` what its median is.
    """

    title: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    ticks: tuple[tuple[float, str], ...]
    median: float
    median_text: str
    histogram_text: str
    panels: tuple[SpreadPanel, ...]
    box_name: str
    median_name: str
    point_name: str
    alt: str


def draw_spreads(chart: SpreadChart) -> Figure:
    """The chart as a figure as high as its rows need; to be called within `chart_style`."""
    rows = [row for panel in chart.panels for row in panel.rows]
    left = MARGIN_IN + max([text_width(_label(row), is_bold=row.is_total) for row in rows], default=0.4) + GAP_IN
    right = WIDTH_IN - MARGIN_IN - max([text_width(row.text, SMALL_PT, is_bold=row.is_total) for row in rows], default=0.4) - GAP_IN
    entries = _entries(chart)
    body = sum(title_height(panel.title) + sum(map(_row_height, panel.rows)) + LINE_IN + 0.12 for panel in chart.panels)
    top_part = title_height(chart.title) + LINE_IN + HISTOGRAM_IN + LINE_IN + 0.12
    paper = Paper(WIDTH_IN, MARGIN_IN + top_part + body + legend_height(entries) + MARGIN_IN)
    write_title(paper, chart.title, MARGIN_IN)
    y = MARGIN_IN + title_height(chart.title)
    _draw_histogram(paper, chart, y, (left, right))
    y += LINE_IN + HISTOGRAM_IN + LINE_IN + 0.12
    for panel in chart.panels:
        write_title(paper, panel.title, y)
        y += title_height(panel.title)
        top = y
        for row in panel.rows:
            _draw_row(paper, chart, row, y + _row_height(row) / 2, (left, right))
            y += _row_height(row)
        draw_scale(paper, _ticks(chart, (left, right)), top, y)
        y += LINE_IN + 0.12
    draw_legend(paper, entries, y)
    return paper.finished()


def _label(row: SpreadRow) -> str:
    return wrapped(row.label, LABEL_COLUMNS)


def _row_height(row: SpreadRow) -> float:
    return text_height(_label(row)) + ROW_GAP_IN


def _x(chart: SpreadChart, value: float, sides: tuple[float, float]) -> float:
    """Where the value lies between both sides; what lies outside the axis lies at its end."""
    low, high = chart.edges[0], chart.edges[-1]
    share = (value - low) / (high - low)
    return sides[0] + min(max(share, 0.0), 1.0) * (sides[1] - sides[0])


def _ticks(chart: SpreadChart, sides: tuple[float, float]) -> list[tuple[float, str]]:
    return [(_x(chart, value, sides), text) for value, text in chart.ticks]


def _entries(chart: SpreadChart) -> list[Entry]:
    rows = [row for panel in chart.panels for row in panel.rows]
    entries = [Entry(chart.median_name, {"color": WORSE, "marker": "D", "markersize": 4, "linewidth": 1.4})]
    if any(row.box for row in rows):
        entries.append(Entry(chart.box_name, {"facecolor": BAR, "edgecolor": TOTAL_BAR, "linewidth": 0.8}, is_patch=True))
    if any(row.points for row in rows):
        entries.append(Entry(chart.point_name, POINT))
    return entries


def _draw_histogram(paper: Paper, chart: SpreadChart, top: float, sides: tuple[float, float]) -> None:
    bottom = top + LINE_IN + HISTOGRAM_IN
    tallest = max(chart.counts, default=0) or 1
    for start, end, count in zip(chart.edges, chart.edges[1:], chart.counts, strict=False):
        if count:
            x, width = _x(chart, start, sides), _x(chart, end, sides) - _x(chart, start, sides)
            height = HISTOGRAM_IN * count / tallest
            paper.add(Rectangle((x, bottom - height), width, height, facecolor=BAR, edgecolor="white", linewidth=0.6, zorder=2))
    draw_scale(paper, _ticks(chart, sides), top + LINE_IN, bottom)
    paper.add(Line2D([*sides], [bottom, bottom], color=MANY_DOTS, linewidth=0.6, zorder=3))
    at = _x(chart, chart.median, sides)
    paper.add(Line2D([at, at], [top + LINE_IN * 0.9, bottom], color=WORSE, linewidth=1.4, zorder=4))
    is_left = at < (sides[0] + sides[1]) / 2
    write(paper, at + (0.05 if is_left else -0.05), top + LINE_IN / 2, chart.median_text, ha="left" if is_left else "right", pt=SMALL_PT)
    write(paper, sides[1] + GAP_IN, bottom - HISTOGRAM_IN / 2, chart.histogram_text, pt=SMALL_PT, colour=MANY_DOTS)


def _draw_row(paper: Paper, chart: SpreadChart, row: SpreadRow, middle: float, sides: tuple[float, float]) -> None:
    write(paper, sides[0] - GAP_IN, middle, _label(row), ha="right", is_bold=row.is_total)
    write(paper, sides[1] + GAP_IN, middle, row.text, pt=SMALL_PT, is_bold=row.is_total)
    if row.box:
        low, quarter, median, three_quarters, high = (
            _x(chart, value, sides) for value in (row.box.low, row.box.quarter, row.box.median, row.box.three_quarters, row.box.high)
        )
        half = LINE_IN * 0.42
        paper.add(Line2D([low, high], [middle, middle], color=TOTAL_BAR, linewidth=0.9, zorder=2))
        look: dict[str, Any] = {"facecolor": BAR, "edgecolor": TOTAL_BAR, "linewidth": 0.8, "zorder": 3}
        paper.add(Rectangle((quarter, middle - half), max(three_quarters - quarter, 0.01), 2 * half, **look))
        paper.add(Line2D([median, median], [middle - half, middle + half], color=WORSE, linewidth=1.4, zorder=4))
        paper.add(Line2D([median], [middle], color=WORSE, marker="D", markersize=4, linestyle="none", zorder=5))
    elif row.points:
        places = [_x(chart, value, sides) for value in row.points]
        paper.add(Line2D(places, [middle] * len(places), zorder=3, **POINT))
