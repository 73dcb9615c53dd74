"""The table of contents: a field that Word keeps up to date, with its entries filled in, so that it is right before anybody updates it.

On which page a heading stands is reckoned from the format, whose lines are all of a known height; Word has the last word.
"""

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.report.official.format import (
    LINE_TWIPS,
    POINTS_PER_MM,
    STYLES,
    TEXT_HEIGHT_MM,
    TEXT_WIDTH_MM,
    TIGHTER_TWIPS,
    TWIPS_PER_MM,
    Style,
)
from analysis.report.official.numbers import HeadingNumbers
from analysis.report.outline import (
    Addressee,
    Attachments,
    Block,
    Contents,
    Heading,
    Letterhead,
    Outline,
    Paragraph,
    Picture,
    Signature,
    Table,
)
from analysis.report.texts import Footnote, Words, plain, text_of
from analysis.report.word.runs import field_xml, paragraph_xml, run_xml
from analysis.report.word.tables import LEAST_ROWS, rows_kept

PAGE_PT = TEXT_HEIGHT_MM * POINTS_PER_MM
WIDTH_PT = TEXT_WIDTH_MM * POINTS_PER_MM
FIRST_BOOKMARK = 300_000_000
LETTERHEAD_PT = {"zh": 279.0, "en": 165.0}
"""What the head of an official document takes, with the space that it sets above the title."""
CELL_MARGIN_PT, CELL_PADDING_PT, RULE_PT, SEPARATOR_PT = 5.7, 2.8, 0.5, 12.0
SIGNATURE_LINES = 4
LEAST_LINES, MOST_KEPT_LINES = 2, 3
"""So many lines of a paragraph stand on a page at least, and so many are not divided."""
SINGLE = 1.15
"""Height of a line of single pitch for each point of its type."""
WIDE_FROM, HANGING = 0x2000, ("。", "，", "；", "、")
WIDTHS = {**dict.fromkeys("0123456789", 0.5), **dict.fromkeys(".,:;/'|il ", 0.27), "%": 0.83, "m": 0.78, "w": 0.72}
"""How wide signs of Times New Roman are for each point of their size."""
STYLE_OF_ROLE = {"body": "Body Text", "subtitle": "Subtitle", "notice": "Notice", "note": "Table Note", "quotation": "Quote"}
"""The styles of the roles of paragraphs."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents: the heading with its number, its level (an annex counts as 1), and its page."""

    text: str
    level: int
    page: int


def heading_bookmark(number: int) -> str:
    """The name of the bookmark at the heading, counted from 0."""
    return f"_Toc{FIRST_BOOKMARK + number}"


def entries_of(outline: Outline) -> list[Entry]:
    """Every heading of the outline in order with its page."""
    numbers = HeadingNumbers(outline.language)
    entries = []
    for block, page in _Pages(outline).walk():
        if isinstance(block, Heading):
            if block.is_annex:
                numbers.annex()
            number = "" if block.is_annex else numbers.next(block.level)
            entries.append(Entry(number + block.text, block.level, page))
    return entries


def contents_xml(block: Contents, entries: list[Entry], styles: dict[str, str], language: str, text_width_mm: float) -> str:
    """The heading of the table and the field with a line per heading down to its depth."""
    tab = f"<w:tabs><w:tab w:val='right' w:leader='dot' w:pos='{round(text_width_mm * TWIPS_PER_MM)}'/></w:tabs>"
    shown = [(number, entry) for number, entry in enumerate(entries) if entry.level <= block.depth]
    begin = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        f"<w:r><w:instrText xml:space='preserve'> TOC \\o \"1-{block.depth}\" \\h \\z \\u </w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
    )
    end = "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    lines = []
    for at, (number, entry) in enumerate(shown):
        name = heading_bookmark(number)
        page = field_xml(f" PAGEREF {name} \\h ", str(entry.page), language)
        link = f"<w:hyperlink w:anchor='{name}' w:history='1'>{run_xml(entry.text, language)}<w:r><w:tab/></w:r>{page}</w:hyperlink>"
        first, last = begin if at == 0 else "", end if at == len(shown) - 1 else ""
        lines.append(paragraph_xml(first + link + last, styles[f"toc {entry.level}"], tab))
    return paragraph_xml(run_xml(block.title, language), styles["Contents Heading"]) + "".join(lines)


def has_space_below(table: Table, following: Sequence[Block]) -> bool:
    """Whether something stands below a table: its note, or a space; at the end of a page's text a space would be a page of its own."""
    return bool(table.note) or not (following and isinstance(following[0], Heading) and following[0].is_annex)


class _Pages:
    """Walks an outline and reckons on which page each block begins."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._styles = {style.name: style for style in STYLES[outline.language]}
        self._letter = 0.5 if outline.language == "zh" else 0.43
        self._page, self._used = 1, 0.0
        self._has_notes = False

    def walk(self) -> Iterator[tuple[Block, int]]:
        """Every block with its page."""
        blocks = self._outline.blocks
        if any(isinstance(block, Letterhead) for block in blocks):
            self._used += LETTERHEAD_PT[self._outline.language]
        self._place(self._height(self._outline.title, "Title"))
        for at, block in enumerate(blocks):
            yield block, self._begin(block, blocks[at + 1 :])

    def _begin(self, block: Block, following: Sequence[Block]) -> int:
        """The page on which the block begins; what it takes is used up."""
        match block:
            case Heading(is_annex=True):
                self._turn()
                return self._place(self._height(block.text, "Annex Heading"))
            case Heading():
                return self._place(self._height(block.text, f"heading {block.level}"), self._least(following))
            case Paragraph(text, role):
                return self._flow(text, STYLE_OF_ROLE[role])
            case Table():
                return self._table(block, following)
            case Picture():
                return self._place(self._picture(block))
            case Contents():
                return self._contents(block)
            case Addressee():
                return self._place(2 * self._line(self._styles["Addressee"]), self._least(following))
            case Attachments(titles):
                return self._place((1 + len(titles)) * self._line(self._styles["Attachments"]), self._least(following))
            case Signature():
                return self._place(SIGNATURE_LINES * self._line(self._styles["Signature"]))
        return self._page

    def _least(self, following: Sequence[Block]) -> float:
        """How much of the blocks after a heading stands on its page."""
        match following[0] if following else None:
            case Heading(is_annex=False) as heading:
                return self._height(heading.text, f"heading {heading.level}") + self._least(following[1:])
            case Paragraph(text, role):
                style = self._styles[STYLE_OF_ROLE[role]]
                n_lines = self._n_lines(text, style)
                return (n_lines if n_lines <= MOST_KEPT_LINES else LEAST_LINES) * self._line(style)
            case Picture() as picture:
                return self._picture(picture)
            case Table() as table:
                rows = self._rows(table)
                return self._height(table.caption, "caption") + sum(rows[: 1 + rows_kept(len(table.rows))])
            case Signature():
                return SIGNATURE_LINES * self._line(self._styles["Signature"])
        return 0.0

    def _turn(self) -> None:
        """Goes to the next page, unless this one is still empty."""
        if self._used:
            self._page, self._used, self._has_notes = self._page + 1, 0.0, False

    def _place(self, height: float, least: float = 0.0) -> int:
        """Puts something that is not divided, together with the least of what follows."""
        if self._used + height + least > PAGE_PT:
            self._turn()
        self._used += height
        return self._page

    def _flow(self, words: Words, name: str) -> int:
        """Puts a paragraph, which goes on over pages with no line alone on either; with its footnotes."""
        style = self._styles[name]
        line, n_lines = self._line(style), self._n_lines(words, style)
        notes = sum(self._height(part.words, "footnote text") for part in text_of(words) if isinstance(part, Footnote))
        if notes and not self._has_notes:
            self._has_notes, notes = True, notes + SEPARATOR_PT
        room = int((PAGE_PT - self._used - style.before_pt - notes + 0.5) / line)
        if n_lines > room and (n_lines <= MOST_KEPT_LINES or room < LEAST_LINES):
            self._turn()
            room = int((PAGE_PT - notes) / line)
        page = self._page
        while n_lines > room:
            n_lines -= room if n_lines - room >= LEAST_LINES else room - 1
            self._used = PAGE_PT
            self._turn()
            room = int((PAGE_PT + 0.5) / line)
        self._used += style.before_pt + n_lines * line + style.after_pt + notes
        return page

    def _contents(self, block: Contents) -> int:
        entries = [each for each in self._outline.blocks if isinstance(each, Heading) and each.level <= block.depth]
        page = self._place(self._height(block.title, "Contents Heading"), self._line(self._styles["toc 1"]))
        for entry in entries:
            style = f"toc {entry.level}"
            number = "" if entry.is_annex else "（一）"
            self._place(self._height(number + entry.text, style))
        return page

    def _table(self, table: Table, following: Sequence[Block]) -> int:
        rows = self._rows(table)
        caption, note = self._height(table.caption, "caption"), self._height(table.note, "Table Note")
        n_kept = 1 + rows_kept(len(table.rows))
        is_whole, has_space = n_kept == len(rows), has_space_below(table, following)
        page = self._place(caption + sum(rows[:n_kept]) + (note if is_whole and table.note else 0.0))
        if not is_whole:
            for height in (*rows[n_kept:-LEAST_ROWS], sum(rows[-LEAST_ROWS:]) + (note if table.note else 0.0)):
                if self._used + height > PAGE_PT:
                    self._turn()
                    self._used += rows[0]
                self._used += height
        if not table.note and has_space:
            self._place(note)
        return page

    def _rows(self, table: Table) -> list[float]:
        """The height of every row, its header first."""
        style = self._styles["Table Text"]
        widths = [WIDTH_PT * weight / sum(table.weights) - CELL_MARGIN_PT for weight in table.weights]
        rows: list[tuple[Words, ...]] = [table.header, *(row.cells for row in table.rows)]
        heights = []
        for cells in rows:
            columns = widths if len(cells) == len(widths) else [WIDTH_PT]
            n_lines = max(self._wrapped(plain(cell), style.size_pt, width) for cell, width in zip(cells, columns, strict=False))
            heights.append(n_lines * self._line(style) + CELL_PADDING_PT + RULE_PT)
        return heights

    def _picture(self, block: Picture) -> float:
        style = self._styles["Picture"]
        width, height = struct.unpack(">II", block.png[16:24])
        shown = min(block.width_mm, TEXT_WIDTH_MM) * POINTS_PER_MM * float(height) / max(float(width), 1.0)
        return shown + style.before_pt + 2 + self._height(block.caption, "caption")

    def _height(self, words: Words, name: str) -> float:
        style = self._styles[name]
        return self._n_lines(words, style) * self._line(style) + style.before_pt + style.after_pt

    def _n_lines(self, words: Words, style: Style) -> int:
        size = style.size_pt - (-TIGHTER_TWIPS / 20 if style.is_tight else 0)
        return self._wrapped("　" * style.indent_chars + plain(words), size, WIDTH_PT - style.left_mm * POINTS_PER_MM)

    def _wrapped(self, text: str, size_pt: float, width_pt: float) -> int:
        """How many lines a text takes: Chinese signs are as wide as high, others about half; a last point hangs over the edge."""
        n_lines = 0
        for line in text.split("\n"):
            width = size_pt * sum(1.0 if ord(sign) > WIDE_FROM else WIDTHS.get(sign, self._letter) for sign in line)
            width -= size_pt if line.endswith(HANGING) else 0.0
            n_lines += max(1, math.ceil(width / max(width_pt, size_pt) - 0.01))
        return n_lines

    def _line(self, style: Style) -> float:
        if style.line_pt:
            return style.line_pt
        return style.size_pt * SINGLE if style.is_single else LINE_TWIPS / 20
