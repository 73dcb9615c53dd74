"""Questionnaires for the tests of the tablet pages, as Markdown tables; the people and villages in them are invented."""

from pathlib import Path

FOLDER = Path(__file__).parent
FIELD_FORM = (FOLDER / "field_form.md").read_text(encoding="utf-8")
"""A short interview with everything that matters in the field: skip logic, calculations, a repeat, position, picture, signature."""
TYPES_FORM = (FOLDER / "types_form.md").read_text(encoding="utf-8")
"""One question of every type."""
