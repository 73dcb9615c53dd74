"""The maps of wall charts: routes from village to village, and villages by how many households were interviewed there."""

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.labels import Box, Spot, nearest_point, place_names, way_to
from analysis.charts.style import DOT_COLOURS, FAINT, INK, MANY_DOTS, POINTS_PER_INCH, printable, wrapped
from analysis.charts.wall_records import A3_IN, COLOURS, SMALL_PT, SUBTITLE_PT, TEXT_PT, Distribution, Frame, Place, RouteMap

ROUTE_SHAPES = ("o", "s", "p", "D", "h", "8")
"""Marks wide enough to hold a number."""
ROUTE_GAP_PT = 18
NAME_SIZES_PT = (TEXT_PT, SMALL_PT, 8)
"""A name for which there is no room is set smaller."""
NORTH_ROOM_IN = (0.8, 0.5)
SCALE_ROOM_IN, SCALE_SHARE = 0.7, 0.35
LARGEST_BUBBLE, FEW_BUBBLES = 2600.0, 12
"""The area of the largest mark, in square points, smaller where there are more than a few."""

LEGEND_COLUMNS, LEGEND_ROW = 4, 0.028
"""Routes named beside each other below the map, which would hide some of it from within, and the share of the sheet that a line takes."""


def draw_routes(figure: Figure, chart: RouteMap, frame: Frame) -> bool:
    places = [place for route in chart.routes for place in route.places]
    if not places:
        return False
    left, bottom, width, height = frame
    low = 0.05 + LEGEND_ROW * -(-len(chart.routes) // LEGEND_COLUMNS)
    area = figure.add_axes((left, bottom + low, width, height - low))
    _map_frame(area, places, A3_IN[0] * width / (A3_IN[1] * (height - low)))
    for number, route in enumerate(chart.routes):
        colour, shape = DOT_COLOURS[number % len(DOT_COLOURS)], ROUTE_SHAPES[(number + number // len(DOT_COLOURS)) % len(ROUTE_SHAPES)]
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
    radius = 10 + ROUTE_GAP_PT * (len(chart.routes) - 1) / 2
    _name_places(area, (left, bottom + low, width, height - low), places, [radius] * len(places))
    look: dict[str, Any] = {"ncols": min(len(chart.routes), LEGEND_COLUMNS), "fontsize": TEXT_PT, "frameon": False}
    figure.legend(*area.get_legend_handles_labels(), loc="lower center", bbox_to_anchor=(left + width / 2, bottom + 0.015), **look)
    if chart.unplaced:
        text = f"{chart.unplaced_name} {'、'.join(chart.unplaced)}"
        figure.text(left, bottom, printable(wrapped(text, 150)), fontsize=SMALL_PT, color=MANY_DOTS, va="bottom")
    return True


def draw_bubbles(figure: Figure, chart: Distribution, frame: Frame) -> None:
    area = figure.add_axes(frame)
    _map_frame(area, chart.positions, A3_IN[0] * frame[2] / (A3_IN[1] * frame[3]))
    area.tick_params(labelbottom=False, labelleft=False)
    largest = max(place.size for place in chart.positions) or 1
    most = LARGEST_BUBBLE * min(1.0, FEW_BUBBLES / len(chart.positions))
    sizes = [most * place.size / largest for place in chart.positions]
    area.scatter(
        [each.longitude for each in chart.positions], [each.latitude for each in chart.positions], s=sizes, color=COLOURS[0], alpha=0.45
    )
    _name_places(area, frame, chart.positions, [math.sqrt(size) / 2 for size in sizes])


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


def _name_places(area: Axes, frame: Frame, places: Sequence[Place], radii_pt: Sequence[float]) -> None:
    """Each name beside its mark or at the end of a line to it, where no mark and no other name is; small ones where room is scarce.

    `frame` is where the map lies on the sheet, `radii_pt` are how far the marks reach, in points.
    """
    named = dict(zip((place.name for place in places), zip(places, radii_pt, strict=True), strict=True))
    width, height = A3_IN[0] * frame[2], A3_IN[1] * frame[3]
    low, high = area.get_xlim()
    bottom, top = area.get_ylim()
    spots = [
        Spot(
            (place.longitude - low) / (high - low) * width,
            (top - place.latitude) / (top - bottom) * height,
            radius / POINTS_PER_INCH,
        )
        for place, radius in named.values()
    ]
    taken = [
        Box(width * (1 - SCALE_SHARE), height - SCALE_ROOM_IN, width, height),
        Box(width - NORTH_ROOM_IN[0], 0, width, NORTH_ROOM_IN[1]),
    ]
    waiting = dict(enumerate(named))
    for pt in NAME_SIZES_PT:
        sizes = [(text_width(name, pt) + 0.04, text_height(name, pt)) for name in waiting.values()]
        others = [spots[number].box for number in range(len(spots)) if number not in waiting]
        found = place_names(sizes, [spots[number] for number in waiting], Box(0.05, 0.05, width - 0.05, height - 0.05), [*taken, *others])
        for (number, name), box in zip(list(waiting.items()), found, strict=True):
            if box is not None:
                _write_name(area, (width, height), spots[number], box, name, pt)
                taken += [box, *way_to(box, spots[number])]
                del waiting[number]


def _write_name(area: Axes, size: tuple[float, float], spot: Spot, box: Box, name: str, pt: float) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        return x / size[0], 1 - y / size[1]

    if way_to(box, spot):
        (x, y), (to_x, to_y) = at(spot.x, spot.y), at(*nearest_point(box, spot))
        area.plot([x, to_x], [y, to_y], transform=area.transAxes, color="#888888", linewidth=0.8, zorder=1.5)
    ground = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1}
    x, y = at(*box.middle)
    area.text(x, y, printable(name), transform=area.transAxes, ha="center", va="center", fontsize=pt, color=INK, bbox=ground)
