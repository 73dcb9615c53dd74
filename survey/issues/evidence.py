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


def _spoken(questionnaire: Questionnaire, question: Question, value: Any, language: str) -> str:
    labels = {choice.name: text_in(choice.label, language) for choice in questionnaire.choices.get(question.list_name or "", ())}
    if isinstance(value, list):
        return " · ".join(_spoken(questionnaire, question, each, language) for each in value)
    if isinstance(value, dict) and "latitude" in value:
        return f"{value['latitude']:.5f}, {value['longitude']:.5f}"
    return labels.get(str(value)) or str(value)
