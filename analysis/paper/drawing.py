"""The few shapes of which a paper questionnaire is drawn: paragraphs with tab stops, lines to write on, boxes, grids."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.text import WD_PARAGRAPH_ALIGNMENT, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from analysis.paper.answers import TICK, Space
from analysis.paper.pictures import Picture
from analysis.paper.styles import NUMBER_MM, TABLE_STYLE, TEXT_MM
from analysis.report.official.format import SONGTI

SIGNS = re.compile(f"([{TICK}▶]+)")
"""What is printed in the Chinese font in every language, because Latin fonts lack it."""
PICTURED_COLUMNS = 4
HEADER_FILL, BAND_FILL = "E7EDF3", "F3F3F3"


class Pen:
    """Draws at the end of a document; `is_chinese` sets ambiguous signs (quotation marks, dashes) in the Chinese font."""

    def __init__(self, document: WordDocument, *, is_chinese: bool) -> None:
        self.document = document
        self.is_chinese = is_chinese

    def paragraph(self, text: str, style: str, *, keeps_next: bool = False) -> Paragraph:
        """A paragraph with the lines of the text."""
        paragraph = self.document.add_paragraph(style=style)
        self.write(paragraph, text)
        if keeps_next:
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    def write(self, paragraph: Paragraph, text: str, *, is_bold: bool = False) -> None:
        """Adds the text to a paragraph, a break between its lines; tabs stay tabs."""
        for number, line in enumerate(text.split("\n")):
            if number:
                paragraph.add_run().add_break()
            for piece in filter(None, SIGNS.split(line)):
                run = paragraph.add_run(piece)
                run.bold = True if is_bold else None
                if self.is_chinese or SIGNS.fullmatch(piece):
                    run._r.get_or_add_rPr().insert(0, _fonts(is_sign=bool(SIGNS.fullmatch(piece))))

    def space(self, space: Space) -> None:
        """The space for one answer."""
        match space.kind:
            case "choices":
                self._choices(space)
            case "box":
                self._box(space.texts[0])
            case "lines":
                self._lines(space)
            case _:
                self.paragraph(space.texts[0], "Paper Answer")

    def _choices(self, space: Space) -> None:
        width = (TEXT_MM - NUMBER_MM) / space.columns
        rows = [space.texts[at : at + space.columns] for at in range(0, len(space.texts), space.columns)]
        for number, row in enumerate(rows, start=1):
            paragraph = self.paragraph("\t".join(f"{TICK} {text}" for text in row), "Paper Answer", keeps_next=number < len(rows))
            if space.columns == 1:
                paragraph.paragraph_format.left_indent = Mm(NUMBER_MM + 5)
                paragraph.paragraph_format.first_line_indent = Mm(-5)
            for column in range(1, space.columns):
                paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(NUMBER_MM + width * column))

    def _lines(self, space: Space) -> None:
        texts = space.texts or ("",)
        lines = [*texts, *([""] * (space.n_lines - (0 if space.texts else 1)))]
        for number, text in enumerate(lines, start=1):
            paragraph = self.paragraph(f"{text}\t" if not text else f"{text} \t", "Paper Answer", keeps_next=number < len(lines))
            paragraph.paragraph_format.space_before = Mm(2.5)
            stops = paragraph.paragraph_format.tab_stops
            stops.add_tab_stop(Mm(TEXT_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)

    def _box(self, text: str) -> None:
        table = self.grid(1, (TEXT_MM - NUMBER_MM,))
        set_indent(table, Mm(NUMBER_MM))
        self.fill(table.rows[0].cells[0], text)
        table.rows[0].height = Mm(24)
        self.gap()

    def picture(self, paragraph: Paragraph, picture: Picture) -> None:
        """Puts a picture at the end of a paragraph."""
        paragraph.add_run().add_picture(BytesIO(picture.data), Mm(picture.width_mm), Mm(picture.height_mm))

    def pictured(self, choices: Sequence[tuple[str, Picture | None]]) -> None:
        """Choices to tick, each under its picture, as many beside each other as fit."""
        columns = min(len(choices), PICTURED_COLUMNS)
        width = (TEXT_MM - NUMBER_MM) / columns
        table = self.grid(-(-len(choices) // columns), [width] * columns)
        set_indent(table, Mm(NUMBER_MM))
        for number, (label, picture) in enumerate(choices):
            cell = table.rows[number // columns].cells[number % columns]
            if picture is None:
                self.fill(cell, f"{TICK} {label}", is_centred=True)
                continue
            first = self.fill(cell, "", is_centred=True)
            self.picture(first, picture)
            under = cell.add_paragraph(style="Paper Cell")
            under.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
            self.write(under, f"{TICK} {label}")
        self.gap()

    def gap(self) -> None:
        """A low blank line, which also keeps two tables from growing into one."""
        paragraph = self.document.add_paragraph(style="Paper Cell")
        paragraph.paragraph_format.line_spacing = Mm(2)

    def grid(self, n_rows: int, widths_mm: Sequence[float]) -> Table:
        """An empty table with columns of these widths, whose rows are never split over pages."""
        table: Table = self.document.add_table(rows=n_rows, cols=len(widths_mm))
        table.style = self.document.styles[TABLE_STYLE]
        table.autofit = False
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, width in zip(row.cells, widths_mm, strict=True):
                cell.width = Mm(width)
        return table

    def fill(self, cell: _Cell, text: str, *, is_bold: bool = False, fill: str = "", is_centred: bool = False) -> Paragraph:
        """Writes the text into a cell."""
        paragraph: Paragraph = cell.paragraphs[0]
        paragraph._p.style = "PaperCell"
        self.write(paragraph, text, is_bold=is_bold)
        if is_centred:
            paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
        properties = cell._tc.get_or_add_tcPr()
        if fill:
            properties.append(_element("w:shd", val="clear", color="auto", fill=fill))
        properties.append(_element("w:vAlign", val="center"))
        return paragraph


def repeat_header(table: Table) -> None:
    """Lets the first row of the table stand again on every page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def set_indent(table: Table, indent: Length) -> None:
    """Moves a table to the right."""
    properties = table._tbl.tblPr
    following = properties.find(qn("w:tblLayout"))
    element = _element("w:tblInd", w=str(round(indent.twips)), type="dxa")
    if following is not None:
        following.addprevious(element)
    else:
        properties.append(element)


def _fonts(*, is_sign: bool) -> Any:
    """The fonts of a run: the Chinese one throughout for a sign, else only for what could belong to either script."""
    fonts = _element("w:rFonts", hint="eastAsia")
    for name in ("ascii", "hAnsi", "eastAsia") if is_sign else ():
        fonts.set(qn(f"w:{name}"), SONGTI)
    return fonts


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
