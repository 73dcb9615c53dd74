"""What running text calls from elsewhere: footnotes and their part of the package, references to tables and pictures by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from analysis.report.official.apparatus import automatic_key
from analysis.report.outline import Block, Picture, Table
from analysis.report.texts import Reference
from analysis.report.word.runs import field_xml, paragraph_xml, run_xml

SEQUENCES: Mapping[str, Mapping[str, str]] = {"zh": {"table": "表", "picture": "图"}, "en": {"table": "Table", "picture": "Figure"}}
BOOKMARKS = {"table": 100_000_000, "picture": 200_000_000}
"""Where the numbers in the names of bookmarks begin, which Word wants of nine digits."""
SEPARATORS = {"separator": -1, "continuationSeparator": 0}
CIRCLED = "<w:numFmt w:val='decimalEnclosedCircleChinese'/>"
AFTER_FOOTNOTES = ("w:endnotePr", "w:compat", "w:docVars", "w:rsids", "w:clrSchemeMapping", "w:decimalSymbol")


def numbers_of(blocks: Sequence[Block]) -> dict[str, tuple[str, int]]:
    """The kind and number of every table and picture, by its own key and by the one it has from its number."""
    counts = {"table": 0, "picture": 0}
    found: dict[str, tuple[str, int]] = {}
    for block in blocks:
        if isinstance(block, Table | Picture):
            kind = "table" if isinstance(block, Table) else "picture"
            counts[kind] += 1
            found[automatic_key(kind, counts[kind])] = kind, counts[kind]
            if block.key:
                found[block.key] = kind, counts[kind]
    return found


@dataclass(slots=True)
class Marks:
    """The footnotes and references of one document. `numbers` as `numbers_of`, `footnote_style` and `note_style` are ids of styles."""

    language: str
    numbers: Mapping[str, tuple[str, int]]
    call_style: str = "FootnoteReference"
    note_style: str = "FootnoteText"
    notes: list[str] = field(default_factory=list)
    n_bookmarks: int = 0

    def call(self, note_xml: str) -> str:
        """The run that calls a footnote whose runs are `note_xml`."""
        self.notes.append(note_xml)
        style = f"<w:rPr><w:rStyle w:val='{self.call_style}'/></w:rPr>"
        return f"<w:r>{style}<w:footnoteReference w:id='{len(self.notes)}'/></w:r>"

    def refer(self, reference: Reference) -> str:
        """The field that shows the number of a table or picture; KeyError for a key that the outline has not."""
        kind, number = self.numbers[reference.key]
        return field_xml(f" REF {_bookmark(kind, number)} \\h ", label_of(kind, number, self.language), self.language)

    def caption(self, kind: str, number: int, text: str) -> str:
        """The runs of a caption: its label and number as a field within a bookmark, then the text."""
        name = SEQUENCES[self.language][kind]
        bookmark = f"w:id='{self.next_bookmark()}'"
        label = run_xml(name if self.language == "zh" else f"{name} ", self.language)
        sequence = field_xml(f" SEQ {name} \\* ARABIC ", str(number), self.language)
        after = f"　{text}" if self.language == "zh" else f". {text}"
        return (
            f"<w:bookmarkStart {bookmark} w:name='{_bookmark(kind, number)}'/>{label}{sequence}<w:bookmarkEnd {bookmark}/>"
            f"{run_xml(after, self.language)}"
        )

    def next_bookmark(self) -> int:
        """The id of the next bookmark of the document."""
        self.n_bookmarks += 1
        return self.n_bookmarks

    def add_notes(self, document: WordDocument) -> None:
        """Nothing; the footnotes lie in the document's package, numbered anew on every page in Chinese. A part that is there is kept."""
        if not self.notes:
            return
        root = "".join(
            f"<w:footnote w:type='{kind}' w:id='{number}'><w:p><w:pPr><w:spacing w:line='240' w:lineRule='auto'/></w:pPr>"
            f"<w:r><w:{kind}/></w:r></w:p></w:footnote>"
            for kind, number in SEPARATORS.items()
        )
        call = f"<w:r><w:rPr><w:rStyle w:val='{self.call_style}'/></w:rPr><w:footnoteRef/></w:r>"
        space = run_xml(" ", self.language)
        for number, note in enumerate(self.notes, 1):
            root += f"<w:footnote w:id='{number}'>{paragraph_xml(call + space + note, self.note_style)}</w:footnote>"
        content = f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?><w:footnotes {nsdecls('w')}>{root}</w:footnotes>"
        package = document.part.package
        part = Part(PackURI("/word/footnotes.xml"), CT.WML_FOOTNOTES, content.encode(), package)
        document.part.relate_to(part, RT.FOOTNOTES)
        self._set_numbers(document)

    def _set_numbers(self, document: WordDocument) -> None:
        settings = document.settings.element
        for old in settings.findall(qn("w:footnotePr")):
            settings.remove(old)
        form = f"{CIRCLED}<w:numRestart w:val='eachPage'/>" if self.language == "zh" else ""
        separators = "".join(f"<w:footnote w:id='{number}'/>" for number in SEPARATORS.values())
        element = parse_xml(f"<w:footnotePr {nsdecls('w')}>{form}{separators}</w:footnotePr>")
        later = next((each for each in settings if each.tag in map(qn, AFTER_FOOTNOTES)), None)
        if later is not None:
            later.addprevious(element)
        else:
            settings.append(element)


def label_of(kind: str, number: int, language: str) -> str:
    """The label of a table or picture in running text: "表3", "Figure 2"."""
    return f"{SEQUENCES[language][kind]}{'' if language == 'zh' else ' '}{number}"


def _bookmark(kind: str, number: int) -> str:
    return f"_Ref{BOOKMARKS[kind] + number}"
