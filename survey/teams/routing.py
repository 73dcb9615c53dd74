"""The way from house to house: in which order stops are walked, how long the way is, and how a village is split into near parts. Pure.

Distances are straight lines; roads in the mountains are longer, for everybody about alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from survey.maps.drawing import distance_km

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A household to be visited; `position` is None where nobody knows it, nor its village's."""

    key: str
    village_code: str
    position: Position | None = None


def between_km(one: Position | None, other: Position | None) -> float | None:
    """The distance between two positions; None while one of them is unknown."""
    return distance_km(*one, *other) if one and other else None


def way_km(positions: Sequence[Position | None]) -> float:
    """The length of the way through these positions in their order; unknown ones are passed over."""
    known = [position for position in positions if position is not None]
    return sum(distance_km(*one, *other) for one, other in pairwise(known))


def in_walking_order(stops: Sequence[Stop], start: Position | None) -> tuple[Stop, ...]:
    """The stops in the order of a short way from `start`: always to the nearest, then crossings undone.

    Stops without a position come last, in the order given, which also decides between equals.
    """
    open_stops = [stop for stop in stops if stop.position is not None]
    here, ordered = start, []
    while open_stops:
        nearest = min(open_stops, key=lambda stop: between_km(here, stop.position) or 0.0)
        open_stops.remove(nearest)
        ordered.append(nearest)
        here = nearest.position
    return (*_uncrossed(ordered, start), *(stop for stop in stops if stop.position is None))


def _uncrossed(stops: list[Stop], start: Position | None) -> list[Stop]:
    """The stops with parts of the way reversed as long as that shortens it (2-opt on an open way)."""
    way = list(stops)
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for first in range(len(way) - 1):
            before = way[first - 1].position if first else start
            for last in range(first + 1, len(way)):
                after = way[last + 1].position if last + 1 < len(way) else None
                present = way_km([before, way[first].position]) + way_km([way[last].position, after])
                if way_km([before, way[last].position]) + way_km([way[first].position, after]) < present - 1e-6:
                    way[first : last + 1] = reversed(way[first : last + 1])
                    is_shorter = True
    return way


def split_near(stops: Sequence[Stop], n_parts: int) -> list[list[Stop]]:
    """The stops in `n_parts` parts of equal size (within one), each of stops that lie near one another.

    Halved again and again across the direction in which they reach farthest; without positions their order is kept.
    """
    if n_parts <= 1 or len(stops) <= 1:
        return [list(stops)]
    n_left = n_parts // 2
    ordered = _along_longest(stops)
    cut = round(len(stops) * n_left / n_parts)
    return [*split_near(ordered[:cut], n_left), *split_near(ordered[cut:], n_parts - n_left)]


def _along_longest(stops: Sequence[Stop]) -> list[Stop]:
    known = [stop.position for stop in stops if stop.position is not None]
    if len(known) < len(stops) or len(set(known)) == 1:
        return list(stops)
    south, north = min(position[0] for position in known), max(position[0] for position in known)
    west, east = min(position[1] for position in known), max(position[1] for position in known)
    tall = distance_km(south, west, north, west) >= distance_km(south, west, south, east)
    return sorted(stops, key=lambda stop: (stop.position or (0.0, 0.0))[0 if tall else 1])
