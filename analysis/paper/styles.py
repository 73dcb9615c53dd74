"""Page and styles of a paper questionnaire, on the reference document of its language: A4, smaller type than a report, page x of y."""

from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from analysis.paper.words import WORDS
from analysis.report.official.format import HEITI, KAITI, SONGTI, Style
from analysis.report.official.reference import reference_path, style_element

TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20, 18, 24, 18
TEXT_MM = 210 - LEFT_MM - RIGHT_MM
NUMBER_MM = 11
"""The column in which the numbers of questions stand."""
TABLE_STYLE = "Paper Table"

STYLES = (
    Style("Paper Heading", HEITI, 13, "left", before_pt=12, after_pt=4, is_single=True, keeps_next=True, level=0),
    Style("Paper Band", HEITI, 10.5, "left", before_pt=6, after_pt=2, is_single=True, keeps_next=True, level=1),
    Style("Paper Question", SONGTI, 10.5, "left", before_pt=5, is_single=True, keeps_next=True, left_mm=NUMBER_MM, hanging_mm=NUMBER_MM),
    Style("Paper Note", KAITI, 10.5, "left", before_pt=5, after_pt=1, is_single=True, keeps_next=True, left_mm=NUMBER_MM),
    Style("Paper Condition", KAITI, 9.5, "left", before_pt=5, is_single=True, keeps_next=True, is_bold=True, left_mm=NUMBER_MM),
    Style("Paper Hint", KAITI, 9, "left", is_single=True, keeps_next=True, left_mm=NUMBER_MM),
    Style("Paper Answer", SONGTI, 10.5, "left", before_pt=2, is_single=True, left_mm=NUMBER_MM),
    Style("Paper Cell", SONGTI, 9.5, "left", is_single=True),
    Style("Paper Facts", SONGTI, 9.5, "center", after_pt=8, is_single=True),
)


def blank_paper(language: str, title: str) -> WordDocument:
    """An empty document with the page, the styles and the running title of a paper questionnaire; `language` is "zh" or "en"."""
    document = Document(str(reference_path(language)))
    names = tuple(style.name for style in STYLES)
    for style in STYLES:
        document.styles.element.append(style_element(style, names))
    document.styles.element.append(_table_style())
    section = document.sections[0]
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(9), Mm(9)
    document.settings.odd_and_even_pages_header_footer = False
    _write_footer(section.footer.paragraphs[0]._p, title, language)
    return document


def _table_style() -> Any:
    rules = "".join(
        f"<w:{side} w:val='single' w:sz='{size}' w:space='0' w:color='000000'/>"
        for side, size in (("top", 8), ("left", 8), ("bottom", 8), ("right", 8), ("insideH", 4), ("insideV", 4))
    )
    return parse_xml(
        f"<w:style {nsdecls('w')} w:type='table' w:customStyle='1' w:styleId='PaperTable'><w:name w:val='{TABLE_STYLE}'/>"
        f"<w:basedOn w:val='TableNormal'/><w:qFormat/><w:tblPr><w:tblBorders>{rules}</w:tblBorders>"
        "<w:tblCellMar><w:top w:w='40' w:type='dxa'/><w:left w:w='68' w:type='dxa'/><w:bottom w:w='40' w:type='dxa'/>"
        "<w:right w:w='68' w:type='dxa'/></w:tblCellMar></w:tblPr></w:style>"
    )


def _write_footer(paragraph: Any, title: str, language: str) -> None:
    """The title on the left and "page x of y" on the right, in fields that Word fills in."""
    for child in list(paragraph):
        paragraph.remove(child)
    before, rest = WORDS[language]["page"].split("{page}")
    between, after = rest.split("{pages}")
    pieces = (_text(title + "\t" + before), _field("PAGE"), _text(between), _field("NUMPAGES"), _text(after))
    right = f"<w:tab w:val='right' w:pos='{_twips(TEXT_MM)}'/>"
    tabs = f"<w:tabs><w:tab w:val='clear' w:pos='4320'/><w:tab w:val='clear' w:pos='8640'/>{right}</w:tabs>"
    border = "<w:pBdr><w:top w:val='single' w:sz='4' w:space='4' w:color='808080'/></w:pBdr>"
    content = parse_xml(
        f"<w:p {nsdecls('w')}><w:pPr><w:pStyle w:val='Footer'/>{border}{tabs}<w:spacing w:line='240' w:lineRule='auto'/></w:pPr>"
        f"{''.join(pieces)}</w:p>"
    )
    for child in list(content):
        paragraph.append(child)


_RUN = f"<w:rPr><w:rFonts w:eastAsia='{SONGTI}'/><w:sz w:val='17'/><w:szCs w:val='17'/></w:rPr>"


def _text(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parts = escaped.split("\t")
    inner = "<w:tab/>".join(f"<w:t xml:space='preserve'>{part}</w:t>" if part else "" for part in parts)
    return f"<w:r>{_RUN}{inner}</w:r>"


def _field(name: str) -> str:
    steps = (
        "<w:fldChar w:fldCharType='begin'/>",
        f"<w:instrText xml:space='preserve'> {name} </w:instrText>",
        "<w:fldChar w:fldCharType='separate'/>",
        "<w:t>1</w:t>",
        "<w:fldChar w:fldCharType='end'/>",
    )
    return "".join(f"<w:r>{_RUN}{step}</w:r>" for step in steps)


def _twips(mm: float) -> int:
    return round(mm * 56.6929)
