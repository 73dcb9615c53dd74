"""The pictures of a document brought up to date: the part of the image replaced, its description and height with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from analysis.report.live.changes import Change, Note
from analysis.report.live.opening import LiveDocument
from analysis.report.live.record import Entry
from analysis.report.live.redraft import Redraft
from analysis.report.live.scanning import PictureTags, Splice
from analysis.report.outline import Picture

PNG = b"\x89PNG\r\n\x1a\n"
_DESCRIPTION = re.compile(rb"""\bdescr=("[^"]*"|'[^']*')""")
_HEIGHT = re.compile(rb"""\bcy=("\d+"|'\d+')""")


@dataclass(slots=True)
class RedrawnPictures:
    """What is to be done to the pictures of the main part, and the parts of images that are replaced."""

    splices: list[Splice] = field(default_factory=list)
    parts: dict[str, bytes] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)


def redraw_pictures(document: LiveDocument, entries: Mapping[str, Entry], redraft: Redraft) -> RedrawnPictures:
    """What brings the pictures up to date; one that its author turned into another format, or a chart of Word, stays."""
    redrawn = RedrawnPictures()
    scan = document.scans[document.package.main]
    for control in scan.controls:
        entry = entries.get(control.tag)
        if entry is None or entry.kind != "picture" or control.is_taken_away or not control.pictures:
            continue
        picture = redraft.pictures.get(entry.address)
        if picture is None:
            redrawn.notes.append(Note("picture_gone", entry.address, entry.evidence.label))
            continue
        for tags in control.pictures:
            _redraw(document, entry, tags, picture, redrawn)
    return redrawn


def _redraw(document: LiveDocument, entry: Entry, tags: PictureTags, picture: Picture, redrawn: RedrawnPictures) -> None:
    relation = document.package.relations.get(tags.relation)
    old = document.package.parts.get(relation.target) if relation is not None else None
    if relation is None or old is None or not old.startswith(PNG) or not picture.png.startswith(PNG):
        redrawn.notes.append(Note("picture_kept", entry.address, entry.evidence.label))
        return
    content = document.scans[document.package.main].content
    if tags.description == entry.text:
        redrawn.entries[entry.tag] = Entry("picture", entry.tag, entry.address, picture.alt, entry.evidence)
        if picture.alt != entry.text:
            redrawn.splices += _attribute(content, tags.properties, _DESCRIPTION, b"descr=" + quoteattr(picture.alt).encode())
    elif tags.description != picture.alt:
        redrawn.notes.append(Note("description_kept", entry.address, entry.evidence.label, tags.description))
    if old == picture.png:
        return
    redrawn.parts[relation.target] = picture.png
    if _proportion(old) != _proportion(picture.png):
        height = round(tags.width * _proportion(picture.png))
        for place in tags.extents:
            redrawn.splices += _attribute(content, place, _HEIGHT, f'cy="{height}"'.encode())
    redrawn.changes.append(Change("picture", entry.address, entry.evidence.label, entry.text, picture.alt))


def _proportion(png: bytes) -> float:
    """Height by width."""
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    return height / width if width else 1.0


def _attribute(content: bytes, place: int, pattern: re.Pattern[bytes], new: bytes) -> Iterator[Splice]:
    """The splice that replaces an attribute of the tag at this place, if it has it."""
    found = pattern.search(content, place) if place >= 0 else None
    if found is not None and b"<" not in content[place + 1 : found.start()]:
        yield Splice(found.start(), found.end(), new)
