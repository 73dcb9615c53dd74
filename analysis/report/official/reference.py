"""Makes the reference documents in `templates/word/`: page, styles and numbering without any text, one per language.

Run `python -m analysis.report.official.reference` after changing this file or the format. The names of the Chinese fonts are written into
the file; the reader's machine has them.
"""

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from analysis.report.official.format import (
    BODY_PT,
    BOTTOM_MM,
    CHARACTER_SPACE,
    FANGSONG,
    FOOTER_MM,
    LATIN,
    LEFT_MM,
    LINE_TWIPS,
    NUMBERING,
    OWN_STYLES,
    PAGE_HEIGHT_MM,
    PAGE_NUMBER_PT,
    PAGE_WIDTH_MM,
    RIGHT_MM,
    SONGTI,
    STYLES,
    TABLE_STYLE,
    TIGHTER_TWIPS,
    TOP_MM,
    TWIPS_PER_MM,
    Style,
)

FOLDER = Path(__file__).parents[3] / "templates" / "word"
KEPT_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header", "Footer"}


def reference_path(language: str) -> Path:
    """Where the reference document of a language lies."""
    return FOLDER / f"report-{language}.docx"


def make_reference(language: str) -> WordDocument:
    """The reference document: an empty page with the styles, the numbering and the page numbers of a report in the language."""
    document = Document()
    _strip(document)
    _set_defaults(document, language)
    for style in STYLES[language]:
        document.styles.element.append(style_element(style))
    document.styles.element.append(table_style())
    document.styles.element.append(footnote_reference())
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
            if style.get(qn("w:styleId")) == "Normal":
                _set_normal(style, language)


def _set_normal(style: Any, language: str) -> None:
    """Give the style of everything its size, by which programs count the characters of a line, and take it off the grid."""
    size = f"<w:sz w:val='{2 * BODY_PT}'/><w:szCs w:val='{2 * BODY_PT}'/>"
    if language == "zh":
        style.append(parse_xml(f"<w:pPr {nsdecls('w')}><w:snapToGrid w:val='0'/></w:pPr>"))
    style.append(parse_xml(f"<w:rPr {nsdecls('w')}>{size}</w:rPr>"))


def _fonts(font: str) -> str:
    return f"<w:rFonts w:ascii='{LATIN}' w:hAnsi='{LATIN}' w:eastAsia='{font}' w:cs='{LATIN}'/>"


def style_element(style: Style, own_styles: tuple[str, ...] = OWN_STYLES) -> Any:
    """The element of a style; `own_styles` are the names that Word itself does not know."""
    half_points = round(style.size_pt * 2)
    before, after = round(style.before_pt * 20), round(style.after_pt * 20)
    pitch = round(style.line_pt * 20) if style.line_pt else LINE_TWIPS
    line = "w:line='240' w:lineRule='auto'" if style.is_single and not style.line_pt else f"w:line='{pitch}' w:lineRule='exact'"
    first_line = round(style.indent_chars * style.size_pt * 20)
    paragraph = (
        "<w:keepNext/><w:keepLines/>" if style.keeps_next else "",
        "<w:widowControl/>",
        f"<w:numPr><w:ilvl w:val='{style.numbering_level}'/><w:numId w:val='1'/></w:numPr>" if style.numbering_level is not None else "",
        "<w:snapToGrid w:val='0'/>" if style.is_single else "",
        f"<w:spacing w:before='{before}' w:after='{after}' {line}/>",
        f"<w:ind w:firstLineChars='{style.indent_chars * 100}' w:firstLine='{first_line}'/>" if style.indent_chars else "",
        f"<w:ind w:left='{_twips(style.left_mm)}' w:hanging='{_twips(style.hanging_mm)}'/>" if style.left_mm else "",
        f"<w:ind w:rightChars='{style.right_chars * 100}' w:right='{round(style.right_chars * style.size_pt * 20)}'/>"
        if style.right_chars
        else "",
        f"<w:jc w:val='{style.alignment}'/>",
        f"<w:outlineLvl w:val='{style.level}'/>" if style.level is not None else "",
    )
    run = (
        _fonts(style.font),
        "<w:b/>" if style.is_bold else "",
        "<w:i/>" if style.is_italic else "",
        "<w:snapToGrid w:val='0'/>" if style.is_single else "",
        f"<w:color w:val='{style.color}'/>" if style.color else "",
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
    return round(mm * TWIPS_PER_MM)


def table_style() -> Any:
    """The element of the style of tables."""
    rules = "".join(
        f"<w:{side} w:val='single' w:sz='{size}' w:space='0' w:color='000000'/>"
        for side, size in (("top", 12), ("left", 0), ("bottom", 12), ("right", 0), ("insideH", 4), ("insideV", 4))
        if size
    )
    return parse_xml(
        f"<w:style {nsdecls('w')} w:type='table' w:customStyle='1' w:styleId='ReportTable'><w:name w:val='{TABLE_STYLE}'/>"
        f"<w:basedOn w:val='TableNormal'/><w:qFormat/><w:tblPr><w:tblBorders>{rules}</w:tblBorders>"
        "<w:tblCellMar><w:top w:w='28' w:type='dxa'/><w:left w:w='57' w:type='dxa'/><w:bottom w:w='28' w:type='dxa'/>"
        "<w:right w:w='57' w:type='dxa'/></w:tblCellMar></w:tblPr></w:style>"
    )


def footnote_reference() -> Any:
    """The element of the style of calls of footnotes."""
    return parse_xml(
        f"<w:style {nsdecls('w')} w:type='character' w:styleId='FootnoteReference'><w:name w:val='footnote reference'/>"
        "<w:basedOn w:val='DefaultParagraphFont'/><w:rPr><w:vertAlign w:val='superscript'/></w:rPr></w:style>"
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
    kind = f"w:type='linesAndChars' w:charSpace='{CHARACTER_SPACE}'" if language == "zh" else "w:type='default'"
    section._sectPr.append(parse_xml(f"<w:docGrid {nsdecls('w')} {kind} w:linePitch='{LINE_TWIPS}'/>"))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, alignment, side in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        footer.is_linked_to_previous = False
        _write_page_number(footer.paragraphs[0]._p, alignment, side)


def _write_page_number(paragraph: Any, alignment: str, side: str) -> None:
    """ "— 1 —" in 14 pt Song, one character in from the outer edge."""
    for child in list(paragraph):
        paragraph.remove(child)
    size = f"<w:sz w:val='{2 * PAGE_NUMBER_PT}'/><w:szCs w:val='{2 * PAGE_NUMBER_PT}'/>"
    run = f"<w:rPr><w:rFonts w:ascii='{SONGTI}' w:hAnsi='{SONGTI}' w:eastAsia='{SONGTI}'/>{size}</w:rPr>"
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
    place = f"<w:pStyle w:val='Footer'/><w:ind w:{side}Chars='100' w:{side}='{20 * PAGE_NUMBER_PT}'/><w:jc w:val='{alignment}'/>"
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
