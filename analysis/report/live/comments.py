"""Word comments that say what stands behind the figures of a draft's running text: how many answers, on which basis, which interviews."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from analysis.archive import without_times
from analysis.report.live.opening import open_live
from analysis.report.live.record import Entry
from analysis.report.live.rows import TracedRow
from analysis.words import BASIS_NAMES, name_in

MOST_NAMED = 20
"""So many interviews of one role are named; how many more there are is said."""
WORDS = {
    "zh": {
        "author": "数据依据",
        "n": "有效答复：{n}",
        "basis": "依据：{basis}",
        "rows": "{role}（{n}）：{ids}",
        "more": "……另有{n}份",
        "address": "数据地址：{address}",
        "counted": "计入",
        "answered": "已答未计入",
        "missing": "无有效答复",
        "found": "符合规则",
        "record": "记录",
        "separator": "、",
    },
    "en": {
        "author": "Evidence",
        "n": "Usable answers: {n}",
        "basis": "Basis: {basis}",
        "rows": "{role} ({n}): {ids}",
        "more": "… and {n} more",
        "address": "Address: {address}",
        "counted": "counted",
        "answered": "answered, not counted",
        "missing": "without a usable answer",
        "found": "the rule is true",
        "record": "records",
        "separator": ", ",
    },
}


def with_comments(content: bytes, *, language: str, today: date, rows_behind: Callable[[str], Sequence[TracedRow]] | None = None) -> bytes:
    """A draft of ours with a comment on each figure of its running text where it is said first; tables speak for themselves.

    Interviews are named only where `rows_behind` is given: who may read them is for the caller to know. UNREADABLE_DOCUMENT for a file
    that is none of ours.
    """
    entries = open_live(content).record.by_tag()
    document = Document(BytesIO(content))
    said: set[str] = set()
    for paragraph in document.element.body.iterchildren(qn("w:p")):
        for control in paragraph.findall(qn("w:sdt")):
            tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
            entry = entries.get(tag.get(qn("w:val"))) if tag is not None else None
            if entry is None or entry.kind != "figure" or entry.tag in said:
                continue
            said.add(entry.tag)
            rows = rows_behind(entry.address) if rows_behind is not None else ()
            text = comment_text(entry, rows, language)
            comment = document.comments.add_comment(text, author=WORDS[language]["author"], initials="")
            comment._comment_elm.date = datetime(today.year, today.month, today.day, tzinfo=UTC)
            _mark(control, comment.comment_id)
    written = BytesIO()
    document.save(written)
    return without_times(written.getvalue())


def comment_text(entry: Entry, rows: Sequence[TracedRow], language: str) -> str:
    """What a comment says of a figure, a line for each thing that is known."""
    words, evidence = WORDS[language], entry.evidence
    lines = [evidence.label] if evidence.label else []
    if evidence.n is not None:
        lines.append(words["n"].format(n=f"{evidence.n:,}"))
    if evidence.basis:
        lines.append(words["basis"].format(basis=name_in(BASIS_NAMES, language, evidence.basis)))
    by_role: dict[str, list[str]] = {}
    for row in rows:
        by_role.setdefault(row.role, []).append(f"{row.instance_id}#{row.position}" if row.position else row.instance_id)
    for role, ids in by_role.items():
        named = words["separator"].join(ids[:MOST_NAMED])
        more = words["more"].format(n=len(ids) - MOST_NAMED) if len(ids) > MOST_NAMED else ""
        lines.append(words["rows"].format(role=words[role], n=len(ids), ids=named + more))
    return "\n".join([*lines, words["address"].format(address=entry.address)])


def _mark(control: Any, number: int) -> None:
    """Put the marks of a comment around a control, so that what stands in it can be replaced."""
    start, end, run = OxmlElement("w:commentRangeStart"), OxmlElement("w:commentRangeEnd"), OxmlElement("w:r")
    reference = OxmlElement("w:commentReference")
    run.append(reference)
    for element in (start, end, reference):
        element.set(qn("w:id"), str(number))
    control.addprevious(start)
    control.addnext(run)
    control.addnext(end)
