"""The answers to one question by place, as bars that are whole, as data and drawn.

Ordered answers are centred: what counts as good lies on one side of a middle line, the rest on the other. Answers are told apart by
colour, by hatching and by their order, which is that of the legend; the share is written where it fits. No number is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.palette import REST, SERIES
from analysis.charts.paper import Entry, Paper, draw_legend, draw_scale, legend_height, title_height, write, write_title
from analysis.charts.style import FAINT, INK, LABEL_COLUMNS, LINE_IN, MARGIN_IN, ROW_GAP_IN, SMALL_PT, WIDTH_IN, mixed, wrapped

POLES = ("#B35806", "#F1A340", "#FEE0B6", "#D8DAEB", "#998EC3", "#542788")
"""Orange to violet (PuOr of ColorBrewer), which everybody tells apart; the last is the pole that counts as good."""
OTHERS = (SERIES[0], SERIES[4], SERIES[5], SERIES[2], "#f0e442", SERIES[3], SERIES[1], "#999999")
ASIDE = REST
HATCHES = ("", "//", "", "..", "", "xx", "", "--")
"""Every second answer is hatched, so that neighbours differ in print without colour too."""
DARK = 0.45
"""Below this lightness words on a colour are white."""
SHORTEST_SHARE = 0.005
GAP_IN = 0.1
ASIDE_GAP = 0.06


@dataclass(frozen=True, slots=True)
class StackRow:
    """One place: the share of each answer in the order of the chart's answers, None where missing or suppressed, as `text` then says."""

    label: str
    shares: tuple[float, ...] | None
    text: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class StackPanel:
    """Rows under a heading of their own."""

    title: str
    rows: tuple[StackRow, ...]


@dataclass(frozen=True, slots=True)
class StackChart:
    """Panels of the same answers. The first `n_ordered` answers have an order, the others ("don't know") stand aside at the end.

    With `n_good` the order runs from good to bad, the first `n_good` count as good, and bars are centred where those end; with 0 bars
    begin at the left.
    """

    title: str
    panels: tuple[StackPanel, ...]
    answers: tuple[str, ...]
    n_ordered: int
    n_good: int
    alt: str


def draw_stacks(chart: StackChart) -> Figure:
    """The chart as a figure as high as its rows need; to be called within `chart_style`."""
    rows = [row for panel in chart.panels for row in panel.rows]
    labels = [wrapped(row.label, LABEL_COLUMNS) for row in rows]
    left = MARGIN_IN + max([text_width(label, is_bold=row.is_total) for label, row in zip(labels, rows, strict=True)], default=0.5) + GAP_IN
    right = WIDTH_IN - MARGIN_IN - max([text_width(row.text, SMALL_PT, is_bold=row.is_total) for row in rows], default=0.5) - GAP_IN
    colours = colours_of(chart)
    entries = [Entry(answer, {"facecolor": colours[number], **_edge(number)}, is_patch=True) for number, answer in enumerate(chart.answers)]
    body = sum(title_height(panel.title) + sum(map(_row_height, panel.rows)) + LINE_IN + 0.12 for panel in chart.panels)
    height = MARGIN_IN + title_height(chart.title) + legend_height(entries) + 0.08 + body + MARGIN_IN
    paper = Paper(WIDTH_IN, height)
    write_title(paper, chart.title, MARGIN_IN)
    y = MARGIN_IN + title_height(chart.title)
    draw_legend(paper, entries, y)
    y += legend_height(entries) + 0.08
    start, end = _limits(chart)
    with mpl.rc_context({"hatch.linewidth": 0.5}):
        for panel in chart.panels:
            write_title(paper, panel.title, y)
            y += title_height(panel.title)
            top = y
            for row in panel.rows:
                _draw_row(paper, chart, row, y, (left, right), (start, end), colours)
                y += _row_height(row)
            _draw_axis(paper, chart, (left, right), (start, end), (top, y))
            y += LINE_IN + 0.12
    return paper.finished()


def colours_of(chart: StackChart) -> list[str]:
    """A colour for each answer: shades between two poles where a side counts as good, else colours that are simply different."""
    n_aside = len(chart.answers) - chart.n_ordered
    if not chart.n_good:
        return [OTHERS[number % len(OTHERS)] for number in range(chart.n_ordered)] + [ASIDE] * n_aside
    good = _shades(POLES[5], POLES[3], chart.n_good)
    bad = _shades(POLES[2], POLES[0], chart.n_ordered - chart.n_good)
    return [*good, *bad, *[ASIDE] * n_aside]


def _shades(first: str, last: str, n: int) -> list[str]:
    return [mixed(first, last, number / max(n - 1, 1)) for number in range(n)]


def _edge(number: int) -> dict[str, Any]:
    return {"edgecolor": "white", "linewidth": 0.6, "hatch": HATCHES[number % len(HATCHES)]}


def _row_height(row: StackRow) -> float:
    return text_height(wrapped(row.label, LABEL_COLUMNS)) + ROW_GAP_IN


def _limits(chart: StackChart) -> tuple[float, float]:
    """How far bars reach to the left and the right of zero, what stands aside at the far right included."""
    if not chart.n_good:
        return 0.0, 1.0
    asides = [sum(row.shares[chart.n_ordered :]) for panel in chart.panels for row in panel.rows if row.shares]
    widest = max(asides, default=0.0)
    return _reach(chart)[0], _reach(chart)[1] + (ASIDE_GAP + max(widest, 0.05) if widest else 0.0)


def _reach(chart: StackChart) -> tuple[float, float]:
    """How far the ordered answers reach to the left and the right of zero, in whole fifths."""
    goods = [sum(row.shares[: chart.n_good]) for panel in chart.panels for row in panel.rows if row.shares]
    rests = [sum(row.shares[chart.n_good : chart.n_ordered]) for panel in chart.panels for row in panel.rows if row.shares]
    return -_up(max(rests, default=1.0)), _up(max(goods, default=1.0))


def _up(value: float) -> float:
    """The value, raised to the next fifth."""
    return max(-(-round(value * 1000) // 200) * 0.2, 0.2)


def _pieces(chart: StackChart, shares: Sequence[float]) -> list[tuple[int, float, float]]:
    """(answer, from, to) of each piece: good answers right of zero, the best outermost, the others left, the rest by themselves."""
    pieces = []
    if not chart.n_good:
        at = 0.0
        for number, share in enumerate(shares):
            pieces.append((number, at, at + share))
            at += share
        return pieces
    at = 0.0
    for number in reversed(range(chart.n_good)):
        pieces.append((number, at, at + shares[number]))
        at += shares[number]
    at = 0.0
    for number in range(chart.n_good, chart.n_ordered):
        pieces.append((number, at - shares[number], at))
        at -= shares[number]
    at = _reach(chart)[1] + ASIDE_GAP
    for number in range(chart.n_ordered, len(shares)):
        pieces.append((number, at, at + shares[number]))
        at += shares[number]
    return pieces


def _draw_row(
    paper: Paper,
    chart: StackChart,
    row: StackRow,
    top: float,
    sides: tuple[float, float],
    limits: tuple[float, float],
    colours: Sequence[str],
) -> None:
    middle = top + _row_height(row) / 2
    write(paper, sides[0] - GAP_IN, middle, wrapped(row.label, LABEL_COLUMNS), ha="right", is_bold=row.is_total)
    write(paper, sides[1] + GAP_IN, middle, row.text, pt=SMALL_PT, is_bold=row.is_total)
    if row.shares is None:
        return
    per_share = (sides[1] - sides[0]) / (limits[1] - limits[0])
    for number, start, end in _pieces(chart, row.shares):
        if end - start < SHORTEST_SHARE:
            continue
        x, width = sides[0] + (start - limits[0]) * per_share, (end - start) * per_share
        paper.add(Rectangle((x, middle - LINE_IN * 0.56), width, LINE_IN * 1.12, facecolor=colours[number], zorder=2, **_edge(number)))
        text = f"{round((end - start) * 100)}"
        if text_width(text, SMALL_PT) + 0.04 <= width:
            _write_share(paper, x + width / 2, middle, text, colours[number], bool(HATCHES[number % len(HATCHES)]))


def _write_share(paper: Paper, x: float, y: float, text: str, colour: str, is_hatched: bool) -> None:
    red, green, blue = to_rgb(colour)
    is_dark = 0.299 * red + 0.587 * green + 0.114 * blue < DARK
    write(paper, x, y, text, ha="center", pt=SMALL_PT, colour="white" if is_dark else INK, behind=colour if is_hatched else "")


def _draw_axis(
    paper: Paper, chart: StackChart, sides: tuple[float, float], limits: tuple[float, float], levels: tuple[float, float]
) -> None:
    low, high = _reach(chart) if chart.n_good else limits
    per_share = (sides[1] - sides[0]) / (limits[1] - limits[0])
    values = [low + number * 0.2 for number in range(round((high - low) / 0.2) + 1)]
    draw_scale(paper, [(sides[0] + (value - limits[0]) * per_share, f"{abs(value) * 100:.0f}%") for value in values], *levels)
    if chart.n_good:
        zero = sides[0] - limits[0] * per_share
        paper.add(Line2D([zero, zero], levels, color=INK, linewidth=1.0, zorder=3))
        if limits[1] > high:
            aside = zero + (high + ASIDE_GAP) * per_share
            paper.add(Line2D([aside, aside], levels, color=FAINT, linewidth=0.8, zorder=3))
