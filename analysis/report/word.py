"""An outline written as a Word document on the reference document of its language. The same outline gives the same bytes.

Chinese and Latin fonts are set apart by the styles; each run says that its ambiguous signs (quotation marks, dashes) are Chinese ones.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from datetime import date as Date
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from analysis.archive import without_times
from analysis.report.outline import Heading, Outline, Paragraph, Picture, Row, Table
from analysis.report.reference import LEFT_MM, PAGE_WIDTH_MM, RIGHT_MM, reference_path
from analysis.report.texts import Words, text_of

TEXT_WIDTH_MM = PAGE_WIDTH_MM - LEFT_MM - RIGHT_MM
STYLE_OF_ROLE = {"body": "Body Text", "subtitle": "Subtitle", "notice": "Notice", "note": "Table Note"}
SEQUENCES = {"zh": {"table": "表", "picture": "图"}, "en": {"table": "Table", "picture": "Figure"}}
TABLE_TEXT_ID = "TableText"
MAX_ROWS_KEPT = 18
"""A table of at most so many rows is moved to the next page rather than split."""
BAND_FILL, HEADER_FILL = "F2F2F2", "DCE6F0"


def write_word(outline: Outline, *, today: Date) -> bytes:
    """The document as the bytes of a .docx file, dated `today`."""
    document = Document(str(reference_path(outline.language)))
    _set_properties(document, outline, today)
    writer = _Writer(document, outline.language)
    writer.paragraph(outline.title, "Title")
    for block in outline.blocks:
        match block:
            case Heading():
                writer.heading(block)
            case Paragraph():
                writer.paragraph(block.text, STYLE_OF_ROLE[block.role])
            case Table():
                writer.table(block)
            case Picture():
                writer.picture(block)
    content = BytesIO()
    document.save(content)
    return without_times(content.getvalue())


class _Writer:
    """Writes blocks at the end of a document and counts its tables and pictures."""

    def __init__(self, document: WordDocument, language: str) -> None:
        self._document = document
        self._language = language
        self._counts = {"table": 0, "picture": 0}

    def heading(self, block: Heading) -> None:
        """Write a heading; an annex begins on a new page."""
        paragraph = self.paragraph(block.text, "Annex Heading" if block.is_annex else f"Heading {block.level}")
        if block.is_annex:
            paragraph.paragraph_format.page_break_before = True

    def paragraph(self, text: Words, style: str) -> WordParagraph:
        """Write a paragraph and give it back."""
        paragraph = self._document.add_paragraph(style=style)
        _add_lines(paragraph, text, self._language)
        return paragraph

    def table(self, block: Table) -> None:
        """Write a table: caption above, header row repeated on every page, no row split over pages, note below."""
        self._caption("table", block.caption).paragraph_format.keep_with_next = True
        table = self._document.add_table(rows=1 + len(block.rows), cols=len(block.header))
        table.style = self._document.styles["Report Table"]
        table.autofit = False
        _describe_table(table, block.caption)
        self._fill(table.rows[0].cells, block.header, is_bold=True, fill=HEADER_FILL)
        _set_row_property(table.rows[0]._tr, "w:tblHeader")
        for row, word_row in zip(block.rows, table.rows[1:], strict=True):
            self._row(word_row.cells, row)
        for word_row in table.rows:
            _set_row_property(word_row._tr, "w:cantSplit")
        n_kept = len(block.rows) if len(block.rows) <= MAX_ROWS_KEPT else 2
        for word_row in list(table.rows)[:n_kept]:
            _keep_with_next(word_row.cells)
        _set_widths(table, block.weights)
        self.paragraph(block.note, "Table Note")

    def picture(self, block: Picture) -> None:
        """Write a picture with its caption below."""
        paragraph = self._document.add_paragraph(style="Picture")
        shape = paragraph.add_run().add_picture(BytesIO(block.png), width=Mm(block.width_mm))
        properties = shape._inline.docPr
        properties.set("descr", block.alt)
        properties.set("title", block.caption)
        properties.set("name", f"Picture {self._counts['picture'] + 1}")
        self._caption("picture", block.caption)

    def _caption(self, kind: str, text: str) -> WordParagraph:
        self._counts[kind] += 1
        name = SEQUENCES[self._language][kind]
        paragraph = self._document.add_paragraph(style="Caption")
        _add_run(paragraph, name if self._language == "zh" else f"{name} ", self._language)
        _add_field(paragraph, f" SEQ {name} \\* ARABIC ", str(self._counts[kind]))
        _add_run(paragraph, f"　{text}" if self._language == "zh" else f". {text}", self._language)
        return paragraph

    def _row(self, cells: Sequence[_Cell], row: Row) -> None:
        if row.is_band:
            merged = cells[0].merge(cells[-1])
            self._fill((merged,), row.cells, is_bold=True, fill=BAND_FILL)
            _keep_with_next((merged,))
            return
        self._fill(cells, row.cells, is_bold=row.is_total)

    def _fill(self, cells: Sequence[_Cell], texts: Sequence[Words], *, is_bold: bool, fill: str = "") -> None:
        for index, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            # By its id: to look the style up by name for each of thousands of cells takes most of the time.
            paragraph._p.style = TABLE_TEXT_ID
            for run in _add_lines(paragraph, text, self._language):
                run.bold = True if is_bold else None
            if index == 0 and not fill:
                paragraph.alignment = 0
            _set_cell(cell, fill)


def _add_lines(paragraph: WordParagraph, text: Words, language: str) -> list[Run]:
    """The runs of the text: one per line of its words, and one per figure."""
    runs: list[Run] = []
    for part in text_of(text):
        for number, line in enumerate(str(part).split("\n")):
            if number:
                runs[-1].add_break()
            if line or not runs:
                runs.append(_add_run(paragraph, line, language))
    return runs


def _add_run(paragraph: WordParagraph, text: str, language: str) -> Run:
    run = paragraph.add_run(text)
    if language == "zh":
        properties = run._r.get_or_add_rPr()
        fonts = OxmlElement("w:rFonts")
        fonts.set(qn("w:hint"), "eastAsia")
        properties.insert(0, fonts)
    return run


def _add_field(paragraph: WordParagraph, instruction: str, shown: str) -> None:
    """A field that Word keeps up to date, showing `shown` until it does."""
    for kind in ("begin", "instruction", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else "")
        if kind == "instruction":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = instruction
            run._r.append(element)
        elif kind != "shown":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _describe_table(table: WordTable, caption: str) -> None:
    properties = table._tbl.tblPr
    element = OxmlElement("w:tblCaption")
    element.set(qn("w:val"), caption)
    properties.append(element)


def _set_row_property(row: Any, name: str) -> None:
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement(name))


def _keep_with_next(cells: Sequence[_Cell]) -> None:
    for cell in cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _set_cell(cell: _Cell, fill: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    if fill:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{key}"), value)
        properties.append(shade)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)


def _set_widths(table: WordTable, weights: Sequence[float]) -> None:
    """Give columns their shares of the text width, in the grid and in every cell, as both Word and LibreOffice read."""
    widths = [Mm(TEXT_WIDTH_MM * weight / sum(weights)) for weight in weights]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell in row._tr.tc_lst:
            span = cell.grid_span
            start = cell.grid_offset
            cell.width = Mm(0) + sum(widths[start : start + span])


def _set_properties(document: WordDocument, outline: Outline, today: Date) -> None:
    properties = document.core_properties
    properties.title = outline.title.replace("\n", "" if outline.language == "zh" else " ")
    properties.subject = outline.subject
    properties.keywords = outline.keywords
    properties.comments = outline.comments
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = datetime(today.year, today.month, today.day, tzinfo=UTC)
    properties.revision = 1
