"""The blocks of an official document as WordprocessingML: letterhead, addressee, attachments, signature, copies."""

import re
from collections.abc import Iterator

from analysis.report.official.format import (
    BODY_PT,
    LETTERHEAD_MM,
    LINE_TWIPS,
    RED,
    RED_RULE_MM,
    TWIPS_PER_MM,
)
from analysis.report.outline import Addressee, Attachments, Copies, Letterhead, Signature
from analysis.report.word.runs import paragraph_xml, run_xml

CHARACTER = 20 * BODY_PT
COPIES_CHARACTER = 280
LARGEST_HEAD_PT = 36
NUMBER_LINE = 400
"""The pitch of the document's number, so tight that its line below is measured from the digits."""
RULE_SPACE_PT = round(RED_RULE_MM * 72 / 25.4 - 2)
"""From the number's line to the red one: four millimetres less what the line has below its digits."""
WORDS = {
    "zh": {"attachments": "附件：", "copies": "抄送：", "between": "，", "end": "。", "printed": "{day}印发", "colon": "："},
    "en": {"attachments": "Attachments: ", "copies": "Copies: ", "between": ", ", "end": ".", "printed": "Printed on {day}", "colon": ":"},
}


def letterhead_xml(block: Letterhead, styles: dict[str, str], language: str, text_width_mm: float) -> str:
    """The issuing body in red, the number two lines below it, and the red line four millimetres below the number."""
    before = round(LETTERHEAD_MM * TWIPS_PER_MM) if language == "zh" else 0
    half_points = _head_size(block.body, text_width_mm)
    size = f"<w:sz w:val='{half_points}'/><w:szCs w:val='{half_points}'/>"
    head = paragraph_xml(run_xml(block.body, language, size), styles["Letterhead"], f"<w:spacing w:before='{before}'/>")
    rule = f"<w:pBdr><w:bottom w:val='single' w:sz='18' w:space='{RULE_SPACE_PT}' w:color='{RED}'/></w:pBdr>"
    spacing = f"<w:spacing w:before='{2 * LINE_TWIPS}' w:line='{NUMBER_LINE}' w:lineRule='exact'/>"
    number = run_xml(block.number, language) if block.number else ""
    return head + paragraph_xml(number, styles["Document Number"], rule + spacing)


def _head_size(body: str, text_width_mm: float) -> int:
    """The size of the issuing body's name in half points: as large as one line allows, between 2号 and 小初."""
    room = (text_width_mm - 2) * 72 / 25.4 / max(_width(body), 1)
    return 2 * min(max(int(room), 22), LARGEST_HEAD_PT)


def addressee_xml(block: Addressee, styles: dict[str, str], language: str) -> str:
    """The addressee one empty line below the title, with its colon."""
    colon = WORDS[language]["colon"]
    before = f"<w:spacing w:before='{LINE_TWIPS}'/>" if language == "zh" else ""
    return paragraph_xml(run_xml(block.text.rstrip(" :：") + colon, language), styles["Addressee"], before)


def attachments_xml(block: Attachments, styles: dict[str, str], language: str) -> str:
    """The note one empty line below the text: its titles one below the other, numbered when there are several."""
    label = WORDS[language]["attachments"]
    paragraphs: list[str] = []
    for number, title in enumerate(block.titles, 1):
        text = f"{number}. {title}" if len(block.titles) > 1 else title
        before = "<w:keepNext/>" + (f"<w:spacing w:before='{LINE_TWIPS}'/>" if number == 1 else "")
        mark = CHARACTER * 5 // 4 if len(block.titles) > 1 else 0
        first = 3 * CHARACTER if language == "zh" else 5 * CHARACTER
        left, hanging = 2 * CHARACTER + first + mark, (first if number == 1 else 0) + mark
        indent = f"<w:ind w:left='{left}' w:hanging='{hanging}'/>"
        if language == "en":
            indent = f"<w:ind w:left='{first + mark}' w:hanging='{hanging}'/>"
        paragraphs.append(paragraph_xml(run_xml((label if number == 1 else "") + text, language), styles["Attachments"], before + indent))
    return "".join(paragraphs)


def signature_xml(block: Signature, styles: dict[str, str], language: str) -> str:
    """The issuing body, centred over the date where there is room, and the date four characters from the right."""
    inner: list[str] = []
    before = f"<w:spacing w:before='{2 * LINE_TWIPS}'/>"
    if block.body:
        indent = ""
        if language == "zh":
            right = max(4 * CHARACTER + round((_width(block.day) - _width(block.body)) / 2 * CHARACTER), 0)
            indent = f"<w:ind w:rightChars='0' w:right='{right}'/>"
        inner.append(paragraph_xml(run_xml(block.body, language), styles["Signature"], f"<w:keepNext/>{before}{indent}"))
        before = ""
    if block.day:
        inner.append(paragraph_xml(run_xml(block.day, language), styles["Signature"], before))
    return "".join(inner)


def copies_xml(block: Copies, styles: dict[str, str], language: str, text_width_mm: float) -> str:
    """The last block, at the foot of the page: copies, printing body and date between rules, the outer ones thicker.

    It is a table that floats, which Word sets at the foot of the text; LibreOffice lets it follow the text.
    """
    width = round(text_width_mm * TWIPS_PER_MM)
    rules = "".join(
        f"<w:{side} w:val='single' w:sz='{size}' w:space='0' w:color='000000'/>"
        for side, size in (("top", 8), ("bottom", 8), ("insideH", 6))
    )
    rows = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/></w:tcPr>"
        f"{paragraph_xml(content, styles['Copies'], look)}</w:tc></w:tr>"
        for content, look in _copies_lines(block, language, width)
    )
    place = "<w:tblpPr w:vertAnchor='margin' w:horzAnchor='margin' w:tblpXSpec='center' w:tblpYSpec='bottom'/>"
    margins = "<w:tblCellMar><w:left w:w='0' w:type='dxa'/><w:right w:w='0' w:type='dxa'/></w:tblCellMar>"
    return (
        f"<w:tbl><w:tblPr>{place}<w:tblW w:w='{width}' w:type='dxa'/><w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type='fixed'/>"
        f"{margins}</w:tblPr><w:tblGrid><w:gridCol w:w='{width}'/></w:tblGrid>{rows}</w:tbl>"
        + paragraph_xml("", styles["Copies"], "<w:spacing w:line='20' w:lineRule='exact'/>")
    )


def _copies_lines(block: Copies, language: str, width: int) -> Iterator[tuple[str, str]]:
    said = WORDS[language]
    if block.recipients:
        text = said["copies"] + said["between"].join(block.recipients) + said["end"]
        hanging = 3 * COPIES_CHARACTER
        indent = f"<w:ind w:left='{COPIES_CHARACTER + hanging}' w:right='{COPIES_CHARACTER}' w:hanging='{hanging}'/>"
        yield run_xml(text, language), indent
    if block.printed_by or block.printed_on:
        end = width - COPIES_CHARACTER
        tabs = f"<w:tabs><w:tab w:val='right' w:pos='{end}'/></w:tabs>"
        indent = f"<w:ind w:left='{COPIES_CHARACTER}' w:right='{COPIES_CHARACTER}'/>"
        printed = run_xml(said["printed"].format(day=block.printed_on), language) if block.printed_on else ""
        yield run_xml(block.printed_by, language) + "<w:r><w:tab/></w:r>" + printed, tabs + indent


def _width(text: str) -> float:
    """The width of a line in characters: digits and Latin letters take half of one."""
    return len(text) - len(re.findall(r"[ -~]", text)) / 2
