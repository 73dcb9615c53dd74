"""A table of an outline as WordprocessingML, built as text: what is done cell by cell costs the same whatever the table's length."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from docx.shared import Mm

from analysis.report.live.controls import Controls, lines_xml
from analysis.report.outline import Row, Table
from analysis.report.texts import Figure, Words, text_of

TABLE_STYLE_ID, TABLE_TEXT_ID = "ReportTable", "TableText"
MAX_ROWS_KEPT = 18
"""A table of at most so many rows is moved to the next page rather than split."""
BAND_FILL, HEADER_FILL = "F2F2F2", "DCE6F0"


def words_xml(words: Words, language: str, controls: Controls, *, is_bold: bool = False) -> str:
    """The runs of a text: one per line of its words, and a control for each figure."""
    return "".join(
        controls.figure(part, language, is_bold=is_bold) if isinstance(part, Figure) else lines_xml(str(part), language, is_bold=is_bold)
        for part in text_of(words)
    )


def table_xml(table: Table, language: str, width_mm: float, controls: Controls) -> str:
    """The element of the table: header row repeated on every page, no row split over pages, columns as wide as their weights say."""
    widths = [Mm(width_mm * weight / sum(table.weights)).twips for weight in table.weights]
    grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in widths)
    n_kept = len(table.rows) if len(table.rows) <= MAX_ROWS_KEPT else 2
    rows = [_header_xml(table, widths, language, controls, keeps_next=n_kept > 0)]
    rows += [_row_xml(row, widths, language, controls, keeps_next=number < n_kept) for number, row in enumerate(table.rows, 1)]
    look = "<w:tblLook w:val='04A0' w:firstRow='1' w:lastRow='0' w:firstColumn='1' w:lastColumn='0' w:noHBand='0' w:noVBand='1'/>"
    properties = (
        f"<w:tblPr><w:tblStyle w:val='{TABLE_STYLE_ID}'/><w:tblW w:w='0' w:type='auto'/><w:tblLayout w:type='fixed'/>{look}"
        f"<w:tblCaption w:val={quoteattr(table.caption)}/></w:tblPr>"
    )
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _header_xml(table: Table, widths: Sequence[int], language: str, controls: Controls, *, keeps_next: bool) -> str:
    cells = [
        _cell_xml(words_xml(title, language, controls, is_bold=True), width, fill=HEADER_FILL, keeps_next=keeps_next)
        for title, width in zip(table.header, widths, strict=True)
    ]
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row_xml(row: Row, widths: Sequence[int], language: str, controls: Controls, *, keeps_next: bool) -> str:
    if row.is_band:
        content = words_xml(row.cells[0], language, controls, is_bold=True)
        cells = [_cell_xml(content, sum(widths), span=len(widths), fill=BAND_FILL, keeps_next=True)]
    else:
        cells = [
            _cell_xml(words_xml(text, language, controls, is_bold=row.is_total), width, is_first=not index, keeps_next=keeps_next)
            for index, (text, width) in enumerate(zip(row.cells, widths, strict=True))
        ]
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell_xml(content: str, width: int, *, span: int = 1, fill: str = "", is_first: bool = False, keeps_next: bool = False) -> str:
    spanning = f"<w:gridSpan w:val='{span}'/>" if span > 1 else ""
    shade = f"<w:shd w:val='clear' w:color='auto' w:fill='{fill}'/>" if fill else ""
    keeping = "<w:keepNext/>" if keeps_next else ""
    aligned = "<w:jc w:val='left'/>" if is_first else ""
    return (
        f"<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/>{spanning}{shade}<w:vAlign w:val='center'/></w:tcPr>"
        f"<w:p><w:pPr><w:pStyle w:val='{TABLE_TEXT_ID}'/>{keeping}{aligned}</w:pPr>{content}</w:p></w:tc>"
    )
