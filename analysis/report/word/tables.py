"""A table of an outline as WordprocessingML, built as text: what is done cell by cell costs the same whatever the table's length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from xml.sax.saxutils import quoteattr

from docx.shared import Mm

from analysis.report.live.controls import Controls
from analysis.report.outline import Row, Table
from analysis.report.texts import Words
from analysis.report.word.marks import Marks
from analysis.report.word.runs import paragraph_xml
from analysis.report.word.text import words_xml

OUR_STYLES: Mapping[str, str] = MappingProxyType({"Report Table": "ReportTable", "Table Text": "TableText"})
MAX_ROWS_KEPT = 8
"""A table of at most so many rows is moved to the next page rather than split."""
LEAST_ROWS = 2
"""So many rows of a longer one stand together below its caption, and so many above its note."""
BAND_FILL, HEADER_FILL = "F2F2F2", "DCE6F0"


def rows_kept(n_rows: int) -> int:
    """How many rows of a table stand on the page of its caption at least."""
    return n_rows if n_rows <= MAX_ROWS_KEPT else LEAST_ROWS


def table_xml(
    table: Table,
    language: str,
    width_mm: float,
    controls: Controls,
    marks: Marks | None = None,
    styles: Mapping[str, str] = OUR_STYLES,
) -> str:
    """The element of the table: header row repeated on every page, no row split over pages, columns as wide as their weights say.

    `styles` has the ids of the styles of the table and of the text in it.
    """
    return _TableWriter(language, controls, marks, styles).table(table, width_mm)


@dataclass(frozen=True, slots=True)
class _TableWriter:
    """Writes the rows and cells of tables."""

    language: str
    controls: Controls
    marks: Marks | None
    styles: Mapping[str, str]

    def table(self, table: Table, width_mm: float) -> str:
        """The element of a table."""
        widths = [Mm(width_mm * weight / sum(table.weights)).twips for weight in table.weights]
        grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in widths)
        n_rows, n_kept = len(table.rows), rows_kept(len(table.rows))
        # The last row stands on the page of the note.
        n_free = n_rows - LEAST_ROWS if n_kept < n_rows else n_rows - 1
        rows = [self._header(table, widths, keeps_next=n_kept > 0)]
        rows += [
            self._row(row, widths, keeps_next=number < n_kept or (number > n_free and (number < n_rows or bool(table.note))))
            for number, row in enumerate(table.rows, 1)
        ]
        look = "<w:tblLook w:val='04A0' w:firstRow='1' w:lastRow='0' w:firstColumn='1' w:lastColumn='0' w:noHBand='0' w:noVBand='1'/>"
        properties = (
            f"<w:tblPr><w:tblStyle w:val={quoteattr(self.styles['Report Table'])}/><w:tblW w:w='0' w:type='auto'/>"
            f"<w:tblLayout w:type='fixed'/>{look}<w:tblCaption w:val={quoteattr(table.caption)}/></w:tblPr>"
        )
        return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"

    def _header(self, table: Table, widths: Sequence[int], *, keeps_next: bool) -> str:
        cells = [
            self._cell(self._words(title, is_bold=True), width, fill=HEADER_FILL, keeps_next=keeps_next)
            for title, width in zip(table.header, widths, strict=True)
        ]
        return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"

    def _row(self, row: Row, widths: Sequence[int], *, keeps_next: bool) -> str:
        if row.is_band:
            cells = [self._cell(self._words(row.cells[0], is_bold=True), sum(widths), span=len(widths), fill=BAND_FILL, keeps_next=True)]
        else:
            cells = [
                self._cell(self._words(text, is_bold=row.is_total), width, is_first=not index, keeps_next=keeps_next)
                for index, (text, width) in enumerate(zip(row.cells, widths, strict=True))
            ]
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"

    def _words(self, words: Words, *, is_bold: bool) -> str:
        return words_xml(words, self.language, self.controls, self.marks, "<w:b/>" if is_bold else "")

    def _cell(self, content: str, width: int, *, span: int = 1, fill: str = "", is_first: bool = False, keeps_next: bool = False) -> str:
        spanning = f"<w:gridSpan w:val='{span}'/>" if span > 1 else ""
        shade = f"<w:shd w:val='clear' w:color='auto' w:fill='{fill}'/>" if fill else ""
        keeping = "<w:keepNext/>" if keeps_next else ""
        aligned = "<w:jc w:val='left'/>" if is_first else ""
        return (
            f"<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/>{spanning}{shade}<w:vAlign w:val='center'/></w:tcPr>"
            f"{paragraph_xml(content, self.styles['Table Text'], keeping + aligned)}</w:tc>"
        )
