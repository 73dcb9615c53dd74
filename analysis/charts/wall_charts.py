"""Wall charts 挂图 of a visit for printing at A3: its timetable, its routes, where its households are, what was raised and where it goes.

The charts are data; no number is computed here, and nothing here knows where the data come from.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import ScaledTranslation

from analysis.charts.style import DOT_COLOURS, FAINT, INK, MANY_DOTS, WITHOUT_TIME, chart_style, display_width, printable, wrapped

A3_IN = (420 / 25.4, 297 / 25.4)
"""Landscape."""
PNG_DPI = 200
FORMATS = ("png", "svg", "pdf")
TITLE_PT, SUBTITLE_PT, TEXT_PT, SMALL_PT = 30, 15, 14, 11
MARGIN_IN = 0.75
HEAD_IN = 1.5
COLOURS = ("#1F4E79", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A3D9A", "#7F7F7F", "#8C564B", "#BCBD22")
MAX_DAY_TICKS = 31
ROUTE_SHAPES = ("o", "s", "p", "D", "h", "8")
"""Marks wide enough to hold a number."""
ROUTE_GAP_PT = 18
NODE_WIDTH = 0.055
NODE_GAP = 0.018


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a wall chart, and what is said in its place when there is nothing to draw."""

    title: str
    subtitle: str
    empty: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that takes some days, both included, in a row of a timetable; `group` decides the colour.

    `label` may have several lines.
    """

    row: str
    first_on: date
    last_on: date
    label: str
    group: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """Rows of bars over the days of a visit; `marks` are (day, text) of what happens on one day."""

    heading: Heading
    first_on: date
    last_on: date
    rows: tuple[str, ...]
    bars: tuple[Bar, ...]
    marks: tuple[tuple[date, str], ...] = ()
    mark_name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a map, in degrees (WGS 84); `size` is what its mark stands for."""

    name: str
    latitude: float
    longitude: float
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The places that somebody goes to, in their order."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class RouteMap:
    """Routes on a plain map; `unplaced` are the names of places whose position is not known."""

    heading: Heading
    routes: tuple[Route, ...]
    unplaced: tuple[str, ...] = ()
    unplaced_name: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A stacked bar per place: `counts[i]` are the numbers of `parts`, in their order; and the same places on a map where they have one."""

    heading: Heading
    places: tuple[str, ...]
    parts: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    positions: tuple[Place, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from stage to stage: `stages` are (name, its nodes), `links` (stage, from node, to node, count)."""

    heading: Heading
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[tuple[int, str, str, int], ...] = field(default=())


WallChart = Timetable | RouteMap | Distribution | Flow


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
    drawers: dict[type, Callable[[Figure, Any, tuple[float, float, float, float]], bool]] = {
        Timetable: _draw_timetable,
        RouteMap: _draw_routes,
        Distribution: _draw_distribution,
        Flow: _draw_flow,
    }
    if not drawers[type(chart)](figure, chart, frame):
        figure.text(0.5, 0.5, printable(chart.heading.empty), ha="center", va="center", fontsize=SUBTITLE_PT + 3, color=MANY_DOTS)
    return figure


def _draw_timetable(figure: Figure, chart: Timetable, frame: tuple[float, float, float, float]) -> bool:
    if not chart.bars and not chart.marks:
        return False
    left, bottom, width, height = frame
    label_share = 0.02 + 0.0075 * max((display_width(row) for row in chart.rows), default=8)
    area = figure.add_axes((left + label_share, bottom + 0.04, width - label_share, height - 0.04))
    rows = [*chart.rows, *([chart.mark_name] if chart.marks else [])]
    colour_of = {group: COLOURS[number % len(COLOURS)] for number, group in enumerate(dict.fromkeys(bar.group for bar in chart.bars))}
    per_day = A3_IN[0] * (width - label_share) / ((chart.last_on - chart.first_on).days + 1)
    for bar in chart.bars:
        start, days = _number(bar.first_on), (bar.last_on - bar.first_on).days + 1
        area.barh(rows.index(bar.row), days, left=start, height=0.66, color=colour_of[bar.group], edgecolor="white", linewidth=1.5)
        columns = max(2, int(days * per_day / 0.105))
        text = printable("\n".join(wrapped(line, columns) for line in bar.label.split("\n")))
        area.text(start + days / 2, rows.index(bar.row), text, ha="center", va="center", fontsize=SMALL_PT, color="white", clip_on=True)
    for number, (day, text) in enumerate(chart.marks):
        area.plot(_number(day) + 0.5, len(rows) - 1, marker="D", markersize=11, color=INK, linestyle="none")
        place = (_number(day) + 0.5, len(rows) - 1 + (0.26 if number % 2 == 0 else -0.26))
        area.annotate(printable(text), place, ha="center", va="top" if number % 2 == 0 else "bottom", fontsize=SMALL_PT, color=INK)
    area.set_ylim(len(rows) - 0.4, -0.6)
    area.set_yticks(range(len(rows)), [printable(row) for row in rows], fontsize=TEXT_PT)
    _days_axis(area, chart.first_on, chart.last_on)
    return True


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


def _draw_routes(figure: Figure, chart: RouteMap, frame: tuple[float, float, float, float]) -> bool:
    places = [place for route in chart.routes for place in route.places]
    if not places:
        return False
    left, bottom, width, height = frame
    area = figure.add_axes((left, bottom + 0.05, width, height - 0.05))
    _map_frame(area, places, A3_IN[0] * width / (A3_IN[1] * (height - 0.05)))
    for number, route in enumerate(chart.routes):
        colour, shape = DOT_COLOURS[number % len(DOT_COLOURS)], ROUTE_SHAPES[number % len(ROUTE_SHAPES)]
        line: dict[str, Any] = {"color": colour, "marker": shape, "markersize": 15, "linewidth": 2.4, "label": printable(route.name)}
        # Routes through the same places run beside each other.
        aside = (number - (len(chart.routes) - 1) / 2) * ROUTE_GAP_PT
        beside = area.transData + ScaledTranslation(aside / 72, 0, figure.dpi_scale_trans)
        area.plot([place.longitude for place in route.places], [place.latitude for place in route.places], transform=beside, **line)
        turns: dict[tuple[float, float], list[str]] = {}
        for order, place in enumerate(route.places, start=1):
            turns.setdefault((place.longitude, place.latitude), []).append(str(order))
        for at, orders in turns.items():
            centred: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "color": "white", "weight": "bold"}
            # Whoever comes back to a place has one number there for each time, as far as the mark holds them.
            several = {} if len(orders) == 1 else {"fontsize": 6}
            area.annotate("·".join(orders[:2]), at, xytext=(aside, 0), textcoords="offset points", **centred | several)
    _name_places(area, places, [10 + ROUTE_GAP_PT * (len(chart.routes) - 1) / 2] * len(places))
    area.legend(loc="upper left", fontsize=TEXT_PT, frameon=True, framealpha=0.9, edgecolor=FAINT)
    if chart.unplaced:
        text = f"{chart.unplaced_name} {'、'.join(chart.unplaced)}"
        figure.text(left, bottom, printable(wrapped(text, 150)), fontsize=SMALL_PT, color=MANY_DOTS, va="bottom")
    return True


def _map_frame(area: Axes, places: Sequence[Place], width_to_height: float) -> None:
    """Limits that show every place at the same scale both ways, and a bar of that scale."""
    latitudes, longitudes = [place.latitude for place in places], [place.longitude for place in places]
    middle = (min(latitudes) + max(latitudes)) / 2
    shrink = math.cos(math.radians(middle))
    half_height = max(max(latitudes) - min(latitudes), (max(longitudes) - min(longitudes)) * shrink / width_to_height, 0.01) / 2 * 1.3
    half_width = half_height * width_to_height / shrink
    centre = (min(longitudes) + max(longitudes)) / 2
    area.set_xlim(centre - half_width, centre + half_width)
    area.set_ylim(middle - half_height, middle + half_height)
    area.tick_params(labelsize=SMALL_PT, colors=MANY_DOTS, length=0)
    area.xaxis.set_major_formatter(lambda value, _position: f"{value:.2f}°E")
    area.yaxis.set_major_formatter(lambda value, _position: f"{value:.2f}°N")
    area.grid(color=FAINT, linewidth=0.8)
    for side in area.spines.values():
        side.set_color(FAINT)
    km_of_width = 2 * half_width * shrink * 111.195
    km = max(value for value in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if value <= max(km_of_width / 4, 0.1))
    end = centre + half_width * 0.96
    start, level = end - km / 111.195 / shrink, middle - half_height * 0.95
    area.plot([start, end], [level, level], color=INK, linewidth=4, solid_capstyle="butt")
    area.annotate(f"{km:g} km", ((start + end) / 2, level), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=TEXT_PT)
    area.annotate("N ↑", (0.985, 0.975), xycoords="axes fraction", ha="right", va="top", fontsize=SUBTITLE_PT, weight="bold", color=INK)


def _name_places(area: Axes, places: Sequence[Place], radii_pt: Sequence[float] = ()) -> None:
    """Each name beside its mark, on the side where it stays on the map and no other mark is nearer.

    `radii_pt` are how far the marks reach, in points.
    """
    named = dict(zip((place.name for place in places), zip(places, radii_pt or [10] * len(places), strict=True), strict=True))
    for place, radius in named.values():
        others = [other for other, _ in named.values() if other is not place and other.longitude >= place.longitude]
        low, high = area.get_xlim()
        leaves = place.longitude > low + (high - low) * 0.85
        direction, side = (-1, "right") if leaves or any(_is_near(area, place, other) for other in others) else (1, "left")
        area.annotate(
            printable(place.name),
            (place.longitude, place.latitude),
            xytext=(direction * (radius + 3), 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=TEXT_PT,
            color=INK,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1},
        )


def _is_near(area: Axes, place: Place, other: Place) -> bool:
    low, high = area.get_xlim()
    bottom, top = area.get_ylim()
    return abs(other.longitude - place.longitude) < (high - low) * 0.14 and abs(other.latitude - place.latitude) < (top - bottom) * 0.03


def _draw_distribution(figure: Figure, chart: Distribution, frame: tuple[float, float, float, float]) -> bool:
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
        _draw_bubbles(figure, chart, (left, bottom + 0.07, map_share - 0.03, height - 0.07))
    return True


def _draw_bubbles(figure: Figure, chart: Distribution, frame: tuple[float, float, float, float]) -> None:
    area = figure.add_axes(frame)
    _map_frame(area, chart.positions, A3_IN[0] * frame[2] / (A3_IN[1] * frame[3]))
    area.tick_params(labelbottom=False, labelleft=False)
    largest = max(place.size for place in chart.positions) or 1
    sizes = [2600 * place.size / largest for place in chart.positions]
    area.scatter(
        [each.longitude for each in chart.positions], [each.latitude for each in chart.positions], s=sizes, color=COLOURS[0], alpha=0.45
    )
    _name_places(area, chart.positions, [math.sqrt(size) / 2 for size in sizes])


def _draw_flow(figure: Figure, chart: Flow, frame: tuple[float, float, float, float]) -> bool:
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
