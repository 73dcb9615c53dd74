"""What was not answered: blanks, "don't know" and refusals, "other", and rows of one answer down a scale."""

from collections.abc import Collection, Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.codebook import CHOICE_KINDS, Column, Table
from analysis.quality.comparing import Part, compare_interviewers
from analysis.quality.material import KINDS_OF_ANSWERS, Flags, Material
from analysis.quality.thresholds import Thresholds
from questionnaires.non_answers import DONT_KNOW, REFUSED

OTHER = frozenset(("other", "others", "other_specify", "else"))
"""The names of choices that say so, as questionnaires of this program and of ODK name them."""
OTHER_TEXT = ("_other", "_others", "_specify", "_other_specify", "_other_text")
"""What the name of a question adds to that of the choice whose "other" it spells out."""


def missing(material: Material, _thresholds: Thresholds) -> pd.DataFrame:
    """A row per question: `table`, `question`, `n` (interviews or entries), `n_missing` (not answered, or not asked because it did not
    apply; a dataset does not tell the two apart), `share`. Noticed is a question that nobody ever answered."""
    rows = []
    for table, column in material.asked(*KINDS_OF_ANSWERS):
        blank = ~material.answered(table.name, column)
        n, n_missing = len(blank), int(blank.sum())
        if n:
            found = {"table": table.name, "question": column.name, "n": n, "n_missing": n_missing, "share": n_missing / n}
            rows.append({**found, "instance_ids": material.rows(table.name).instances(blank), "is_noticed": n_missing == n})
    return pd.DataFrame(rows, columns=["table", "question", "n", "n_missing", "share", "instance_ids", "is_noticed"])


def missing_by_interviewer(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question and interviewer, who may leave it blank more often than the others: `table`, `question`, `BY_INTERVIEWER`.

    Interviewers learn which answers spare them questions (Eckman, Kreuter, Kirchner, Jäckle, Tourangeau and Presser 2014, Public Opinion
    Quarterly 78, 721–733). Only questions that some answered and some did not are compared.
    """
    parts = []
    for table, column in material.asked(*KINDS_OF_ANSWERS):
        answered = material.answered(table.name, column)
        if answered.any() and not answered.all():
            parts.append(Part((table.name, column.name), material.rows(table.name), np.ones(len(answered), dtype=bool), ~answered))
    return compare_interviewers(parts, ("table", "question"), thresholds)


def non_answers(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interviewer and kind of non-answer ("dont_know", "refused") over all questions that offer it: `kind`, `BY_INTERVIEWER`."""
    parts = [Part((kind,), part.rows, part.among, part.found) for kind, part in _non_answers(material)]
    return compare_interviewers(parts, ("kind",), thresholds)


def non_answers_by_question(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question that offers one and kind of non-answer: `table`, `question`, `kind`, `n` (answers), `n_found`, `share`."""
    rows = []
    for kind, part in _non_answers(material):
        n, n_found = int(part.among.sum()), int(part.found.sum())
        if n_found:
            found = {"table": part.key[0], "question": part.key[1], "kind": kind, "n": n, "n_found": n_found, "share": n_found / n}
            is_noticed = n >= thresholds.group_least and n_found / n >= thresholds.difference
            rows.append({**found, "instance_ids": part.rows.instances(part.found), "is_noticed": is_noticed})
    return pd.DataFrame(rows, columns=["table", "question", "kind", "n", "n_found", "share", "instance_ids", "is_noticed"])


def other_specify(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question with the choice "other" and text that spells it out ("" where none is asked or given): `table`, `question`,
    `text`, `n` (answers to the question), `n_found` (with this text), `share` (of "other" in all answers, whatever the text)."""
    rows = []
    for table, column in material.asked(*CHOICE_KINDS):
        names = {choice.name for choice in column.choices} & OTHER
        chosen = holds_any(material, table.name, column, names)
        if not chosen.any():
            continue
        n = int(material.answered(table.name, column).sum())
        share = int(chosen.sum()) / n
        texts = _other_texts(material, table, column)[chosen]
        ids = material.rows(table.name).ids[chosen]
        for text in sorted(set(texts)):
            given = texts == text
            found = {"table": table.name, "question": column.name, "text": text, "n": n, "n_found": int(given.sum()), "share": share}
            is_noticed = n >= thresholds.other_least and share >= thresholds.other_share
            rows.append({**found, "instance_ids": tuple(dict.fromkeys(ids[given])), "is_noticed": is_noticed})
    return pd.DataFrame(rows, columns=["table", "question", "text", "n", "n_found", "share", "instance_ids", "is_noticed"])


def straight_lining(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per block of neighbouring questions with one scale and interviewer: `table`, `question` (the first), `n_questions`,
    `BY_INTERVIEWER` (found: all questions of the block answered, and all alike).

    Straight-lining, or non-differentiation: Krosnick 1991, Applied Cognitive Psychology 5, 213–236.
    """
    parts, sizes = [], {}
    for table in material.form.tables:
        frame = material.tables[table.name]
        for block in blocks_of(table, thresholds):
            columns = [column for column in block if column.name in frame]
            among = np.logical_and.reduce([material.answered(table.name, column) for column in columns])
            first = frame[columns[0].name].to_numpy()
            alike = np.logical_and.reduce([frame[column.name].to_numpy() == first for column in columns])
            parts.append(Part((table.name, block[0].name), material.rows(table.name), among, alike))
            sizes[table.name, block[0].name] = len(columns)
    compared = compare_interviewers(parts, ("table", "question"), thresholds)
    compared.insert(2, "n_questions", [sizes[key] for key in zip(compared["table"], compared["question"], strict=True)])
    return compared


def blocks_of(table: Table, thresholds: Thresholds) -> Iterator[tuple[Column, ...]]:
    """The rows of neighbouring questions of a table that offer the same scale, long enough to show straight-lining."""
    asked = [column for column in table.columns if column.is_asked]
    for names, block in groupby(asked, key=_scale_of):
        columns = tuple(block)
        if len(names) >= thresholds.straight_least_choices and len(columns) >= thresholds.straight_least_questions:
            yield columns


def _scale_of(column: Column) -> tuple[str, ...]:
    return tuple(choice.name for choice in column.choices) if column.kind == "category" else ()


def holds_any(material: Material, table: str, column: Column, names: Collection[str]) -> Flags:
    """Whether each answer is one of these choices, or has one of them among several."""
    values = material.tables[table][column.name]
    if not names:
        return np.zeros(len(values), dtype=bool)
    if column.kind == "multi":
        wanted, answered = set(names), material.answered(table, column)
        return np.fromiter((known and not wanted.isdisjoint(each) for known, each in zip(answered, values, strict=True)), bool, len(values))
    return np.asarray(values.isin(list(names)), dtype=bool)


def _non_answers(material: Material) -> Iterator[tuple[str, Part]]:
    """For each question that offers one and kind of non-answer: among which answers, and where it is given."""
    for table, column in material.asked(*CHOICE_KINDS):
        for kind, names in (("dont_know", DONT_KNOW), ("refused", REFUSED)):
            offered = {choice.name for choice in column.choices} & names
            if offered:
                found = holds_any(material, table.name, column, offered)
                yield kind, Part((table.name, column.name), material.rows(table.name), material.answered(table.name, column), found)


def _other_texts(material: Material, table: Table, column: Column) -> npt.NDArray[np.object_]:
    """What "other" is spelled out as in each row: in a text whose name is the question's with one of `OTHER_TEXT`, or with "other_"."""
    frame = material.tables[table.name]
    texts = {each.name for each in table.columns if each.kind == "text" and each.is_asked and each.name in frame}
    names = (*(f"{column.question}{ending}" for ending in OTHER_TEXT), f"other_{column.question}")
    name = next((name for name in names if name in texts), None)
    return frame[name].fillna("").astype(str).str.strip().to_numpy() if name else np.full(len(frame), "", dtype=object)
