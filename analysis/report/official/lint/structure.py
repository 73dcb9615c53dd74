"""Departures of what is not running text: tables, pictures and their captions, tracked changes, text boxes, protection."""

from collections.abc import Iterator, Sequence
from typing import Any

from analysis.report.official.lint.findings import Finding
from analysis.report.official.lint.formatting import FALSE
from analysis.report.official.lint.pieces import Piece, Place, outer_tables
from analysis.report.official.package import W, WordPackage

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
TRACKED = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange")
LEAST_ROWS, LEAST_COLUMNS = 2, 2
"""A table of fewer rows or columns is a frame for layout, as one that floats is: it needs no header and no caption."""


def table_findings(body: Any, pieces: Sequence[Piece]) -> Iterator[Finding]:
    """The departures of tables: header rows, rows that split, captions."""
    for number, table in enumerate(outer_tables(body), 1):
        rows = table.findall(f"{W}tr") + table.findall(f"{W}sdt/{W}sdtContent/{W}tr")
        n_columns = max((len(row.findall(f"{W}tc")) for row in rows), default=0)
        if len(rows) < LEAST_ROWS or n_columns < LEAST_COLUMNS or table.find(f"{W}tblPr/{W}tblpPr") is not None:
            continue
        heading = next((piece.place.heading for piece in pieces if piece.table == number), "")
        excerpt = " ".join("".join(rows[0].itertext()).split())
        place = Place("table", number, heading, excerpt)
        if not _is_on(rows[0], "tblHeader"):
            yield Finding("no_header_row", place, "", "")
        n_splitting = sum(not _is_on(row, "cantSplit") for row in rows)
        if n_splitting:
            yield Finding("row_splits", place, (f"{n_splitting}行", f"{n_splitting} rows"), "")
        yield from _table_caption(number, pieces, place)


def _table_caption(number: int, pieces: Sequence[Piece], place: Place) -> Iterator[Finding]:
    inside = [index for index, piece in enumerate(pieces) if piece.table == number]
    if not inside:
        return
    before = _neighbour(pieces, inside[0], -1)
    after = _neighbour(pieces, inside[-1], 1)
    if before is not None and before.role == "caption" and _is_of_table(before):
        return
    if after is not None and after.role == "caption" and _is_of_table(after):
        yield Finding("caption_side", place, ("表格下方", "below the table"), ("表格上方", "above the table"))
    else:
        yield Finding("no_table_caption", place, "", "")


def _is_of_table(piece: Piece) -> bool:
    return not piece.text.strip().startswith(("图", "Figure"))


def picture_findings(body: Any, pieces: Sequence[Piece]) -> Iterator[Finding]:
    """The departures of pictures: captions, and descriptions for those who cannot see them."""
    numbers = {drawing: number for number, drawing in enumerate(body.iter(f"{W}drawing"), 1)}
    for index, piece in enumerate(pieces):
        drawings = [each for each in piece.element.iter(f"{W}drawing") if each in numbers]
        for drawing in drawings:
            properties = next(drawing.iter(f"{WP}docPr"), None)
            place = Place("picture", numbers[drawing], piece.place.heading)
            is_box = next(drawing.iter(f"{W}txbxContent"), None) is not None
            if not is_box and (properties is None or not str(properties.get("descr", "")).strip()):
                yield Finding("no_alt", place, "", "")
        if piece.role != "picture" or not drawings:
            continue
        place = Place("picture", numbers[drawings[0]], piece.place.heading)
        before, after = _neighbour(pieces, index, -1), _neighbour(pieces, index, 1)
        if after is not None and after.role in ("caption", "picture"):
            continue  # several pictures may share the caption below the last
        is_above = before is not None and before.role == "caption" and not _is_of_table(before)
        yield (
            Finding("caption_side", place, ("图的上方", "above the picture"), ("图的下方", "below the picture"))
            if is_above
            else Finding("no_picture_caption", place, "", "")
        )


def _neighbour(pieces: Sequence[Piece], index: int, step: int) -> Piece | None:
    """The next paragraph outside of the table in a direction that is not empty."""
    table, at = pieces[index].table, index + step
    while 0 <= at < len(pieces):
        piece = pieces[at]
        if piece.role != "empty" and not (table and piece.table == table):
            return piece
        at += step
    return None


def _is_on(row: Any, name: str) -> bool:
    element = row.find(f"{W}trPr/{W}{name}")
    return element is not None and element.get(f"{W}val", "1") not in FALSE


def whole_findings(package: WordPackage) -> Iterator[Finding]:
    """What concerns the document as a whole: tracked changes, comments, text boxes, protection, macros."""
    place = Place("document")
    document = package.document
    n_tracked = sum(1 for name in TRACKED for _ in document.iter(f"{W}{name}"))
    if n_tracked:
        yield Finding("tracked_changes", place, str(n_tracked), "")
    comments = package.related("comments")
    n_comments = len(comments.findall(f"{W}comment")) if comments is not None else 0
    if n_comments:
        yield Finding("comments", place, str(n_comments), "")
    # Word writes a text box twice, the second time for older programs.
    n_boxes = sum(
        1
        for box in document.iter(f"{W}txbxContent")
        if next(box.iterancestors("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"), None) is None
    )
    if n_boxes:
        yield Finding("text_box", place, str(n_boxes), "")
    settings = package.related("settings")
    protection = settings.find(f"{W}documentProtection") if settings is not None else None
    if protection is not None and protection.get(f"{W}enforcement", "0") not in FALSE:
        yield Finding("protected", place, str(protection.get(f"{W}edit", "readOnly")), "")
    if package.has_macros():
        yield Finding("macros", place, "", "")
