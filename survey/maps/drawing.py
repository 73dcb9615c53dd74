"""A map of points as a plain drawing: frame with degrees, scale bar, north, routes, labels kept apart. No network is needed.

The projection is equirectangular at the mean latitude of the points: over the extent of a visit (some hundred kilometres) distances are
right to within a few per cent, which a map to find one's way by needs; it does not reach across the 180th meridian. Tiles of a map
service lie behind the points when the installation names one (`SURVEY_MAP_TILES`).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString

from analysis.charts.labels import Box
from survey.config import current_settings
from survey.maps.labels import Label, place_labels

EARTH_RADIUS_KM = 6371.0088
"""The mean radius (IUGG)."""
METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_KM * 1000
SHAPES = {"village": "square", "household": "circle", "done": "circle", "doubt": "triangle", "problem": "cross", "other": "diamond"}
"""The shape of each kind of point, so that kinds are told apart without colour; an unknown kind is drawn as "other"."""
MARGIN = 34
MIN_HEIGHT = 260
MIN_SPAN_M = 600
"""A single house is shown with this much of its surroundings."""
MARK, NUMBERED_MARK = 6, 9
"""Half the width of a mark, without and with a number in it."""
TILE_PIXELS = 256
MAX_ZOOM = 18
MAX_TILES = 40

Text = str | LazyString


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One place on a map, in degrees (WGS 84). Points of the same `route` are joined in their `order`, which is written in the mark."""

    latitude: float
    longitude: float
    label: str
    kind: str = "household"
    link: str = ""
    order: int | None = None
    route: str = ""


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point where it is drawn, with where its label stands; `label_at` is None where no place was left for it."""

    point: MapPoint
    shape: str
    x: float
    y: float
    size: int
    label_at: Label | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the degree net, with the degrees it stands for."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of a map service and where it lies."""

    url: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing ready for the template: sizes in its own units, y downwards."""

    title: Text
    width: int
    height: int
    points: tuple[PlacedPoint, ...] = ()
    routes: tuple[tuple[int, str], ...] = ()
    """Each route as (number, "x,y x,y …"), in the order in which they first occur."""
    meridians: tuple[Line, ...] = ()
    parallels: tuple[Line, ...] = ()
    scale_width: float = 0.0
    scale_text: str = ""
    legend: Mapping[str, Text] = field(default_factory=dict)
    tiles: tuple[Tile, ...] = ()
    attribution: str = ""

    @property
    def has_links(self) -> bool:
        """Whether any point leads somewhere."""
        return any(placed.point.link for placed in self.points)

    def shape_of(self, kind: str) -> str:
        """The shape of a kind, for the legend."""
        return SHAPES.get(kind, SHAPES["other"])


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to the units of a drawing: `scale` units per metre around the centre of the drawing."""

    latitude: float
    longitude: float
    scale: float
    width: int
    height: int

    def x(self, longitude: float) -> float:
        """How far from the left edge this longitude lies."""
        return self.width / 2 + (longitude - self.longitude) * _metres_per_longitude(self.latitude) * self.scale

    def y(self, latitude: float) -> float:
        """How far from the upper edge this latitude lies."""
        return self.height / 2 - (latitude - self.latitude) * METRES_PER_DEGREE * self.scale

    def longitude_at(self, x: float) -> float:
        """The longitude that lies this far from the left edge."""
        return self.longitude + (x - self.width / 2) / (_metres_per_longitude(self.latitude) * self.scale)

    def latitude_at(self, y: float) -> float:
        """The latitude that lies this far from the upper edge."""
        return self.latitude - (y - self.height / 2) / (METRES_PER_DEGREE * self.scale)


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The distance between two points on the ground in a straight line, by the haversine formula."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_turn = math.radians(other_longitude - longitude) / 2
    root = math.sin((other_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_turn) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(root)))


def draw_map(
    points: Iterable[MapPoint], *, title: Text, legend: Mapping[str, Text] | None = None, width: int = 720, height: int = 480
) -> Map:
    """The map of these points, for the macro `coordinate_map`; with the tiles of the settings behind them, if any are set.

    `title` is what the map is called for those who do not see it. `legend` says in words what the kinds are. The drawing is `width`
    wide and at most `height` high; it needs an application context for the settings.
    """
    settings = current_settings()
    return plot_points(
        tuple(points),
        title=title,
        legend=legend or {},
        width=width,
        height=height,
        tile_url=settings.map_tiles,
        attribution=settings.map_attribution,
    )


def plot_points(
    points: Sequence[MapPoint],
    *,
    title: Text,
    legend: Mapping[str, Text],
    width: int,
    height: int,
    tile_url: str = "",
    attribution: str = "",
) -> Map:
    """The map of these points; a map without points says that no position is known. Pure."""
    if not points:
        return Map(title, width, MIN_HEIGHT)
    projection = _fit(points, width, height)
    routes = _routes(points, projection)
    scale_m = nice_below(width / 4 / projection.scale)
    tiles = _tiles(projection, tile_url) if tile_url else ()
    return Map(
        title=title,
        width=width,
        height=projection.height,
        points=_placed(points, projection),
        routes=routes,
        meridians=_meridians(projection),
        parallels=_parallels(projection),
        scale_width=round(scale_m * projection.scale, 1),
        scale_text=f"{scale_m / 1000:g} km" if scale_m >= 1000 else f"{scale_m:g} m",
        legend={kind: text for kind, text in legend.items() if any(point.kind == kind for point in points)},
        tiles=tiles,
        attribution=attribution if tiles else "",
    )


def _metres_per_longitude(latitude: float) -> float:
    """The length of a degree of longitude; near the poles a little is left, so that nothing is divided by zero."""
    return METRES_PER_DEGREE * max(math.cos(math.radians(latitude)), 0.01)


def _fit(points: Sequence[MapPoint], width: int, max_height: int) -> Projection:
    """The projection that shows every point within the margins, as large as it goes."""
    south, north = min(point.latitude for point in points), max(point.latitude for point in points)
    west, east = min(point.longitude for point in points), max(point.longitude for point in points)
    latitude, longitude = (south + north) / 2, (west + east) / 2
    across = max((east - west) * _metres_per_longitude(latitude), MIN_SPAN_M)
    along = max((north - south) * METRES_PER_DEGREE, MIN_SPAN_M / 2)
    wanted = (width - 2 * MARGIN) * along / across + 2 * MARGIN
    height = round(min(max(wanted, MIN_HEIGHT), max_height))
    scale = min((width - 2 * MARGIN) / across, (height - 2 * MARGIN) / along)
    return Projection(latitude, longitude, scale, width, height)


def _placed(points: Sequence[MapPoint], projection: Projection) -> tuple[PlacedPoint, ...]:
    """The points where they are drawn, those at one and the same spot spread around it, with their labels."""
    spots = _spread([(projection.x(point.longitude), projection.y(point.latitude)) for point in points])
    sizes = [MARK if point.order is None else NUMBERED_MARK for point in points]
    marks = [Box(x - size, y - size, x + size, y + size) for (x, y), size in zip(spots, sizes, strict=True)]
    frame = Box(2, 14, projection.width - 2, projection.height - 14)
    # A numbered mark is found in the list beside the map even without its label; any other is lost without.
    labels = place_labels([point.label for point in points], marks, frame, [point.order is not None for point in points])
    return tuple(
        PlacedPoint(point, SHAPES.get(point.kind, SHAPES["other"]), round(x, 1), round(y, 1), size, label)
        for point, (x, y), size, label in zip(points, spots, sizes, labels, strict=True)
    )


def _spread(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The spots with those that coincide moved onto a ring around where they were."""
    together: dict[tuple[int, int], list[int]] = {}
    for number, (x, y) in enumerate(spots):
        together.setdefault((round(x), round(y)), []).append(number)
    moved = list(spots)
    for numbers in together.values():
        if len(numbers) > 1:
            radius = max(NUMBERED_MARK * 1.2, NUMBERED_MARK * 2.1 * len(numbers) / (2 * math.pi))
            for step, number in enumerate(numbers):
                angle = 2 * math.pi * step / len(numbers) - math.pi / 2
                x, y = spots[number]
                moved[number] = (x + radius * math.cos(angle), y + radius * math.sin(angle))
    return moved


def _routes(points: Sequence[MapPoint], projection: Projection) -> tuple[tuple[int, str], ...]:
    by_route: dict[str, list[MapPoint]] = {}
    for point in points:
        if point.route:
            by_route.setdefault(point.route, []).append(point)
    lines = []
    for number, stops in enumerate(by_route.values(), start=1):
        stops.sort(key=lambda point: point.order or 0)
        if len(stops) > 1:
            text = " ".join(f"{projection.x(stop.longitude):.1f},{projection.y(stop.latitude):.1f}" for stop in stops)
            lines.append((number, text))
    return tuple(lines)


def nice_below(value: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is not above `value`, which is above zero."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= value * (1 + 1e-9))


def _meridians(projection: Projection) -> tuple[Line, ...]:
    west, east = projection.longitude_at(0), projection.longitude_at(projection.width)
    return tuple(
        Line(round(projection.x(degrees), 1), _degrees(degrees, step, "E", "W"))
        for degrees, step in _net(west, east, projection.width)
        if 40 <= projection.x(degrees) <= projection.width - 40
    )


def _parallels(projection: Projection) -> tuple[Line, ...]:
    south, north = projection.latitude_at(projection.height), projection.latitude_at(0)
    return tuple(
        Line(round(projection.y(degrees), 1), _degrees(degrees, step, "N", "S"))
        for degrees, step in _net(south, north, projection.height)
        if 24 <= projection.y(degrees) <= projection.height - 24
    )


def _net(low: float, high: float, length: int) -> list[tuple[float, float]]:
    """The round degrees between two edges, some 150 units apart, each with the step between them."""
    step = nice_below((high - low) * 150 / length)
    first = math.ceil(low / step)
    return [(number * step, step) for number in range(first, math.floor(high / step) + 1)]


def _degrees(value: float, step: float, positive: str, negative: str) -> str:
    digits = max(0, -math.floor(math.log10(step)))
    return f"{abs(value):.{digits}f}°{positive if value >= 0 else negative}"


def _tiles(projection: Projection, url: str) -> tuple[Tile, ...]:
    """The tiles that cover the drawing, at the zoom at which they are drawn nearest to their own size; none if they were too many."""
    units_per_degree = projection.x(projection.longitude + 1) - projection.x(projection.longitude)
    zoom = min(max(round(math.log2(360 * units_per_degree / TILE_PIXELS)), 0), MAX_ZOOM)
    columns = [_column(projection.longitude_at(x), zoom) for x in (0, projection.width)]
    rows = [_row(projection.latitude_at(y), zoom) for y in (0, projection.height)]
    numbers = [(column, row) for row in range(rows[0], rows[1] + 1) for column in range(columns[0], columns[1] + 1)]
    if len(numbers) > MAX_TILES:
        return ()
    return tuple(_tile(projection, url, zoom, column, row) for column, row in numbers)


def _tile(projection: Projection, url: str, zoom: int, column: int, row: int) -> Tile:
    left, right = (projection.x(each / 2**zoom * 360 - 180) for each in (column, column + 1))
    upper, lower = (projection.y(_latitude_of(each, zoom)) for each in (row, row + 1))
    address = url.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
    return Tile(address, round(left, 2), round(upper, 2), round(right - left, 2), round(lower - upper, 2))


def _column(longitude: float, zoom: int) -> int:
    n = 1 << zoom
    return min(max(math.floor((longitude + 180) / 360 * n), 0), n - 1)


def _row(latitude: float, zoom: int) -> int:
    """The row of tiles of a latitude in the Web Mercator projection of map services."""
    phi = math.radians(min(max(latitude, -85.0), 85.0))
    n = 1 << zoom
    return min(max(math.floor((1 - math.asinh(math.tan(phi)) / math.pi) / 2 * n), 0), n - 1)


def _latitude_of(row: int, zoom: int) -> float:
    """The latitude of the upper edge of a row of tiles."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**zoom))))
