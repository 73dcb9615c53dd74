"""What a document keeps of its figures, in a part of its own in the file's package: read from it, written for it.

A part that is not well-formed, has a document type, or is of a later format is no record of ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from lxml import etree

from analysis.report.live.origin import Evidence
from analysis.report.official.package import PARSER

NAMESPACE = "urn:oversight-survey:live-figures:1"
PART_NAME = "/customXml/item1.xml"
PROPERTIES_NAME = "/customXml/itemProps1.xml"
ITEM_ID = "{5B0C5C0E-7E1B-4B7C-9C55-0D1E4C0F6B18}"
PROPERTIES = (
    "<?xml version='1.0' encoding='UTF-8' standalone='no'?>"
    f"<ds:datastoreItem xmlns:ds='http://schemas.openxmlformats.org/officeDocument/2006/customXml' ds:itemID='{ITEM_ID}'>"
    f"<ds:schemaRefs><ds:schemaRef ds:uri='{NAMESPACE}'/></ds:schemaRefs></ds:datastoreItem>"
)
_SPECIAL = re.compile(r"""[<>&"\n\t\r]""")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure, table or picture (`kind`) by its tag: its address, its text (of a table the digest, of a picture its description)."""

    kind: str
    tag: str
    address: str
    text: str
    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one document: the hashes of its datasets, the parameters it was drafted by, and its entries."""

    dataset_hash: str
    parameters: Mapping[str, str]
    entries: tuple[Entry, ...]

    def by_tag(self) -> dict[str, Entry]:
        """The entries by their tags."""
        return {entry.tag: entry for entry in self.entries}


def record_xml(record: Record) -> bytes:
    """The record as the content of its part."""
    lines = [f"<parameter name={_quoted(name)} value={_quoted(value)}/>" for name, value in record.parameters.items()]
    lines += [_entry_xml(entry) for entry in record.entries]
    head = "<?xml version='1.0' encoding='utf-8'?>\n"
    return f'{head}<live xmlns="{NAMESPACE}" dataset={_quoted(record.dataset_hash)}>{"".join(lines)}</live>'.encode()


def _entry_xml(entry: Entry) -> str:
    evidence = entry.evidence
    told = f"<{entry.kind} tag={_quoted(entry.tag)} address={_quoted(entry.address)} text={_quoted(entry.text)}"
    for name, word in (("label", evidence.label), ("basis", evidence.basis), ("unit", evidence.unit)):
        if word:
            told += f" {name}={_quoted(word)}"
    for name, number in (("n", evidence.n), ("value", evidence.value), ("reference", evidence.reference)):
        if number is not None:
            told += f' {name}="{number if name == "n" else repr(float(number))}"'
    return f"{told}/>"


def _quoted(text: str) -> str:
    """The text as an attribute's value, its line breaks kept."""
    if not _SPECIAL.search(text):
        return f'"{text}"'
    return quoteattr(text, {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def read_record(content: bytes) -> Record | None:
    """The record that the content of a part holds; None when it holds none."""
    if NAMESPACE.encode() not in content or b"<!DOCTYPE" in content:
        return None
    try:
        root = etree.fromstring(content, PARSER)
    except etree.XMLSyntaxError:
        return None
    if root.tag != f"{{{NAMESPACE}}}live":
        return None
    parameters, entries = {}, []
    for element in root.iterchildren(tag=etree.Element):
        kind, told = element.tag.rpartition("}")[2], dict(element.items())
        if kind == "parameter":
            parameters[told.get("name", "")] = told.get("value", "")
        elif kind in ("figure", "table", "picture") and told.get("tag"):
            entries.append(_entry(kind, told))
    return Record(root.get("dataset", ""), parameters, tuple(entries))


def _entry(kind: str, told: Mapping[str, str]) -> Entry:
    count = told.get("n", "")
    value, reference = (float(text) if NUMBER.fullmatch(text := told.get(name, "")) else None for name in ("value", "reference"))
    evidence = Evidence(
        label=told.get("label", ""),
        n=int(count) if count.isdecimal() and len(count) < 10 else None,
        basis=told.get("basis", ""),
        unit=told.get("unit", ""),
        value=value,
        reference=reference,
    )
    return Entry(kind, told["tag"], told.get("address", ""), told.get("text", ""), evidence)
