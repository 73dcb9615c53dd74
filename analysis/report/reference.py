"""Makes the reference documents in `templates/word/`: page, styles and numbering without any text, one per language.

Run `python -m analysis.report.reference` after changing this file. Sizes and measures follow GB/T 9704-2012 (text block 156 × 225 mm,
22 lines of 28 characters). The names of the Chinese fonts are written into the file; the reader's machine has them.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

FOLDER = Path(__file__).parents[2] / "templates" / "word"
TOP_MM, LEFT_MM, RIGHT_MM, BOTTOM_MM = 37, 28, 26, 35
PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297
LINE_TWIPS = 579
"""225 mm over 22 lines, as Word counts: 28.95 pt."""
TIGHTER_TWIPS = -5
"""What brings 28 characters of 16 pt into 156 mm: a quarter of a point less between them. (A character grid would do it in Word alone.)"""
FOOTER_MM = 25
KEPT_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header", "Footer"}
XIAOBIAOSONG, HEITI, KAITI, FANGSONG, SONGTI = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
LATIN = "Times New Roman"


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style; sizes in points, indents in characters or millimetres (0 for none), line pitch exact unless `is_single`."""

    name: str
    font: str
    size_pt: float
    alignment: str = "both"
    indent_chars: int = 0
    before_pt: float = 0
    after_pt: float = 0
    is_single: bool = False
    keeps_next: bool = False
    is_bold: bool = False
    is_tight: bool = False
    is_italic: bool = False
    left_mm: float = 0
    hanging_mm: float = 0
    level: int | None = None
    numbering_level: int | None = None
    following: str = ""

    @property
    def id(self) -> str:
        """The style's identifier, as Word itself makes it: the name in capitals without spaces."""
        return self.name.title().replace(" ", "")


CHINESE = (
    Style("Title", XIAOBIAOSONG, 22, "center", before_pt=12, after_pt=6, keeps_next=True, following="Subtitle"),
    Style("Subtitle", KAITI, 16, "center", after_pt=14),
    Style("Body Text", FANGSONG, 16, indent_chars=2, is_tight=True),
    Style("Notice", KAITI, 14, "both", after_pt=6),
    Style("heading 1", HEITI, 16, "left", 2, keeps_next=True, level=0, numbering_level=0, following="BodyText"),
    Style("heading 2", KAITI, 16, "left", 2, keeps_next=True, level=1, numbering_level=1, following="BodyText"),
    Style("heading 3", FANGSONG, 16, "left", 2, keeps_next=True, level=2, numbering_level=2, following="BodyText"),
    Style("Annex Heading", HEITI, 16, "left", after_pt=6, keeps_next=True, level=0, following="BodyText"),
    Style("caption", HEITI, 10.5, "center", before_pt=6, after_pt=3, is_single=True),
    Style("Table Text", SONGTI, 9, "center", is_single=True),
    Style("Table Note", SONGTI, 9, "left", before_pt=2, after_pt=10, is_single=True),
    Style("Picture", SONGTI, 9, "center", before_pt=8, is_single=True, keeps_next=True),
)
ENGLISH = (
    Style(
        "Title", XIAOBIAOSONG, 20, "center", before_pt=12, after_pt=6, is_single=True, keeps_next=True, is_bold=True, following="Subtitle"
    ),
    Style("Subtitle", KAITI, 12, "center", after_pt=14, is_single=True),
    Style("Body Text", FANGSONG, 12, after_pt=6, is_single=True),
    Style("Notice", KAITI, 11, "both", after_pt=6, is_single=True),
    Style(
        "heading 1", HEITI, 14, "left", before_pt=14, after_pt=6, is_single=True, keeps_next=True, is_bold=True, level=0, numbering_level=0
    ),
    Style(
        "heading 2", KAITI, 12, "left", before_pt=8, after_pt=4, is_single=True, keeps_next=True, is_bold=True, level=1, numbering_level=1
    ),
    Style("heading 3", FANGSONG, 12, "left", before_pt=6, after_pt=4, is_single=True, keeps_next=True, level=2, numbering_level=2),
    Style("Annex Heading", HEITI, 14, "left", before_pt=6, after_pt=6, is_single=True, keeps_next=True, is_bold=True, level=0),
    Style("caption", HEITI, 10, "center", before_pt=6, after_pt=3, is_single=True, is_bold=True),
    Style("Table Text", SONGTI, 9, "center", is_single=True),
    Style("Table Note", SONGTI, 9, "left", before_pt=2, after_pt=10, is_single=True),
    Style("Picture", SONGTI, 9, "center", before_pt=8, is_single=True, keeps_next=True),
)
OWN_STYLES = ("Notice", "Annex Heading", "Table Text", "Table Note", "Picture")
NUMBERING = {
    "zh": (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")),
    "en": (("decimal", "%1. "), ("decimal", "%1.%2 "), ("decimal", "%1.%2.%3 ")),
}


def reference_path(language: str) -> Path:
    """Where the reference document of a language lies."""
    return FOLDER / f"report-{language}.docx"


def make_reference(language: str) -> WordDocument:
    """The reference document: an empty page with the styles, the numbering and the page numbers of a report in the language."""
    document = Document()
    _strip(document)
    _set_defaults(document, language)
    for style in CHINESE if language == "zh" else ENGLISH:
        document.styles.element.append(style_element(style))
    document.styles.element.append(_table_style())
    _set_numbering(document, language)
    _set_page(document, language)
    _set_settings(document, language)
    return document


def _strip(document: WordDocument) -> None:
    """Remove what python-docx's own template carries along: unused styles, numbering, a preview picture, a form's data."""
    root = document.styles.element
    for style in root.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in KEPT_STYLES:
            root.remove(style)
    for style in root.findall(qn("w:style")):
        for link in style.findall(qn("w:link")):
            style.remove(link)
    unwanted = ("stylesWithEffects", "customXml", "thumbnail")
    for owner in (document.part, document.part.package):
        for key, relation in list(owner.rels.items()):
            if any(word in relation.reltype for word in unwanted):
                del owner.rels[key]


def _set_defaults(document: WordDocument, language: str) -> None:
    root = document.styles.element
    old = root.find(qn("w:docDefaults"))
    if old is not None:
        root.remove(old)
    latin_language = "en-US" if language == "zh" else "en-GB"
    defaults = parse_xml(
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{_fonts(FANGSONG)}<w:kern w:val='2'/><w:sz w:val='32'/><w:szCs w:val='32'/>"
        f"<w:lang w:val='{latin_language}' w:eastAsia='zh-CN' w:bidi='ar-SA'/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    root.insert(0, defaults)
    latent = root.find(qn("w:latentStyles"))
    if latent is not None:
        root.remove(latent)
    for style in root.findall(qn("w:style")):
        if style.get(qn("w:styleId")) in ("Normal", "Header", "Footer"):
            for part in (*style.findall(qn("w:pPr")), *style.findall(qn("w:rPr"))):
                style.remove(part)


def _fonts(font: str) -> str:
    return f"<w:rFonts w:ascii='{LATIN}' w:hAnsi='{LATIN}' w:eastAsia='{font}' w:cs='{LATIN}'/>"


def style_element(style: Style, own_styles: tuple[str, ...] = OWN_STYLES) -> Any:
    """The element of a style; `own_styles` are the names that Word itself does not know."""
    half_points = round(style.size_pt * 2)
    before, after = round(style.before_pt * 20), round(style.after_pt * 20)
    line = "w:line='240' w:lineRule='auto'" if style.is_single else f"w:line='{LINE_TWIPS}' w:lineRule='exact'"
    first_line = round(style.indent_chars * style.size_pt * 20)
    paragraph = (
        "<w:keepNext/><w:keepLines/>" if style.keeps_next else "",
        "<w:widowControl/>",
        f"<w:numPr><w:ilvl w:val='{style.numbering_level}'/><w:numId w:val='1'/></w:numPr>" if style.numbering_level is not None else "",
        "<w:snapToGrid w:val='0'/>" if style.is_single else "",
        f"<w:spacing w:before='{before}' w:after='{after}' {line}/>",
        f"<w:ind w:firstLineChars='{style.indent_chars * 100}' w:firstLine='{first_line}'/>" if style.indent_chars else "",
        f"<w:ind w:left='{_twips(style.left_mm)}' w:hanging='{_twips(style.hanging_mm)}'/>" if style.left_mm else "",
        f"<w:jc w:val='{style.alignment}'/>",
        f"<w:outlineLvl w:val='{style.level}'/>" if style.level is not None else "",
    )
    run = (
        _fonts(style.font),
        "<w:b/>" if style.is_bold else "",
        "<w:i/>" if style.is_italic else "",
        "<w:snapToGrid w:val='0'/>" if style.is_single else "",
        f"<w:spacing w:val='{TIGHTER_TWIPS}'/>" if style.is_tight else "",
        f"<w:sz w:val='{half_points}'/><w:szCs w:val='{half_points}'/>",
    )
    custom = " w:customStyle='1'" if style.name in own_styles else ""
    following = f"<w:next w:val='{style.following}'/>" if style.following else ""
    return parse_xml(
        f"<w:style {nsdecls('w')} w:type='paragraph'{custom} w:styleId='{style.id}'><w:name w:val='{style.name}'/>"
        f"<w:basedOn w:val='Normal'/>{following}<w:qFormat/><w:pPr>{''.join(paragraph)}</w:pPr><w:rPr>{''.join(run)}</w:rPr></w:style>"
    )


def _twips(mm: float) -> int:
    return round(mm * 56.6929)


def _table_style() -> Any:
    rules = "".join(
        f"<w:{side} w:val='single' w:sz='{size}' w:space='0' w:color='000000'/>"
        for side, size in (("top", 12), ("left", 0), ("bottom", 12), ("right", 0), ("insideH", 4), ("insideV", 4))
        if size
    )
    return parse_xml(
        f"<w:style {nsdecls('w')} w:type='table' w:customStyle='1' w:styleId='ReportTable'><w:name w:val='Report Table'/>"
        f"<w:basedOn w:val='TableNormal'/><w:qFormat/><w:tblPr><w:tblBorders>{rules}</w:tblBorders>"
        "<w:tblCellMar><w:top w:w='28' w:type='dxa'/><w:left w:w='57' w:type='dxa'/><w:bottom w:w='28' w:type='dxa'/>"
        "<w:right w:w='57' w:type='dxa'/></w:tblCellMar></w:tblPr></w:style>"
    )


def _set_numbering(document: WordDocument, language: str) -> None:
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    levels = "".join(
        f"<w:lvl w:ilvl='{level}'><w:start w:val='1'/><w:numFmt w:val='{form}'/><w:pStyle w:val='Heading{level + 1}'/>"
        f"<w:suff w:val='nothing'/><w:lvlText w:val='{text}'/><w:lvlJc w:val='left'/></w:lvl>"
        for level, (form, text) in enumerate(NUMBERING[language])
    )
    kind = "<w:multiLevelType w:val='multilevel'/>"
    root.append(parse_xml(f"<w:abstractNum {nsdecls('w')} w:abstractNumId='1'>{kind}{levels}</w:abstractNum>"))
    root.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='1'><w:abstractNumId w:val='1'/></w:num>"))


def _set_page(document: WordDocument, language: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH_MM), Mm(PAGE_HEIGHT_MM)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.footer_distance = Mm(FOOTER_MM)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    kind = "lines" if language == "zh" else "default"
    section._sectPr.append(parse_xml(f"<w:docGrid {nsdecls('w')} w:type='{kind}' w:linePitch='{LINE_TWIPS}'/>"))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, alignment, side in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        footer.is_linked_to_previous = False
        _write_page_number(footer.paragraphs[0]._p, alignment, side)


def _write_page_number(paragraph: Any, alignment: str, side: str) -> None:
    """ "— 1 —" in 14 pt Song, one character in from the outer edge."""
    for child in list(paragraph):
        paragraph.remove(child)
    run = f"<w:rPr><w:rFonts w:ascii='{SONGTI}' w:hAnsi='{SONGTI}' w:eastAsia='{SONGTI}'/><w:sz w:val='28'/><w:szCs w:val='28'/></w:rPr>"
    field = "".join(
        f"<w:r>{run}{content}</w:r>"
        for content in (
            "<w:t xml:space='preserve'>— </w:t>",
            "<w:fldChar w:fldCharType='begin'/>",
            "<w:instrText xml:space='preserve'> PAGE </w:instrText>",
            "<w:fldChar w:fldCharType='separate'/>",
            "<w:t>1</w:t>",
            "<w:fldChar w:fldCharType='end'/>",
            "<w:t xml:space='preserve'> —</w:t>",
        )
    )
    place = f"<w:pStyle w:val='Footer'/><w:ind w:{side}Chars='100' w:{side}='280'/><w:jc w:val='{alignment}'/>"
    content = parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{place}</w:pPr>{field}</w:p>")
    for child in list(content):
        paragraph.append(child)


def _set_settings(document: WordDocument, language: str) -> None:
    root = document.settings.element
    zoom = root.find(qn("w:zoom"))
    if zoom is not None:
        # The attribute is required; python-docx's template leaves it out.
        zoom.set(qn("w:percent"), "100")
    for name in ("w:themeFontLang", "w:savePreviewPicture", "w:rsids", "w:shapeDefaults"):
        for element in root.findall(qn(name)):
            root.remove(element)
    compat = root.find(qn("w:compat"))
    for setting in compat.findall(qn("w:compatSetting")) if compat is not None else ():
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    properties = document.core_properties
    properties.title = properties.subject = properties.author = properties.comments = properties.keywords = ""
    properties.language = "zh-CN" if language == "zh" else "en-GB"


def main() -> int:
    """0 once both reference documents are written."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language in NUMBERING:
        make_reference(language).save(str(reference_path(language)))
        print(reference_path(language).name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
