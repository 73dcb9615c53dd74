"""A questionnaire as lines to read: what is asked, in order, in one language. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.model import Group, Node, Question, Questionnaire, Repeat, text_in
from questionnaires.question_types import QUESTION_TYPES

_OUTPUT = re.compile(r"\$\{[^}]*\}")
_TAG = re.compile(r"</?(?:span|b|i|em|strong|br|p|h\d)[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One group, repeat or question; `depth` counts the groups around it. `choices` are labels, `kind` is "group", "repeat" or the type."""

    depth: int
    kind: str
    name: str
    label: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_conditional: bool = False
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers by which an author recognises a questionnaire."""

    n_asked: int
    n_calculated: int
    n_conditional: int
    n_repeats: int


def outline_of(questionnaire: Questionnaire, language: str) -> tuple[Line, ...]:
    """Every line of the questionnaire in document order; `language` is one of its language names."""
    return tuple(_lines(questionnaire, questionnaire.children, language, 0))


def summary_of(questionnaire: Questionnaire) -> Summary:
    """How many questions somebody answers, how many values are calculated, how many nodes have a condition, how many repeats there are."""
    nodes = tuple(questionnaire.walk())
    questions = [node for node in nodes if isinstance(node, Question)]
    return Summary(
        n_asked=count_asked(questionnaire),
        n_calculated=sum(question.calculation is not None for question in questions),
        n_conditional=sum(node.relevant is not None for node in nodes),
        n_repeats=sum(isinstance(node, Repeat) for node in nodes),
    )


def count_asked(questionnaire: Questionnaire) -> int:
    """How many questions somebody answers: notes, calculations and metadata left out."""
    types = (QUESTION_TYPES[question.type] for question in questionnaire.questions())
    return sum(1 for kind in types if kind.is_asked and kind.kind)


def plain(text: str) -> str:
    """The text without markup; where an answer would be shown stands an ellipsis."""
    return _TAG.sub("", _OUTPUT.sub("…", text)).strip()


def _lines(questionnaire: Questionnaire, nodes: tuple[Node, ...], language: str, depth: int) -> Iterator[Line]:
    for node in nodes:
        if isinstance(node, Question):
            yield _question_line(questionnaire, node, language, depth)
            continue
        kind = "group" if isinstance(node, Group) else "repeat"
        label = plain(text_in(node.label, language))
        yield Line(depth, kind, node.name, label, is_conditional=node.relevant is not None)
        yield from _lines(questionnaire, node.children, language, depth + 1)


def _question_line(questionnaire: Questionnaire, question: Question, language: str, depth: int) -> Line:
    choices = questionnaire.choices.get(question.list_name or "", ())
    return Line(
        depth=depth,
        kind=question.type,
        name=question.name,
        label=plain(text_in(question.label, language)),
        hint=plain(text_in(question.hint, language)),
        choices=tuple(plain(text_in(choice.label, language)) or choice.name for choice in choices),
        is_required=question.required not in (None, "", "false()"),
        is_conditional=question.relevant is not None,
        is_asked=QUESTION_TYPES[question.type].is_asked,
    )
