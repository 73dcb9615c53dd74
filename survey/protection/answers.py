"""Which answers of an interview tell who somebody is, and the same answers with those replaced. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.exports.sensitivity import is_identifying
from questionnaires.model import Node, Question, Questionnaire, Repeat
from questionnaires.question_types import QUESTION_TYPES
from survey.protection.names import STAR, mask_name
from survey.sealing.fields import TOMBSTONE

NAME, NUMBER, POSITION, TEXT, FILE = "name", "number", "position", "text", "file"
PERSONAL = (NAME, NUMBER, POSITION, TEXT, FILE)
AUTHOR_SAYS = {"name": NAME, "number": NUMBER, "position": POSITION, "free_text": TEXT, "sensitive": "", "none": ""}
ERASED = TOMBSTONE
_POSITION_TYPES = frozenset(("geopoint", "geotrace", "geoshape", "start-geopoint"))
_NOT_OF_PEOPLE = re.compile(
    r"^(assignment_id|household_number|(village|township|county|city|province|region|place|group|visit|form)_name)$"
)
"""Keys that lead from an interview to the register, where people are erased, and names of places."""

Change = Callable[[Question, str, Any], Any]
"""What becomes of the answer to a question of a class of `PERSONAL`."""


def class_of_question(questionnaire: Questionnaire, question: Question) -> str:
    """One of `PERSONAL`, or "" for an answer that tells nothing of who somebody is: by its author's word, else by its type and name."""
    said = questionnaire.sensitivity.get(question.path)
    if said is not None:
        return AUTHOR_SAYS[said]
    if _NOT_OF_PEOPLE.match(question.name):
        return ""
    if question.type in _POSITION_TYPES:
        return POSITION
    kind = QUESTION_TYPES[question.type].kind if question.type in QUESTION_TYPES else "text"
    if kind == "media":
        return FILE
    if is_identifying(question.name):
        return NAME if "name" in question.name or "姓名" in question.name else NUMBER
    if kind == "text" and QUESTION_TYPES[question.type].is_asked:
        return TEXT
    return ""


def changed_answers(questionnaire: Questionnaire, answers: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The answers with `change` made to every personal one that there is; the others as they are."""
    return _changed(questionnaire, questionnaire.children, answers, change)


def _changed(questionnaire: Questionnaire, nodes: Sequence[Node], answers: Mapping[str, Any], change: Change) -> dict[str, Any]:
    found = dict(answers)
    for node in nodes:
        value = found.get(node.name)
        if value in (None, "", [], {}):
            continue
        if isinstance(node, Question):
            told = class_of_question(questionnaire, node)
            if told:
                found[node.name] = change(node, told, value)
        elif isinstance(node, Repeat):
            found[node.name] = [_changed(questionnaire, node.children, each or {}, change) for each in value]
        else:
            found[node.name] = _changed(questionnaire, node.children, value, change)
    return found


def masked_answers(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers for somebody who need not know who people are: names as "王*", numbers and positions as a star; texts stay."""

    def mask(_question: Question, told: str, value: Any) -> Any:
        if told == NAME:
            return mask_name(str(value))
        return STAR if told in (NUMBER, POSITION) else value

    return changed_answers(questionnaire, answers, mask)
