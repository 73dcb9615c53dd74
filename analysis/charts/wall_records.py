"""What wall charts show, as data: timetables, routes, distributions and flows. How they look is the business of `wall_charts.py`."""

from dataclasses import dataclass, field
from datetime import date

from analysis.charts.palette import SERIES

A3_IN = (420 / 25.4, 297 / 25.4)
"""Landscape."""
TITLE_PT, SUBTITLE_PT, TEXT_PT, SMALL_PT = 30, 15, 14, 11
COLOURS = (*SERIES, "#6a3d9a", "#7f7f7f", "#8c564b", "#9a9b1b")

Frame = tuple[float, float, float, float]
"""Left, bottom, width and height of a part of the sheet, as shares of it."""


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
