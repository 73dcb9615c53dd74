"""Where the labels of a map stand: beside their marks, inside the frame, and apart from one another where that can be. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.charts.labels import Box

FONT_SIZE = 12
GAP = 3


@dataclass(frozen=True, slots=True)
class Label:
    """Where a text begins: the left end of its base line."""

    x: float
    y: float


def text_width(text: str) -> float:
    """About how wide a text is drawn: wide (Chinese) characters take a whole square, others a little more than half of one."""
    return sum(FONT_SIZE if unicodedata.east_asian_width(character) in "WF" else FONT_SIZE * 0.58 for character in text)


def place_labels(texts: Sequence[str], marks: Sequence[Box], frame: Box, may_miss: Sequence[bool]) -> tuple[Label | None, ...]:
    """For each text the place beside its mark that overlaps least, the first free one in the order right, left, above, below, corners.

    A text that `may_miss` has no label where every place is taken; the others then overlap as little as can be.
    """
    taken: list[Box] = list(marks)
    placed: list[Label | None] = []
    for text, mark, is_dispensable in zip(texts, marks, may_miss, strict=True):
        best: tuple[float, Box] | None = None
        for box in _candidates(text, mark):
            if not box.is_inside(frame):
                continue
            covered = sum(box.overlap(other) for other in taken)
            if best is None or covered < best[0]:
                best = (covered, box)
            if not covered:
                break
        if best is None or not text or (is_dispensable and best[0] > 0):
            placed.append(None)
            continue
        taken.append(best[1])
        placed.append(Label(round(best[1].left, 1), round(best[1].bottom - FONT_SIZE * 0.25, 1)))
    return tuple(placed)


def _candidates(text: str, mark: Box) -> tuple[Box, ...]:
    width, height = text_width(text), FONT_SIZE * 1.2
    middle_x, middle_y = (mark.left + mark.right) / 2, (mark.top + mark.bottom) / 2
    right, left = mark.right + GAP, mark.left - GAP - width
    above, below = mark.top - GAP - height, mark.bottom + GAP
    corners = [(right, middle_y - height / 2), (left, middle_y - height / 2), (middle_x - width / 2, above), (middle_x - width / 2, below)]
    corners += [(right, above + GAP), (left, above + GAP), (right, below - GAP), (left, below - GAP)]
    return tuple(Box(x, y, x + width, y + height) for x, y in corners)
