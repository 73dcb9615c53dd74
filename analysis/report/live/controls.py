"""Content controls of WordprocessingML as text: around a figure within a line, around a table or the paragraph of a picture.

A control shows nothing on paper. In Word it shows its name where it is pointed at, and its tag leads to the record (`record.py`).
"""

import hashlib
from xml.sax.saxutils import quoteattr

from analysis.report.live.origin import Evidence, Origin
from analysis.report.live.record import Entry, Record
from analysis.report.texts import Figure
from analysis.report.word.runs import run_xml

TAG_LIMIT = 64
"""The longest tag that Word takes."""
ALIAS_LIMIT = 60


def tag_of(address: str) -> str:
    """The tag of a figure's control: its address, or where that is too long its kind and digest; the same address has the same tag."""
    if len(address) <= TAG_LIMIT:
        return address
    return f"{address.split(':', 1)[0]}:{hashlib.sha256(address.encode()).hexdigest()[:24]}"


class Controls:
    """Makes the controls of one document and remembers what each is; numbers count up, so that the same document has the same bytes."""

    def __init__(self, origin: Origin | None, *, first_number: int = 1) -> None:
        self._origin = origin
        self._entries: dict[str, Entry] = {}
        self._number = first_number

    def figure(self, figure: Figure, language: str, properties: str = "") -> str:
        """The figure as a run within its control."""
        evidence = self._evidence(figure.address)
        tag = self._remember("figure", figure.address, figure.text, evidence)
        return self._control(tag, evidence.label or _name_of(figure.address), run_xml(figure.text, language, properties))

    def table(self, key: str, caption: str, table_xml: str, digest: str) -> str:
        """The table within its control; alone where the document has no origin, because nothing could draw it anew."""
        return self._block("table", key, caption, table_xml, digest)

    def picture(self, key: str, caption: str, paragraph_xml: str, alt: str) -> str:
        """The paragraph of a picture within its control; alone where the document has no origin."""
        return self._block("picture", key, caption, paragraph_xml, alt)

    def record(self) -> Record | None:
        """What the document keeps of its figures; None when it has neither figures nor an origin."""
        if self._origin is None and not self._entries:
            return None
        origin = self._origin or Origin("", {})
        return Record(origin.dataset_hash, dict(origin.parameters), tuple(self._entries.values()))

    def entries(self) -> dict[str, Entry]:
        """What the controls made so far are, by their tags."""
        return dict(self._entries)

    def _block(self, kind: str, key: str, caption: str, content: str, text: str) -> str:
        if self._origin is None:
            return content
        tag = self._remember(kind, f"{kind}:{key or caption}", text, Evidence(label=caption))
        return self._control(tag, caption, content)

    def _evidence(self, address: str) -> Evidence:
        return self._origin.evidence.get(address, Evidence()) if self._origin else Evidence()

    def _remember(self, kind: str, address: str, text: str, evidence: Evidence) -> str:
        tag = tag_of(address)
        self._entries.setdefault(tag, Entry(kind, tag, address, text, evidence))
        return tag

    def _control(self, tag: str, alias: str, content: str) -> str:
        name = alias if len(alias) <= ALIAS_LIMIT else f"{alias[: ALIAS_LIMIT - 1]}…"
        properties = f"<w:alias w:val={quoteattr(name)}/><w:tag w:val={quoteattr(tag)}/><w:id w:val='{self._number}'/>"
        self._number += 1
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _name_of(address: str) -> str:
    """A name for a figure of which only the address is known."""
    return address.split(":", 1)[-1].split("!", 1)[0]
