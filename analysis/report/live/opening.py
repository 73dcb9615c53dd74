"""A draft of ours that comes back from its author: its record, and the parts of it that hold text. Others are refused with one line."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.report.live.record import Record, read_record
from analysis.report.live.scanning import Scan, scan
from analysis.report.official.package import W, WordPackage, open_package, refusal
from questionnaires.errors import ErrorCode, SurveyError

STORIES = ("header", "footer", "footnotes", "endnotes")
"""The kinds of parts beside the main one that hold text with figures."""
RECORD_FOLDER = "customXml/"
ENCODING = "UTF-8"
NOT_OURS = "not_ours"
PROTECTED = "protected"
REASONS = {
    NOT_OURS: "it is not a draft of this program, or what it keeps of its figures was taken out of it. Take a draft from the register",
    PROTECTED: "it is protected against changes. Take the protection away in Word or WPS (Review, Restrict Editing) and save it again",
}
REASONS_ZH = {
    NOT_OURS: "它不是本系统生成的报告稿，或其中的数据记录已被删除。请从报告登记册下载报告稿",
    PROTECTED: "它设有编辑限制。请在 Word 或 WPS 中（审阅—限制编辑）取消保护后重新保存",
}


@dataclass(frozen=True, slots=True, eq=False)
class LiveDocument:
    """One draft: its bytes, its package, the record with the part that it lies in, and the scan of every part with text by name."""

    content: bytes
    package: WordPackage
    record: Record
    record_part: str
    scans: Mapping[str, Scan]


def open_live(content: bytes, name: str = "file", *, to_change: bool = False) -> LiveDocument:
    """The draft. UNREADABLE_DOCUMENT when it is no Word file or none of ours, and if it is `to_change`, when it is protected."""
    package = open_package(content, name)
    found = _find_record(package, name)
    if to_change and is_protected(package):
        raise _refusal(name, PROTECTED)
    scans = {part: scan(_written(package, part, name), name, part) for part in story_parts(package)}
    return LiveDocument(content, package, found[1], found[0], scans)


def read_parameters(content: bytes, name: str = "file") -> Mapping[str, str]:
    """By what a draft was drafted. UNREADABLE_DOCUMENT when it is no Word file or none of ours."""
    return _find_record(open_package(content, name), name)[1].parameters


def story_parts(package: WordPackage) -> tuple[str, ...]:
    """The parts with text, the main one first."""
    others = [each.target for each in package.relations.values() if each.kind in STORIES and not each.is_external]
    return tuple(dict.fromkeys([package.main, *(part for part in others if part in package.parts)]))


def is_protected(package: WordPackage) -> bool:
    """Whether Word lets nobody change the document."""
    settings = package.related("settings")
    protection = settings.find(f"{W}documentProtection") if settings is not None else None
    return protection is not None and protection.get(f"{W}enforcement", "0") in ("1", "true", "on")


def _find_record(package: WordPackage, name: str) -> tuple[str, Record]:
    """The part that holds the record, and the record."""
    for part in package.parts:
        record = _record_in(package, part)
        if record is not None:
            return part, record
    raise _refusal(name, NOT_OURS)


def _written(package: WordPackage, part: str, name: str) -> bytes:
    """The content of a part that is well-formed, in the one encoding that word processors write."""
    try:
        encoding = package.tree(part).getroottree().docinfo.encoding or ENCODING
    except SurveyError as error:
        raise refusal(name, "damaged", part) from error
    if encoding.upper() not in (ENCODING, "US-ASCII", "ASCII"):
        raise refusal(name, "damaged", part)
    return package.parts[part]


def _record_in(package: WordPackage, part: str) -> Record | None:
    return read_record(package.parts[part]) if part.startswith(RECORD_FOLDER) and part.endswith(".xml") else None


def _refusal(name: str, reason: str) -> SurveyError:
    return SurveyError(ErrorCode.UNREADABLE_DOCUMENT, file=name, detail=REASONS[reason], detail_zh=REASONS_ZH[reason], reason=reason)
