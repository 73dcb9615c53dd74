"""What a received form says of the household's consent. Pure."""

from collections.abc import Mapping
from typing import Any

from questionnaires.instance import iter_given
from questionnaires.model import Questionnaire

CONSENT_QUESTION, REFUSAL_QUESTION = "consent", "refusal_reason"
"""The names that docs/lookback.md gives to the question whether the household is willing, and to the one why not."""


def refusal_in(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> str | None:
    """Why the household refused, "" where no reason is given; None unless the form says that it did."""
    found = {
        question.name: value
        for question, positions, value in iter_given(questionnaire, answers)
        if not positions and question.name in (CONSENT_QUESTION, REFUSAL_QUESTION)
    }
    return str(found.get(REFUSAL_QUESTION) or "") if found.get(CONSENT_QUESTION) == "no" else None
