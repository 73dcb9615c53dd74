"""Words as outlines: their size is known before they are drawn, and a thousand of them are drawn in a moment.

matplotlib lays every text out anew, for each format; a sheet of a thousand figures would take ten seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ft2font import LoadFlags
from matplotlib.path import Path
from matplotlib.transforms import Transform

from analysis.charts.style import FONT_FILES, FONT_PT, FONTS, LINE_IN, POINTS_PER_INCH, printable

UNITS = 100.0
"""The size at which outlines are read."""
MIDDLE = 0.37
"""How far above the base line the middle of hanzi and of digits lies, in parts of the size of the type."""
SHIFTS = {"left": 0.0, "center": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True)
class Words:
    """A text on a sheet in inches, y downwards: its lines aligned as `ha` says at x, and the middle of its lines at y.

    Upright it is read from below, begins at y, and its middle is at x.
    """

    text: str
    x: float
    y: float
    pt: float = FONT_PT
    is_bold: bool = False
    ha: str = "left"
    is_upright: bool = False
    colour: str = "black"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The room that it takes: left, top, right, bottom."""
        width, height = text_width(self.text, self.pt, is_bold=self.is_bold), text_height(self.text, self.pt)
        if self.is_upright:
            return self.x - height / 2, self.y - width, self.x + height / 2, self.y
        left = self.x - SHIFTS[self.ha] * width
        return left, self.y - height / 2, left + width, self.y + height / 2


def draw_words(figure: Figure, inches: Transform, words: Iterable[Words]) -> None:
    """Draw the words, each sign in all its places at once, so that a file holds its outline once; `inches` leads to pixels."""
    places: dict[tuple[str, bool, float, bool, str], list[tuple[float, float]]] = {}
    for each in words:
        size = each.pt / POINTS_PER_INCH
        lines = printable(each.text).split("\n")
        for number, line in enumerate(lines):
            aside = (number - (len(lines) - 1) / 2) * LINE_IN * each.pt / FONT_PT + MIDDLE * size
            along = 0.0 if each.is_upright else -SHIFTS[each.ha] * _advance(line, each.is_bold) * size
            for sign in line:
                at = (each.x + aside, each.y - along) if each.is_upright else (each.x + along, each.y + aside)
                places.setdefault((sign, each.is_bold, each.pt, each.is_upright, each.colour), []).append(at)
                along += _glyph(sign, each.is_bold)[1] * size
    for (sign, is_bold, pt, is_upright, colour), offsets in places.items():
        outline = _outline(sign, is_bold, pt, is_upright)
        if sign.strip():
            look: dict[str, Any] = {"facecolors": [colour], "edgecolors": "none", "linewidths": 0, "zorder": 6}
            signs = PathCollection([outline], offsets=offsets, offset_transform=inches, **look)
            signs.set_transform(figure.dpi_scale_trans)
            # Signs of straight strokes alone, such as 中 and —, would be moved to whole pixels, where thin strokes vanish.
            signs.set_snap(False)
            figure.add_artist(signs)


@lru_cache(maxsize=20_000)
def text_width(text: str, pt: float = FONT_PT, *, is_bold: bool = False) -> float:
    """How wide the longest line of the text is drawn, in inches."""
    return max(_advance(line, is_bold) for line in printable(text).split("\n")) * pt / POINTS_PER_INCH


def text_height(text: str, pt: float = FONT_PT) -> float:
    """How much room the lines of the text take, in inches."""
    return (text.count("\n") + 1) * LINE_IN * pt / FONT_PT


def _advance(line: str, is_bold: bool) -> float:
    return sum(_glyph(sign, is_bold)[1] for sign in line)


@cache
def _outline(sign: str, is_bold: bool, pt: float, is_upright: bool) -> Path:
    """The sign in inches, y upwards; upright it is turned to the left."""
    path = _glyph(sign, is_bold)[0]
    points = np.asarray(path.vertices, dtype=float) * (pt / POINTS_PER_INCH)
    return Path(points[:, ::-1] * (-1, 1) if is_upright else points, path.codes)


@cache
def _glyph(sign: str, is_bold: bool) -> tuple[Path, float]:
    """The outline of a sign, and how far the next sign stands, in parts of the size of the type."""
    font = font_manager.get_font(FONTS / FONT_FILES[is_bold])
    font.set_size(UNITS, POINTS_PER_INCH)
    glyph = font.load_char(ord(sign), flags=LoadFlags.NO_HINTING)
    points, codes = font.get_path()
    return Path(np.asarray(points, dtype=float).reshape(-1, 2) / UNITS, codes), glyph.linearHoriAdvance / 65536 / UNITS
