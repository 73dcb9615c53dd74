"""A sheet in inches to draw on, with texts whose size is known before they are drawn, so that nothing is laid out by trying.

The x axis goes to the right and the y axis downwards, both in inches from the upper left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from analysis.charts.glyphs import Words, draw_words, text_height, text_width
from analysis.charts.style import (
    FAINT,
    INK,
    LINE_IN,
    MANY_DOTS,
    MARGIN_IN,
    POINTS_PER_INCH,
    SMALL_PT,
    TITLE_PT,
    WIDTH_IN,
    wrapped,
)

SWATCH_IN = 0.23
"""How wide the sample of a legend's entry is, with its gap to the words."""
ENTRY_GAP_IN = 0.16
TITLE_COLUMNS = 78


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend: its words and how its sample looks, a patch where `is_patch`, else a line or a mark."""

    label: str
    style: dict[str, Any]
    is_patch: bool = False


class Paper(Figure):
    """A sheet in inches, x to the right and y downwards from the upper left corner, with the `words` written on it so far."""

    def __init__(self, width_in: float, height_in: float) -> None:
        super().__init__(figsize=(width_in, height_in))
        self.words: list[Words] = []
        # Axes would do the same; they are a third of what a chart costs, for ticks and spines that no chart shows.
        self.inches = Affine2D().scale(1, -1).translate(0, height_in) + self.dpi_scale_trans

    def add(self, artist: Artist) -> None:
        """Put something on the sheet, which is not moved by it."""
        artist.set_transform(self.inches)
        self.add_artist(artist)

    def finished(self) -> Figure:
        """The sheet, its words drawn, to be saved."""
        draw_words(self, self.inches, self.words)
        return self


def write(paper: Paper, x: float, y: float, text: str, *, behind: str = "", **style: Any) -> None:
    """Write the text with its left end (or what `ha` says) at x and its middle at y; on a ground of the colour `behind`, if any.

    `style` is as the fields of `Words`.
    """
    words = Words(text, x, y, **{"colour": INK, **style})
    paper.words.append(words)
    if behind:
        left, top, right, bottom = words.box
        inset = (bottom - top) * 0.1
        paper.add(Rectangle((left - 0.015, top + inset), right - left + 0.03, bottom - top - 2 * inset, facecolor=behind, zorder=4))


def spread(targets: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """The places nearest to the targets at which things of these heights, in the order of their targets, do not overlap.

    They stay between `low` and `high` if their heights together do.
    """
    if not targets:
        return []
    order = np.argsort(targets, kind="stable")
    sizes = np.asarray(heights, dtype=float)[order]
    offsets = np.cumsum(sizes) - sizes / 2
    free = _nearest_rising(np.asarray(targets, dtype=float)[order] - offsets)
    kept = np.minimum(np.maximum(free, low), max(high - float(sizes.sum()), low)) + offsets
    found = np.empty(len(order))
    found[order] = kept
    return [float(place) for place in found]


def _nearest_rising(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The numbers that never fall and are nearest to these by least squares: each is the highest, over where a run may begin, of the lowest
    means of runs around it (Robertson, Wright and Dykstra, 1988, section 1.4). SciPy's function takes all its optimisers into memory."""
    first = np.arange(len(values))[:, np.newaxis]
    last = first.T
    sums = np.concatenate([[0.0], np.cumsum(values)])
    means = np.divide(sums[1:] - sums[:-1, np.newaxis], last - first + 1, out=np.full(2 * values.shape, np.inf), where=first <= last)
    lowest = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
    found: npt.NDArray[np.float64] = np.where(first <= last, lowest, -np.inf).max(axis=0)
    return found


def title_height(title: str) -> float:
    """The room that a heading takes."""
    return text_height(wrapped(title, TITLE_COLUMNS), TITLE_PT) + 0.14 if title else 0.0


def write_title(paper: Paper, title: str, top: float) -> None:
    """Write the heading of a chart or of a part of it below `top`."""
    lines = wrapped(title, TITLE_COLUMNS)
    write(paper, MARGIN_IN, top + text_height(lines, TITLE_PT) / 2, lines, pt=TITLE_PT, is_bold=True)


def notes_height(notes: Sequence[str], width: float = WIDTH_IN) -> float:
    """The room that sentences below a chart take."""
    return sum(text_height(_wrapped_note(note, width), SMALL_PT) for note in notes)


def write_notes(paper: Paper, notes: Sequence[str], top: float, width: float = WIDTH_IN) -> None:
    """Write the sentences in small type below `top`."""
    for note in notes:
        lines = _wrapped_note(note, width)
        height = text_height(lines, SMALL_PT)
        write(paper, MARGIN_IN, top + height / 2, lines, pt=SMALL_PT, colour=MANY_DOTS)
        top += height


def _wrapped_note(note: str, width: float) -> str:
    return wrapped(note, int((width - 2 * MARGIN_IN) / (SMALL_PT * 0.52) * POINTS_PER_INCH))


def legend_height(entries: Sequence[Entry], width: float = WIDTH_IN) -> float:
    """The room that the legend takes, in inches."""
    return len(_legend_rows(entries, width)) * LINE_IN * 1.15


def draw_legend(paper: Paper, entries: Sequence[Entry], top: float, width: float = WIDTH_IN) -> None:
    """Draw the entries in as many lines as they need below `top`."""
    for number, row in enumerate(_legend_rows(entries, width)):
        x, y = MARGIN_IN, top + (number + 0.5) * LINE_IN * 1.15
        for entry in row:
            if entry.is_patch:
                paper.add(Rectangle((x, y - 0.05), 0.14, 0.1, **entry.style))
            else:
                paper.add(Line2D([x, x + 0.07, x + 0.14], [y] * 3, **{"markevery": [1], **entry.style}))
            write(paper, x + SWATCH_IN, y, entry.label, pt=SMALL_PT)
            x += _entry_width(entry)


def draw_scale(paper: Paper, ticks: Sequence[tuple[float, str]], top: float, bottom: float) -> None:
    """A thin line down from `top` at each place of `ticks` (x, text), with its text below `bottom`."""
    for x, text in ticks:
        paper.add(Line2D([x, x], [top, bottom], color=FAINT, linewidth=0.6, zorder=0))
        write(paper, x, bottom + 0.1, text, pt=SMALL_PT, colour=MANY_DOTS, ha="center")


def _entry_width(entry: Entry) -> float:
    return SWATCH_IN + text_width(entry.label, SMALL_PT) + ENTRY_GAP_IN


def _legend_rows(entries: Sequence[Entry], width: float) -> list[list[Entry]]:
    rows: list[list[Entry]] = []
    used = width
    for entry in entries:
        own = _entry_width(entry)
        if used + own > width - MARGIN_IN:
            rows.append([])
            used = MARGIN_IN
        rows[-1].append(entry)
        used += own
    return rows
