"""Before and after: a line per place from its figure at one visit to its figure at the look-back, as data and drawn.

Names stand on both sides and never on each other; whether a change is for the better is told by colour, by stroke and by the mark at its
end. No number is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.paper import (
    Entry,
    Paper,
    draw_legend,
    legend_height,
    notes_height,
    spread,
    title_height,
    write,
    write_notes,
    write_title,
)
from analysis.charts.style import BETTER, FAINT, LINE_IN, MANY_DOTS, MARGIN_IN, SMALL_PT, WIDTH_IN, WORSE, wrapped

LOOKS: dict[str, dict[str, Any]] = {
    "better": {"color": BETTER, "linewidth": 1.6, "linestyle": "-", "marker": "^"},
    "worse": {"color": WORSE, "linewidth": 1.6, "linestyle": (0, (4, 1.5)), "marker": "v"},
    "changed": {"color": MANY_DOTS, "linewidth": 1.2, "linestyle": "-", "marker": "o"},
    "same": {"color": "#999999", "linewidth": 1.0, "linestyle": (0, (1, 1.5)), "marker": "o"},
}
"""How a slope looks by its direction; "changed" is for figures of which nobody said which direction is good."""
MIN_HEIGHT_IN = 1.6
LEADER_IN = 0.22
NAME_COLUMNS = 22


@dataclass(frozen=True, slots=True)
class Slope:
    """One place: its figure at both visits, as written, and the direction of the change (a key of `LOOKS`)."""

    label: str
    before: float
    after: float
    before_text: str
    after_text: str
    direction: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class SlopeChart:
    """The slopes of one indicator; `notes` are sentences below it, such as those on places that only one visit has a figure of."""

    title: str
    before_name: str
    after_name: str
    slopes: tuple[Slope, ...]
    direction_names: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    alt: str


def draw_slopes(chart: SlopeChart) -> Figure:
    """The chart as a figure as high as its names need; to be called within `chart_style`."""
    lefts = [f"{_name(slope)}  {slope.before_text}" for slope in chart.slopes]
    rights = [f"{slope.after_text}  {_name(slope)}" for slope in chart.slopes]
    heights = [text_height(_name(slope), SMALL_PT) for slope in chart.slopes]
    body = max(MIN_HEIGHT_IN, sum(heights) * 1.04 + 0.1)
    used = dict.fromkeys(slope.direction for slope in chart.slopes)
    entries = [Entry(name, _sample(direction)) for direction, name in chart.direction_names if direction in used]
    head = title_height(chart.title) + LINE_IN + 0.02
    paper = Paper(WIDTH_IN, MARGIN_IN + head + body + 0.12 + legend_height(entries) + notes_height(chart.notes) + MARGIN_IN)
    write_title(paper, chart.title, MARGIN_IN)
    side = max([text_width(text, SMALL_PT, is_bold=True) for text in (*lefts, *rights)], default=1.0)
    ends = (MARGIN_IN + side + LEADER_IN, WIDTH_IN - MARGIN_IN - side - LEADER_IN)
    top = MARGIN_IN + head
    for x, name, ha in ((ends[0], chart.before_name, "right"), (ends[1], chart.after_name, "left")):
        paper.add(Line2D([x, x], [top, top + body], color=FAINT, linewidth=1.0, zorder=0))
        write(paper, x, top - LINE_IN / 2 - 0.04, name, ha=ha, pt=SMALL_PT, is_bold=True, colour=MANY_DOTS)
    _draw_lines(paper, chart.slopes, (lefts, rights), heights, ends, (top, top + body))
    y = top + body + 0.12
    draw_legend(paper, entries, y)
    write_notes(paper, chart.notes, y + legend_height(entries))
    return paper.finished()


def _name(slope: Slope) -> str:
    return wrapped(slope.label, NAME_COLUMNS)


def _sample(direction: str) -> dict[str, Any]:
    return {**LOOKS[direction], "markersize": 4.5, "markevery": [2]}


def _draw_lines(
    paper: Paper,
    slopes: Sequence[Slope],
    names: tuple[list[str], list[str]],
    heights: Sequence[float],
    ends: tuple[float, float],
    body: tuple[float, float],
) -> None:
    values = [value for slope in slopes for value in (slope.before, slope.after)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    top, bottom = body[0] + 0.08, body[1] - 0.08

    def level(value: float) -> float:
        return (top + bottom) / 2 if high == low else bottom - (value - low) / (high - low) * (bottom - top)

    befores, afters = [level(slope.before) for slope in slopes], [level(slope.after) for slope in slopes]
    places = (spread(befores, heights, *body), spread(afters, heights, *body))
    for number, slope in enumerate(slopes):
        look = LOOKS[slope.direction]
        line = Line2D([*ends], [befores[number], afters[number]], markersize=5, markevery=[1], zorder=3, **look)
        paper.add(line)
        paper.add(Line2D([ends[0]], [befores[number]], marker="o", markersize=3.4, color=look["color"], linestyle="none", zorder=3))
        for x, y, side in ((ends[0], befores[number], 0), (ends[1], afters[number], 1)):
            away = LEADER_IN * (1 if side else -1)
            at = places[side][number]
            paper.add(Line2D([x + away * 0.2, x + away * 0.85], [y, at], color="#999999", linewidth=0.5, zorder=1))
            write(paper, x + away, at, names[side][number], ha="left" if side else "right", pt=SMALL_PT, is_bold=slope.is_total)
