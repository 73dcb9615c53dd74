"""The tables of a document brought up to date: a table that its author left as it was is drawn anew, another one keeps its rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from analysis.report.live.changes import Change, Note
from analysis.report.live.controls import Controls
from analysis.report.live.record import Entry
from analysis.report.live.redraft import Redraft
from analysis.report.live.scanning import ROOT, Control, Scan, Splice
from analysis.report.live.shape import CLOSING, OPENING, digest_of, rows_of
from analysis.report.official.format import TWIPS_PER_MM
from analysis.report.official.package import PARSER, W
from analysis.report.word.tables import table_xml

Shapes = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class RedrawnTables:
    """What is to be done to the tables of one part; `places` are the controls whose tables are drawn anew, `entries` what they hold."""

    splices: list[Splice] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    entries: dict[str, Entry] = field(default_factory=dict)


def redraw_tables(scan: Scan, entries: Mapping[str, Entry], redraft: Redraft) -> RedrawnTables:
    """What brings the rows of a part's tables up to date; the numbers in tables that keep their rows are figures like any other."""
    redrawn = RedrawnTables()
    controls = Controls(redraft.origin, first_number=scan.largest_number + 1)
    for place, control in enumerate(scan.controls):
        entry = entries.get(control.tag)
        if entry is None or entry.kind != "table" or control.is_taken_away or control.content_end <= control.content_start:
            continue
        table = redraft.tables.get(entry.address)
        if table is None:
            redrawn.notes.append(Note("table_gone", entry.address, entry.evidence.label))
            continue
        element = _table_in(scan, control)
        current, wanted = _shapes(element, entries) if element is not None else (), rows_of(table)
        if current == wanted:
            redrawn.entries[entry.tag] = Entry("table", entry.tag, entry.address, digest_of(wanted), entry.evidence)
            continue
        came, gone = _differences(current, wanted)
        if element is None or digest_of(current) != entry.text:
            redrawn.notes.append(Note("table_altered", entry.address, entry.evidence.label, _told(came, gone)))
            continue
        content = table_xml(table, redraft.language, _width_mm(element), controls)
        redrawn.splices.append(Splice(control.content_start, control.content_end, content.encode()))
        redrawn.places.add(place)
        redrawn.changes.append(Change("table", entry.address, entry.evidence.label, "、".join(gone), "、".join(came)))
        redrawn.entries[entry.tag] = Entry("table", entry.tag, entry.address, digest_of(wanted), entry.evidence)
    redrawn.entries |= controls.entries()
    return redrawn


def _table_in(scan: Scan, control: Control) -> Any:
    """The one table that a control holds; None when it holds anything else."""
    root = ROOT.search(scan.content)
    if root is None:
        return None
    tag = root.group()
    name = re.split(rb"[\s>]", tag[1:], maxsplit=1)[0]
    fragment = scan.content[control.content_start : control.content_end]
    children = etree.fromstring(tag + fragment + b"</" + name + b">", PARSER)
    return children[0] if len(children) == 1 and children[0].tag == f"{W}tbl" and tag.find(b"xmlns:w=") > 0 else None


def _shapes(table: Any, entries: Mapping[str, Entry]) -> Shapes:
    return tuple(tuple(_cell_shape(cell, entries) for cell in row.iter(f"{W}tc")) for row in table.iter(f"{W}tr"))


def _cell_shape(cell: Any, entries: Mapping[str, Entry]) -> str:
    return "\n".join(_shape(paragraph, entries) for paragraph in cell.iter(f"{W}p"))


def _shape(element: Any, entries: Mapping[str, Entry]) -> str:
    parts = []
    for child in element:
        if child.tag == f"{W}t":
            parts.append(child.text or "")
        elif child.tag in (f"{W}br", f"{W}cr"):
            parts.append("\n")
        elif child.tag == f"{W}sdt":
            tag = child.find(f"{W}sdtPr/{W}tag")
            name = tag.get(f"{W}val", "") if tag is not None else ""
            content = child.find(f"{W}sdtContent")
            has_text = content is not None and any(text.text for text in content.iter(f"{W}t"))
            if name in entries:
                parts.append(f"{OPENING}{name}{CLOSING}" if has_text else "")
            elif content is not None:
                parts.append(_shape(content, entries))
        elif child.tag not in (f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr") and isinstance(child.tag, str):
            parts.append(_shape(child, entries))
    return "".join(parts)


def _differences(current: Shapes, wanted: Shapes) -> tuple[list[str], list[str]]:
    """The names of rows that came and of rows that went: their first cells, where anything in the row differs."""
    return [_name(row) for row in wanted if row not in current], [_name(row) for row in current if row not in wanted]


def _name(row: Sequence[str]) -> str:
    return row[0] if row else ""


def _told(came: Sequence[str], gone: Sequence[str]) -> str:
    return " ".join([*(f"+{name}" for name in came), *(f"−{name}" for name in gone)])


def _width_mm(table: Any) -> float:
    widths = [int(column.get(f"{W}w", "0")) for column in table.iter(f"{W}gridCol")]
    return sum(widths) / TWIPS_PER_MM
