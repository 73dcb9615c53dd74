"""Which villages were visited, and how far: a mark per village where it lies, as data and drawn.

Shape and filling tell how far the visit came, the size how many households the village has. Names never collide: they stand beside their
marks or at the end of a line, and where there is no room at all a number leads to the list below. No number is computed here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis.charts.glyphs import text_height, text_width
from analysis.charts.labels import Box, Spot, nearest_point, place_names, way_to
from analysis.charts.paper import Entry, Paper, draw_legend, legend_height, notes_height, title_height, write, write_notes, write_title
from analysis.charts.style import BETTER, FAINT, INK, MARGIN_IN, POINTS_PER_INCH, SMALL_PT, WIDTH_IN, WORSE

STATES = ("complete", "begun", "none")
LOOKS: dict[str, dict[str, Any]] = {
    "complete": {"marker": "o", "markerfacecolor": BETTER, "markeredgecolor": BETTER},
    "begun": {"marker": "o", "markerfacecolor": BETTER, "markerfacecoloralt": "white", "markeredgecolor": BETTER, "fillstyle": "left"},
    "none": {"marker": "^", "markerfacecolor": "white", "markeredgecolor": WORSE, "markeredgewidth": 1.4},
}
SMALLEST_IN, LARGEST_IN = 0.07, 0.17
"""Half the width of a mark of a village with the fewest and with the most households."""
MIN_HEIGHT_IN, MAX_HEIGHT_IN = 2.4, 5.2
FRAME_GAP_IN = 0.45
KM_PER_DEGREE = 111.195
MIN_SPAN_KM = 1.0
LENGTHS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
NUMBER_PT = 6.5
STEPS = 60


@dataclass(frozen=True, slots=True)
class Village:
    """One village: where it lies in degrees (WGS 84), how many households it has, how far the visit came (one of `STATES`)."""

    name: str
    latitude: float
    longitude: float
    n_households: int
    state: str


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """The map of one visit; `state_names` are (state, words), `size_name` says what the size of a mark means."""

    title: str
    villages: tuple[Village, ...]
    state_names: tuple[tuple[str, str], ...]
    size_name: str
    notes: tuple[str, ...]
    alt: str


def draw_coverage(chart: CoverageMap) -> Figure:
    """The map as a figure; to be called within `chart_style`."""
    frame, spots, inches_per_km = _project(chart)
    used = {village.state for village in chart.villages}
    entries = [Entry(name, {**LOOKS[state], "markersize": 7, "linestyle": "none"}) for state, name in chart.state_names if state in used]
    bar, bar_km = _scale_bar(frame, inches_per_km)
    sizes = [(text_width(village.name, SMALL_PT) + 0.02, text_height(village.name, SMALL_PT)) for village in chart.villages]
    placed = place_names(sizes, spots, frame, [bar])
    unplaced = [number for number, box in enumerate(placed) if box is None]
    listed = "　".join(f"{order} {chart.villages[number].name}" for order, number in enumerate(unplaced, 1))
    notes = [*([listed] if listed else []), chart.size_name, *chart.notes]
    paper = Paper(WIDTH_IN, frame.bottom + 0.08 + legend_height(entries) + notes_height(notes) + MARGIN_IN)
    write_title(paper, chart.title, MARGIN_IN)
    paper.add(
        Rectangle((frame.left, frame.top), frame.right - frame.left, frame.bottom - frame.top, fill=False, edgecolor=FAINT, linewidth=0.8)
    )
    _draw_scale_bar(paper, bar, bar_km, inches_per_km, frame)
    for number, village in enumerate(chart.villages):
        order = unplaced.index(number) + 1 if number in unplaced else None
        _draw_village(paper, village, spots[number], placed[number], order)
    y = frame.bottom + 0.08
    draw_legend(paper, entries, y)
    write_notes(paper, notes, y + legend_height(entries))
    return paper.finished()


def _project(chart: CoverageMap) -> tuple[Box, list[Spot], float]:
    """The frame of the map, where its marks lie in it, and its scale in inches per kilometre; the same scale in both directions."""
    villages = chart.villages
    top = MARGIN_IN + title_height(chart.title)
    width = WIDTH_IN - 2 * MARGIN_IN
    latitudes, longitudes = [village.latitude for village in villages], [village.longitude for village in villages]
    middle = ((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
    shrink = max(math.cos(math.radians(middle[0])), 0.01)
    across = max((max(longitudes) - min(longitudes)) * shrink * KM_PER_DEGREE, MIN_SPAN_KM)
    along = max((max(latitudes) - min(latitudes)) * KM_PER_DEGREE, MIN_SPAN_KM / 2)
    inner = width - 2 * FRAME_GAP_IN
    height = min(max(inner * along / across + 2 * FRAME_GAP_IN, MIN_HEIGHT_IN), MAX_HEIGHT_IN)
    scale = min(inner / across, (height - 2 * FRAME_GAP_IN) / along)
    frame = Box(MARGIN_IN, top, MARGIN_IN + width, top + height)
    centre = frame.middle
    largest = max(village.n_households for village in villages) or 1
    spots = [
        Spot(
            centre[0] + (village.longitude - middle[1]) * shrink * KM_PER_DEGREE * scale,
            centre[1] - (village.latitude - middle[0]) * KM_PER_DEGREE * scale,
            SMALLEST_IN + (LARGEST_IN - SMALLEST_IN) * math.sqrt(village.n_households / largest),
        )
        for village in villages
    ]
    return frame, _set_apart(spots), scale


def _set_apart(spots: Sequence[Spot]) -> list[Spot]:
    """The marks, those that cover each other moved apart by as little as that takes."""
    places = [[spot.x, spot.y] for spot in spots]
    for _ in range(STEPS):
        is_calm = True
        for number, spot in enumerate(spots):
            for other in range(number + 1, len(spots)):
                x, y = places[other][0] - places[number][0], places[other][1] - places[number][1]
                distance = math.hypot(x, y)
                missing = spot.radius + spots[other].radius + 0.01 - distance
                if missing <= 1e-6:
                    continue
                is_calm = False
                turn = math.atan2(y, x) if distance > 1e-9 else 2 * math.pi * other / len(spots)
                for mover, sign in ((number, -0.5), (other, 0.5)):
                    places[mover][0] += sign * missing * math.cos(turn)
                    places[mover][1] += sign * missing * math.sin(turn)
        if is_calm:
            break
    return [Spot(x, y, spot.radius) for (x, y), spot in zip(places, spots, strict=True)]


def _scale_bar(frame: Box, inches_per_km: float) -> tuple[Box, float]:
    """Where the scale and the arrow to the north stand, and how many kilometres the scale is long."""
    longest = (frame.right - frame.left) / 4
    km = max((length for length in LENGTHS_KM if length * inches_per_km <= longest), default=LENGTHS_KM[0])
    return Box(frame.right - 0.25 - km * inches_per_km, frame.bottom - 0.32, frame.right - 0.05, frame.bottom - 0.05), km


def _draw_scale_bar(paper: Paper, bar: Box, km: float, inches_per_km: float, frame: Box) -> None:
    end = bar.left + 0.1 + km * inches_per_km
    paper.add(Line2D([bar.left + 0.1, end], [bar.bottom - 0.05] * 2, color=INK, linewidth=2.2, solid_capstyle="butt"))
    write(paper, (bar.left + 0.1 + end) / 2, bar.bottom - 0.15, f"{km:g} km", ha="center", pt=SMALL_PT)
    write(paper, frame.right - 0.08, frame.top + 0.13, "N ↑", ha="right", pt=SMALL_PT, is_bold=True)


def _draw_village(paper: Paper, village: Village, spot: Spot, name: Box | None, order: int | None) -> None:
    size = 2 * spot.radius * POINTS_PER_INCH - 2
    paper.add(Line2D([spot.x], [spot.y], markersize=size, linestyle="none", zorder=3, **LOOKS[village.state]))
    if name is None:
        write(paper, spot.x, spot.y, str(order), ha="center", pt=NUMBER_PT, is_bold=True, behind="white")
        return
    x, y = name.middle
    if way_to(name, spot):
        nearest = nearest_point(name, spot)
        paper.add(Line2D([spot.x, nearest[0]], [spot.y, nearest[1]], color="#888888", linewidth=0.5, zorder=2))
    write(paper, x, y, village.name, ha="center", pt=SMALL_PT)
