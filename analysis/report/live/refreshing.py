"""An author's edited draft with the figures, tables and pictures of other data; everything else in the file stays the same bytes."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from analysis.report.live.changes import Change, Note, Refreshed
from analysis.report.live.figures import renew_figures, renewed_entry, unknown_controls
from analysis.report.live.opening import LiveDocument, open_live
from analysis.report.live.origin import one_hash
from analysis.report.live.package import with_parts
from analysis.report.live.pictures import redraw_pictures
from analysis.report.live.record import Entry, Record, record_xml
from analysis.report.live.redraft import Redraft
from analysis.report.live.scanning import spliced
from analysis.report.live.tables import redraw_tables

PROPERTIES_PART = "docProps/core.xml"


def refresh_document(content: bytes, redraft: Callable[[Mapping[str, str]], Redraft], *, name: str = "file") -> Refreshed:
    """The draft brought up to date. `redraft` gives the same report of today's data by the parameters that the file keeps.

    Raises UNREADABLE_DOCUMENT for a file that is none of ours, damaged or protected, and whatever `redraft` raises.
    """
    with _without_collecting():
        document = open_live(content, name, to_change=True)
        today = redraft(document.record.parameters)
        return _refreshed(document, today)


def _refreshed(document: LiveDocument, today: Redraft) -> Refreshed:
    entries = document.record.by_tag()
    replaced: dict[str, bytes] = {}
    changes: list[Change] = []
    notes: list[Note] = []
    n_figures = 0
    pictures = redraw_pictures(document, entries, today)
    renewed: dict[str, Entry] = dict(pictures.entries)
    for part, scan in document.scans.items():
        tables = redraw_tables(scan, entries, today)
        figures = renew_figures(scan, entries, today.resolve, tables.places)
        splices = [*tables.splices, *figures.splices, *(pictures.splices if part == document.package.main else ())]
        if splices:
            replaced[part] = spliced(scan.content, splices)
        changes += [*figures.changes, *tables.changes]
        notes += [*figures.notes, *tables.notes, *unknown_controls(scan.controls, entries)]
        n_figures += figures.n_figures
        renewed |= tables.entries | {tag: renewed_entry(entries[tag], found) for tag, found in figures.resolved.items()}
    changes += pictures.changes
    notes += pictures.notes
    replaced |= pictures.parts | _of_dataset(document, today, entries | renewed)
    return Refreshed(
        with_parts(document.content, replaced), tuple(changes), tuple(dict.fromkeys(notes)), today.origin.dataset_hash, n_figures
    )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Nothing is searched for cycles meanwhile: a large draft is hundreds of thousands of small records without any, and to go through
    them again and again takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _of_dataset(document: LiveDocument, today: Redraft, entries: Mapping[str, Entry]) -> dict[str, bytes]:
    """The parts that name the dataset: the record, and the document's properties where they say what we wrote there."""
    record = Record(today.origin.dataset_hash, document.record.parameters, tuple(entries.values()))
    found = {document.record_part: record_xml(record)}
    properties = document.package.parts.get(PROPERTIES_PART)
    old, new = (f">dataset {one_hash(each)}<".encode() for each in (document.record.dataset_hash, today.origin.dataset_hash))
    if properties is not None and document.record.dataset_hash and old in properties:
        found[PROPERTIES_PART] = properties.replace(old, new)
    return found
