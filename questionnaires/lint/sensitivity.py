"""Problems of the column `sensitivity`: words that say nothing, rows without an answer, revealing answers that are called harmless."""

from collections.abc import Iterator

from questionnaires.lint.authored import Authored, header_of
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.question_types import QUESTION_TYPES
from questionnaires.sensitivity import COLUMN, WORDS, sensitive_rows

REVEALING_KINDS = ("position", "media")
_KINDS = {name.lower(): kind.kind for name, kind in QUESTION_TYPES.items()}


def sensitivity_problems(authored: Authored) -> Iterator[Problem]:
    """The problems of the column, row by row."""
    for each, word in sensitive_rows(authored.workbook):
        place = ("survey", each.row.number, header_of(each.row, COLUMN), word)
        kind = _KINDS.get(each.type, "text")
        if word not in WORDS:
            yield make_problem("unknown_word", *place, word=word, column=COLUMN, allowed=", ".join(WORDS))
        elif each.is_group or kind == "":
            yield make_problem("sensitivity_without_answer", *place, name=each.name)
        elif word == "none" and kind in REVEALING_KINDS:
            yield make_problem("revealing_answer", *place, name=each.name, type=each.type)
