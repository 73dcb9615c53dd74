"""Taking texts out of a Word file wherever they stand in its package: runs, charts, notes, comments, properties, record of figures."""

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any

from lxml import etree

from analysis.damaged import OF_ARCHIVES
from analysis.report.live.package import with_parts
from analysis.report.official.package import MAX_BYTES, MAX_PARTS, PARSER, W, open_package
from analysis.report.outward.patterns import EVERYDAY

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RUNS = {f"{W}t": f"{W}p", f"{W}delText": f"{W}p", f"{A}t": f"{A}p"}
"""The elements that hold the text of a run, each with the paragraph that joins them: a name may begin in one run and end in the next."""
EMBEDDED_DEPTH = 2


def without_texts(content: bytes, texts: Collection[str], replacement: str, *, name: str = "file") -> bytes:
    """The file with `replacement` in place of each of the texts, whatever blanks stand between their signs; the same bytes without any.

    What lies in the data of pictures and in names of parts stays. Texts of one sign, and everyday words, are not looked for.
    UNREADABLE_DOCUMENT for a file that is none of Word's or damaged.
    """
    pattern = _pattern(texts)
    if pattern is None:
        return content
    return _without(content, open_package(content, name).parts, pattern, replacement, EMBEDDED_DEPTH)


def text_without(text: str, texts: Collection[str], replacement: str) -> str:
    """The same of a plain text."""
    pattern = _pattern(texts)
    return text if pattern is None else pattern.sub(replacement, text)


def _pattern(texts: Collection[str]) -> re.Pattern[str] | None:
    wanted = sorted({"".join(each.split()) for each in texts} - set(EVERYDAY), key=lambda each: (-len(each), each))
    spelled = [_spelled(each) for each in wanted if len(each) > 1]
    return re.compile("|".join(spelled)) if spelled else None


def _spelled(text: str) -> str:
    signs = r"\s*".join(map(re.escape, text))
    return rf"(?<![0-9A-Za-z]){signs}(?![0-9A-Za-z])" if text.isascii() else signs


def _without(content: bytes, parts: Mapping[str, bytes], pattern: re.Pattern[str], replacement: str, depth: int) -> bytes:
    replaced = {}
    for part, blob in parts.items():
        if part.endswith((".xml", ".rels", ".vml")):
            new = _without_in_xml(blob, pattern, replacement)
        elif depth and blob[:2] == b"PK":
            new = _without(blob, _embedded(blob), pattern, replacement, depth - 1)
        else:
            continue
        if new != blob:
            replaced[part] = new
    return with_parts(content, replaced) if replaced else content


def _embedded(blob: bytes) -> dict[str, bytes]:
    """The parts of a package within the file, such as the workbook of a chart; nothing of one that is damaged or unpacks to too much."""
    try:
        with zipfile.ZipFile(BytesIO(blob)) as package:
            if sum(each.file_size for each in package.infolist()) > MAX_BYTES or len(package.infolist()) > MAX_PARTS:
                return {}
            return {each.filename: package.read(each) for each in package.infolist()}
    except OF_ARCHIVES:
        return {}


def _without_in_xml(blob: bytes, pattern: re.Pattern[str], replacement: str) -> bytes:
    try:
        root = etree.fromstring(blob, PARSER)
    except etree.XMLSyntaxError:
        return blob
    is_changed = False
    for runs in _paragraphs(root):
        is_changed |= _replace(runs, pattern, replacement)
    for element in root.iter():
        is_changed |= _replace_around(element, pattern, replacement)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True) if is_changed else blob


def _paragraphs(root: Any) -> Iterator[list[Any]]:
    """The runs of each paragraph, those of a paragraph within another one by themselves."""
    found: dict[Any, list[Any]] = {}
    for run in root.iter(*RUNS):
        found.setdefault(next(run.iterancestors(RUNS[run.tag]), root), []).append(run)
    yield from found.values()


def _replace(runs: list[Any], pattern: re.Pattern[str], replacement: str) -> bool:
    """Whether anything was replaced: the run in which a text begins gets the replacement, those that it goes on in lose their part."""
    found = list(pattern.finditer("".join(each.text or "" for each in runs)))
    for match in reversed(found):
        at, new = 0, replacement
        for run in runs:
            text = run.text or ""
            start, end = max(match.start() - at, 0), min(match.end() - at, len(text))
            if start < end:
                run.text, new = text[:start] + new + text[end:], ""
            at += len(text)
    return bool(found)


def _replace_around(element: Any, pattern: re.Pattern[str], replacement: str) -> bool:
    """Whether anything was replaced in the element's own text, what follows it, and its attributes."""
    is_changed = False
    for place in ("text", "tail"):
        value = getattr(element, place)
        if value and pattern.search(value):
            setattr(element, place, pattern.sub(replacement, value))
            is_changed = True
    if isinstance(element.tag, str):
        for key, value in element.attrib.items():
            if pattern.search(value):
                element.set(key, pattern.sub(replacement, value))
                is_changed = True
    return is_changed
