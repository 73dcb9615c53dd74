"""Where in the bytes of a part of a Word document its controls, texts, tables and pictures stand, so that single places can be replaced.

The part, which is well-formed XML, is walked once from tag to tag; nothing of it is written anew that is not replaced.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from analysis.report.official.package import refusal

BOUND = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ROOT = re.compile(rb"<[A-Za-z_][^>]*>")
"""The first tag of a part, that of its root."""
DRAWINGS = (b"wp:inline", b"wp:anchor")
IN_PROPERTIES = (b"w:tag", b"w:id", b"w:showingPlcHdr")
BREAKS = (b"w:br", b"w:cr", b"w:tab")
TAKEN_AWAY = (b"w:del", b"w:moveFrom")
"""In these is what was deleted or moved with changes tracked."""
_TAGS = re.compile(
    rb"<(?:(w:(?:t|p|sdt|sdtPr|tag|id|sdtContent|showingPlcHdr|br|cr|tab|del|moveFrom|tbl|tr|tc|footnoteReference)"
    rb"|wp:(?:inline|anchor|docPr|extent)|a:(?:ext|blip)|c:chart)"
    rb"""(?=[\s/>])([^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*)>"""
    rb"|/(w:(?:p|sdtPr|sdtContent|sdt|del|moveFrom|tbl|tc)|wp:(?:inline|anchor))\s*>"
    rb"|!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>)",
    re.DOTALL,
)
"""The tags whose beginning or end tells something, and what is no tag though it may look like one. Names are taken with their prefixes,
which are the same in all files of word processors."""
_TO_NEXT_TAG = re.compile(rb"[^<]*(?:(?:<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>)[^<]*)*", re.DOTALL)
_MARKUP = re.compile(r"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,12}")
_ENTITY = re.compile(r"&(#x[0-9A-Fa-f]+|#\d+|lt|gt|amp|quot|apos);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


@dataclass(slots=True)
class Piece:
    """One text of a run: the place of its content, or of the whole element where it has none; `control` is the one around it."""

    start: int
    end: int
    text: str
    paragraph: int
    control: int | None
    is_taken_away: bool
    is_break: bool = False


@dataclass(slots=True)
class Control:
    """One content control: its tag, where it and its content stand, what is in it."""

    tag: str
    start: int
    parent: int | None
    is_taken_away: bool
    end: int = 0
    content_start: int = -1
    content_end: int = -1
    number: int | None = None
    is_placeholder: bool = False
    pieces: list[int] = field(default_factory=list)
    pictures: list["PictureTags"] = field(default_factory=list)


@dataclass(slots=True)
class PictureTags:
    """Where the tags of one picture begin that name its part, its description and its size; -1 for one that is not there."""

    relation: str = ""
    description: str = ""
    properties: int = -1
    is_chart: bool = False
    extents: list[int] = field(default_factory=list)
    width: int = 0


@dataclass(slots=True)
class Cell:
    """One cell of a table: its paragraphs by number, its texts by their places, and the runs in it that call footnotes."""

    paragraphs: list[int] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    calls: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class TableTags:
    """Where one table begins and ends, and the cells of its rows; those of a table within a cell hold for both."""

    start: int
    end: int = 0
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(slots=True)
class Scan:
    """What was found in one part, in order; tables by the place where they begin."""

    content: bytes
    controls: list[Control] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    tables: dict[int, TableTags] = field(default_factory=dict)
    n_paragraphs: int = 0
    largest_number: int = 0

    def text_of(self, control: Control) -> str:
        """What the control reads as, without what was taken away."""
        return "".join(piece.text for piece in self.live_pieces(control))

    def live_pieces(self, control: Control) -> list[Piece]:
        """The texts in the control that stand in the document."""
        return [self.pieces[place] for place in control.pieces if not self.pieces[place].is_taken_away]

    def is_within(self, place: int, places: Collection[int]) -> bool:
        """Whether the control at `place` stands within one of those at `places`."""
        parent = self.controls[place].parent
        while parent is not None:
            if parent in places:
                return True
            parent = self.controls[parent].parent
        return False

    def paragraphs(self) -> Mapping[int, list[Piece]]:
        """The texts of every paragraph that stand in the document, by its number."""
        found: dict[int, list[Piece]] = {}
        for piece in self.pieces:
            if not piece.is_taken_away:
                found.setdefault(piece.paragraph, []).append(piece)
        return found


def scan(content: bytes, name: str, part: str = "word/document.xml") -> Scan:
    """The controls, texts, tables and pictures of a part that is well-formed. UNREADABLE_DOCUMENT for one that no word processor wrote."""
    root = ROOT.search(content)
    if root is None or BOUND not in root.group():
        raise refusal(name, "damaged", part)
    walk = _Walk(Scan(content))
    try:
        walk.run()
    except UnicodeDecodeError as error:
        raise refusal(name, "damaged", part) from error
    return walk.found


class _Walk:
    """One walk over a part."""

    def __init__(self, found: Scan) -> None:
        self.found = found
        self._open: list[int] = []
        """The controls that are open, by their places in `found.controls`."""
        self._in_properties = 0
        self._taken_away = 0
        self._paragraphs: list[int] = []
        self._tables: list[TableTags] = []
        self._cells: list[Cell] = []
        self._picture: PictureTags | None = None

    def run(self) -> None:
        for match in _TAGS.finditer(self.found.content):
            name = match[1]
            if name is None:
                if match[3] is not None:
                    self._end(match[3], match.start(), match.end())
                continue
            attributes, at, after = match[2], match.start(), match.end()
            is_closed = attributes.endswith(b"/")
            if name == b"w:t":
                self._add_text(at, after, is_closed)
            elif name in IN_PROPERTIES:
                if self._in_properties and self._open:
                    self._property(name, _attribute(attributes, b"w:val"))
            else:
                self._start(name, attributes, at, after)
                if is_closed:
                    self._end(name, after, after)

    def _start(self, name: bytes, attributes: bytes, at: int, after: int) -> None:
        found = self.found
        if not name.startswith(b"w:"):
            self._start_of_drawing(name, at, attributes)
        elif name == b"w:sdt":
            parent = self._open[-1] if self._open else None
            self._open.append(len(found.controls))
            found.controls.append(Control("", at, parent, self._taken_away > 0))
        elif name == b"w:sdtPr":
            self._in_properties += 1
        elif name == b"w:sdtContent":
            if self._open:
                found.controls[self._open[-1]].content_start = after
        elif name == b"w:p":
            self._paragraphs.append(found.n_paragraphs)
            for cell in self._cells:
                cell.paragraphs.append(found.n_paragraphs)
            found.n_paragraphs += 1
        elif name in BREAKS:
            self._add_piece(at, at, "\n", is_break=True)
        elif name in TAKEN_AWAY:
            self._taken_away += 1
        else:
            self._start_of_table(name, at)

    def _start_of_table(self, name: bytes, at: int) -> None:
        if name == b"w:tbl":
            self._tables.append(TableTags(at))
        elif name == b"w:tr" and self._tables:
            self._tables[-1].rows.append([])
        elif name == b"w:tc" and self._tables and self._tables[-1].rows:
            cell = Cell()
            self._tables[-1].rows[-1].append(cell)
            self._cells.append(cell)
        elif name == b"w:footnoteReference" and self._cells and not self._taken_away:
            content = self.found.content
            start, end = max(content.rfind(b"<w:r>", 0, at), content.rfind(b"<w:r ", 0, at)), content.find(b"</w:r>", at)
            if 0 <= start < end:
                self._cells[-1].calls.append(content[start : end + len(b"</w:r>")])

    def _property(self, name: bytes, value: str) -> None:
        control = self.found.controls[self._open[-1]]
        if name == b"w:tag":
            control.tag = value
        elif name == b"w:showingPlcHdr":
            control.is_placeholder = value not in ("0", "false", "off")
        elif _NUMBER.fullmatch(value):
            control.number = int(value)
            self.found.largest_number = max(self.found.largest_number, control.number)

    def _add_text(self, at: int, after: int, is_closed: bool) -> None:
        if is_closed:
            self._add_piece(at, after, "")
            return
        content = self.found.content
        end = content.index(b"<", after)
        if content[end + 1 : end + 2] != b"/":
            end = _TO_NEXT_TAG.match(content, after).end()  # type: ignore[union-attr]  # it matches anything
        self._add_piece(after, end, _text(content[after:end]))

    def _add_piece(self, start: int, end: int, text: str, *, is_break: bool = False) -> None:
        found = self.found
        control = self._open[-1] if self._open else None
        paragraph = self._paragraphs[-1] if self._paragraphs else -1
        place = len(found.pieces)
        for each in self._open:
            found.controls[each].pieces.append(place)
        for cell in self._cells:
            cell.pieces.append(place)
        found.pieces.append(Piece(start, end, text, paragraph, control, self._taken_away > 0, is_break))

    def _start_of_drawing(self, name: bytes, at: int, attributes: bytes) -> None:
        if name in DRAWINGS:
            self._picture = PictureTags()
            for each in self._open:
                self.found.controls[each].pictures.append(self._picture)
        elif self._picture is None:
            return
        elif name == b"wp:docPr":
            self._picture.properties, self._picture.description = at, _attribute(attributes, b"descr")
        elif name == b"wp:extent":
            self._picture.extents.append(at)
            width = _attribute(attributes, b"cx")
            self._picture.width = int(width) if _NUMBER.fullmatch(width) else 0
        elif name == b"a:ext" and _attribute(attributes, b"cx"):
            self._picture.extents.append(at)
        elif name == b"c:chart":
            self._picture.is_chart = True
        elif name == b"a:blip":
            self._picture.relation = _attribute(attributes, b"r:embed")

    def _end(self, name: bytes, at: int, after: int) -> None:
        if name == b"w:sdtPr":
            self._in_properties -= 1
        elif name == b"w:sdtContent":
            if self._open:
                self.found.controls[self._open[-1]].content_end = at
        elif name == b"w:sdt":
            self.found.controls[self._open.pop()].end = after
        elif name == b"w:p":
            self._paragraphs.pop()
        elif name == b"w:tc":
            if self._cells:
                self._cells.pop()
        elif name == b"w:tbl":
            table = self._tables.pop()
            table.end = after
            self.found.tables[table.start] = table
        elif name in TAKEN_AWAY:
            self._taken_away -= 1
        elif name in DRAWINGS:
            self._picture = None


def _attribute(attributes: bytes, name: bytes) -> str:
    """The value of an attribute of a tag, "" when it has none."""
    at = attributes.find(b" " + name + b"=")
    if at < 0:
        # Blanks may stand around the sign, or a line break before the name.
        found = re.search(rb"\s" + name + rb"""\s*=\s*("[^"]*"|'[^']*')""", attributes)
        return _text(found[1][1:-1]) if found else ""
    start = at + len(name) + 3
    quote = attributes[start - 1 : start]
    return _text(attributes[start : attributes.index(quote, start)])


def _text(content: bytes) -> str:
    """What bytes of XML read as."""
    text = content.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        # What stands in a section of characters is taken as it is.
        kept = _MARKUP.sub(lambda found: (found[1] or "").replace("&", "&amp;"), text)
        return _ENTITY.sub(_entity, kept)
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name in _ENTITIES:
        return _ENTITIES[name]
    return chr(int(name[2:], 16) if name.startswith("#x") else int(name[1:]))


@dataclass(frozen=True, slots=True)
class Splice:
    """What is put in place of the bytes from `start` to `end`."""

    start: int
    end: int
    content: bytes


def spliced(content: bytes, splices: Sequence[Splice]) -> bytes:
    """The content with the splices made, which must not overlap; everything else is the same bytes."""
    parts, at = [], 0
    for splice in sorted(splices, key=lambda each: (each.start, each.end)):
        parts += [content[at : splice.start], splice.content]
        at = splice.end
    return b"".join([*parts, content[at:]])


def text_splices(found: Scan, control: Control, first: int, last: int, new: str) -> Iterator[Splice]:
    """The splices that put `new` in place of the characters from `first` to `last` of a control's text; runs keep their formatting."""
    at, is_written = 0, False
    for piece in found.live_pieces(control):
        start, end = max(first - at, 0), min(last - at, len(piece.text))
        if not piece.is_break and start < end:
            text = piece.text[:start] + ("" if is_written else new) + piece.text[end:]
            is_written = True
            yield Splice(piece.start, piece.end, escape(text).encode())
        at += len(piece.text)
