"""The evidence of a candidate in words: question labels and choice labels instead of names. Pure."""

from collections.abc import Mapping
from typing import Any

from questionnaires.model import Question, Questionnaire, text_in


def spoken_evidence(questionnaire: Questionnaire, evidence: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """(question label, answer) for each piece of evidence in the order of the form; `language` is a name the form uses."""
    questions = (question for question in questionnaire.questions() if question.name in evidence)
    return tuple(
        (text_in(question.called, language) or question.name, _spoken(questionnaire, question, evidence[question.name], language))
        for question in questions
    )


def spoken_originals(
    questionnaire: Questionnaire, originals: Mapping[str, Mapping[str, Any]] | None, language: str
) -> tuple[tuple[str, str, str], ...]:
    """(question label, the lead's answer, the second's) for the evidence that two reconciled records told differently; "" unanswered."""
    sides = originals or {}
    lead, second = sides.get("lead", {}), sides.get("second", {})
    told = {name for name in (*lead, *second) if lead.get(name) != second.get(name)}
    found: list[tuple[str, str, str]] = []
    for question in (each for each in questionnaire.questions() if each.name in told):
        one, other = (
            _spoken(questionnaire, question, side[question.name], language) if question.name in side else "" for side in (lead, second)
        )
        found.append((text_in(question.called, language) or question.name, one, other))
    return tuple(found)


def _spoken(questionnaire: Questionnaire, question: Question, value: Any, language: str) -> str:
    labels = {choice.name: text_in(choice.label, language) for choice in questionnaire.choices.get(question.list_name or "", ())}
    if isinstance(value, list):
        return " · ".join(_spoken(questionnaire, question, each, language) for each in value)
    if isinstance(value, dict) and "latitude" in value:
        return f"{value['latitude']:.5f}, {value['longitude']:.5f}"
    return labels.get(str(value)) or str(value)
