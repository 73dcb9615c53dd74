"""Where in the bytes of a part of a Word document its controls, texts and pictures stand, so that single places can be replaced.

The part is walked once, as a stream of events with their places; nothing of it is written anew that is not replaced.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from analysis.report.official.package import refusal

BOUND = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ROOT = re.compile(rb"<[A-Za-z_][^>]*>")
"""The first tag of a part, that of its root."""
DRAWINGS = ("wp:inline", "wp:anchor")
STARTS = frozenset(
    ("w:t", "w:p", "w:sdt", "w:sdtPr", "w:tag", "w:id", "w:showingPlcHdr", "w:sdtContent", "w:br", "w:cr", "w:tab", "w:del", "w:moveFrom")
    + DRAWINGS
    + ("wp:docPr", "wp:extent", "a:ext", "a:blip", "c:chart")
)
ENDS = frozenset(("w:t", "w:p", "w:sdtPr", "w:sdtContent", "w:sdt", "w:del", "w:moveFrom", *DRAWINGS))
"""The elements whose beginning or end tells something. In `w:del` and `w:moveFrom` is what was deleted or moved with changes tracked."""


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
class Scan:
    """What was found in one part, in order; `root_end` is where its root's tag ends."""

    content: bytes
    controls: list[Control] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
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
    """The controls, texts and pictures of a part. UNREADABLE_DOCUMENT for one that is damaged, or that no word processor wrote."""
    root = ROOT.search(content)
    if root is None or BOUND not in root.group():
        raise refusal(name, "damaged", part)
    walk = _Walk(Scan(content))
    try:
        walk.run()
    except expat.ExpatError as error:
        raise refusal(name, "damaged", part) from error
    return walk.found


class _Walk:
    """One walk over a part. Names are taken with their prefixes, which are the same in all files of word processors."""

    def __init__(self, found: Scan) -> None:
        self.found = found
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.buffer_text = True
        self._open: list[int] = []
        """The controls that are open, by their places in `found.controls`."""
        self._in_properties = 0
        self._taken_away = 0
        self._paragraphs: list[int] = []
        self._piece: Piece | None = None
        self._picture: PictureTags | None = None

    def run(self) -> None:
        self._parser.Parse(self.found.content, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in STARTS:
            return
        at = self._parser.CurrentByteIndex
        if name.startswith("w:"):
            self._start_of_word(name[2:], at, attributes)
        else:
            self._start_of_drawing(name, at, attributes)

    def _start_of_word(self, name: str, at: int, attributes: dict[str, str]) -> None:
        found = self.found
        match name:
            case "t":
                self._add_piece(found.content.index(b">", at) + 1, at, is_break=False)
            case "p":
                self._paragraphs.append(found.n_paragraphs)
                found.n_paragraphs += 1
            case "sdt":
                parent = self._open[-1] if self._open else None
                self._open.append(len(found.controls))
                found.controls.append(Control("", at, parent, self._taken_away > 0))
            case "sdtPr":
                self._in_properties += 1
            case "tag" | "id" | "showingPlcHdr" if self._in_properties and self._open:
                self._property(name, attributes.get("w:val", ""))
            case "sdtContent" if self._open:
                found.controls[self._open[-1]].content_start = found.content.index(b">", at) + 1
            case "del" | "moveFrom":
                self._taken_away += 1
            case "br" | "cr" | "tab":
                self._add_piece(at, at, is_break=True)

    def _property(self, name: str, value: str) -> None:
        control = self.found.controls[self._open[-1]]
        if name == "tag":
            control.tag = value
        elif name == "showingPlcHdr":
            control.is_placeholder = value not in ("0", "false", "off")
        elif value.lstrip("-").isdecimal():
            control.number = int(value)
            self.found.largest_number = max(self.found.largest_number, control.number)

    def _add_piece(self, start: int, at: int, *, is_break: bool) -> None:
        found = self.found
        is_empty = not is_break and found.content[start - 2 : start] == b"/>"
        control = self._open[-1] if self._open else None
        paragraph = self._paragraphs[-1] if self._paragraphs else -1
        first, last = (at, start) if is_empty else (start, start)
        piece = Piece(first, last, "\n" if is_break else "", paragraph, control, self._taken_away > 0, is_break)
        for each in self._open:
            found.controls[each].pieces.append(len(found.pieces))
        found.pieces.append(piece)
        self._piece = None if is_break or is_empty else piece

    def _start_of_drawing(self, name: str, at: int, attributes: dict[str, str]) -> None:
        if name in DRAWINGS:
            self._picture = PictureTags()
            for each in self._open:
                self.found.controls[each].pictures.append(self._picture)
        elif self._picture is None:
            return
        elif name == "wp:docPr":
            self._picture.properties, self._picture.description = at, attributes.get("descr", "")
        elif name == "wp:extent":
            self._picture.extents.append(at)
            self._picture.width = int(attributes.get("cx") or 0)
        elif name == "a:ext" and "cx" in attributes:
            self._picture.extents.append(at)
        elif name == "c:chart":
            self._picture.is_chart = True
        elif name == "a:blip":
            self._picture.relation = attributes.get("r:embed", "")

    def _end(self, name: str) -> None:
        if name not in ENDS:
            return
        at = self._parser.CurrentByteIndex
        match name:
            case "w:t" if self._piece is not None:
                self._piece.end = at
                self._piece = None
            case "w:p":
                self._paragraphs.pop()
            case "w:sdtPr":
                self._in_properties -= 1
            case "w:sdtContent" if self._open:
                control = self.found.controls[self._open[-1]]
                control.content_end = max(at if self._is_end_tag(at) else control.content_start, control.content_start)
            case "w:sdt":
                self.found.controls[self._open.pop()].end = self._tag_end(at)
            case "w:del" | "w:moveFrom":
                self._taken_away -= 1
            case "wp:inline" | "wp:anchor":
                self._picture = None

    def _is_end_tag(self, at: int) -> bool:
        return self.found.content[at : at + 2] == b"</"

    def _tag_end(self, at: int) -> int:
        return self.found.content.index(b">", at) + 1 if self._is_end_tag(at) else at

    def _text(self, data: str) -> None:
        if self._piece is not None:
            self._piece.text += data


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
