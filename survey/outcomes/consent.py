"""What a received form says of the household's consent. Pure."""

from collections.abc import Iterable

from questionnaires.instance import Given

CONSENT_QUESTION, REFUSAL_QUESTION = "consent", "refusal_reason"
"""The names that docs/lookback.md gives to the question whether the household is willing, and to the one why not."""


def refusal_in(given: Iterable[Given]) -> str | None:
    """Why the household refused, "" where no reason is given; None unless the form says that it did."""
    found = {
        question.name: value
        for question, positions, value in given
        if not positions and question.name in (CONSENT_QUESTION, REFUSAL_QUESTION)
    }
    return str(found.get(REFUSAL_QUESTION) or "") if found.get(CONSENT_QUESTION) == "no" else None
