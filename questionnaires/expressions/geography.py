"""Lengths, areas and fences of positions as ODK forms write them: "latitude longitude altitude accuracy", joined by ";".

The earth is a sphere of 6,378,100 m, and areas follow the Leaflet.draw formula, because JavaRosa and Enketo compute so and the same
answers must come out everywhere.
"""

from collections.abc import Iterable
from math import acos, cos, isfinite, nan, radians, sin

EARTH_RADIUS_M = 6_378_100.0

Point = tuple[float, float]


def parse_point(text: str) -> tuple[float, ...] | None:
    """Latitude, longitude and, where given, altitude and accuracy; None when the text is no position on earth."""
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        return None
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        return None
    if not all(map(isfinite, numbers)) or abs(numbers[0]) > 90 or abs(numbers[1]) > 180 or (len(numbers) == 4 and numbers[3] < 0):
        return None
    return numbers


def parse_trace(text: str) -> tuple[Point, ...] | None:
    """The points of a trace or shape; None when one of them is no position."""
    parts = [part for part in text.split(";") if part.strip()]
    points = [parse_point(part) for part in parts]
    if not points or any(point is None for point in points):
        return None
    return tuple((point[0], point[1]) for point in points if point is not None)


def trace_of(texts: Iterable[str]) -> tuple[Point, ...] | None:
    """The points of several texts, each a position or a trace, one after another; None when one of them is neither."""
    return parse_trace(";".join(texts))


def length_m(points: tuple[Point, ...] | None) -> float:
    """The length of the line through the points in metres, to the centimetre; not a number without points."""
    if points is None:
        return nan
    return round(sum(_apart(a, b) for a, b in zip(points, points[1:], strict=False)) * 100) / 100


def area_m2(points: tuple[Point, ...] | None) -> float:
    """The area inside the closed line through the points in square metres, to 0.01; 0 for fewer than three points."""
    if points is None:
        return nan
    total = 0.0
    if len(points) > 2:
        for (lat1, lon1), (lat2, lon2) in zip(points, (*points[1:], points[0]), strict=True):
            total += radians(lon2 - lon1) * (2 + sin(radians(lat1)) + sin(radians(lat2)))
    return round(abs(total) * EARTH_RADIUS_M**2 / 2 * 100) / 100


def is_inside(point: Point, fence: tuple[Point, ...]) -> bool:
    """Whether the point lies inside the fence, by counting how often a line to the east crosses it (even-odd rule)."""
    lat, lon = point
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(fence, (*fence[1:], fence[0]), strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            inside = not inside
    return inside


def _apart(a: Point, b: Point) -> float:
    lat1, lat2 = radians(a[0]), radians(b[0])
    cosine = sin(lat1) * sin(lat2) + cos(lat1) * cos(lat2) * cos(radians(a[1] - b[1]))
    return acos(max(-1.0, min(1.0, cosine))) * EARTH_RADIUS_M
