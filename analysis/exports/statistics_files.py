"""Stata's .dta and SPSS's .sav of one table, with labels of variables and values and with missing values, within what both take.

Coded variables are numbers there, and so are dates. Texts beyond the programs' limits are cut and say so. pyreadstat is imported with the
first such file, not with the program: few ask for one, and it takes 4 MB.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.exports.variables import ExportTable, Variable

STATA_LABEL = 80
"""Signs in a label of a variable."""
STATA_TEXT = 2045
"""Bytes in a text."""
SPSS_LABEL, SPSS_VALUE_LABEL = 255, 120
"""Bytes in a label of a variable, and in one of a value."""
SPSS_TEXT = 32_000
SPSS_MISSING = 3
"""So many single values SPSS takes as missing."""
STATA_VERSION = 15
CUT = "…"


def write_stata(table: ExportTable, path: Path) -> None:
    """The table as .dta of Stata 14 and later; values that are no answer are .a, .b, … with their labels."""
    frame: dict[str, pd.Series] = {}
    labels: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    for variable in table.variables:
        series = table.frame[variable.name]
        if variable.values:
            letters = dict(zip((value.code for value in variable.values if value.is_missing), "abcdefghijklmnopqrstuvwxyz", strict=False))
            codes = _codes(variable, series)
            frame[variable.short] = codes.map(lambda code, letters=letters: letters.get(code, code)) if letters else codes.astype(float)
            labels[variable.short] = {letters.get(value.code, value.code): value.label for value in variable.values}
            if letters:
                missing[variable.short] = list(letters.values())
                frame[variable.short] = pd.Series(
                    [None if isinstance(code, float) and np.isnan(code) else code for code in frame[variable.short]],
                    index=series.index,
                    dtype="object",
                )
        else:
            frame[variable.short] = _content(variable, series, STATA_TEXT)
    _pyreadstat().write_dta(
        pd.DataFrame(frame),
        str(path),
        file_label=_cut_signs(table.title, STATA_LABEL),
        column_labels=[_cut_signs(variable.label, STATA_LABEL) for variable in table.variables],
        version=STATA_VERSION,
        variable_value_labels=labels,
        missing_user_values=missing or None,
        variable_format=_formats(table, {"date": "%td", "datetime": "%tc"}),
    )


def write_spss(table: ExportTable, path: Path) -> None:
    """The table as .sav; values that are no answer keep their number and are declared missing, at most three of them."""
    frame: dict[str, pd.Series] = {}
    labels: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    measures: dict[str, Any] = {}
    for variable in table.variables:
        series = table.frame[variable.name]
        if variable.values:
            frame[variable.short] = _codes(variable, series)
            labels[variable.short] = {float(value.code): _cut_bytes(value.label, SPSS_VALUE_LABEL) for value in variable.values}
            if absent := [float(value.code) for value in variable.values if value.is_missing][:SPSS_MISSING]:
                missing[variable.short] = absent
            measures[variable.short] = "nominal"
        else:
            frame[variable.short] = _content(variable, series, SPSS_TEXT)
            measures[variable.short] = "scale" if variable.kind in ("integer", "decimal") else "nominal"
    _pyreadstat().write_sav(
        pd.DataFrame(frame),
        str(path),
        file_label=_cut_bytes(table.title, 64),
        column_labels=[_cut_bytes(variable.label, SPSS_LABEL) for variable in table.variables],
        variable_value_labels=labels,
        missing_ranges=missing or None,
        variable_measure=measures,
        variable_format=_formats(table, {"date": "DATE11", "datetime": "DATETIME20", "integer": "F12.0"}),
        compress=False,
    )


@cache
def _pyreadstat() -> Any:
    return import_module("pyreadstat")


def _codes(variable: Variable, series: pd.Series) -> pd.Series:
    if variable.kind == "flag":
        return series.astype(float)
    codes = {value.name: float(value.code) for value in variable.values}
    return series.map(codes).astype(float)


def _content(variable: Variable, series: pd.Series, limit: int) -> pd.Series:
    if variable.kind in ("integer", "decimal"):
        return series.astype(float)
    if variable.kind == "date":
        return pd.Series([None if pd.isna(value) else value.date() for value in series], index=series.index, dtype="object")
    if variable.kind == "datetime":
        return series.astype("datetime64[us]")
    return pd.Series(["" if value is None else _cut_bytes(value, limit) for value in series], index=series.index, dtype="object")


def _formats(table: ExportTable, formats: dict[str, str]) -> dict[str, str]:
    return {variable.short: formats[variable.kind] for variable in table.variables if variable.kind in formats}


def _cut_signs(text: str, limit: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else plain[: limit - 1] + CUT


def _cut_bytes(text: str, limit: int) -> Any:
    plain = " ".join(text.split()) if limit <= SPSS_LABEL else text
    if len(plain.encode()) <= limit:
        return plain
    return plain.encode()[: limit - len(CUT.encode())].decode(errors="ignore") + CUT
