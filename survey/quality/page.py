"""What the pages of quality show: a check's table as cells with links, a pair's findings, and what each is called. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.quality.asking import Pair, ask_pair, pairs_of
from analysis.quality.checks import CHECKS, Check, Quality
from analysis.quality.material import Material
from analysis.quality.thresholds import DEFAULTS
from analysis.quality.words import HEADINGS, TITLES, meaning_of
from analysis.quality.writing import cell_text

NUMBERS = frozenset(("integer", "number", "share", "metres", "seconds", "degrees", "p"))
"""The kinds of columns that stand to the right, and that tell no two rows apart."""
NAMES = frozenset(("person", "village", "interview", "household", "kind"))
KEY_LENGTH = 12
NOBODY = "-"
"""Stands in an address for a second who is not known."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check in the overview: how many rows it has, how many are marked, and how many interviews these are about."""

    name: str
    title: str
    meaning: str
    n_rows: int
    n_marked: int
    n_interviews: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a check's table: its key in addresses, its cells, how many interviews it is about, and whether it is marked."""

    key: str
    cells: tuple[str, ...]
    instance_ids: tuple[str, ...]
    is_marked: bool


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair: its key in addresses, what it is called, how many interviews it has, how many points there are to ask, and about how many
    interviews."""

    key: str
    name: str
    n_interviews: int
    n_findings: int
    n_concerned: int


def overview(quality: Quality, language: str) -> tuple[CheckLine, ...]:
    """Every check, in order."""
    lines = []
    for check in CHECKS:
        marked = quality.noticed(check.name)
        concerned = {each for ids in marked["instance_ids"] for each in ids}
        meaning = meaning_of(check.name, language, DEFAULTS)
        counts = len(quality.tables[check.name]), len(marked), len(concerned)
        lines.append(CheckLine(check.name, TITLES[language][check.name], meaning, *counts))
    return tuple(lines)


def headings(check: Check, language: str) -> tuple[tuple[str, str], ...]:
    """What the columns are called, and how their cells stand: "numeric", "nowrap" for names, "" for texts."""
    return tuple(
        (HEADINGS[language][name], "numeric" if kind in NUMBERS else "nowrap" if kind in NAMES else "") for name, kind in check.columns
    )


def table_rows(quality: Quality, check: Check, language: str, *, pair: Pair | None, is_all: bool) -> tuple[TableRow, ...]:
    """The rows of a check that pass the filters: about interviews of the pair, or about its lead; marked ones only unless `is_all`."""
    frame = quality.tables[check.name] if is_all else quality.noticed(check.name)
    rows = []
    for record in frame.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        if pair is None or _is_of(row, pair):
            cells = tuple(cell_text(quality.material, row, name, kind, language) for name, kind in check.columns)
            rows.append(TableRow(key_of(check, row), cells, tuple(row["instance_ids"]), bool(row["is_noticed"])))
    return tuple(rows)


def find_row(quality: Quality, check: Check, key: str) -> tuple[str, ...] | None:
    """The interviews of the row with this key, None when there is none by now."""
    for record in quality.tables[check.name].to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        if key_of(check, row) == key:
            return tuple(row["instance_ids"])
    return None


def key_of(check: Check, row: Mapping[str, Any]) -> str:
    """What names a row in an address: a digest of what it is about, the same however often it is worked out."""
    told = [str(row[name]) for name, kind in check.columns if kind not in NUMBERS or kind == "degrees"]
    about = "\x1f".join((check.name, str(row.get("table", "")), *told, str(row.get("position", ""))))
    return hashlib.sha256(about.encode()).hexdigest()[:KEY_LENGTH]


def _is_of(row: Mapping[str, Any], pair: Pair) -> bool:
    if "interviewer" in row:
        return bool(row["interviewer"] == pair.lead_id)
    return not set(pair.instance_ids).isdisjoint(row["instance_ids"])


def pair_lines(quality: Quality, language: str) -> tuple[PairLine, ...]:
    """Every pair, those with most to ask first."""
    lines = []
    for pair in pairs_of(quality.material):
        findings = ask_pair(quality, pair, language)
        concerned = {each for finding in findings for each in finding.interviews}
        names = name_of(quality.material, pair, language)
        lines.append(PairLine(pair_key(pair), names, len(pair.instance_ids), len(findings), len(concerned)))
    return tuple(sorted(lines, key=lambda line: -line.n_findings))


def pair_key(pair: Pair) -> str:
    """What names a pair in an address."""
    return f"{pair.lead_id or NOBODY}/{pair.second_id or NOBODY}"


def find_pair(material: Material, key: str) -> Pair | None:
    """The pair of this key, None when it has no interview."""
    return next((pair for pair in pairs_of(material) if pair_key(pair) == key), None)


def name_of(material: Material, pair: Pair, language: str) -> str:
    """The names of the two."""
    comma = "、" if language == "zh" else ", "
    return comma.join(material.person(each) for each in (pair.lead_id, pair.second_id))


def choose_form(qualities: Mapping[str, Quality], wanted: str) -> str:
    """The form that was asked for, else the first."""
    return wanted if wanted in qualities else next(iter(qualities), "")


def pair_options(quality: Quality, language: str) -> Sequence[tuple[str, str]]:
    """The pairs as options of a filter, by name."""
    return [(pair_key(pair), name_of(quality.material, pair, language)) for pair in pairs_of(quality.material)]
