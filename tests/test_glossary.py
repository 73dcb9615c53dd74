"""The glossary holds the terms that pages and figures use for an issue and for an estimate, in both languages, as they use them."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from survey.issues.words import (
    ATTRIBUTION_LABELS,
    HOUSEHOLD_OUTCOME_LABELS,
    SCOPE_LABELS,
    SEVERITIES,
    SEVERITY_LABELS,
    STATE_LABELS,
    VERIFICATION_KIND_LABELS,
)

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
LABELS = {
    "states": tuple(STATE_LABELS.values()),
    "attributions": tuple(ATTRIBUTION_LABELS.values()),
    "scopes": tuple(SCOPE_LABELS.values()),
    "severities": tuple(SEVERITY_LABELS[severity] for severity in SEVERITIES),
    "verifications": tuple(label for kind, label in VERIFICATION_KIND_LABELS.items() if kind != "document"),
    "outcomes": tuple(HOUSEHOLD_OUTCOME_LABELS.values()),
}
COLUMNS = ("psu", "ssu", "fpc", "se", "ci", "df", "deff")
"""The abbreviations that columns of figures may have."""


def terms(column: int) -> set[str]:
    """The terms of a column of the glossary, those in brackets and between commas each for itself, and with them the whole."""
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert {len(row) for row in rows} == {6}
    whole = [row[column].casefold() for row in rows]
    between = [part for cell in whole for part in re.split(r"[;；、(（)）]", cell)]
    return {term.strip() for term in (*whole, *between, *(part for each in between for part in re.split("[,，]", each)))}


@pytest.mark.parametrize("kind", LABELS)
def test_glossary__words_that_pages_say_of_issues__are_in_it_in_both_languages(app: Flask, kind: str) -> None:
    for column, locale in ((1, "en"), (2, "zh")):
        with app.test_request_context(), force_locale(locale):
            said = [str(label).casefold() for label in LABELS[kind]]
        assert [word for word in said if word not in terms(column)] == []


def test_glossary__abbreviations_of_figures__are_explained() -> None:
    assert [name for name in COLUMNS if name not in terms(1)] == []
