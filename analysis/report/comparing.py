"""What differs between two Word drafts: passages that came, went or read otherwise, under the headings they stand below. Pure.

Both files are read as their authors left them: text in content controls and tracked insertions counts, tracked deletions do not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.oxml.ns import qn

from questionnaires.errors import ErrorCode, SurveyError

CELL_SEPARATOR = " │ "
LOOK_AHEAD = 40
"""So many passages of the older file are tried as the earlier wording of one of the newer."""
ALIKE_FROM = 0.5
"""Two passages in the same place are one passage that reads otherwise when so much of them is the same."""
_TOKEN = re.compile(r"[A-Za-z]+|\d[\d,.]*%?|\s+|.", re.DOTALL)
_HEADING = re.compile(r"(heading ?\d|annexheading|title)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a row of a table, and the heading that it stands under ("" before the first)."""

    text: str
    heading: str
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is "same", "removed" or "added"."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One passage that is "changed", "removed" or "added", in pieces; `heading` is the newer file's where it is in both."""

    state: str
    heading: str
    pieces: tuple[Piece, ...]
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
    """What differs from the older file to the newer. Raises INVALID_VALUE for a file that is no Word document."""
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
    """The passages of a Word file in order, empty ones left out. Raises INVALID_VALUE."""
    try:
        body = Document(BytesIO(content)).element.body
    except (BadZipFile, KeyError, ValueError) as error:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="file", detail="it is no Word document (.docx) that can be read.") from error
    return tuple(passage for passage in _passages(body) if passage.text)


def _passages(body: Any) -> Iterator[Passage]:
    heading = ""
    for block in body.iter(qn("w:p"), qn("w:tr")):
        is_row = block.tag == qn("w:tr")
        if not is_row and any(True for _ in block.iterancestors(qn("w:tr"))):
            continue
        if is_row:
            yield Passage(CELL_SEPARATOR.join(_text(cell) for cell in block.iter(qn("w:tc"))), heading, is_row=True)
            continue
        text = _text(block)
        style = block.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and _HEADING.match(style.get(qn("w:val"), "")):
            heading = text
        yield Passage(text, heading)


def _text(block: Any) -> str:
    """The words of a block as they are read; fields show their result, tracked deletions nothing."""
    return " ".join("".join(element.text or "" for element in block.iter(qn("w:t"))).split())


def _paired(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[Difference]:
    """The differences of one stretch: passages that resemble each other as changed, in the order of the newer file."""
    remaining = list(before)
    for passage in after:
        found = next((place for place, old in enumerate(remaining[:LOOK_AHEAD]) if _is_alike(old, passage)), None)
        if found is None:
            yield Difference("added", passage.heading, (Piece("added", passage.text),), passage.is_row)
            continue
        yield from (_removed(old) for old in remaining[:found])
        yield Difference("changed", passage.heading, _pieces(remaining[found].text, passage.text), passage.is_row)
        del remaining[: found + 1]
    yield from (_removed(old) for old in remaining)


def _is_alike(old: Passage, new: Passage) -> bool:
    matcher = SequenceMatcher(None, old.text, new.text, autojunk=False)
    return old.is_row == new.is_row and matcher.real_quick_ratio() >= ALIKE_FROM and matcher.ratio() >= ALIKE_FROM


def _removed(passage: Passage) -> Difference:
    return Difference("removed", passage.heading, (Piece("removed", passage.text),), passage.is_row)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        pieces += [Piece("removed", "".join(before[start:end]))] if end > start else []
        pieces += [Piece("added", "".join(after[new_start:new_end]))] if new_end > new_start else []
    return tuple(pieces)
