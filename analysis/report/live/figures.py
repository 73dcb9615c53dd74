"""The figures of one part of a document brought up to date: which bytes are replaced, what changed, and what did not."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.report.live.changes import Change, Note
from analysis.report.live.record import Entry
from analysis.report.live.redraft import Resolve
from analysis.report.live.resolving import Resolved
from analysis.report.live.scanning import Control, Piece, Scan, Splice, text_splices
from analysis.report.live.turning import Told, has_turned, sentence_around

_NUMBER = re.compile(r"\s*(?:CNY\s)?[-−+]?[\d,，.．]+\s*[%％‰]?\s*\D{0,6}\s*|\s*[…—]\s*")
"""What is a number, whoever wrote it: digits with a short unit."""


@dataclass(slots=True)
class Renewed:
    """What is to be done to the figures of one part."""

    splices: list[Splice] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    resolved: dict[str, Resolved] = field(default_factory=dict)
    n_figures: int = 0


@dataclass(frozen=True, slots=True)
class _Replaced:
    """A figure that changes: the place of its control, the characters replaced, and what stands there afterwards."""

    control: int
    entry: Entry
    first: int
    last: int
    old: str
    new: Resolved
    was_typed_over: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A paragraph as it reads before and after, and where each control stands in it."""

    old: str
    old_places: Mapping[int, tuple[int, int]]
    new: str
    new_places: Mapping[int, tuple[int, int]]


def renew_figures(scan: Scan, entries: Mapping[str, Entry], resolve: Resolve, redrawn: Collection[int]) -> Renewed:
    """What brings the figures of a part up to date; those within controls that are `redrawn` (by their places) are left."""
    renewed, replaced = Renewed(), []
    nested = {control.parent for control in scan.controls}
    for place, control in enumerate(scan.controls):
        entry = entries.get(control.tag)
        if entry is None or entry.kind != "figure" or control.is_taken_away or scan.is_within(place, redrawn):
            continue
        if control.content_start < 0 or place in nested:
            renewed.notes.append(Note("cut", entry.address, entry.evidence.label, entry.text))
            continue
        text = scan.text_of(control)
        if not text.strip() or control.is_placeholder:
            continue
        renewed.n_figures += 1
        found = renewed.resolved.get(entry.tag) or resolve(entry.address)
        if found is None:
            renewed.notes.append(Note("lacking", entry.address, entry.evidence.label, text))
            continue
        renewed.resolved[entry.tag] = found
        change = _replaced(place, entry, text, found)
        if change is None:
            renewed.notes.append(Note("typed_over", entry.address, found.evidence.label or entry.evidence.label, f"{text} / {found.text}"))
        elif change.old != found.text:
            replaced.append(change)
            renewed.splices += text_splices(scan, control, change.first, change.last, found.text)
    renewed.changes += _changes(scan, entries, replaced, renewed.resolved)
    return renewed


def span_of(recorded: str, text: str) -> tuple[int, int] | None:
    """Where in a control's text the figure stands as it was recorded, once and not as a part of another number."""
    if text == recorded:
        return 0, len(text)
    if not recorded:
        return None
    found = list(re.finditer(rf"(?<![\d.,]){re.escape(recorded)}(?![\d%]|[.,]\d)", text))
    return found[0].span() if len(found) == 1 else None


def _replaced(place: int, entry: Entry, text: str, found: Resolved) -> _Replaced | None:
    """What changes in a control; None when words of an author stand there. Words around the number stay."""
    for known in (entry.text, found.text):
        span = span_of(known, text)
        if span is not None:
            return _Replaced(place, entry, *span, text[span[0] : span[1]], found, was_typed_over=False)
    if _NUMBER.fullmatch(text):
        return _Replaced(place, entry, 0, len(text), text, found, was_typed_over=True)
    return None


def _changes(scan: Scan, entries: Mapping[str, Entry], replaced: Sequence[_Replaced], resolved: Mapping[str, Resolved]) -> Iterator[Change]:
    by_control = {each.control: each for each in replaced}
    paragraphs = scan.paragraphs() if replaced else {}
    read: dict[int, _Read] = {}
    for each in replaced:
        number = scan.live_pieces(scan.controls[each.control])[0].paragraph
        if number not in read:
            read[number] = _read_paragraph(scan, paragraphs[number], by_control)
        paragraph = read[number]
        first, last = sentence_around(paragraph.old, *paragraph.old_places[each.control])
        sentence = paragraph.old[first:last]
        told = [
            Told(entry.address, entry.evidence, found.evidence)
            for control, (start, end) in paragraph.old_places.items()
            if first <= start
            and end <= last
            and (entry := entries.get(scan.controls[control].tag)) is not None
            and (found := resolved.get(entry.tag)) is not None
        ]
        first, last = sentence_around(paragraph.new, *paragraph.new_places[each.control])
        yield Change(
            "figure",
            each.entry.address,
            each.new.evidence.label or each.entry.evidence.label,
            each.old,
            each.new.text,
            sentence,
            paragraph.new[first:last],
            has_turned(sentence, told),
            each.was_typed_over,
        )


def _read_paragraph(scan: Scan, pieces: Sequence[Piece], replaced: Mapping[int, _Replaced]) -> _Read:
    """A paragraph before and after its figures are replaced."""
    old, places = _with_places(pieces, {})
    new = {control: _new_text(scan, control, replaced[control]) for control in places if control in replaced}
    return _Read(old, places, *_with_places(pieces, new))


def _new_text(scan: Scan, control: int, change: _Replaced) -> str:
    text = scan.text_of(scan.controls[control])
    return text[: change.first] + change.new.text + text[change.last :]


def _with_places(pieces: Sequence[Piece], new: Mapping[int, str]) -> tuple[str, dict[int, tuple[int, int]]]:
    """The text of a paragraph, with new text for some controls, and where each control stands in it."""
    text, written = "", set()
    places: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        start, control = len(text), piece.control
        if control is None or control not in new:
            text += piece.text
        elif control not in written:
            text += new[control]
            written.add(control)
        if control is not None:
            places[control] = (places.get(control, (start, start))[0], len(text))
    return text, places


def renewed_entry(entry: Entry, found: Resolved) -> Entry:
    """The entry as it reads today."""
    evidence = found.evidence
    return replace(entry, text=found.text, evidence=evidence if evidence.label else replace(evidence, label=entry.evidence.label))


def unknown_controls(controls: Sequence[Control], entries: Mapping[str, Entry]) -> Iterator[Note]:
    """A note on every control that was made by this program for another document."""
    for control in controls:
        if control.tag and control.tag not in entries and _KIND.match(control.tag) and not control.is_taken_away:
            yield Note("unknown", control.tag, control.tag)


_KIND = re.compile(r"(?:estimate|candidates|count|between|threshold|issues?|agreement|dataset|table|picture):")
