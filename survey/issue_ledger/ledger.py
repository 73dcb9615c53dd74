"""The ledger of issues 问题台账 in the columns that offices use: what its rows say, and how a filled-in one is read. Pure.

The ledger leaves the house: it names places as the responsible side is told of them, and no household, interview or person.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from questionnaires.errors import ErrorCode
from survey.pages.workbooks import Column
from survey.places.dates import read_day
from survey.places.roster_terms import fold
from survey.places.sheet_layout import Layout, SheetProblem, Vocabulary, count_bad_rows, in_order
from survey.places.tabular import Row
from survey.registry.member_sheet import find_layouts_in, rows_below, unreadable
from survey.sample_sheets import Sample

COLUMNS: Mapping[str, tuple[LazyString, int]] = {
    "position": (_l("No."), 6),
    "number": (_l("Number of the issue"), 18),
    "county": (_l("County"), 12),
    "place": (_l("Place"), 18),
    "title": (_l("Issue"), 30),
    "finding": (_l("What was found"), 44),
    "area": (_l("Area"), 16),
    "level": (_l("Level"), 8),
    "attribution": (_l("Attribution"), 18),
    "scope": (_l("Scope"), 10),
    "recommendation": (_l("Recommendation"), 40),
    "body": (_l("Responsible body"), 20),
    "due_on": (_l("Due date"), 12),
    "state": (_l("State"), 14),
    "reply": (_l("Progress of rectification, or reply"), 44),
    "done": (_l("Finished?"), 10),
    "postponed": (_l("Asked to be postponed to"), 14),
    "written_on": (_l("Date of the reply"), 12),
    "closed_on": (_l("Closed on"), 12),
}
"""Heading and width of every column, in order. The responsible side fills in `FILLED_IN`."""
FILLED_IN = ("reply", "done", "postponed", "written_on")
WRAPPED = frozenset(("title", "finding", "recommendation", "reply", "body", "attribution"))

VOCABULARY = Vocabulary(
    {
        "number": ("问题编号", "编号", "issue number", "number of the issue", "number"),
        "reply": ("整改进展或回复", "整改进展", "整改情况", "回复", "整改落实情况", "progress of rectification, or reply", "reply"),
        "done": ("是否完成", "是否整改到位", "完成情况", "finished?", "finished"),
        "postponed": ("申请延期至", "申请延至", "延期至", "asked to be postponed to", "postponed to"),
        "written_on": ("回复日期", "填报日期", "date of the reply", "date"),
    },
    ("number", "reply"),
)
DONE_TERMS = {
    "rectified": ("是", "已完成", "完成", "已整改", "整改到位", "yes"),
    "progress": ("否", "未完成", "整改中", "正在整改", "进行中", "no"),
    "disagreed": ("有异议", "不认可", "异议", "disagrees"),
}
"""What may stand under "finished?", by the kind of reply that it makes; nothing there is progress."""
SAMPLE = Sample(
    ("问题台账", "Ledger of issues"),
    VOCABULARY.columns,
    (
        {
            "number": "2018-610727-001",
            "reply": ("已更换水泵，恢复供水（虚构）", "The pump was replaced; there is water again (invented)"),
            "done": ["rectified"], "written_on": "2018-06-30",
        },
        {
            "number": "2018-610727-002", "reply": ("正在补签家庭医生协议（虚构）", "Contracts with doctors are being signed (invented)"),
            "done": ["progress"], "postponed": "2018-09-30", "written_on": "2018-06-30",
        },
    ),
    {"done": DONE_TERMS},
    {"number": ("须与发出的台账一致", "As in the ledger that was handed out")},
)  # fmt: skip
"""Replies to be overwritten. The numbers are those of issues, so that a ledger that was handed out is the better beginning."""
_KIND_OF = {fold(term): kind for kind, terms in DONE_TERMS.items() for term in terms}
_DASHES = re.compile(r"[‐-―−－﹣]")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One filled-in row: the issue's number, the kind of reply that it is, and what it says. Days are in ISO 8601, "" for none."""

    row: int
    number: str
    kind: str
    reply: str
    postponed: str
    written_on: str


@dataclass(frozen=True, slots=True)
class FilledLedger:
    """What a file holds; `n_empty` rows have no reply and are passed over."""

    rows: tuple[LedgerRow, ...]
    problems: tuple[SheetProblem, ...]
    headings: Mapping[str, str]
    n_empty: int = 0

    @property
    def n_bad_rows(self) -> int:
        """How many rows have at least one problem."""
        return count_bad_rows(self.problems)


def ledger_columns(locale: str) -> tuple[Column, ...]:
    """The columns as the workbook has them; what may stand under "finished?" is offered in the words of the reader's language."""
    offered = {"done": tuple(terms[0] if locale.startswith("zh") else terms[-1] for terms in DONE_TERMS.values())}
    return tuple(Column(str(heading), width, name in WRAPPED, offered.get(name, ())) for name, (heading, width) in COLUMNS.items())


def read_ledger(data: bytes, name: str, longest: int) -> FilledLedger:
    """The filled-in rows of a ledger; raises UNREADABLE_LEDGER when the file is none. Replies have `longest` characters at most."""
    layouts = find_layouts_in(data, name, VOCABULARY, ErrorCode.UNREADABLE_LEDGER)
    rows: list[LedgerRow] = []
    problems: list[SheetProblem] = []
    first_rows: dict[str, int] = {}
    n_empty = 0
    headings = {column: layouts[0][1].heading(column) for column in VOCABULARY.columns}
    for row, layout in rows_below(layouts):
        if not any(layout.cell(row, column).text.strip() for column in ("reply", "done", "postponed")):
            n_empty += 1
            continue
        found = _read_row(row, layout, problems, longest)
        if found is None:
            continue
        if found.number in first_rows:
            layout.noter(row, problems)("number", "duplicate", str(first_rows[found.number]))
            continue
        first_rows[found.number] = row.number
        rows.append(found)
    if not rows and not problems:
        raise unreadable(ErrorCode.UNREADABLE_LEDGER, name, "no_rows", "there are headings but no filled-in rows below them.")
    return FilledLedger(tuple(rows), in_order(problems), headings, n_empty)


def ledger_record(ledger: FilledLedger) -> dict[str, Any]:
    """The ledger as JSON values, so that it can wait for its importer's word."""
    return asdict(ledger)


def ledger_of(record: Mapping[str, Any]) -> FilledLedger:
    """The ledger that `ledger_record` wrote."""
    return FilledLedger(
        tuple(LedgerRow(**row) for row in record["rows"]),
        tuple(SheetProblem(**problem) for problem in record["problems"]),
        record["headings"],
        record["n_empty"],
    )


def _read_row(row: Row, layout: Layout, problems: list[SheetProblem], longest: int) -> LedgerRow | None:
    """The row, or None when something is wrong with it."""
    before, wrong = len(problems), layout.noter(row, problems)
    texts = {column: layout.texts(row, wrong).get(column, "").strip() for column in VOCABULARY.columns}
    number = _DASHES.sub("-", unicodedata.normalize("NFKC", texts["number"])).replace(" ", "")
    if not number:
        wrong("number", "missing")
    if not texts["reply"]:
        wrong("reply", "missing")
    elif len(texts["reply"]) > longest:
        wrong("reply", "too_long", str(longest))
    kind = _KIND_OF.get(fold(texts["done"]), "") if texts["done"] else "progress"
    if not kind:
        wrong("done", "unknown_word", "、".join(terms[0] for terms in DONE_TERMS.values()))
    days: dict[str, date | None] = {}
    for column in ("postponed", "written_on"):
        day = read_day(texts[column]) if texts[column] else None
        if isinstance(day, str):
            wrong(column, day)
        days[column] = day if isinstance(day, date) else None
    if len(problems) > before:
        return None
    postponed, written_on = (day.isoformat() if day else "" for day in days.values())
    return LedgerRow(row.number, number, kind, texts["reply"], postponed, written_on)
