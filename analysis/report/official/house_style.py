"""An organisation's own reference document: what of the format it lacks, and an empty document with its page, head, foot and styles."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from analysis.report.official.base import Base
from analysis.report.official.format import OWN_STYLES, STYLES, TABLE_STYLE, TWIPS_PER_MM
from analysis.report.official.lint.findings import Finding
from analysis.report.official.lint.formatting import Styles, read_styles
from analysis.report.official.lint.page import page_findings
from analysis.report.official.lint.pieces import Place
from analysis.report.official.package import MAIN, TEMPLATE, W, WordPackage, open_package, refusal
from analysis.report.official.reference import footnote_reference, style_element, table_style

CHINESE_NAMES: Mapping[str, tuple[str, ...]] = {
    "Notice": ("提示",),
    "Quote": ("引文", "引用"),
    "Letterhead": ("发文机关标志", "红头"),
    "Document Number": ("发文字号", "文号"),
    "Addressee": ("主送机关", "主送"),
    "Attachments": ("附件说明",),
    "Signature": ("落款", "署名", "成文日期"),
    "Copies": ("版记",),
    "Annex Heading": ("附件标题",),
    "Contents Heading": ("toc heading", "目录标题"),
    "Table Text": ("表格文字", "表文"),
    "Table Note": ("表注",),
    "Picture": ("图",),
    "Body Text": ("公文正文",),
}
"""Under which other names an organisation may have the styles."""
WANTED = ("Title", "Body Text", "heading 1", "heading 2", "heading 3", "caption", "Addressee", "Signature")
"""Styles that an organisation would miss in a report; the others are added without a word."""
DROPPED = (
    "footnotes",
    "endnotes",
    "comments",
    "commentsExtended",
    "commentsIds",
    "commentsExtensible",
    "people",
    "customXml",
    "glossaryDocument",
)
DROPPED_SETTINGS = ("trackRevisions", "documentProtection", "writeProtection", "footnotePr", "endnotePr", "attachedTemplate", "mailMerge")
HOSTILE = ("oleObject", "package", "control", "activeXControlBinary", "aFChunk", "subDocument", "frame")


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """An organisation's reference document that may be used, its name, and what of the format it lacks or does otherwise."""

    name: str
    content: bytes
    findings: tuple[Finding, ...]


def check_reference(path: Path) -> tuple[Finding, ...]:
    """What a reference document lacks or does otherwise; errors as `read_house_style`."""
    return read_house_style(path.read_bytes(), path.name).findings


def read_house_style(content: bytes, name: str = "reference.docx") -> HouseStyle:
    """The reference document, checked. Raises UNREADABLE_DOCUMENT for a file that is none, holds programs, or fetches things."""
    package = open_package(content, name)
    if package.has_macros():
        raise refusal(name, "macros")
    outer = package.outer_targets()
    if outer:
        raise refusal(name, "outer", outer[0][:80])
    embedded = next((each.target for each in package.all_relations() if each.kind in HOSTILE), "")
    if embedded:
        raise refusal(name, "embedded", embedded)
    styles = read_styles(package)
    return HouseStyle(name, _as_document(content, package), tuple(_findings(package, styles)))


def house_base(house: HouseStyle, language: str) -> Base:
    """An empty document in the organisation's style; styles that it lacks are added as ours are."""
    document = Document(BytesIO(house.content))
    styles = read_styles(open_package(house.content, house.name))
    _empty(document)
    _set_language(document, language)
    found = _ids(styles)
    root = document.styles.element
    taken = {str(each.get(qn("w:styleId"))) for each in root.iter(qn("w:style"))}
    for style in STYLES[language]:
        if style.name not in found:
            found[style.name] = _add(root, style_element(style, OWN_STYLES), taken)
    if TABLE_STYLE not in found:
        found[TABLE_STYLE] = _add(root, table_style(), taken)
    if "footnote reference" not in found:
        found["footnote reference"] = _add(root, footnote_reference(), taken)
    has_numbers = styles.look(found["heading 1"]).number is not None
    return Base(document, found, _text_width_mm(document), types_numbers=not has_numbers)


def _as_document(content: bytes, package: WordPackage) -> bytes:
    """The file as a document, where it is a template."""
    if package.types.get(package.main) != TEMPLATE:
        return content
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, inner in package.parts.items():
            archive.writestr(part, inner.replace(TEMPLATE.encode(), MAIN.encode()) if part == "[Content_Types].xml" else inner)
    return target.getvalue()


def _findings(package: WordPackage, styles: Styles) -> Iterator[Finding]:
    found = _ids(styles)
    place = Place("document")
    for name in WANTED:
        if name not in found:
            yield Finding("missing_style", place, (_chinese_name(name), name), "")
    if "heading 1" in found and styles.look(found["heading 1"]).number is None:
        yield Finding("unnumbered_headings", place, "", "")
    if any("".join(each.itertext()).strip() for each in package.document.iter(f"{W}p")):
        yield Finding("text_left_out", place, "", "")
    yield from page_findings(package, styles, is_official=True)


def _chinese_name(name: str) -> str:
    fixed = {"Title": "标题", "heading 1": "标题 1", "heading 2": "标题 2", "heading 3": "标题 3", "caption": "题注"}
    return fixed.get(name) or CHINESE_NAMES[name][0]


def _ids(styles: Styles) -> dict[str, str]:
    """The ids of the organisation's styles by our names for them. Text is set in its normal style where that is set as text."""
    by_name: dict[str, str] = {}
    for style_id, element in styles.elements.items():
        aliases = element.find(f"{W}aliases")
        names = [styles.name(style_id), *(str(aliases.get(f"{W}val", "")).split(",") if aliases is not None else ())]
        kind = element.get(f"{W}type", "paragraph")
        for name in names:
            by_name.setdefault(f"{kind}:{name.strip().lower()}", style_id)
    found = {}
    for name in [style.name for style in STYLES["zh"]]:
        for each in (name, *CHINESE_NAMES.get(name, ())):
            if f"paragraph:{each.lower()}" in by_name:
                found[name] = by_name[f"paragraph:{each.lower()}"]
                break
    normal = styles.look(styles.default_paragraph)
    if "Body Text" not in found and (normal.first_line_chars or normal.first_line > 0):
        found["Body Text"] = styles.default_paragraph
    for name, kind in ((TABLE_STYLE, "table"), ("footnote reference", "character")):
        if f"{kind}:{name.lower()}" in by_name:
            found[name] = by_name[f"{kind}:{name.lower()}"]
    return found


def _add(root: Any, element: Any, taken: set[str]) -> str:
    """The id of a style that was added: based on nothing of the organisation's, and without numbers."""
    style_id = str(element.get(qn("w:styleId")))
    while style_id in taken:
        style_id = f"Report{style_id}"
    taken.add(style_id)
    element.set(qn("w:styleId"), style_id)
    for name in ("w:basedOn", "w:next"):
        for each in element.findall(qn(name)):
            element.remove(each)
    for each in list(element.iter(qn("w:numPr"))):
        each.getparent().remove(each)
    root.append(element)
    return style_id


def _empty(document: WordDocument) -> None:
    """Take away the text, and what belongs to it alone; head and foot of the first pages stay, whichever section has them."""
    body = document.element.body
    sections = list(body.iter(qn("w:sectPr")))
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    last = body.get_or_add_sectPr()
    known = {(each.tag, each.get(qn("w:type"))) for each in last if each.tag in (qn("w:headerReference"), qn("w:footerReference"))}
    for section in sections[:-1]:
        for each in list(section):
            key = each.tag, each.get(qn("w:type"))
            if each.tag in (qn("w:headerReference"), qn("w:footerReference")) and key not in known:
                known.add(key)
                last.insert(0, each)
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.rsplit("/", 1)[-1] in DROPPED:
            del document.part.rels[key]
    settings = document.settings.element
    for name in DROPPED_SETTINGS:
        for each in settings.findall(qn(f"w:{name}")):
            settings.remove(each)


def _set_language(document: WordDocument, language: str) -> None:
    """Say in which languages text is, by which programs choose forms of signs and spelling; and give the zoom that is required."""
    root = document.styles.element
    defaults = root.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        tag = defaults.find(qn("w:lang"))
        if tag is None:
            tag = OxmlElement("w:lang")
            later = next((each for each in defaults if each.tag in (qn("w:eastAsianLayout"), qn("w:specVanish"), qn("w:oMath"))), None)
            if later is not None:
                later.addprevious(tag)
            else:
                defaults.append(tag)
        tag.set(qn("w:eastAsia"), "zh-CN")
        if not tag.get(qn("w:val")) or language == "en":
            tag.set(qn("w:val"), "en-US" if language == "zh" else "en-GB")
    zoom = document.settings.element.find(qn("w:zoom"))
    if zoom is not None and zoom.get(qn("w:percent")) is None:
        zoom.set(qn("w:percent"), "100")


def _text_width_mm(document: WordDocument) -> float:
    section = document.sections[-1]
    twips = [
        each.twips if each is not None else 0 for each in (section.page_width, section.left_margin, section.right_margin, section.gutter)
    ]
    return float((twips[0] - sum(twips[1:])) / TWIPS_PER_MM)
