"""One cell of a check's table as a person reads it, the same on pages, in workbooks and on sheets."""

import math
from collections.abc import Mapping
from typing import Any

from analysis.codebook import label_in
from analysis.quality.material import SHORT_ID, Material
from analysis.quality.words import KINDS
from analysis.words import NO_VALUE, WHOLE_FROM, with_minus

SMALLEST_P = 0.001
DECIMALS = 2


def cell_text(material: Material, row: Mapping[str, Any], name: str, kind: str, language: str) -> str:
    """What one cell says; a dash where there is nothing."""
    value = row[name]
    if kind == "question":
        return material.label(str(row["table"]), str(value), language)
    if kind == "choice":
        return _choice(material, str(row["table"]), str(row["question"]), str(value), language)
    if kind == "interview":
        return material.labels.get(str(value), str(value))
    if kind == "person":
        return material.person(str(value))
    if kind == "village":
        return material.places.get(str(value), str(value))
    if kind == "household":
        return material.numbers.get(str(value), str(value)[:SHORT_ID])
    if kind == "kind":
        return KINDS[language].get(str(value), str(value))
    if kind == "text":
        return str(value) or NO_VALUE
    return figure_text(float(value), kind)


def figure_text(value: float, kind: str) -> str:
    """A number of this kind: a share as per cent, a p value to three places, other numbers without decimals that say nothing."""
    if math.isnan(value):
        return NO_VALUE
    if kind == "share":
        return with_minus(f"{value * 100:.1f}%")
    if kind == "p":
        return f"< {SMALLEST_P:.3f}" if value < SMALLEST_P else f"{value:.3f}"
    if kind == "degrees":
        return with_minus(f"{value:.5f}")
    if kind == "metres":
        return f"{value:,.0f}"
    if kind == "seconds":
        return with_minus(f"{value:.1f}")
    return number_text(value)


def number_text(value: float) -> str:
    """A number with as many decimals as matter: none when it is whole or large, else two."""
    rounded = round(value, DECIMALS) + 0.0
    is_whole = rounded == int(rounded) or abs(rounded) >= WHOLE_FROM
    return with_minus(f"{rounded:,.0f}" if is_whole else f"{rounded:,.{DECIMALS}f}")


def cell_value(material: Material, row: Mapping[str, Any], name: str, kind: str, language: str) -> str | int | float | None:
    """The same for a workbook: numbers stay numbers, and what is missing is empty."""
    value = row[name]
    if kind in ("integer", "number", "share", "metres", "seconds", "degrees", "p"):
        number = float(value)
        return None if math.isnan(number) or math.isinf(number) else int(number) if kind == "integer" else number
    text = cell_text(material, row, name, kind, language)
    return None if text == NO_VALUE else text


def _choice(material: Material, table: str, question: str, name: str, language: str) -> str:
    column = material.column(table, question)
    choice = next((each for each in column.choices if each.name == name), None) if column else None
    return label_in(choice.label, language, name) if choice else name or NO_VALUE
