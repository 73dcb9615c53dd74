"""Small numbers withheld from an outline: counts of few households, and what would tell them by subtraction. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from analysis.report.live.origin import Evidence
from analysis.report.live.redraft import outline_figures
from analysis.report.outline import Block, Outline, Paragraph, Row, Table
from analysis.report.texts import Figure, Footnote, Part, Words, text_of

MINIMUM = 5
"""The usual smallest cell of official statistics on persons."""
WITHHELD = "…"
COUNTED_PARTS = ("n", "found", "households", "asked")
SHARE = "share"
NOT_OF_HOUSEHOLDS = ("state", "villages", "counties", "pairs", "rules", "cases", "indicators", "median", "sample")
"""Counts, by the first word of their names, that are not of households or persons."""
Hidden = frozenset[str]
"""The addresses, before their "#", of counts that are withheld."""


def withheld(outline: Outline, minimum: int = MINIMUM) -> Outline:
    """The outline with every count of 1 to `minimum` − 1 households written "<5", and in tables with a total one more cell withheld where
    a single one could be worked out."""
    hidden = frozenset(
        figure.address.rpartition("#")[0] for figure in outline_figures(outline) if is_small(figure.address, figure.text, minimum)
    )
    outline = replace(outline, blocks=tuple(_block(block, minimum, hidden) for block in outline.blocks))
    if outline.origin is None:
        return outline
    evidence = {address: _evidence(address, each, minimum, hidden) for address, each in outline.origin.evidence.items()}
    return replace(outline, origin=replace(outline.origin, evidence=evidence))


def told_text(address: str, text: str, minimum: int = MINIMUM) -> str:
    """The text of a figure as it may be told."""
    return f"<{minimum}" if is_small(address, text, minimum) else text


def is_small(address: str, text: str, minimum: int = MINIMUM) -> bool:
    """Whether a figure counts so few households or persons that it is not told."""
    return text.isdecimal() and 0 < int(text) < minimum and _counts_households(address)


def told_evidence(address: str, evidence: Evidence, minimum: int = MINIMUM) -> Evidence:
    """What is known of a figure as far as it may be told."""
    return _evidence(address, evidence, minimum, frozenset())


def _evidence(address: str, evidence: Evidence, minimum: int, hidden: Hidden) -> Evidence:
    is_few = evidence.n is not None and 0 < evidence.n < minimum
    number = f"{evidence.value:.0f}" if evidence.value is not None else ""
    is_hidden = is_few or is_small(address, number, minimum) or _is_share_of(address, hidden)
    return replace(evidence, n=None if is_few else evidence.n, value=None if is_hidden else evidence.value)


def _is_share_of(address: str, hidden: Hidden) -> bool:
    """Whether a figure is the share of a count that is withheld."""
    source, _, said = address.rpartition("#")
    return source in hidden and not source.startswith("estimate:") and said.partition("!")[0] == SHARE


def _counts_households(address: str) -> bool:
    kind, _, rest = address.partition(":")
    if kind == "count":
        return rest.partition("@")[0].partition("-")[0] not in NOT_OF_HOUSEHOLDS
    return kind in ("estimate", "candidates", "issue") and rest.rpartition("#")[2].partition("!")[0] in COUNTED_PARTS


def _block(block: Block, minimum: int, hidden: Hidden) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=_words(block.text, minimum, hidden))
    if isinstance(block, Table):
        rows = tuple(replace(row, cells=tuple(_words(cell, minimum, hidden) for cell in row.cells)) for row in block.rows)
        return replace(block, rows=_complemented(rows), note=block.note)
    return block


def _words(words: Words, minimum: int, hidden: Hidden) -> Words:
    return tuple(_part(part, minimum, hidden) for part in text_of(words)) if not isinstance(words, str) else words


def _part(part: Part, minimum: int, hidden: Hidden) -> Part:
    if isinstance(part, Figure):
        text = WITHHELD if _is_share_of(part.address, hidden) else told_text(part.address, part.text, minimum)
        return replace(part, text=text)
    if isinstance(part, Footnote):
        return replace(part, words=_words(part.words, minimum, hidden))
    return part


def _complemented(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with the next smallest count withheld wherever one alone is: in columns with a total, and in rows of kinds of household."""
    grid = [list(row.cells) for row in rows]
    plain = [number for number, row in enumerate(rows) if not row.is_total and not row.is_band]
    has_total = any(row.is_total for row in rows)
    width = max((len(cells) for cells in grid), default=0)
    for _ in range(2):
        for column in range(width if has_total else 0):
            _complement(grid, [(row, column) for row in plain if column < len(grid[row])], lambda name: True)
        for number in range(len(grid)):
            _complement(grid, [(number, column) for column in range(len(grid[number]))], lambda name: name.startswith("kind-"))
    return tuple(replace(row, cells=tuple(cells)) for row, cells in zip(rows, grid, strict=True))


def _complement(grid: list[list[Words]], places: Sequence[tuple[int, int]], concerns: Callable[[str], bool]) -> None:
    counts = {place: figure for place in places if (figure := _count_in(grid[place[0]][place[1]])) and concerns(_name_of(figure))}
    hidden = [place for place, figure in counts.items() if figure.text.startswith("<") or figure.text == WITHHELD]
    others = {place: int(text) for place, figure in counts.items() if (text := figure.text.replace(",", "")).isdecimal() and int(text)}
    if len(hidden) == 1 and others:
        row, column = min(others, key=lambda place: others[place])
        grid[row][column] = replace(counts[row, column], text=WITHHELD)


def _count_in(words: Words) -> Figure | None:
    """The count that is all there is in a cell."""
    parts = text_of(words)
    figure = parts[0] if len(parts) == 1 else None
    is_count = isinstance(figure, Figure) and figure.address.startswith("count:") and _counts_households(figure.address)
    return figure if is_count and isinstance(figure, Figure) else None


def _name_of(figure: Figure) -> str:
    return figure.address.removeprefix("count:").partition("@")[0]
