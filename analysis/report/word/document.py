"""An outline written as a Word document on the reference document of its language. The same outline gives the same bytes.

Chinese and Latin fonts are set apart by the styles; each run says that its ambiguous signs (quotation marks, dashes) are Chinese ones.
All blocks are written as text and parsed once, so that the time it takes grows with the document and no faster.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from datetime import date as Date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap, qn
from docx.shared import Mm
from lxml import etree

from analysis.archive import without_times
from analysis.report.live.controls import Controls
from analysis.report.live.package import add_record
from analysis.report.live.shape import digest_of, rows_of
from analysis.report.official.apparatus import with_apparatus
from analysis.report.official.base import Base, our_base
from analysis.report.official.format import LINE_TWIPS
from analysis.report.official.house_style import HouseStyle, house_base
from analysis.report.official.letters import addressee_xml, attachments_xml, copies_xml, letterhead_xml, signature_xml
from analysis.report.official.numbers import HeadingNumbers
from analysis.report.outline import (
    Addressee,
    Attachments,
    Bars,
    Block,
    Contents,
    Copies,
    Heading,
    Letterhead,
    Outline,
    Paragraph,
    Picture,
    Signature,
    Table,
)
from analysis.report.texts import Words
from analysis.report.word.charts import chart_drawing
from analysis.report.word.contents import STYLE_OF_ROLE, Entry, contents_xml, entries_of, has_space_below, heading_bookmark
from analysis.report.word.marks import Marks, numbers_of
from analysis.report.word.runs import paragraph_xml
from analysis.report.word.tables import table_xml
from analysis.report.word.text import words_xml


def write_word(outline: Outline, *, today: Date, house_style: HouseStyle | None = None, has_native_charts: bool = False) -> bytes:
    """The document as the bytes of a .docx file, dated `today`, in our format or in an organisation's own.

    With `has_native_charts` pictures whose numbers are known become charts that an author can edit in Word; a refresh leaves them alone.
    """
    base = house_base(house_style, outline.language) if house_style else our_base(outline.language)
    outline = with_apparatus(outline)
    document = base.document
    _set_properties(document, outline, today)
    controls = Controls(outline.origin)
    marks = Marks(outline.language, numbers_of(outline.blocks), base.styles["footnote reference"], base.styles["footnote text"])
    writer = _Writer(base, outline, controls, marks, has_native_charts=has_native_charts)
    content = writer.write()
    _set_body(document, content)
    marks.add_notes(document)
    add_record(document, controls.record())
    file = BytesIO()
    document.save(file)
    return without_times(file.getvalue())


class _Writer:
    """Writes the blocks of one outline as text and counts its headings, tables and pictures."""

    def __init__(self, base: Base, outline: Outline, controls: Controls, marks: Marks, *, has_native_charts: bool) -> None:
        self._base = base
        self._outline = outline
        self._language = outline.language
        self._controls = controls
        self._marks = marks
        self._counts = {"table": 0, "picture": 0}
        self._numbers = HeadingNumbers(outline.language)
        self._entries: list[Entry] = entries_of(outline) if any(isinstance(block, Contents) for block in outline.blocks) else []
        self._n_headings = self._n_charts = 0
        self._has_native_charts = has_native_charts

    def write(self) -> str:
        """All elements of the body."""
        blocks = self._outline.blocks
        heads = [block for block in blocks if isinstance(block, Letterhead)]
        parts = [letterhead_xml(head, self._base.styles, self._language, self._base.text_width_mm) for head in heads[:1]]
        below = f"<w:spacing w:before='{2 * LINE_TWIPS}'/>" if heads else ""
        parts.append(self._paragraph(self._outline.title, "Title", below))
        parts += [self._block(block, blocks[at + 1 :]) for at, block in enumerate(blocks) if not isinstance(block, Letterhead)]
        return "".join(parts)

    def _block(self, block: Block, following: Sequence[Block]) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph():
                # What closes a document does not stand on a page without a line of its text.
                closes = bool(following) and isinstance(following[0], Attachments | Signature)
                return self._paragraph(block.text, STYLE_OF_ROLE[block.role], "<w:keepNext/>" if closes else "")
            case Table():
                return self._table(block, following)
            case Picture():
                return self._picture(block)
            case Contents():
                return contents_xml(block, self._entries, self._base.styles, self._language, self._base.text_width_mm)
        return self._official(block)

    def _official(self, block: Block) -> str:
        styles, language = self._base.styles, self._language
        match block:
            case Addressee():
                return addressee_xml(block, styles, language)
            case Attachments():
                return attachments_xml(block, styles, language)
            case Signature():
                return signature_xml(block, styles, language)
            case Copies():
                return copies_xml(block, styles, language, self._base.text_width_mm)
        return ""

    def _heading(self, block: Heading) -> str:
        """A heading, with a bookmark where there is a table of contents; an annex begins on a new page.

        Numbers within an annex are typed: automatic ones would go on from the text before it.
        """
        text, properties = block.text, ""
        if block.is_annex:
            self._numbers.annex()
            properties = "<w:pageBreakBefore/>"
        elif self._base.types_numbers or self._numbers.is_annexed:
            text = self._numbers.next(block.level) + text
            properties = "" if self._base.types_numbers else "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='0'/></w:numPr>"
        runs = words_xml(text, self._language, self._controls)
        if self._entries:
            bookmark = self._marks.next_bookmark()
            name = heading_bookmark(self._n_headings)
            runs = f"<w:bookmarkStart w:id='{bookmark}' w:name='{name}'/>{runs}<w:bookmarkEnd w:id='{bookmark}'/>"
            self._n_headings += 1
        style = "Annex Heading" if block.is_annex else f"heading {block.level}"
        return self._element(runs, style, properties)

    def _paragraph(self, text: Words, style: str, properties: str = "") -> str:
        return self._element(words_xml(text, self._language, self._controls, self._marks), style, properties)

    def _element(self, runs: str, style: str, properties: str = "") -> str:
        return paragraph_xml(runs, self._base.styles[style], properties)

    def _table(self, block: Table, following: Sequence[Block]) -> str:
        """A table: caption above, header row repeated on every page, no row split over pages, note below."""
        self._counts["table"] += 1
        caption = self._marks.caption("table", self._counts["table"], block.caption)
        content = table_xml(block, self._language, self._base.text_width_mm, self._controls, self._marks, self._base.styles)
        control = self._controls.table(block.key, block.caption, content, digest_of(rows_of(block)))
        below = self._paragraph(block.note, "Table Note") if has_space_below(block, following) else ""
        return self._element(caption, "caption", "<w:keepNext/>") + control + below

    def _picture(self, block: Picture) -> str:
        """A picture with its caption below."""
        self._counts["picture"] += 1
        number = self._counts["picture"]
        if self._has_native_charts and block.bars:
            drawings = [self._chart(block, bars) for bars in block.bars]
        else:
            drawings = [self._image(block, number)]
        paragraphs = "".join(self._element(f"<w:r>{drawing}</w:r>", "Picture") for drawing in drawings)
        control = self._controls.picture(block.key, block.caption, paragraphs, block.alt)
        return control + self._element(self._marks.caption("picture", number, block.caption), "caption")

    def _image(self, block: Picture, number: int) -> str:
        inline = self._base.document.part.new_pic_inline(BytesIO(block.png), width=Mm(min(block.width_mm, self._base.text_width_mm)))
        properties = inline.docPr
        for name, value in (("id", str(number)), ("name", f"Picture {number}"), ("descr", block.alt), ("title", block.caption)):
            properties.set(name, value)
        return f"<w:drawing>{etree.tostring(inline, encoding='unicode')}</w:drawing>"

    def _chart(self, block: Picture, bars: Bars) -> str:
        self._n_charts += 1
        width_mm = min(block.width_mm, self._base.text_width_mm)
        return chart_drawing(self._base.document, bars, self._n_charts, width_mm=width_mm, title=block.caption, alt=block.alt)


def _set_body(document: WordDocument, content: str) -> None:
    """Give an empty document its body, parsed as one: moving a long table to another tree takes the square of its length."""
    old: Any = document.part._element
    spaces = {prefix: uri for prefix, uri in old.nsmap.items() if prefix} | {
        prefix: nsmap[prefix] for prefix in ("w", "wp", "a", "pic", "r")
    }
    declared = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in spaces.items())
    before = "".join(etree.tostring(each, encoding="unicode") for each in old if each.tag != qn("w:body"))
    last = "".join(etree.tostring(each, encoding="unicode") for each in old.body)
    root = parse_xml(f"<w:document {declared}>{before}<w:body>{content}{last}</w:body></w:document>")
    for name, value in old.attrib.items():
        root.set(name, value)
    document.part._element = root


def _set_properties(document: WordDocument, outline: Outline, today: Date) -> None:
    properties = document.core_properties
    properties.title = outline.title.replace("\n", "" if outline.language == "zh" else " ")
    properties.subject = outline.subject
    properties.keywords = outline.keywords
    properties.comments = outline.comments
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = datetime(today.year, today.month, today.day, tzinfo=UTC)
    properties.language = "zh-CN" if outline.language == "zh" else "en-GB"
    properties.revision = 1
