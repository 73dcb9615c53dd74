"""What to ask one pair: what was noticed about its interviews as plain sentences, each with its question and its interviews."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.quality.asking_words import FOUND, PACE, QUESTIONS, SHEET
from analysis.quality.checks import CHECKS, Quality
from analysis.quality.material import Material
from analysis.quality.words import KINDS
from analysis.quality.writing import figure_text, number_text

NAMED_AT_MOST = 6
"""A sentence names so many interviews; the list below it has the others."""
ABOUT_INTERVIEWS = ("same_household", "near_identical", "outliers", "positions_far", "same_point")
"""Checks whose rows are about interviews, whoever led them."""
ABOUT_LEADS = (
    "missing_by_interviewer",
    "non_answers",
    "straight_lining",
    "digits_by_interviewer",
    "speed_by_interviewer",
    "positions_close",
    "back_checks_by_interviewer",
)
"""Checks whose rows are about somebody who leads interviews. All others speak of questions, and ask nobody."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to ask: what was found, the question, and what is known of each interview that it is about, by instance id."""

    check: str
    text: str
    question: str
    interviews: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people and their interviews of one form."""

    lead_id: str
    second_id: str
    instance_ids: tuple[str, ...]


def pairs_of(material: Material) -> tuple[Pair, ...]:
    """The pairs in the order of their names."""
    return tuple(Pair(*people, ids) for people, ids in material.pairs.items())


def ask_pair(quality: Quality, pair: Pair, language: str) -> tuple[Finding, ...]:
    """What to ask the pair, in the order of the checks."""
    own = frozenset(pair.instance_ids)
    found: list[Finding] = []
    for check in CHECKS:
        if check.name in ABOUT_INTERVIEWS:
            rows = [row for row in _rows(quality.noticed(check.name)) if not own.isdisjoint(row["instance_ids"])]
            found += _about_interviews(quality.material, check.name, rows, pair, language)
        elif check.name in ABOUT_LEADS:
            rows = [row for row in _rows(quality.noticed(check.name)) if row["interviewer"] == pair.lead_id]
            found += [_about_lead(quality.material, check.name, row, own, language) for row in rows]
    return tuple(found)


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _about_interviews(material: Material, check: str, rows: list[Row], pair: Pair, language: str) -> Iterator[Finding]:
    """One finding for all rows, of outliers one for each question."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.get("table", ""), row["question"]) if check == "outliers" else ("", ""), []).append(row)
    for (table, question), group in groups.items():
        details: dict[str, str] = {}
        for row in group:
            for instance_id in row["instance_ids"]:
                if instance_id in pair.instance_ids:
                    told = _detail(material, check, row, instance_id, language)
                    details[instance_id] = f"{details[instance_id]}; {told}" if instance_id in details else told
        values = {
            "n": len(details),
            "total": len(pair.instance_ids),
            "interviews": _named(material, details, language),
            "question": material.label(table, question, language),
            "median": number_text(group[0]["median"]) if "median" in group[0] else "",
        }
        yield Finding(check, FOUND[language][check].format(**values), QUESTIONS[language][check], details)


def _about_lead(material: Material, check: str, row: Row, own: frozenset[str], language: str) -> Finding:
    texts = {name: figure_text(float(row[name]), "share") for name in ("share", "share_others") if name in row}
    pace = float(row.get("pace", float("nan")))
    values = {
        **texts,
        "n_all": row["n"],
        "n_found": row.get("n_found", ""),
        "n_questions": row.get("n_questions", ""),
        "n_interviews": row.get("n_interviews", ""),
        "question": material.label(row["table"], row["question"], language) if "question" in row else "",
        "kind": KINDS[language].get(row.get("kind", ""), ""),
        "source": KINDS[language].get(row.get("source", ""), ""),
        "type": KINDS[language].get(row.get("type", ""), ""),
        "village": material.places.get(row.get("village_code", ""), row.get("village_code", "")),
        "spread": figure_text(float(row.get("spread_m", float("nan"))), "metres"),
        "spread_village": figure_text(float(row.get("spread_village_m", float("nan"))), "metres"),
        "minutes": figure_text(float(row.get("median_minutes", float("nan"))), "metres"),
        "pace": PACE[language]["pace"].format(pace=figure_text(pace, "share")) if pace == pace else "",
    }
    interviews = {instance_id: "" for instance_id in row["instance_ids"] if instance_id in own}
    return Finding(check, FOUND[language][check].format(**values), QUESTIONS[language][check], interviews)


def _named(material: Material, details: Mapping[str, str], language: str) -> str:
    """The interviews with what is known of each, the first few by name."""
    words = SHEET[language]
    every = dict.fromkeys(words["named"].format(label=material.labels.get(each, each), told=told) for each, told in details.items())
    named = words["comma"].join(list(every)[:NAMED_AT_MOST])
    left = len(every) - NAMED_AT_MOST
    return named + (words["and_more"].format(n=len(every), left=left) if left > 0 else "")


def _detail(material: Material, check: str, row: Row, instance_id: str, language: str) -> str:
    """What is known of one interview of a row."""
    others = [each for each in row["instance_ids"] if each != instance_id]
    match check:
        case "same_household":
            return SHEET[language]["match"].format(share=figure_text(float(row["match_share"]), "share"))
        case "near_identical":
            labels = {"other": material.labels.get(others[0], others[0]), "share": figure_text(float(row["match_share"]), "share")}
            return SHEET[language]["match_with"].format(**labels)
        case "outliers":
            return number_text(float(row["value"]))
        case "positions_far":
            return SHEET[language]["away"].format(metres=figure_text(float(row["distance_m"]), "metres"))
        case _:
            return SHEET[language]["with"].format(others=SHEET[language]["comma"].join(material.labels.get(each, each) for each in others))
