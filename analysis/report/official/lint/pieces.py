"""The paragraphs of a Word file in order, each with the part it plays in an official document, and where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analysis.report.official.lint.formatting import Look, Run, Styles, paragraph_look, runs_of, style_id_of
from analysis.report.official.package import W

CJK = re.compile(r"[\u3400-\u9fff]")
CAPTION = re.compile(r"^\s*(表|图|Table|Figure)\s*\d+")
TYPED_HEADINGS = (
    (1, re.compile(r"^[一二三四五六七八九十百]+\s*[、.．，,]")),
    (2, re.compile(r"^[（(][一二三四五六七八九十百]+[）)]")),
    (3, re.compile(r"^\d{1,2}\s*[.．、](?!\d)")),
    (4, re.compile(r"^[（(]\d{1,2}[）)]")),
)
ATTACHMENTS, ANNEX = re.compile(r"^附件\s*[:：]"), re.compile(r"^附件\s*\d*(\s|$)")
DATE = re.compile(r"^\s*([\d〇○零一二三四五六七八九十]{2,6}\s*年.{1,4}月.{1,4}日|\d{4}[-./]\d{1,2}[-./]\d{1,2})\s*$")
NOTE = re.compile(r"^(注|说明|资料来源|数据来源)\s*\d*[:：]")
OTHER_STYLES = {
    "subtitle",
    "notice",
    "document number",
    "table note",
    "table text",
    "quote",
    "copies",
    "header",
    "footer",
    "footnote text",
    "list paragraph",
}
LONGEST_HEADING, LONGEST_ADDRESSEE, TITLE_PT = 40, 80, 18


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: `kind` is "document", "section", "footer", "paragraph", "table" or "picture", counted from 1."""

    kind: str
    number: int = 0
    heading: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph: its role, level (of a heading), text, look, runs, and the table it stands in (0 for none)."""

    role: str
    level: int
    text: str
    look: Look
    runs: tuple[Run, ...]
    place: Place
    table: int
    element: Any


class _Reader:
    """Reads paragraphs one after another and remembers what came before."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._heading = ""
        self._has_text = False
        self._before = ""
        self._n_paragraphs = 0

    def piece(self, element: Any, table: int) -> Piece:
        """The next paragraph."""
        look = paragraph_look(element, self._styles)
        runs = tuple(runs_of(element, look, self._styles))
        text = "".join(run.text for run in runs)
        role, level = self._role(element, text.strip(), look, runs) if not table else ("table", 0)
        if not table:
            self._n_paragraphs += 1
            self._before = role if role != "empty" else self._before
            self._has_text = self._has_text or role in ("body", "heading")
        if role == "heading":
            self._heading = text.strip()
        heading = "" if role == "heading" else self._heading
        excerpt = " ".join(text.split())
        place = Place("table", table, heading, excerpt) if table else Place("paragraph", self._n_paragraphs, heading, excerpt)
        return Piece(role, level, text, look, runs, place, table, element)

    def _role(self, element: Any, text: str, look: Look, runs: tuple[Run, ...]) -> tuple[str, int]:
        names = set(self._styles.names_of(style_id_of(element, self._styles)))
        if any(name.startswith(("toc ", "contents heading")) for name in names):
            return "contents", 0
        if not text:
            has_picture = any(next(element.iter(f"{W}{name}"), None) is not None for name in ("drawing", "pict"))
            return ("picture" if has_picture else "empty"), 0
        if "caption" in names or (CAPTION.match(text) and len(text) < LONGEST_ADDRESSEE and look.alignment == "center"):
            return "caption", 0
        if "letterhead" in names or all(run.look.color == "FF0000" for run in runs):
            return "letterhead", 0
        if names & OTHER_STYLES or element.find(f"{W}pPr/{W}framePr") is not None:
            return "other", 0
        return self._official_role(text, look, runs, names)

    def _official_role(self, text: str, look: Look, runs: tuple[Run, ...], names: set[str]) -> tuple[str, int]:
        size = max(run.look.size_pt for run in runs)
        if "title" in names or (not self._has_text and look.alignment == "center" and size >= TITLE_PT):
            return "title", 0
        if "annex heading" in names or (ANNEX.match(text) and self._has_text):
            return "annex", 0
        if ATTACHMENTS.match(text) or (self._before == "attachments" and re.match(r"^\d+\s*[.．]", text)):
            return "attachments", 0
        if look.level is not None:
            return "heading", look.level + 1
        if not self._has_text and text.endswith(("：", ":")) and len(text) < LONGEST_ADDRESSEE:
            return "addressee", 0
        if DATE.match(text):
            return "date", 0
        if look.alignment == "right":
            return "signature", 0
        if NOTE.match(text) or (look.alignment == "center" and not self._has_text):
            return "other", 0
        level = next((level for level, form in TYPED_HEADINGS if form.match(text)), 0)
        if level and len(text) <= LONGEST_HEADING and not text.endswith(("。", "；", "：", ".", ";")):
            return "heading", level
        return "body", 0


def read_pieces(body: Any, styles: Styles) -> Iterator[Piece]:
    """The paragraphs of a document's body in order, those of tables included, those of text boxes left out."""
    reader = _Reader(styles)
    tables = {table: number for number, table in enumerate(outer_tables(body), 1)}
    for element in body.iter(f"{W}p"):
        table = 0
        for ancestor in element.iterancestors():
            if ancestor.tag == f"{W}txbxContent":
                break
            table = tables.get(ancestor, table)
        else:
            yield reader.piece(element, table)


def outer_tables(body: Any) -> list[Any]:
    """The tables that do not stand in another table or a text box."""
    return [table for table in body.iter(f"{W}tbl") if next(table.iterancestors(f"{W}tbl", f"{W}txbxContent"), None) is None]


def is_chinese(pieces: list[Piece]) -> bool:
    """Whether a document is written in Chinese: every third of its letters is."""
    text = "".join(piece.text for piece in pieces[:400])
    letters = sum(sign.isalpha() for sign in text)
    return letters == 0 or 3 * len(CJK.findall(text)) >= letters
