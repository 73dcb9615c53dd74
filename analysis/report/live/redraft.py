"""The same report of other data, ready to be looked up: what every address, table and picture says there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from analysis.report.live.origin import Evidence, Origin
from analysis.report.live.resolving import Resolved
from analysis.report.outline import Outline, Paragraph, Picture, Table
from analysis.report.texts import Figure, Words, figures_in

Resolve = Callable[[str], Resolved | None]


@dataclass(frozen=True, slots=True, eq=False)
class Redraft:
    """A draft of today by its addresses. What the draft does not say itself, the dataset is asked for."""

    origin: Origin
    language: str
    figures: Mapping[str, str]
    tables: Mapping[str, Table]
    pictures: Mapping[str, Picture]
    resolve_elsewhere: Resolve

    def resolve(self, address: str) -> Resolved | None:
        """What the address says today; None when neither the draft nor the dataset knows it."""
        text = self.figures.get(address)
        if text is None:
            return self.resolve_elsewhere(address)
        if address.startswith("count:"):
            # A count says all there is to it.
            number = text.replace(",", "")
            return Resolved(text, Evidence(value=float(number) if number.isdecimal() else None))
        found = self.resolve_elsewhere(address)
        return Resolved(text, found.evidence if found else Evidence())


def redraft_of(outline: Outline, resolve: Resolve) -> Redraft:
    """The outline by its addresses; `resolve` answers those that it does not say."""
    return Redraft(
        outline.origin or Origin("", {}),
        outline.language,
        {figure.address: figure.text for figure in outline_figures(outline)},
        {block_address(block): block for block in outline.blocks if isinstance(block, Table)},
        {block_address(block): block for block in outline.blocks if isinstance(block, Picture)},
        resolve,
    )


def evidenced(outline: Outline, resolve: Resolve) -> Outline:
    """The outline whose origin knows what stands behind each of its figures."""
    if outline.origin is None:
        return outline
    known = {figure.address: resolve(figure.address) for figure in outline_figures(outline)}
    evidence = {address: found.evidence for address, found in known.items() if found is not None}
    return replace(outline, origin=replace(outline.origin, evidence=evidence))


def block_address(block: Table | Picture) -> str:
    """By what a table or picture is known in the record: its key, or its caption."""
    return f"{'table' if isinstance(block, Table) else 'picture'}:{block.key or block.caption}"


def outline_figures(outline: Outline) -> Iterator[Figure]:
    """Every figure of the outline, as often as it is said."""
    for block in outline.blocks:
        for words in _words_of(block):
            yield from figures_in(words)


def _words_of(block: object) -> Iterator[Words]:
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Table):
        yield from block.header
        for row in block.rows:
            yield from row.cells
        yield block.note
