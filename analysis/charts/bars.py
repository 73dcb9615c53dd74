"""Rows of bars or of single dots, as data and drawn: panels under each other, a row per place or indicator.

A row has an interval where its figure was estimated, and none where it was observed. No number is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.paper import Entry, Paper, draw_legend, draw_scale, legend_height, title_height, write, write_title
from analysis.charts.style import (
    AXIS_IN,
    BAR,
    DOT_COLOURS,
    DOT_SHAPES,
    FAINT,
    INK,
    LABEL_COLUMNS,
    LINE_IN,
    MANY_DOTS,
    MARGIN_IN,
    MAX_NAMED_DOTS,
    ROW_GAP_IN,
    SMALL_PT,
    TOTAL_BAR,
    WIDTH_IN,
    wrapped,
)
from analysis.words import COUNTED_UNITS, with_minus

SINGLE_DOT: dict[str, Any] = {"marker": "o", "markersize": 5.4, "markeredgecolor": TOTAL_BAR, "markeredgewidth": 1.2, "linestyle": "none"}
GAP_IN = 0.1
SHARE_STEP = 0.2


@dataclass(frozen=True, slots=True)
class Row:
    """One bar with its dots; `text` is the value as written at the end, `threshold` the mark to reach, a total is drawn darker.

    `interval` is (low, high), None for an observed figure. A value of None, because it is missing or suppressed, leaves the row without a
    mark, and `text` says why.
    """

    label: str
    value: float | None
    text: str
    dots: tuple[float | None, ...] = ()
    threshold: float | None = None
    is_total: bool = False
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows that share an axis in one unit; `dot_names` are the names of the dots, in the order of each row's `dots`.

    With `is_dotted` a row is a single dot instead of a bar: filled where it has an interval, hollow where it has none.
    """

    title: str
    rows: tuple[Row, ...]
    unit: str
    dot_names: tuple[str, ...] = ()
    is_dotted: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """One picture: its panels, the words of its legend, and its description for those who cannot see it."""

    panels: tuple[Panel, ...]
    alt: str
    many_dots_name: str
    threshold_name: str
    interval_name: str = ""
    observed_name: str = ""


def draw_bars(chart: BarChart) -> Figure:
    """The chart as a figure that is as high as its rows need; to be called within `chart_style`."""
    rows = [row for panel in chart.panels for row in panel.rows]
    left = MARGIN_IN + max([text_width(_label(row), is_bold=row.is_total) for row in rows], default=0.4) + GAP_IN
    right = WIDTH_IN - MARGIN_IN - max([text_width(row.text, SMALL_PT, is_bold=row.is_total) for row in rows], default=0.4) - GAP_IN
    names = _dot_names(chart)
    entries = _entries(chart, names)
    height = 2 * MARGIN_IN + sum(map(panel_height, chart.panels)) + legend_height(entries)
    paper = Paper(WIDTH_IN, height)
    y = MARGIN_IN
    for panel in chart.panels:
        _draw_panel(paper, panel, y, (left, right), bool(names))
        y += panel_height(panel)
    draw_legend(paper, entries, y)
    return paper.finished()


def panel_height(panel: Panel) -> float:
    """The height that the panel takes, in inches."""
    return title_height(panel.title) + sum(map(_row_height, panel.rows)) + AXIS_IN


def _label(row: Row) -> str:
    return wrapped(row.label, LABEL_COLUMNS)


def _row_height(row: Row) -> float:
    return text_height(_label(row)) + ROW_GAP_IN


def _draw_panel(paper: Paper, panel: Panel, top: float, sides: tuple[float, float], is_named: bool) -> None:
    low, high = _limits(panel)
    per_unit = (sides[1] - sides[0]) / (high - low)

    def x(value: float) -> float:
        return sides[0] + (value - low) * per_unit

    write_title(paper, panel.title, top)
    start = y = top + title_height(panel.title)
    centres = []
    for row in panel.rows:
        centres.append(y + _row_height(row) / 2)
        y += _row_height(row)
    draw_scale(paper, [(x(value), _tick_text(value, panel.unit)) for value in _ticks(panel, low, high)], start, y)
    for row, centre in zip(panel.rows, centres, strict=True):
        write(paper, sides[0] - GAP_IN, centre, _label(row), ha="right", is_bold=row.is_total)
        write(paper, sides[1] + GAP_IN, centre, row.text, pt=SMALL_PT, is_bold=row.is_total)
        if panel.is_dotted:
            paper.add(Line2D([*sides], [centre, centre], color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1))
        if row.value is not None:
            _draw_value(paper, row, x(row.value), x(max(low, 0.0)), centre, panel.is_dotted)
            if row.interval:
                _draw_interval(paper, (x(row.interval[0]), x(row.interval[1])), centre)
    zero = x(min(max(low, 0.0), high))
    paper.add(Line2D([zero, zero], [start, y], color=MANY_DOTS, linewidth=0.6, zorder=2.5))
    _draw_thresholds(paper, [None if row.threshold is None else x(row.threshold) for row in panel.rows], centres, (start, y))
    for index in range(max((len(row.dots) for row in panel.rows), default=0)):
        dots = [(x(dot), at) for row, centre in zip(panel.rows, centres, strict=True) for dot, at in _dots(row, index, centre)]
        if dots:
            paper.add(Line2D([each[0] for each in dots], [each[1] for each in dots], zorder=4, **_dot_style(index, is_named)))


def _dots(row: Row, index: int, centre: float) -> list[tuple[float, float]]:
    """The dot of this number with its height, none where it has no value; dots of a row stand apart, so that equal ones are all seen."""
    dot = row.dots[index] if index < len(row.dots) else None
    if dot is None:
        return []
    return [(dot, centre + (index - (len(row.dots) - 1) / 2) * min(0.045, LINE_IN / max(len(row.dots), 1)))]


def _draw_value(paper: Paper, row: Row, x: float, zero: float, centre: float, is_dotted: bool) -> None:
    if is_dotted:
        paper.add(Line2D([x], [centre], zorder=4, markerfacecolor=TOTAL_BAR if row.interval else "white", **SINGLE_DOT))
    else:
        colour = TOTAL_BAR if row.is_total else BAR
        paper.add(Rectangle((zero, centre - LINE_IN / 2), x - zero, LINE_IN, facecolor=colour, edgecolor="none", zorder=2))


def _draw_interval(paper: Paper, interval: tuple[float, float], centre: float) -> None:
    """A line with caps, edged in white so that it is seen on a dark bar too."""
    (low, high), cap = interval, LINE_IN * 0.24
    ways = [((low, low), (centre - cap, centre + cap)), ((low, high), (centre, centre)), ((high, high), (centre - cap, centre + cap))]
    for look in (
        {"color": "white", "linewidth": 2.6, "solid_capstyle": "projecting", "zorder": 3},
        {"color": INK, "linewidth": 1.1, "solid_capstyle": "butt", "zorder": 3.1},
    ):
        for along, across in ways:
            paper.add(Line2D(along, across, **look))  # type: ignore[arg-type]


def _draw_thresholds(paper: Paper, places: Sequence[float | None], centres: Sequence[float], levels: tuple[float, float]) -> None:
    """A mark in every row that has a threshold, or one line where all rows have the same."""
    if len(places) > 1 and len({*places}) == 1 and places[0] is not None:
        paper.add(Line2D([places[0]] * 2, levels, color=INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=2.8))
        return
    half = LINE_IN * 0.85
    for place, centre in zip(places, centres, strict=True):
        if place is not None:
            paper.add(Line2D([place, place], [centre - half, centre + half], color=INK, linewidth=1.4, zorder=3))


def _limits(panel: Panel) -> tuple[float, float]:
    values = [*_values(panel), 0.0]
    if panel.unit == "share":
        return min(values), max(1.0, *values)
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return low - 0.05 * span * (low < 0), high + 0.05 * span


def _values(panel: Panel) -> list[float]:
    numbers = [number for row in panel.rows for number in (row.value, row.threshold, *row.dots, *(row.interval or ()))]
    return [number for number in numbers if number is not None]


def _ticks(panel: Panel, low: float, high: float) -> list[float]:
    """The values at which lines of the scale stand."""
    if panel.unit == "share" and high - low <= 2:
        first, last = -(-round(low * 1000) // 200), round(high * 1000) // 200
        return [number * SHARE_STEP for number in range(first, last + 1)]
    scale = MaxNLocator(5, integer=panel.unit in COUNTED_UNITS)
    return [float(value) for value in scale.tick_values(low, high) if low <= value <= high]


def _tick_text(value: float, unit: str) -> str:
    return with_minus(f"{value * 100:.0f}%") if unit == "share" else with_minus(f"{value:,.10g}")


def _dot_style(index: int, is_named: bool) -> dict[str, Any]:
    if is_named:
        return {
            "marker": DOT_SHAPES[index],
            "color": DOT_COLOURS[index],
            "markersize": 4.6,
            "markeredgecolor": "white",
            "markeredgewidth": 0.6,
            "linestyle": "none",
        }
    return {"marker": "o", "markersize": 3.6, "markerfacecolor": "none", "markeredgecolor": MANY_DOTS, "linestyle": "none"}


def _dot_names(chart: BarChart) -> tuple[str, ...]:
    """The names that colours and shapes can tell apart: those of the only set of dots, when it is small enough, else none."""
    sets = {panel.dot_names for panel in chart.panels if panel.dot_names}
    names = next(iter(sets)) if len(sets) == 1 else ()
    return names if len(names) <= MAX_NAMED_DOTS else ()


def _entries(chart: BarChart, names: tuple[str, ...]) -> list[Entry]:
    """The legend, as far as there is something to tell."""
    rows = [row for panel in chart.panels for row in panel.rows]
    entries = [Entry(name, _dot_style(index, True)) for index, name in enumerate(names)]
    if not names and any(panel.dot_names for panel in chart.panels):
        entries.append(Entry(chart.many_dots_name, _dot_style(0, False)))
    if any(row.threshold is not None for row in rows):
        entries.append(
            Entry(chart.threshold_name, {"color": INK, "marker": "|", "markersize": 9, "markeredgewidth": 1.4, "linestyle": "none"})
        )
    if any(row.interval and row.value is not None for row in rows):
        look = {"color": INK, "linewidth": 1.1, "marker": "|", "markersize": 5, "markevery": [0, 2]}
        entries.append(Entry(chart.interval_name, look))
    dotted = [row for panel in chart.panels if panel.is_dotted for row in panel.rows if row.value is not None]
    if any(row.interval for row in rows) and not all(row.interval for row in dotted):
        entries.append(Entry(chart.observed_name, {"markerfacecolor": "white", **SINGLE_DOT}))
    return entries
