"""Bars with dots, as data and drawn: a chart is panels under each other, a panel is rows, a row is a bar with the dots of its parts.

No number is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from analysis.charts.style import (
    AXIS_IN,
    BAR,
    DOT_COLOURS,
    DOT_SHAPES,
    FAINT,
    FONT_PT,
    INK,
    LEGEND_IN,
    LINE_IN,
    MANY_DOTS,
    MAX_NAMED_DOTS,
    ROW_GAP_IN,
    SMALL_PT,
    TITLE_IN,
    TOTAL_BAR,
    WIDTH_IN,
    printable,
    wrapped,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One bar with its dots; `text` is the value as written at the end, `threshold` the mark to reach, a total is drawn darker."""

    label: str
    value: float | None
    text: str
    dots: tuple[float | None, ...] = ()
    threshold: float | None = None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows that share an axis in one unit; `dot_names` are the names of the dots, in the order of each row's `dots`."""

    title: str
    rows: tuple[Row, ...]
    unit: str
    dot_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BarChart:
    """One picture: its panels, the words of its legend, and its description for those who cannot see it."""

    panels: tuple[Panel, ...]
    alt: str
    many_dots_name: str
    threshold_name: str


def draw_bars(chart: BarChart) -> Figure:
    """The chart as a figure that is as high as its rows need; to be called within `chart_style`."""
    heights = [panel_height(panel) for panel in chart.panels]
    has_legend = _has_legend(chart)
    figure = Figure(figsize=(WIDTH_IN, sum(heights) + LEGEND_IN * has_legend), layout="constrained")
    axes = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    names = _dot_names(chart)
    for panel, area in zip(chart.panels, axes, strict=True):
        _draw_panel(area, panel, bool(names))
    if has_legend:
        _draw_legend(figure, chart, names)
    return figure


def _lines(label: str) -> int:
    return wrapped(label).count("\n") + 1


def _row_heights(panel: Panel) -> list[float]:
    return [_lines(row.label) * LINE_IN + ROW_GAP_IN for row in panel.rows]


def panel_height(panel: Panel) -> float:
    """The height that the panel takes, in inches."""
    return sum(_row_heights(panel)) + AXIS_IN + TITLE_IN * bool(panel.title)


def _draw_panel(area: Axes, panel: Panel, is_named: bool) -> None:
    heights = _row_heights(panel)
    centres = [sum(heights[:index]) + height / 2 for index, height in enumerate(heights)]
    low, high = _limits(panel)
    area.set_xlim(low, high)
    area.set_ylim(sum(heights), 0)
    for row, centre in zip(panel.rows, centres, strict=True):
        _draw_row(area, row, centre, is_named)
    area.set_yticks(centres, [printable(wrapped(row.label)) for row in panel.rows])
    for tick, row in zip(area.get_yticklabels(), panel.rows, strict=True):
        tick.set_fontweight("bold" if row.is_total else "normal")
    _draw_values(area, panel, centres)
    _style_axes(area, panel)


def _limits(panel: Panel) -> tuple[float, float]:
    if panel.unit == "share":
        values = [*_values(panel), 0.0]
        return min(0.0, *values) if min(values) < 0 else -0.005, max(1.0, *values) + 0.005
    values = [*_values(panel), 0.0]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return low - 0.05 * span * (low < 0), high + 0.05 * span


def _values(panel: Panel) -> list[float]:
    numbers = [number for row in panel.rows for number in (row.value, row.threshold, *row.dots)]
    return [number for number in numbers if number is not None]


def _draw_row(area: Axes, row: Row, centre: float, is_named: bool) -> None:
    if row.value is not None:
        area.barh(centre, row.value, height=LINE_IN, color=TOTAL_BAR if row.is_total else BAR, zorder=2)
    if row.threshold is not None:
        half = LINE_IN * 0.85
        area.plot([row.threshold] * 2, [centre - half, centre + half], color=INK, linewidth=1.4, zorder=3, clip_on=False)
    for index, dot in enumerate(row.dots):
        if dot is not None:
            # Dots of a row are set a little apart, so that equal values do not hide each other.
            shift = (index - (len(row.dots) - 1) / 2) * min(0.045, LINE_IN / max(len(row.dots), 1))
            area.plot(dot, centre + shift, zorder=4, clip_on=False, **_dot_style(index, is_named))


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


def _draw_values(area: Axes, panel: Panel, centres: Sequence[float]) -> None:
    """Write each row's value at the right edge, where no bar or dot can be."""
    for row, centre in zip(panel.rows, centres, strict=True):
        weight = "bold" if row.is_total else "normal"
        area.annotate(
            printable(row.text),
            (1.0, centre),
            xytext=(6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            ha="left",
            fontsize=SMALL_PT,
            fontweight=weight,
            color=INK,
            annotation_clip=False,
        )


def _style_axes(area: Axes, panel: Panel) -> None:
    if panel.title:
        area.set_title(printable(wrapped(panel.title, 64)), loc="left", fontsize=FONT_PT + 0.5, fontweight="bold", color=INK)
    area.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: _tick_text(value, panel.unit)))
    area.xaxis.set_major_locator(MultipleLocator(0.2) if panel.unit == "share" else MaxNLocator(5))
    area.tick_params(axis="x", labelsize=SMALL_PT, length=0, colors=MANY_DOTS)
    area.tick_params(axis="y", length=0, colors=INK)
    area.grid(axis="x", color=FAINT, linewidth=0.6, zorder=0)
    for side in ("top", "right", "bottom"):
        area.spines[side].set_visible(False)
    area.spines["left"].set_color(FAINT)


def _tick_text(value: float, unit: str) -> str:
    return f"{value * 100:.0f}%" if unit == "share" else f"{value:,.10g}"


def _has_legend(chart: BarChart) -> bool:
    return any(panel.dot_names or any(row.threshold is not None for row in panel.rows) for panel in chart.panels)


def _dot_names(chart: BarChart) -> tuple[str, ...]:
    """The names that colours and shapes can tell apart: those of the only set of dots, when it is small enough, else none."""
    sets = {panel.dot_names for panel in chart.panels if panel.dot_names}
    names = next(iter(sets)) if len(sets) == 1 else ()
    return names if len(names) <= MAX_NAMED_DOTS else ()


def _draw_legend(figure: Figure, chart: BarChart, names: tuple[str, ...]) -> None:
    handles = [Line2D([], [], label=printable(name), **_dot_style(index, True)) for index, name in enumerate(names)]
    if not names and any(panel.dot_names for panel in chart.panels):
        handles.append(Line2D([], [], label=printable(chart.many_dots_name), **_dot_style(0, False)))
    if any(row.threshold is not None for panel in chart.panels for row in panel.rows):
        mark = Line2D([], [], color=INK, linewidth=1.4, marker="|", markersize=9, linestyle="none", label=printable(chart.threshold_name))
        handles.append(mark)
    columns = min(len(handles), 4)
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=SMALL_PT, handletextpad=0.3)
