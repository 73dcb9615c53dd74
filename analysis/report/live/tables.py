"""The tables of a document brought up to date: a table that its author left as it was is drawn anew, another one keeps its rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.report.live.changes import Change, Note
from analysis.report.live.controls import Controls
from analysis.report.live.footnotes import with_calls
from analysis.report.live.record import Entry
from analysis.report.live.redraft import Redraft
from analysis.report.live.scanning import Cell, Control, Scan, Splice, TableTags
from analysis.report.live.shape import CLOSING, OPENING, digest_of, rows_of
from analysis.report.official.format import TWIPS_PER_MM
from analysis.report.word.tables import table_xml

Shapes = tuple[tuple[str, ...], ...]
_COLUMN = re.compile(rb"<w:gridCol[^>]*\sw:w=[\"'](\d+)[\"']")


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
        found = _table_in(scan, control)
        current, wanted = _shapes(scan, place, found, entries) if found is not None else (), rows_of(table)
        if current == wanted:
            redrawn.entries[entry.tag] = Entry("table", entry.tag, entry.address, digest_of(wanted), entry.evidence)
            continue
        came, gone = _differences(current, wanted)
        if found is None or digest_of(current) != entry.text:
            redrawn.notes.append(Note("table_altered", entry.address, entry.evidence.label, _told(came, gone)))
            continue
        content, n_lost = with_calls(table_xml(table, redraft.language, _width_mm(scan, found), controls), found, current, wanted)
        if n_lost:
            redrawn.notes.append(Note("footnote_gone", entry.address, entry.evidence.label, str(n_lost)))
        redrawn.splices.append(Splice(control.content_start, control.content_end, content.encode()))
        redrawn.places.add(place)
        redrawn.changes.append(Change("table", entry.address, entry.evidence.label, "、".join(gone), "、".join(came)))
        redrawn.entries[entry.tag] = Entry("table", entry.tag, entry.address, digest_of(wanted), entry.evidence)
    redrawn.entries |= controls.entries()
    return redrawn


def _table_in(scan: Scan, control: Control) -> TableTags | None:
    """The one table that a control holds; None when it holds anything else."""
    around = scan.content[control.content_start : control.content_end]
    table = scan.tables.get(control.content_start + len(around) - len(around.lstrip()))
    return table if table is not None and table.end == control.content_start + len(around.rstrip()) else None


def _shapes(scan: Scan, place: int, table: TableTags, entries: Mapping[str, Entry]) -> Shapes:
    return tuple(tuple(_cell_shape(scan, place, cell, entries) for cell in row) for row in table.rows)


def _cell_shape(scan: Scan, place: int, cell: Cell, entries: Mapping[str, Entry]) -> str:
    """The words of a cell of the table in the control at `place`, a line for each paragraph, with a tag for each figure."""
    lines: dict[int, str] = dict.fromkeys(cell.paragraphs, "")
    said: set[int] = set()
    for number in cell.pieces:
        piece = scan.pieces[number]
        if piece.is_taken_away:
            continue
        figure = _known_around(scan, piece.control, place, entries)
        if figure is None:
            lines[piece.paragraph] += piece.text
        elif piece.text and not piece.is_break and figure not in said:
            said.add(figure)
            lines[piece.paragraph] += f"{OPENING}{scan.controls[figure].tag}{CLOSING}"
    return "\n".join(lines.values())


def _known_around(scan: Scan, control: int | None, table: int, entries: Mapping[str, Entry]) -> int | None:
    """The outermost of the controls around a text that the record knows, within the control of the table."""
    found = None
    while control is not None and control != table:
        if scan.controls[control].tag in entries:
            found = control
        control = scan.controls[control].parent
    return found


def _differences(current: Shapes, wanted: Shapes) -> tuple[list[str], list[str]]:
    """The names of rows that came and of rows that went: their first cells, where anything in the row differs."""
    return [_name(row) for row in wanted if row not in current], [_name(row) for row in current if row not in wanted]


def _name(row: Sequence[str]) -> str:
    return row[0] if row else ""


def _told(came: Sequence[str], gone: Sequence[str]) -> str:
    return " ".join([*(f"+{name}" for name in came), *(f"−{name}" for name in gone)])


def _width_mm(scan: Scan, table: TableTags) -> float:
    return sum(int(width[1]) for width in _COLUMN.finditer(scan.content, table.start, table.end)) / TWIPS_PER_MM
