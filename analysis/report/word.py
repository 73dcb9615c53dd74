"""An outline written as a Word document on the reference document of its language. The same outline gives the same bytes.

Chinese and Latin fonts are set apart by the styles; each run says that its ambiguous signs (quotation marks, dashes) are Chinese ones.
"""

from datetime import UTC, datetime
from datetime import date as Date
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from analysis.archive import without_times
from analysis.report.live.controls import Controls
from analysis.report.live.package import add_record
from analysis.report.live.shape import digest_of, rows_of
from analysis.report.outline import Heading, Outline, Paragraph, Picture, Table
from analysis.report.official.format import TEXT_WIDTH_MM
from analysis.report.official.reference import reference_path
from analysis.report.texts import Words
from analysis.report.word_tables import table_xml, words_xml

STYLE_OF_ROLE = {"body": "Body Text", "subtitle": "Subtitle", "notice": "Notice", "note": "Table Note"}
SEQUENCES = {"zh": {"table": "表", "picture": "图"}, "en": {"table": "Table", "picture": "Figure"}}


def write_word(outline: Outline, *, today: Date) -> bytes:
    """The document as the bytes of a .docx file, dated `today`."""
    document = Document(str(reference_path(outline.language)))
    _set_properties(document, outline, today)
    controls = Controls(outline.origin)
    writer = _Writer(document, outline.language, controls)
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
    add_record(document, controls.record())
    content = BytesIO()
    document.save(content)
    return without_times(content.getvalue())


class _Writer:
    """Writes blocks at the end of a document and counts its tables and pictures."""

    def __init__(self, document: WordDocument, language: str, controls: Controls) -> None:
        self._document = document
        self._language = language
        self._controls = controls
        self._counts = {"table": 0, "picture": 0}

    def heading(self, block: Heading) -> None:
        """Write a heading; an annex begins on a new page."""
        paragraph = self.paragraph(block.text, "Annex Heading" if block.is_annex else f"Heading {block.level}")
        if block.is_annex:
            paragraph.paragraph_format.page_break_before = True

    def paragraph(self, text: Words, style: str) -> WordParagraph:
        """Write a paragraph and give it back."""
        paragraph = self._document.add_paragraph(style=style)
        for element in _elements(words_xml(text, self._language, self._controls)):
            paragraph._p.append(element)
        return paragraph

    def table(self, block: Table) -> None:
        """Write a table: caption above, header row repeated on every page, no row split over pages, note below."""
        self._caption("table", block.caption).paragraph_format.keep_with_next = True
        content = table_xml(block, self._language, TEXT_WIDTH_MM, self._controls)
        self._append(self._controls.table(block.key, block.caption, content, digest_of(rows_of(block))))
        self.paragraph(block.note, "Table Note")

    def picture(self, block: Picture) -> None:
        """Write a picture with its caption below."""
        paragraph = self._document.add_paragraph(style="Picture")
        shape = paragraph.add_run().add_picture(BytesIO(block.png), width=Mm(block.width_mm))
        properties = shape._inline.docPr
        properties.set("descr", block.alt)
        properties.set("title", block.caption)
        properties.set("name", f"Picture {self._counts['picture'] + 1}")
        place = paragraph._p
        control = self._controls.picture(block.key, block.caption, "", block.alt)
        if control:
            (element,) = _elements(control)
            place.addprevious(element)
            element[-1].append(place)
        self._caption("picture", block.caption)

    def _caption(self, kind: str, text: str) -> WordParagraph:
        self._counts[kind] += 1
        name = SEQUENCES[self._language][kind]
        paragraph = self._document.add_paragraph(style="Caption")
        _add_run(paragraph, name if self._language == "zh" else f"{name} ", self._language)
        _add_field(paragraph, f" SEQ {name} \\* ARABIC ", str(self._counts[kind]))
        _add_run(paragraph, f"　{text}" if self._language == "zh" else f". {text}", self._language)
        return paragraph

    def _append(self, content: str) -> None:
        """Put elements written as text at the end of the document."""
        last = self._document.element.body[-1]
        for element in _elements(content):
            last.addprevious(element)


def _elements(content: str) -> list[Any]:
    """The elements that are written as text."""
    return list(parse_xml(f"<w:body {nsdecls('w')}>{content}</w:body>"))


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


def _set_properties(document: WordDocument, outline: Outline, today: Date) -> None:
    properties = document.core_properties
    properties.title = outline.title.replace("\n", "" if outline.language == "zh" else " ")
    properties.subject = outline.subject
    properties.keywords = outline.keywords
    properties.comments = outline.comments
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = datetime(today.year, today.month, today.day, tzinfo=UTC)
    properties.revision = 1
