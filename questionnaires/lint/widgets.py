"""Problems of the appearance and parameters columns: words that nobody knows, and words that change nothing on the tablet page."""

import re
from collections.abc import Iterator

from questionnaires.lint.authored import Authored, SurveyRow, cell, header_of
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.question_types import APPEARANCES, PARAMETERS, QUESTION_TYPES, find_appearance
from questionnaires.search import split_search

_BY_LOWER = {name.lower(): name for name in QUESTION_TYPES}
"""Rows hold their type in small letters; the table writes "dateTime"."""
_PARAMETER = re.compile(r"([\w-]+)\s*=")


def widget_problems(authored: Authored) -> Iterator[Problem]:
    """One problem per word, at the first row that has it: a form laid out for other software repeats its words in every row."""
    told: set[tuple[str, str]] = set()
    for each in authored.survey:
        if each.is_end:
            continue
        for problem in (*_appearance_problems(each), *_parameter_problems(each)):
            key = (problem.code, problem.details["word"])
            if key not in told:
                told.add(key)
                yield problem


def search_problems(authored: Authored) -> Iterator[Problem]:
    """Choices that stand beside the file of `search(…)`: only the first row of its list is read, which names the file's columns."""
    lists = authored.choices()
    for each in authored.survey:
        rows = lists.get(each.list_name, [])
        if split_search(cell(each.row, "appearance"))[0] and len(rows) > 1:
            row = rows[1]
            yield make_problem("beside_search", "choices", row.number, header_of(row, "name"), cell(row, "name"), list=each.list_name)


def kind_of(each: SurveyRow) -> str:
    """The type of a row as the tables of appearances and parameters name it."""
    return "repeat" if each.is_repeat else "group" if each.is_group else _BY_LOWER.get(each.type, each.type)


def _appearance_problems(each: SurveyRow) -> Iterator[Problem]:
    kind = kind_of(each)
    if kind not in QUESTION_TYPES and not each.is_group:
        return
    for word in split_search(cell(each.row, "appearance"))[1].split():
        found = find_appearance(word, kind)
        if found is None:
            is_elsewhere = any(appearance.covers(word) for appearance in APPEARANCES)
            yield _at(each, "misplaced_appearance" if is_elsewhere else "unknown_appearance", "appearance", word, kind)
        elif not found.is_full:
            yield _at(each, "plain_appearance", "appearance", word, kind)


def _parameter_problems(each: SurveyRow) -> Iterator[Problem]:
    kind = kind_of(each)
    for word in _PARAMETER.findall(cell(each.row, "parameters")):
        if any(word == known.name and kind in known.types and not known.is_full for known in PARAMETERS):
            yield _at(each, "plain_parameter", "parameters", word, kind)


def _at(each: SurveyRow, code: str, column: str, word: str, kind: str) -> Problem:
    return make_problem(code, "survey", each.row.number, header_of(each.row, column), cell(each.row, column), word=word, type=kind)
