"""Where the names of a map's points stand: beside their marks, or further away with a line to them, never on one another. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

REACHES = (0.0, 0.12, 0.26, 0.42, 0.6)
"""How far from its mark a name may stand, in inches."""
DIRECTIONS = (0, 180, 270, 90, 330, 210, 30, 150)
"""Degrees in which a name is tried, in this order: right, left, above, below, and the corners."""
GAP_IN = 0.03
CLOSE_IN = 0.08
"""Up to here a name needs no line to its mark."""
STEP_IN = 0.04


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Whether both cover some place."""
        return self.overlap(other) > 0

    def overlap(self, other: "Box") -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * along if across > 0 and along > 0 else 0.0

    def is_inside(self, frame: "Box") -> bool:
        """Whether nothing of it sticks out of the frame."""
        return self.left >= frame.left and self.right <= frame.right and self.top >= frame.top and self.bottom <= frame.bottom

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark on the map: its centre and how far it reaches, in inches."""

    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        """The square around it."""
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


def place_names(sizes: Sequence[tuple[float, float]], spots: Sequence[Spot], frame: Box, taken: Sequence[Box] = ()) -> list[Box | None]:
    """The box in inches of each name (width, height) of the spot of the same position, None where nothing near its mark is free.

    Names of crowded places are set first, because they have the least choice; nothing covers a mark, another name, or what is `taken`.
    """
    marks = [spot.box for spot in spots]
    placed: list[Box | None] = [None] * len(spots)
    used = [*marks, *taken]
    for number in sorted(range(len(spots)), key=lambda number: (-_neighbours(spots, number), number)):
        for box in _candidates(sizes[number], spots[number]):
            way = way_to(box, spots[number])
            others = [other for other in used if other is not marks[number]]
            if box.is_inside(frame) and not any(part.overlaps(other) for other in others for part in (box, *way)):
                placed[number] = box
                used += [box, *way]
                break
    return placed


def way_to(box: Box, spot: Spot) -> list[Box]:
    """The line from a mark to its name as small boxes, none where the name stands close to the mark."""
    end = nearest_point(box, spot)
    length = math.hypot(end[0] - spot.x, end[1] - spot.y)
    if length <= spot.radius + CLOSE_IN:
        return []
    n_steps = math.ceil(length / STEP_IN)
    places = [number / n_steps for number in range(1, n_steps) if number / n_steps * length > spot.radius]
    at = [(spot.x + (end[0] - spot.x) * share, spot.y + (end[1] - spot.y) * share) for share in places]
    return [Box(x - 0.01, y - 0.01, x + 0.01, y + 0.01) for x, y in at]


def nearest_point(box: Box, spot: Spot) -> tuple[float, float]:
    """The point of the box that is nearest to the mark."""
    return min(max(spot.x, box.left), box.right), min(max(spot.y, box.top), box.bottom)


def _neighbours(spots: Sequence[Spot], number: int) -> int:
    own = spots[number]
    return sum(math.hypot(spot.x - own.x, spot.y - own.y) < 0.8 for spot in spots)


def _candidates(size: tuple[float, float], spot: Spot) -> Iterator[Box]:
    width, height = size
    for reach in REACHES:
        away = spot.radius + GAP_IN + reach
        for degrees in DIRECTIONS:
            turn = math.radians(degrees)
            x = spot.x + away * math.cos(turn) + width / 2 * _side(math.cos(turn))
            y = spot.y + away * math.sin(turn) + height / 2 * _side(math.sin(turn))
            yield Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _side(value: float) -> float:
    return 0.0 if abs(value) < 1e-6 else math.copysign(1.0, value)
