"""What a target is: something that reads bytes of others, what it may refuse them with, and examples to begin with."""

import copy
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Any

from lxml import etree

from questionnaires.errors import SurveyError

CELLS = ('<c r="A1"', 't="inlineStr"', 't="s"', "<v>", "</v>", '<f t="array"', '<mergeCell ref="A1:B2"/>', 't="e"', 't="d"', "1E999", "-1")
"""Words of a workbook's sheet."""


@dataclass(frozen=True)
class Target:
    """`read` may raise nothing but `refuses`; `words` are what a change is made of beside single bytes.

    Of data of the `kind` "json" or "xml" most changes are to values or elements, so that they stay what they are; `n_before` bytes stand
    before them. `runs` is how often it is read in a run of the long tests; slow ones less often.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    refuses: tuple[type[Exception], ...] = (SurveyError,)
    words: tuple[str, ...] = ()
    kind: str = ""
    n_before: int = 0
    runs: int = 5000


@dataclass(frozen=True)
class Archive:
    """A zip of which the fuzzer changes one part: the first byte of its data says which, the others are the part."""

    parts: dict[str, bytes]

    @classmethod
    def of(cls, data: bytes, endings: tuple[str, ...] = (".xml", ".rels")) -> "Archive":
        """The archive in these bytes; parts of other endings stay as they are."""
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = sorted(archive.namelist(), key=lambda name: (not name.endswith(endings), name))
            return cls({name: archive.read(name) for name in entries})

    @property
    def seeds(self) -> tuple[bytes, ...]:
        """Every part as it is."""
        return tuple(bytes([number]) + part for number, part in enumerate(self.parts.values()))

    def packed(self, data: bytes) -> bytes:
        """The archive with the part that the data are; for a number that no part has, bytes of the archive itself are other ones."""
        number, content = (data[0], data[1:]) if data else (0, b"")
        held = BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, (name, part) in enumerate(self.parts.items()):
                archive.writestr(name, content if place == number else part)
        whole = held.getvalue()
        if number < len(self.parts):
            return whole
        at = int.from_bytes(content[:4]) % len(whole)
        return whole[:at] + content[4:] + whole[at + len(content[4:]) :]


ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**30, 2**31, 2**63, 1.5, float("inf"), float("nan"), "", " ", "²", "١", "\0", "\ud800", "0" * 70, "9" * 40),
    *([], {}, [[]], [{}], {"": ""}, [None], ["x", 1], "2018-02-30", "9999-12-31T23:59:59.999+00:01", "0001-01-01T00:00:00+14:00"),
)
"""What a value may be instead of what is expected."""
TEXTS = tuple(each if isinstance(each, str) else str(each) for each in ODD if each not in ("\0", "\ud800"))
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def changed(data: bytes, kind: str, rng: Random) -> bytes | None:
    """A document of this kind with something else in it; None for data that are none."""
    return {"json": with_other_value, "xml": with_other_element}[kind](data, rng)


def with_other_value(data: bytes, rng: Random) -> bytes | None:
    """The JSON document with another value somewhere; None for data that are none."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    places: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        each = waiting.pop()
        inside = list(each.items()) if isinstance(each, dict) else list(enumerate(each)) if isinstance(each, list) else []
        places += [(each, key) for key, _ in inside]
        waiting += [value for _, value in inside]
    if not places:
        return json.dumps(rng.choice(ODD)).encode()
    holder, key = rng.choice(places)
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1:
            holder[key] = [holder[key]] * rng.choice((1, 2, 600))
        case 2:
            other, other_key = rng.choice(places)
            if other_key in other if isinstance(other, dict) else other_key < len(other):
                holder[key] = json.loads(json.dumps(other[other_key]))
        case _:
            holder[key] = rng.choice(ODD)
    return json.dumps(document).encode()


def with_other_element(data: bytes, rng: Random) -> bytes | None:
    """The XML with another text or attribute somewhere, an element less, once more, elsewhere or under another name."""
    try:
        root = etree.fromstring(data, PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None
    elements = list(root.iter(etree.Element))
    element, other = rng.choice(elements), rng.choice(elements)
    parent = element.getparent()
    text = rng.choice((*TEXTS, other.text or "", element.text or "", *other.attrib.values()))
    match rng.randrange(8):
        case 0 if parent is not None:
            parent.remove(element)
        case 1 if len(data) < 100_000:
            element.addnext(copy.deepcopy(other)) if parent is not None else element.append(copy.deepcopy(other))
        case 2 if (
            other not in element.iter() and element not in other.iterancestors() and parent is not None and element not in other.iter()
        ):
            other.append(element)
        case 3:
            element.tag = rng.choice((other.tag, other.tag, "x"))
        case 4 | 5 if element.attrib:
            element.set(rng.choice(list(element.attrib)), text)
        case 6 if element.attrib:
            del element.attrib[rng.choice(list(element.attrib))]
        case 7:
            element.append(rng.choice((etree.Comment("x"), etree.ProcessingInstruction("x", "y"))))
        case _:
            element.text = text
    return etree.tostring(root)
