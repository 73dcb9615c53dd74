"""Indicators by place on one sheet: a cell for each figure, its value written in it, as data and drawn.

The darker a cell, the worse its figure among those of the same unit; what misses its threshold is framed, bold and marked with a triangle,
so that nothing depends on colour. No number is computed here.
"""

from dataclasses import dataclass

from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.paper import Entry, Paper, draw_legend, legend_height, notes_height, title_height, write, write_notes, write_title
from analysis.charts.style import FAINT, INK, LINE_IN, MANY_DOTS, MARGIN_IN, SMALL_PT, WIDTH_IN, mixed, wrapped

BEST, WORST, PLAIN, NOTHING = "#FFFFFF", "#EE9A3A", "#F2F2F2", "#FFFFFF"
ROW_COLUMNS = 34
HEAD_COLUMNS = 12
"""Names of places wider than this stand upright."""
UPRIGHT_COLUMNS = 20
MIN_CELL_IN, WIDE_CELL_IN = 0.46, 0.8
MARK_IN = 0.1
GAP_IN = 0.1


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: as written, how bad it is from 0 to 1 (None where nobody said what is good), and whether it misses its threshold."""

    text: str
    badness: float | None = None
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One indicator in every place; a `group` that differs from the row's above gets a line of its own."""

    label: str
    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The sheet; `better_name` and `worse_name` are the ends of the scale of colours, `missed_name` says what a frame means."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    better_name: str
    worse_name: str
    missed_name: str
    notes: tuple[str, ...]
    alt: str


def draw_heat_map(chart: HeatMap) -> Figure:
    """The sheet as a figure as wide and high as its rows and columns need; to be called within `chart_style`."""
    left = MARGIN_IN + max([text_width(wrapped(row.label, ROW_COLUMNS)) for row in chart.rows], default=1.0) + GAP_IN
    cell, is_upright = _cell_width(chart), _is_upright(chart)
    heads = [wrapped(name, UPRIGHT_COLUMNS if is_upright else HEAD_COLUMNS) for name in chart.columns]
    sizes = [_head_size(head, is_upright) for head in heads]
    cell = max([cell, *(across + 0.05 for across, _ in sizes)])
    head_in = max([along for _, along in sizes], default=0.2) + 0.08
    groups = _groups_of(chart)
    body = sum(map(_row_height, chart.rows)) + LINE_IN * 1.3 * len(groups)
    entries = _entries(chart)
    width = max(WIDTH_IN, left + cell * len(heads) + MARGIN_IN)
    top = MARGIN_IN + title_height(chart.title)
    height = top + legend_height(entries, width) + 0.06 + head_in + body + 0.06 + notes_height(chart.notes, width) + MARGIN_IN
    paper = Paper(width, height)
    write_title(paper, chart.title, MARGIN_IN)
    draw_legend(paper, entries, top, width)
    y = top + legend_height(entries, width) + 0.06 + head_in
    for number, head in enumerate(heads):
        middle = left + (number + 0.5) * cell
        if is_upright:
            write(paper, middle, y - 0.05, head, pt=SMALL_PT, is_upright=True)
        else:
            write(paper, middle, y - 0.05 - text_height(head, SMALL_PT) / 2, head, ha="center", pt=SMALL_PT)
    for number, row in enumerate(chart.rows):
        if number in groups:
            write(paper, MARGIN_IN, y + LINE_IN * 0.65, groups[number], pt=SMALL_PT, is_bold=True, colour=MANY_DOTS)
            y += LINE_IN * 1.3
        _draw_row(paper, row, (left, cell), y)
        y += _row_height(row)
    write_notes(paper, chart.notes, y + 0.06, width)
    return paper.finished()


def colour_of(cell: Cell) -> str:
    """The colour behind a figure, light enough for black words on it."""
    if cell.badness is None:
        return PLAIN
    return mixed(BEST, WORST, min(max(cell.badness, 0.0), 1.0))


def _groups_of(chart: HeatMap) -> dict[int, str]:
    """The heading that stands above a row, by the row's number."""
    found, before = {}, ""
    for number, row in enumerate(chart.rows):
        if row.group and row.group != before:
            found[number] = row.group
        before = row.group
    return found


def _is_upright(chart: HeatMap) -> bool:
    """Whether the names of places stand upright, because they are long or the cells narrow."""
    if len(chart.columns) <= 4:
        return False
    return max(text_width(name, SMALL_PT) for name in chart.columns) + 0.06 > _cell_width(chart)


def _head_size(head: str, is_upright: bool) -> tuple[float, float]:
    across, along = text_width(head, SMALL_PT), text_height(head, SMALL_PT)
    return (along, across) if is_upright else (across, along)


def _cell_width(chart: HeatMap) -> float:
    widest = max([text_width(cell.text, SMALL_PT, is_bold=True) for row in chart.rows for cell in row.cells], default=0.3)
    return max(widest + 2 * MARK_IN, MIN_CELL_IN if len(chart.columns) > 6 else WIDE_CELL_IN)


def _row_height(row: HeatRow) -> float:
    return text_height(wrapped(row.label, ROW_COLUMNS)) + 0.07


def _entries(chart: HeatMap) -> list[Entry]:
    edge = {"edgecolor": FAINT, "linewidth": 0.6}
    entries = []
    if any(cell.badness is not None for row in chart.rows for cell in row.cells):
        entries.append(Entry(chart.better_name, {"facecolor": BEST, **edge}, is_patch=True))
        entries.append(Entry(chart.worse_name, {"facecolor": WORST, **edge}, is_patch=True))
    if any(cell.is_missed for row in chart.rows for cell in row.cells):
        entries.append(Entry(chart.missed_name, {"color": INK, "marker": "v", "markersize": 4.5, "linestyle": "none"}))
    return entries


def _draw_row(paper: Paper, row: HeatRow, columns: tuple[float, float], top: float) -> None:
    (left, width), height = columns, _row_height(row)
    middle = top + height / 2
    write(paper, left - GAP_IN, middle, wrapped(row.label, ROW_COLUMNS), ha="right")
    missed = [left + number * width for number, cell in enumerate(row.cells) if cell.is_missed]
    corners = [_corners(left + number * width, top, width, height) for number in range(len(row.cells))]
    # One collection for a row: a thousand rectangles by themselves take longer than all else.
    paper.add(PolyCollection(corners, facecolors=[colour_of(cell) for cell in row.cells], edgecolors="white", linewidths=0.8, zorder=1))
    if missed:
        frames = [_corners(x + 0.012, top + 0.012, width - 0.024, height - 0.024) for x in missed]
        paper.add(PolyCollection(frames, facecolors="none", edgecolors=INK, linewidths=0.9, zorder=3))
        marks = [x + 0.065 for x in missed]
        paper.add(Line2D(marks, [middle] * len(marks), color=INK, marker="v", markersize=3.2, linestyle="none", zorder=4))
    for number, cell in enumerate(row.cells):
        at = left + (number + 0.5) * width + (0.03 if cell.is_missed else 0)
        write(paper, at, middle, cell.text, ha="center", pt=SMALL_PT, is_bold=cell.is_missed)


def _corners(left: float, top: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
