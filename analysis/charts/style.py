"""The one style of all charts: fonts that ship with the program, colours that the colour-blind tell apart, sizes, and pictures as bytes.

Nothing here knows what a chart shows.
"""

import logging
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from analysis.charts.palette import SERIES

FONTS = Path(__file__).parents[1] / "fonts"
FONT_FILES = ("NotoSansSC-GB2312-Regular.otf", "NotoSansSC-GB2312-Bold.otf")
MISSING_GLYPH = "〓"
"""What printers set for a character that they lack; village names now and then have one outside GB 2312."""
DOT_COLOURS = (*SERIES[1:], "#000000")
DOT_SHAPES = ("o", "s", "^", "D", "v", "P")
BAR, TOTAL_BAR, MANY_DOTS, INK, FAINT = "#b3c6d8", SERIES[0], "#555555", "#222222", "#d8d8d8"
BETTER, WORSE = SERIES[5], SERIES[1]
MAX_NAMED_DOTS = len(DOT_COLOURS)
MAX_ALT_LETTERS = 900
"""Word and screen readers cope with a paragraph, not with a table."""

WIDTH_IN = 6.1
LINE_IN, ROW_GAP_IN, AXIS_IN, LEGEND_IN = 0.165, 0.115, 0.285, 0.6
LABEL_COLUMNS = 24
FONT_PT, SMALL_PT, TITLE_PT = 8.5, 7.5, 9.0
MARGIN_IN = 0.08
POINTS_PER_INCH = 72
PNG_DPI = 220
PICTURES_KEPT = 64
"""How many of the pictures drawn last a process keeps, each of some 100 kB."""
STYLE = {"svg.fonttype": "path", "svg.hashsalt": "supervision-survey", "axes.unicode_minus": False}
WITHOUT_TIME: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
SAVED: dict[str, dict[str, Any]] = {"png": {"pil_kwargs": {"compress_level": 3}}}
"""Lines and letters shrink no further at the usual level, which takes three times as long."""
_ONE_AT_A_TIME = Lock()

# matplotlib announces at this level that it substitutes a font; our fonts are complete for what `printable` lets through.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


@contextmanager
def chart_style() -> Iterator[None]:
    """The style and the fonts of our charts, for as long as the block lasts; other threads wait, because matplotlib's style is global."""
    style: Any = {**STYLE, "font.family": [_register_fonts()], "font.size": FONT_PT}
    with _ONE_AT_A_TIME, matplotlib.rc_context(style):
        yield


def pictures_of(figure: Figure, formats: Sequence[str]) -> list[bytes]:
    """The figure in each of the formats, the same bytes for the same figure; to be called within `chart_style`."""
    pictures = []
    for number, format in enumerate(formats):
        content = BytesIO()
        figure.savefig(content, format=format, dpi=PNG_DPI, metadata=WITHOUT_TIME[format], **SAVED.get(format, {}))
        pictures.append(content.getvalue())
        if number == 0:
            # The first drawing laid the figure out; to do so again takes as long as to draw.
            figure.set_layout_engine("none")
    return pictures


def mixed(one: str, other: str, share: float) -> str:
    """The colour that is `one` at a share of 0 and `other` at 1."""
    (red, green, blue), (to_red, to_green, to_blue) = to_rgb(one), to_rgb(other)
    return to_hex((red + (to_red - red) * share, green + (to_green - green) * share, blue + (to_blue - blue) * share))


def printable(text: str) -> str:
    """The text with every character that the fonts lack replaced by the printers' 〓."""
    known = _known_characters()
    return "".join(sign if sign in known or sign == "\n" else MISSING_GLYPH for sign in text)


def wrapped(text: str, columns: int = LABEL_COLUMNS) -> str:
    """The text in lines of at most so many columns; a hanzi takes two."""
    if display_width(text) <= columns:
        return text
    if any(unicodedata.east_asian_width(sign) in "WF" for sign in text):
        return _wrapped_at_spaces(text, columns) or _wrapped_hanzi(text, columns)
    return "\n".join(textwrap.wrap(text, columns, break_on_hyphens=False)) or text


def display_width(text: str) -> int:
    """How many columns the text takes; a hanzi takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def shortened(text: str, limit: int = MAX_ALT_LETTERS) -> str:
    """The text, cut with an ellipsis when it is longer than a screen reader should have to read."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _wrapped_at_spaces(text: str, columns: int) -> str:
    """The lines, no word of which is broken; "" where one is too long for a line."""
    lines: list[str] = []
    for word in text.split(" "):
        if display_width(word) > columns:
            return ""
        joined = f"{lines[-1]} {word}" if lines else word
        lines = [*lines[:-1], joined] if display_width(joined) <= columns else [*lines, word]
    return "\n".join(lines)


def _wrapped_hanzi(text: str, columns: int) -> str:
    n_lines = -(-display_width(text) // columns)
    target = -(-display_width(text) // n_lines) + 1
    lines, line = [], ""
    for sign in text:
        closes = sign in "，。、；：）”’》%"
        if line and display_width(line + sign) > target and not closes:
            # What opens a parenthesis does not stay behind at the end of a line.
            n_kept = len(line) - (line[-1] in "（“‘《" and len(line) > 1)
            lines.append(line[:n_kept])
            line = line[n_kept:]
        line += sign
    return "\n".join([*lines, line])


@cache
def _register_fonts() -> str:
    for name in FONT_FILES:
        font_manager.fontManager.addfont(FONTS / name)
    return str(font_manager.FontProperties(fname=FONTS / FONT_FILES[0]).get_name())


@cache
def _known_characters() -> frozenset[str]:
    font = font_manager.get_font(FONTS / FONT_FILES[0])
    return frozenset(map(chr, font.get_charmap()))
