"""Each figure of a document beside the dataset: whether they agree, and the rows that it comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.report.live.figures import span_of
from analysis.report.live.opening import open_live
from analysis.report.live.origin import Evidence
from analysis.report.live.redraft import Redraft
from analysis.report.live.turning import sentence_around


@dataclass(frozen=True, slots=True)
class TracedFigure:
    """One figure as it stands in a document: its number in the order of the text, what it says there, and what the dataset says.

    `current` is None when the dataset does not know it.
    """

    number: int
    address: str
    told: str
    current: str | None
    evidence: Evidence
    sentence: str

    @property
    def agrees(self) -> bool:
        """Whether the document says what the dataset says."""
        return self.current is not None and span_of(self.current, self.told) is not None


@dataclass(frozen=True, slots=True)
class Trace:
    """All figures of a document, the dataset that it was made from, and the one that it was compared with."""

    figures: tuple[TracedFigure, ...]
    dataset_hash: str
    compared_hash: str

    @property
    def differing(self) -> tuple[TracedFigure, ...]:
        """The figures that the dataset does not bear out."""
        return tuple(each for each in self.figures if not each.agrees)


def trace_document(content: bytes, redraft: Callable[[Mapping[str, str]], Redraft], *, name: str = "file") -> Trace:
    """Every figure of the draft beside the data that `redraft` gives by the parameters of the file; deleted ones are left out.

    Raises UNREADABLE_DOCUMENT for a file that is none of ours or damaged, and whatever `redraft` raises.
    """
    document = open_live(content, name)
    today = redraft(document.record.parameters)
    entries = document.record.by_tag()
    found: list[TracedFigure] = []
    for scan in document.scans.values():
        paragraphs = scan.paragraphs()
        for control in scan.controls:
            entry = entries.get(control.tag)
            if entry is None or entry.kind != "figure" or control.is_taken_away or control.is_placeholder:
                continue
            told = scan.text_of(control)
            if not told.strip():
                continue
            pieces = paragraphs[scan.live_pieces(control)[0].paragraph]
            before = "".join(piece.text for piece in pieces if piece.start < control.start)
            text = "".join(piece.text for piece in pieces)
            first, last = sentence_around(text, len(before), len(before) + len(told))
            current = today.resolve(entry.address)
            evidence = current.evidence if current and current.evidence.label else entry.evidence
            found.append(TracedFigure(len(found) + 1, entry.address, told, current.text if current else None, evidence, text[first:last]))
    return Trace(tuple(found), document.record.dataset_hash, today.origin.dataset_hash)
