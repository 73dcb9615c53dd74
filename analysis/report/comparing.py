"""What differs between two Word drafts: passages that came, went or read otherwise, under the headings they stand below. Pure.

Both files are read as their authors left them: text in content controls and tracked insertions counts, tracked deletions do not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from analysis.report.official.lint.formatting import read_styles
from analysis.report.official.lint.pieces import Piece, read_pieces
from analysis.report.official.package import W, open_package

CELL_SEPARATOR = " │ "
LOOK_AHEAD = 40
"""So many passages of the older file are tried as the earlier wording of one of the newer."""
ALIKE_FROM = 0.5
"""Two passages in the same place are one passage that reads otherwise when so much of them is the same."""
_TOKEN = re.compile(r"[A-Za-z]+|\d[\d,.]*%?|\s+|.", re.DOTALL)
HEADINGS = ("title", "heading", "annex")
"""The roles of paragraphs that others stand under."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a row of a table, and the heading that it stands under ("" before the first)."""

    text: str
    heading: str
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that is "same", "removed" or "added"."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One passage that is "changed", "removed" or "added", in pieces; `heading` is the newer file's where it is in both."""

    state: str
    heading: str
    pieces: tuple[Stretch, ...]
    is_row: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences in the order of the newer file, and how many passages are the same."""

    differences: tuple[Difference, ...]
    n_same: int

    def count(self, state: str) -> int:
        """How many passages are in this state."""
        return sum(difference.state == state for difference in self.differences)


def compare_documents(older: bytes, newer: bytes) -> Comparison:
    """What differs from the older file to the newer. Raises UNREADABLE_DOCUMENT for a file that is no Word document."""
    before, after = read_passages(older), read_passages(newer)
    matcher = SequenceMatcher(None, [each.text for each in before], [each.text for each in after], autojunk=False)
    differences: list[Difference] = []
    n_same = 0
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            n_same += end - start
        else:
            differences += _paired(before[start:end], after[new_start:new_end])
    return Comparison(tuple(differences), n_same)


def read_passages(content: bytes) -> tuple[Passage, ...]:
    """The passages of a Word file in order, empty ones left out. Raises UNREADABLE_DOCUMENT."""
    package = open_package(content)
    pieces = read_pieces(package.document.find(f"{W}body"), read_styles(package))
    return tuple(passage for passage in _passages(pieces) if passage.text)


def _passages(pieces: Iterable[Piece]) -> Iterator[Passage]:
    heading = ""
    for row, members in groupby(pieces, lambda piece: _outermost("tr", piece)):
        if row is not None:
            cells = groupby(members, lambda piece: _outermost("tc", piece))
            yield Passage(CELL_SEPARATOR.join(_text(cell) for _, cell in cells), heading, is_row=True)
            continue
        for piece in members:
            text = _text([piece])
            heading = text if piece.role in HEADINGS else heading
            yield Passage(text, heading)


def _outermost(name: str, piece: Piece) -> Any:
    """The element of this name around a piece of a table, the outer one of those in each other; None for running text."""
    return next(reversed(list(piece.element.iterancestors(f"{W}{name}"))), None) if piece.table else None


def _text(pieces: Iterable[Piece]) -> str:
    """The words as they are read, blanks made one."""
    return " ".join("".join(piece.text for piece in pieces).split())


def _paired(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[Difference]:
    """The differences of one stretch: passages that resemble each other as changed, in the order of the newer file."""
    remaining = list(before)
    for passage in after:
        found = next((place for place, old in enumerate(remaining[:LOOK_AHEAD]) if _is_alike(old, passage)), None)
        if found is None:
            yield Difference("added", passage.heading, (Stretch("added", passage.text),), passage.is_row)
            continue
        yield from (_removed(old) for old in remaining[:found])
        yield Difference("changed", passage.heading, _pieces(remaining[found].text, passage.text), passage.is_row)
        del remaining[: found + 1]
    yield from (_removed(old) for old in remaining)


def _is_alike(old: Passage, new: Passage) -> bool:
    matcher = SequenceMatcher(None, old.text, new.text, autojunk=False)
    return old.is_row == new.is_row and matcher.real_quick_ratio() >= ALIKE_FROM and matcher.ratio() >= ALIKE_FROM


def _removed(passage: Passage) -> Difference:
    return Difference("removed", passage.heading, (Stretch("removed", passage.text),), passage.is_row)


def _pieces(old: str, new: str) -> tuple[Stretch, ...]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Stretch] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Stretch("same", "".join(before[start:end])))
            continue
        pieces += [Stretch("removed", "".join(before[start:end]))] if end > start else []
        pieces += [Stretch("added", "".join(after[new_start:new_end]))] if new_end > new_start else []
    return tuple(pieces)
