"""Opens a Word file of unknown origin: what it is not is said in one line, and nothing in it is run, fetched or unpacked without limit."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any

from lxml import etree

from analysis.damaged import OF_ARCHIVES
from questionnaires.errors import ErrorCode, SurveyError

MAX_PARTS, MAX_BYTES, MAX_XML_BYTES, MAX_RATIO = 4000, 400_000_000, 120_000_000, 400
"""How many parts a package may have, how large all and the largest XML may be when unpacked, and how far XML over 1 MB may shrink."""
SMALL = 1_000_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TEMPLATE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
HARMLESS = ("hyperlink",)
"""Relationships to the outside that do nothing until somebody clicks."""
ENCRYPTED = 0x1
"""The flag of an entry that opens with a password only."""
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


@dataclass(frozen=True)
class Relation:
    """One relationship of a part: its kind (the last word of its type) and where it leads."""

    id: str
    kind: str
    target: str
    is_external: bool


class WordPackage:
    """The parts of a Word file. Made by `open_package`."""

    def __init__(self, parts: dict[str, bytes], types: dict[str, str], main: str) -> None:
        self.parts = parts
        self.types = types
        self.main = main
        self._trees: dict[str, Any] = {}

    def tree(self, name: str) -> Any:
        """The root element of an XML part; None when there is no such part. Raises UNREADABLE_DOCUMENT when it is damaged."""
        if name not in self.parts:
            return None
        if name not in self._trees:
            self._trees[name] = _parsed(self.parts[name], name)
        return self._trees[name]

    @property
    def document(self) -> Any:
        """The root of the main part."""
        return self.tree(self.main)

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The relationships of the main part, by their ids."""
        return {each.id: each for each in self.relations_of(self.main)}

    def relations_of(self, part: str) -> tuple[Relation, ...]:
        """The relationships of a part; inner targets as names of parts."""
        root = self.tree(join(dirname(part), "_rels", part.rsplit("/", 1)[-1] + ".rels"))
        if root is None:
            return ()
        found = []
        for each in root:
            if not isinstance(each.tag, str):
                continue
            is_external = each.get("TargetMode") == "External"
            target = str(each.get("Target", ""))
            if not is_external:
                target = normpath(join("/" + dirname(part), target)).lstrip("/")
            found.append(Relation(str(each.get("Id", "")), str(each.get("Type", "")).rsplit("/", 1)[-1], target, is_external))
        return tuple(found)

    def related(self, kind: str) -> Any:
        """The root of the main part's first part of a kind ("styles", "settings", "numbering"); None when there is none."""
        target = next((each.target for each in self.relations.values() if each.kind == kind and not each.is_external), None)
        return self.tree(target) if target else None

    def all_relations(self) -> Iterator[Relation]:
        """The relationships of every part, and of the package itself."""
        for name in self.parts:
            if name.endswith(".rels") and "/_rels/" in f"/{name}":
                folder, file = name.rsplit("_rels/", 1)
                yield from self.relations_of(folder + file.removesuffix(".rels"))

    def outer_targets(self) -> tuple[str, ...]:
        """Where the file leads outside of itself without being asked to: pictures, templates and objects that lie elsewhere."""
        return tuple(each.target for each in self.all_relations() if each.is_external and each.kind not in HARMLESS)

    def has_macros(self) -> bool:
        """Whether programs lie in the file."""
        return any("macroEnabled" in each or "vbaProject" in each for each in self.types.values()) or any(
            name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in self.parts
        )


def open_package(content: bytes, name: str = "file") -> WordPackage:
    """The parts of a Word file. Raises UNREADABLE_DOCUMENT with what it is instead, or what is wrong with it."""
    if content.startswith(OLE):
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise refusal(name, "password" if is_encrypted else "old_word")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = _unpacked(archive, name)
    except OF_ARCHIVES as error:
        raise refusal(name, "not_word") from error
    if "[Content_Types].xml" not in parts:
        raise refusal(name, "not_word")
    types = _types(parts["[Content_Types].xml"])
    package = WordPackage(parts, types, "")
    main = next((each.target for each in package.relations_of("") if each.kind == "officeDocument" and not each.is_external), "")
    if main not in parts:
        raise refusal(name, "not_word")
    kind = types.get(main, "")
    if "wordprocessingml" not in kind and "ms-word" not in kind:
        raise refusal(name, "not_word")
    package.main = main
    if STRICT in parts[main][:5000]:
        raise refusal(name, "strict")
    if package.document.find(f"{W}body") is None:
        raise refusal(name, "not_word")
    return package


REASONS = {
    "not_word": "it is not a Word document. Save it as .docx in Word or WPS",
    "old_word": "it is in the form of Word 97 to 2003 (.doc). Open it in Word or WPS and save it as .docx",
    "password": "it is protected with a password. Take the password away and save it again",
    "strict": "it is in the form “Strict Open XML”. Save it as an ordinary .docx",
    "too_large": "it unpacks to more than a document ever holds. Look where it comes from",
    "damaged": "its part {part} is damaged. Open it in Word, let it repair the file, and save it",
    "doctype": "its part {part} has a document type, which no word processor writes. Look where it comes from",
    "macros": "it holds macros. Save it as .docx without macros",
    "outer": "it fetches something from elsewhere ({part}). Embed it, or take the link to it away, and save the file again",
    "embedded": "it holds an embedded object ({part}). Take it away, or put a picture in its place",
}
REASONS_ZH = {
    "not_word": "它不是 Word 文档。请在 Word 或 WPS 中另存为 .docx",
    "old_word": "它是 Word 97—2003 格式（.doc）。请在 Word 或 WPS 中打开后另存为 .docx",
    "password": "它设有密码保护。请取消密码后重新保存",
    "strict": "它是“严格 Open XML”格式。请另存为普通 .docx",
    "too_large": "解压后远大于正常文档。请核对文件来源",
    "damaged": "其中的 {part} 已损坏。请用 Word 打开修复后保存",
    "doctype": "其中的 {part} 含有文档类型声明，文字处理软件不会写入这类内容。请核对文件来源",
    "macros": "它含有宏。请另存为不含宏的 .docx",
    "outer": "它引用了文件之外的内容（{part}）。请嵌入该内容或删去链接后重新保存",
    "embedded": "它含有嵌入对象（{part}）。请删去或改用图片",
}


def refusal(name: str, reason: str, part: str = "") -> SurveyError:
    """The error that says why a file is not read; `reason` is a key of `REASONS`, kept in the error for those who say it in Chinese."""
    detail = REASONS[reason].format(part=part)
    return SurveyError(ErrorCode.UNREADABLE_DOCUMENT, file=name, detail=detail, detail_zh=REASONS_ZH[reason].format(part=part))


def _unpacked(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    entries = archive.infolist()
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise refusal(name, "password")
    sizes = [entry.file_size for entry in entries]
    written = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
    is_bomb = any(entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1) for entry in written)
    is_long = any(entry.file_size > MAX_XML_BYTES for entry in written)
    if len(entries) > MAX_PARTS or sum(sizes) > MAX_BYTES or is_bomb or is_long:
        raise refusal(name, "too_large")
    try:
        parts: dict[str, bytes] = {}
        for entry in entries:
            with archive.open(entry) as file:
                # An archive may lie about the sizes of what it holds.
                parts[entry.filename] = file.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise refusal(name, "damaged", entry.filename) from error
    for part, content in parts.items():
        if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
            raise refusal(name, "doctype", part)
    return parts


def _types(content: bytes) -> dict[str, str]:
    """The content types of parts that are named one by one."""
    root = _parsed(content, "[Content_Types].xml")
    return {str(each.get("PartName", "")).lstrip("/"): str(each.get("ContentType", "")) for each in root if each.get("PartName")}


def _parsed(content: bytes, part: str) -> Any:
    try:
        root: Any = etree.fromstring(content, PARSER)
    except etree.XMLSyntaxError as error:
        raise refusal(part.rsplit("/", 1)[-1], "damaged", part) from error
    if root.getroottree().docinfo.doctype:
        raise refusal(part.rsplit("/", 1)[-1], "doctype", part)
    return root
