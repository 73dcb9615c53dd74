"""Whether anything is left in a Word file that could tell who was interviewed, or where: looked for in every part of its package."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from lxml import etree
from PIL import Image

from analysis.damaged import OF_ARCHIVES, OF_PICTURES
from analysis.report.official.package import MAX_BYTES, MAX_PARTS, PARSER, R, W, WordPackage, open_package
from analysis.report.outward.patterns import PATTERNS, names_in, short_village, squeezed

KINDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "head": "户主姓名",
        "member": "家庭成员姓名",
        "interviewer": "监督方人员姓名",
        "village": "村名",
        "code": "村的行政区划代码",
        "number": "户编号",
        "date": "名册中的日期",
        "id_number": "身份证号",
        "phone": "电话号码",
        "birth": "出生日期",
        "position": "位置坐标",
        "instance": "访谈记录编号",
        "place": "照片中的拍摄位置",
    },
    "en": {
        "head": "name of a household head",
        "member": "name of a member of a household",
        "interviewer": "name of somebody of the supervising side",
        "village": "name of a village",
        "code": "official code of a village",
        "number": "number of a household",
        "date": "date of the roster",
        "id_number": "identity number",
        "phone": "telephone number",
        "birth": "date of birth",
        "position": "position",
        "instance": "identifier of an interview",
        "place": "place where a photograph was taken",
    },
}
WHERE: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "text": "正文",
        "header": "页眉页脚",
        "notes": "脚注",
        "comments": "批注",
        "properties": "文档属性",
        "record": "数据记录",
        "picture": "图片信息",
        "name": "文件名",
        "other": "其他部分",
    },
    "en": {
        "text": "text",
        "header": "header or footer",
        "notes": "footnotes",
        "comments": "comments",
        "properties": "document properties",
        "record": "record of figures",
        "picture": "data of a picture",
        "name": "name of a part",
        "other": "another part",
    },
}
EMBEDDED_DEPTH = 2
READ = ("text", "header", "notes", "comments")
"""Where somebody reads: elsewhere a number with many decimals is no position."""
GPS_TAG = 0x8825
_NAMES = ("head", "member", "interviewer", "village")


@dataclass(frozen=True)
class FrameNames:
    """What is known of those who were visited: names by kind, codes of villages, numbers of households, dates; `public` may be said."""

    heads: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    interviewers: frozenset[str] = frozenset()
    villages: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    dates: frozenset[date] = frozenset()
    public: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is left: of which kind, where (a key of `WHERE`, and the part of the package), and what it says."""

    kind: str
    where: str
    part: str
    text: str

    def line(self, language: str) -> str:
        """The finding as one line."""
        place = f"{WHERE[language][self.where]}（{self.part}）" if language == "zh" else f"{WHERE[language][self.where]} ({self.part})"
        return (
            f"{place}：{KINDS[language][self.kind]}“{self.text}”"
            if language == "zh"
            else f"{place}: {KINDS[language][self.kind]} “{self.text}”"
        )


def check_anonymity(content: bytes, names: FrameNames, *, name: str = "file") -> tuple[Left, ...]:
    """Everything left in a Word file that tells of somebody, in the order of its parts; each once per part.

    UNREADABLE_DOCUMENT for a file that is none of Word's or damaged.
    """
    package = open_package(content, name)
    searching = _Searching(names)
    found: list[Left] = []
    for part, blob in package.parts.items():
        where = _where(package, part)
        found += searching.search("name", part, [part])
        found += searching.search(where, part, _texts_of(part, blob))
        if blob[:3] == b"\xff\xd8\xff" or blob[:8] == b"\x89PNG\r\n\x1a\n":
            found += _place_of(part, blob)
    return tuple(dict.fromkeys(found))


class _Searching:
    """Names made ready to be looked for."""

    def __init__(self, names: FrameNames) -> None:
        groups = (names.heads, names.members - names.heads, names.interviewers, _with_short(names.villages))
        self._names = dict(zip(_NAMES, groups, strict=True))
        self._public = names.public
        self._plain = {"code": names.codes, "number": frozenset(each for each in names.numbers if len(each) > 3 or not each.isdecimal())}
        self._dates = {form: day for day in names.dates for form in _forms_of(day)}

    def search(self, where: str, part: str, texts: Iterable[str]) -> Iterator[Left]:
        """What is found in the texts of one part."""
        whole = "\n".join(texts)
        for kind, pattern in PATTERNS.items():
            if kind == "position" and where not in READ:
                continue
            for match in pattern.finditer(whole):
                yield Left(kind, where, part, match.group().strip())
        plain = squeezed(whole)
        for kind, names in self._names.items():
            public = self._public if kind == "village" else self._public | self._names["village"]
            for found in names_in(whole, names, public):
                yield Left(kind, where, part, found)
        words = set(re.findall(r"[0-9A-Za-z][0-9A-Za-z-]*", whole))
        parts = {piece for word in words for piece in (word, *word.split("-"))}
        for kind, known in self._plain.items():
            for text in sorted(known & parts):
                yield Left(kind, where, part, text)
        for form in sorted(form for form in self._dates if form in plain):
            yield Left("date", where, part, form)


def _with_short(villages: Iterable[str]) -> frozenset[str]:
    """The names of villages, and how they are spoken: without 村 or 社区, where that leaves two signs."""
    found = set()
    for village in map(squeezed, villages):
        short = short_village(village)
        found |= {village, short} if len(short) > 1 else {village}
    return frozenset(found)


def _forms_of(day: date) -> tuple[str, ...]:
    """The day as it may be written, without blanks."""
    return (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.day}{day:%B%Y}",
    )


def _texts_of(part: str, blob: bytes) -> Iterator[str]:
    """The texts in a part: of XML paragraphs and attributes, of pictures what stands beside the points, of packages theirs."""
    if part.endswith((".xml", ".rels", ".vml")) or blob.lstrip()[:5] == b"<?xml":
        yield from _texts_of_xml(blob)
    elif blob[:2] == b"PK":
        yield from _texts_of_package(blob, EMBEDDED_DEPTH)
    else:
        yield from _texts_of_picture(blob)


def _texts_of_xml(blob: bytes) -> Iterator[str]:
    try:
        root = etree.fromstring(blob, PARSER)
    except etree.XMLSyntaxError:
        yield blob.decode("utf-8", "replace")
        return
    parts: list[str] = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            parts.append(f"\n{element.text or ''}\n")
            continue
        if element.tag == f"{W}p" or not element.tag.startswith(W):
            parts.append("\n")
        if element.text:
            parts.append(element.text)
        values = [str(value) for key, value in element.attrib.items() if not _is_of_form(str(key), str(element.tag))]
        yield "\n".join(values)
        if element.tail and element.tail.strip():
            parts.append(element.tail)
    yield "".join(parts)


def _is_of_form(key: str, tag: str) -> bool:
    """Whether an attribute says only how something looks: of Word's and the drawing's own, except names, descriptions and values."""
    return key.startswith((f"{W}rsid", R)) or (tag.startswith(W) and key in (f"{W}w", f"{W}id", f"{W}line", f"{W}before", f"{W}after"))


def _texts_of_package(blob: bytes, depth: int) -> Iterator[str]:
    try:
        with zipfile.ZipFile(BytesIO(blob)) as package:
            items = package.infolist()
            if len(items) > MAX_PARTS or sum(each.file_size for each in items) > MAX_BYTES:
                return
            for item in items:
                yield item.filename
                inner = package.read(item)
                if inner[:2] == b"PK" and depth:
                    yield from _texts_of_package(inner, depth - 1)
                elif item.filename.endswith((".xml", ".rels")):
                    yield from _texts_of_xml(inner)
    except OF_ARCHIVES:
        return


def _texts_of_picture(blob: bytes) -> Iterator[str]:
    try:
        with Image.open(BytesIO(blob)) as picture:
            for key, value in picture.info.items():
                yield f"{key} {value.decode('utf-8', 'ignore') if isinstance(value, bytes) else value}"
            for value in picture.getexif().values():
                yield value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)
    except OF_PICTURES:
        return


def _place_of(part: str, blob: bytes) -> Iterator[Left]:
    try:
        with Image.open(BytesIO(blob)) as picture:
            if picture.getexif().get_ifd(GPS_TAG):
                yield Left("place", "picture", part, "GPS")
    except OF_PICTURES:
        return


def _where(package: WordPackage, part: str) -> str:
    if part == package.main:
        return "text"
    folder, _, file = part.rpartition("/")
    for start, where in (
        ("header", "header"),
        ("footer", "header"),
        ("footnotes", "notes"),
        ("endnotes", "notes"),
        ("comments", "comments"),
    ):
        if file.startswith(start):
            return where
    if folder == "docProps":
        return "properties"
    if folder.startswith("customXml"):
        return "record"
    return "picture" if folder.endswith("media") else "other"
