"""Wall charts 挂图 of a visit for printing at A3: its timetable, its routes, where its households are, what was raised and where it goes.

The charts are data; no number is computed here, and nothing here knows where the data come from.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from analysis.charts.style import FAINT, INK, MANY_DOTS, WITHOUT_TIME, chart_style, display_width, printable, wrapped
from analysis.charts.wall_maps import draw_bubbles, draw_routes
from analysis.charts.wall_records import (
    A3_IN,
    COLOURS,
    SMALL_PT,
    SUBTITLE_PT,
    TEXT_PT,
    TITLE_PT,
    Distribution,
    Flow,
    Frame,
    RouteMap,
    Timetable,
    WallChart,
)

PNG_DPI = 200
FORMATS = ("png", "svg", "pdf")
MARGIN_IN = 0.75
HEAD_IN = 1.5
MAX_DAY_TICKS = 31
BAR_SHARE = 0.66
"""How much of its row a bar of the timetable takes."""
BAR_LINE_IN = 0.19
NODE_WIDTH = 0.055
NODE_GAP = 0.018


def wall_picture(chart: WallChart, format: str) -> bytes:
    """The chart on a sheet of A3 as "png", "svg" or "pdf"; the same chart gives the same bytes."""
    if format not in FORMATS:
        raise ValueError(f"{format!r} is not one of {', '.join(FORMATS)}")
    metadata: dict[str, Any] = {"pdf": {"CreationDate": None, "Producer": None, "Creator": None}, **WITHOUT_TIME}[format]
    content = BytesIO()
    with chart_style():
        draw_wall_chart(chart).savefig(content, format=format, dpi=PNG_DPI, metadata=metadata)
    return content.getvalue()


def draw_wall_chart(chart: WallChart) -> Figure:
    """The chart as a figure of the size of A3; to be called within `chart_style`."""
    figure = Figure(figsize=A3_IN)
    width, height = A3_IN
    figure.text(
        0.5, 1 - MARGIN_IN / height, printable(chart.heading.title), ha="center", va="top", fontsize=TITLE_PT, weight="bold", color=INK
    )
    subtitle_at = 1 - (MARGIN_IN + 0.62) / height
    figure.text(0.5, subtitle_at, printable(chart.heading.subtitle), ha="center", va="top", fontsize=SUBTITLE_PT, color=MANY_DOTS)
    frame = (MARGIN_IN / width, MARGIN_IN / height, 1 - 2 * MARGIN_IN / width, 1 - (MARGIN_IN + MARGIN_IN + HEAD_IN) / height)
    drawers: dict[type, Callable[[Figure, Any, Frame], bool]] = {
        Timetable: _draw_timetable,
        RouteMap: draw_routes,
        Distribution: _draw_distribution,
        Flow: _draw_flow,
    }
    if not drawers[type(chart)](figure, chart, frame):
        figure.text(0.5, 0.5, printable(chart.heading.empty), ha="center", va="center", fontsize=SUBTITLE_PT + 3, color=MANY_DOTS)
    return figure


def _draw_timetable(figure: Figure, chart: Timetable, frame: Frame) -> bool:
    if not chart.bars and not chart.marks:
        return False
    left, bottom, width, height = frame
    label_share = 0.02 + 0.0075 * max((display_width(row) for row in chart.rows), default=8)
    area = figure.add_axes((left + label_share, bottom + 0.04, width - label_share, height - 0.04))
    rows = [*chart.rows, *([chart.mark_name] if chart.marks else [])]
    colour_of = {group: COLOURS[number % len(COLOURS)] for number, group in enumerate(dict.fromkeys(bar.group for bar in chart.bars))}
    n_lines = int(BAR_SHARE * A3_IN[1] * (height - 0.04) / (len(rows) + 0.2) / BAR_LINE_IN)
    per_day = A3_IN[0] * (width - label_share) / ((chart.last_on - chart.first_on).days + 1)
    for bar in chart.bars:
        start, days = _number(bar.first_on), (bar.last_on - bar.first_on).days + 1
        area.barh(rows.index(bar.row), days, left=start, height=BAR_SHARE, color=colour_of[bar.group], edgecolor="white", linewidth=1.5)
        columns = max(2, int(days * per_day / 0.105))
        text = printable(_within(bar.label, columns, n_lines))
        area.text(start + days / 2, rows.index(bar.row), text, ha="center", va="center", fontsize=SMALL_PT, color="white", clip_on=True)
    for number, (day, text) in enumerate(chart.marks):
        area.plot(_number(day) + 0.5, len(rows) - 1, marker="D", markersize=11, color=INK, linestyle="none")
        place = (_number(day) + 0.5, len(rows) - 1 + (0.26 if number % 2 == 0 else -0.26))
        area.annotate(printable(text), place, ha="center", va="top" if number % 2 == 0 else "bottom", fontsize=SMALL_PT, color=INK)
    area.set_ylim(len(rows) - 0.4, -0.6)
    area.set_yticks(range(len(rows)), [printable(row) for row in rows], fontsize=TEXT_PT)
    _days_axis(area, chart.first_on, chart.last_on)
    return True


def _within(label: str, columns: int, n_lines: int) -> str:
    """The label in so many lines: its last line, how many are visited, is whole, and what stands before it is cut where it is too long."""
    *first, last = label.split("\n")
    lines = [line for text in first for line in wrapped(text, columns).split("\n")]
    room = max(n_lines - 1, 1)
    if len(lines) > room:
        lines = [*lines[: room - 1], f"{lines[room - 1][:-1]}…"]
    return "\n".join([*lines, last])


def _number(day: date) -> float:
    """Where a day begins on an axis of days."""
    return float(day.toordinal())


def _days_axis(area: Axes, first_on: date, last_on: date) -> None:
    n_days = (last_on - first_on).days + 1
    area.set_xlim(_number(first_on), _number(first_on) + n_days)
    step = -(-n_days // MAX_DAY_TICKS)
    days = [first_on + timedelta(days=number) for number in range(0, n_days, step)]
    area.set_xticks([_number(day) + 0.5 for day in days], [f"{day.month}.{day.day}" for day in days], fontsize=TEXT_PT)
    for day in days:
        area.axvline(_number(day), color=FAINT, linewidth=0.8, zorder=0)
    area.xaxis.tick_top()
    area.tick_params(length=0, colors=INK)
    for side in area.spines.values():
        side.set_color(FAINT)


def _draw_distribution(figure: Figure, chart: Distribution, frame: Frame) -> bool:
    if not any(any(row) for row in chart.counts):
        return False
    left, bottom, width, height = frame
    map_share = 0.44 * width if chart.positions else 0.0
    names = 0.012 + 0.0078 * max(display_width(place) for place in chart.places)
    area = figure.add_axes((left + map_share + names, bottom + 0.05, width - map_share - names - 0.03, height - 0.05))
    starts = [0.0] * len(chart.places)
    for number, part in enumerate(chart.parts):
        lengths = [row[number] for row in chart.counts]
        bars = area.barh(
            range(len(chart.places)), lengths, left=starts, height=0.7, color=COLOURS[number % len(COLOURS)], label=printable(part)
        )
        largest = max(sum(row) for row in chart.counts)
        texts = [str(length) if length > 0.03 * largest else "" for length in lengths]
        area.bar_label(bars, texts, label_type="center", color="white", fontsize=SMALL_PT)
        starts = [start + length for start, length in zip(starts, lengths, strict=True)]
    for row, total in enumerate(starts):
        area.annotate(
            f"{total:,.0f}", (total, row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=SMALL_PT, weight="bold"
        )
    area.set_yticks(
        range(len(chart.places)), [printable(place) for place in chart.places], fontsize=TEXT_PT if len(chart.places) < 25 else 9
    )
    area.set_ylim(len(chart.places) - 0.4, -0.6)
    area.margins(x=0.06)
    area.tick_params(length=0, colors=INK)
    area.set_xticks([])
    for side in ("top", "right", "bottom", "left"):
        area.spines[side].set_visible(False)
    handles, labels = area.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="lower center", bbox_to_anchor=(0.5, bottom - 0.03), ncols=len(labels), fontsize=TEXT_PT, frameon=False
    )
    if chart.positions:
        draw_bubbles(figure, chart, (left, bottom + 0.07, map_share - 0.03, height - 0.07))
    return True


def _draw_flow(figure: Figure, chart: Flow, frame: Frame) -> bool:
    if not chart.links:
        return False
    area = figure.add_axes(frame)
    area.set_xlim(0, 1)
    area.set_ylim(1.06, -0.02)
    area.axis("off")
    last = len(chart.stages) - 1
    places = [_node_places(chart, stage) for stage in range(len(chart.stages))]
    colour_of = {node: COLOURS[number % len(COLOURS)] for number, node in enumerate(chart.stages[0][1])}
    for stage, (name, _) in enumerate(chart.stages):
        x = stage / last * (1 - NODE_WIDTH) if last else 0.0
        area.text(x + NODE_WIDTH / 2, 1.045, printable(name), ha="center", va="center", fontsize=SUBTITLE_PT, weight="bold", color=INK)
        for node, (top, size) in places[stage].items():
            area.add_patch(Rectangle((x, top), NODE_WIDTH, size, facecolor=colour_of.get(node, "#44546A") if stage == 0 else "#44546A"))
            count = _through(chart, stage, node)
            at, side = (x + NODE_WIDTH + 0.008, "left") if stage < last else (x - 0.008, "right")
            area.text(at, top + size / 2, printable(f"{node} {count}"), ha=side, va="center", fontsize=TEXT_PT, color=INK, zorder=5)
    for stage in range(last):
        _draw_links(area, chart, stage, places, colour_of)
    return True


def _through(chart: Flow, stage: int, node: str) -> int:
    """How much goes through a node: what leaves it, or at the last stage what arrives."""
    leaving = sum(count for at, source, _, count in chart.links if at == stage and source == node)
    return leaving or sum(count for at, _, target, count in chart.links if at == stage - 1 and target == node)


def _node_places(chart: Flow, stage: int) -> dict[str, tuple[float, float]]:
    """Where each node of a stage begins and how high it is, of a height of 1."""
    counts = {node: _through(chart, stage, node) for node in chart.stages[stage][1]}
    total = sum(counts.values()) or 1
    room = 1 - NODE_GAP * (len(counts) - 1)
    places, top = {}, 0.0
    for node, count in counts.items():
        size = room * count / total
        places[node] = (top, size)
        top += size + NODE_GAP
    return places


def _draw_links(area: Axes, chart: Flow, stage: int, places: Sequence[dict[str, tuple[float, float]]], colour_of: dict[str, str]) -> None:
    last = len(chart.stages) - 1
    left = stage / last * (1 - NODE_WIDTH) + NODE_WIDTH
    right = (stage + 1) / last * (1 - NODE_WIDTH)
    used: dict[tuple[int, str], float] = {}
    order = {node: number for each in (stage, stage + 1) for number, node in enumerate(chart.stages[each][1])}
    links = sorted((each for each in chart.links if each[0] == stage), key=lambda each: (order[each[1]], order[each[2]]))
    for _, source, target, count in links:
        ends = []
        for at, node in ((stage, source), (stage + 1, target)):
            top, size = places[at][node]
            share = size * count / _through(chart, at, node)
            start = top + used.get((at, node), 0.0)
            used[at, node] = used.get((at, node), 0.0) + share
            ends.append((start, start + share))
        (top_left, low_left), (top_right, low_right) = ends
        middle = (left + right) / 2
        corners = [(left, top_left), (middle, top_left), (middle, top_right), (right, top_right)]
        corners += [(right, low_right), (middle, low_right), (middle, low_left), (left, low_left), (left, top_left)]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        colour = colour_of.get(source, "#44546A")
        area.add_patch(PathPatch(Path(corners, codes), facecolor=colour, alpha=0.32, edgecolor="none", zorder=1))
