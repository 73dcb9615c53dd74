"""Single answers by question name, put where the questionnaire's tree has them."""

from collections.abc import Mapping, Sequence
from typing import Any

from questionnaires.model import Node, Question, Questionnaire, Repeat


def nest_answers(questionnaire: Questionnaire, answers: Mapping[str, Any], members: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The answers as the questionnaire nests them; every repeat is given the instances `members`."""
    return _nest(questionnaire.children, answers, members)


def _nest(children: Sequence[Node], answers: Mapping[str, Any], members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for node in children:
        if isinstance(node, Question):
            if node.name in answers:
                nested[node.name] = answers[node.name]
        elif isinstance(node, Repeat):
            nested[node.name] = [_nest(node.children, member, ()) for member in members]
        else:
            nested[node.name] = _nest(node.children, answers, members)
    return nested
