"""One indicator over the rows of a table, as arrays: what is added up above and below the line. Nothing here knows of places.

A measure's value in any group of rows is the sum of `numerator` over the sum of `denominator`, both over the rows that are valid.
A row without a usable answer is not valid; it is counted as missing. The dataset cannot tell a question that was not asked from one that
was not answered, so both are missing; so are "don't know" and refusals where a share is made (`questionnaires/non_answers.py`). Medians
and quantiles are no such sums: their measures have a `level`, and values as numerators.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.codebook import Column, Table
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.figure_functions import FIGURE_FUNCTIONS
from questionnaires.model import QUANTILE_KINDS, Indicator
from questionnaires.non_answers import left_out_of

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SHARE_KINDS = ("share", "distribution")
FUNCTION = "function"
SHARE_UNIT = "share"
MEDIAN = 0.5
LEAST_OF_SHARE = 5
"""A share of fewer answers is told as what was counted, "1 of 2", and is not drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One figure to be made for every group: an indicator, or one `category` of a distribution. All arrays have one entry per row."""

    indicator: Indicator
    category: str
    numerator: Numbers
    denominator: Numbers
    is_valid: Flags
    is_sum: bool = False
    """True for a total, which is not divided by anything."""
    level: float | None = None
    """For a median or quantile: the share of the population at or below it. Such a measure must not be summed up."""

    def take(self, rows: npt.NDArray[np.intp]) -> "Measure":
        """The measure over these rows alone."""
        return replace(self, numerator=self.numerator[rows], denominator=self.denominator[rows], is_valid=self.is_valid[rows])

    def bare(self) -> "Measure":
        """What is measured, without any row."""
        return self.take(np.zeros(0, dtype=np.intp))

    @property
    def is_ratio(self) -> bool:
        """Whether what stands below the line is more than a mark of the usable rows."""
        return self.indicator.kind == "ratio"

    @property
    def is_share(self) -> bool:
        """Whether what stands above the line is 0 or 1 in every row."""
        return self.indicator.kind in SHARE_KINDS

    @property
    def is_part(self) -> bool:
        """Whether what stands above the line is part of what stands below it, so that the value lies within 0 to 1."""
        return self.is_share or (self.is_ratio and self.indicator.is_part)


def measures_of(indicator: Indicator, table: Table, rows: pd.DataFrame) -> Iterator[Measure]:
    """The measures of the indicator over the rows of its table: one, or for a distribution one per choice.

    Figures by name (`function`) are made by `analysis.functions`. Raises UNKNOWN_QUESTION when the indicator names a question that the
    table does not have, INVALID_VALUE when it is of a kind that this program does not know or its quantile of no share.
    """
    if indicator.kind == "ratio":
        yield _ratio(indicator, table, rows)
        return
    column = _column(indicator, table, indicator.variable)
    if indicator.kind == "distribution":
        yield from _distribution(indicator, column, rows)
    elif indicator.kind == "share":
        yield _share(indicator, column, rows)
    elif indicator.kind in (*QUANTILE_KINDS, "mean", "total"):
        numbers = numbers_in(rows, column)
        is_valid = ~np.isnan(numbers)
        above, below = np.where(is_valid, numbers, 0.0), is_valid.astype(float)
        yield Measure(indicator, "", above, below, is_valid, indicator.kind == "total", level_of(indicator))
    else:
        detail = "its kind '{value}' is not one that this program makes. Correct the sheet 'indicators'."
        raise _refused(indicator, detail, indicator.kind)


def level_of(indicator: Indicator) -> float | None:
    """The share of the population at or below a median or quantile, None for any other kind; INVALID_VALUE for one outside 0 to 1."""
    if indicator.kind not in QUANTILE_KINDS:
        return None
    level = MEDIAN if indicator.kind == "median" else indicator.p
    if level is None or not 0 < level < 1:
        detail = "its 'p' is {value}, and a quantile needs a share between 0 and 1. Correct the sheet 'indicators'."
        raise _refused(indicator, detail, level)
    return level


def _refused(indicator: Indicator, detail: str, value: object) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field="Indicator '{indicator}'", detail=detail, indicator=indicator.name, value=value)


def unit_of(indicator: Indicator) -> str:
    """The unit of the indicator's value: "share" for shares and for a ratio that has no unit, else the author's; a function has its own."""
    if indicator.kind == FUNCTION and indicator.name in FIGURE_FUNCTIONS:
        return indicator.unit or FIGURE_FUNCTIONS[indicator.name].unit
    is_share = indicator.kind in SHARE_KINDS or (indicator.kind == "ratio" and not indicator.unit)
    return SHARE_UNIT if is_share else indicator.unit


def numbers_in(rows: pd.DataFrame, column: Column) -> Numbers:
    """The column as numbers, NaN where there is none; calculations arrive as text and are read as numbers."""
    if column.name not in rows:
        return np.full(len(rows), np.nan)
    values = pd.to_numeric(rows[column.name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _column(indicator: Indicator, table: Table, question: str | None) -> Column:
    column = table.find(question) if question else None
    if column is None:
        place = "Indicator '{indicator}', table '{table}'"
        raise SurveyError(ErrorCode.UNKNOWN_QUESTION, place=place, question=question or "", indicator=indicator.name, table=table.name)
    return column


def _ratio(indicator: Indicator, table: Table, rows: pd.DataFrame) -> Measure:
    above = numbers_in(rows, _column(indicator, table, indicator.numerator))
    below = numbers_in(rows, _column(indicator, table, indicator.denominator))
    is_valid = ~np.isnan(above) & ~np.isnan(below)
    return Measure(indicator, "", np.where(is_valid, above, 0.0), np.where(is_valid, below, 0.0), is_valid)


def _share(indicator: Indicator, column: Column, rows: pd.DataFrame) -> Measure:
    left_out = left_out_of(indicator, column.choices)
    if column.kind == "multi":
        chosen = _Chosen.read(rows, column)
        counted, is_valid = chosen.any_of(indicator.values), chosen.is_answered
        if left_out:
            is_valid = chosen.any_of(tuple(choice.name for choice in column.choices if choice.name not in left_out))
    else:
        values = _texts(rows, column)
        counted, is_valid = _is_any(values, indicator.values), _is_answered(values)
        if left_out:
            is_valid = is_valid & ~_is_any(values, left_out)
    return Measure(indicator, "", (counted & is_valid).astype(float), is_valid.astype(float), is_valid)


def _distribution(indicator: Indicator, column: Column, rows: pd.DataFrame) -> Iterator[Measure]:
    names = [choice.name for choice in column.choices]
    if column.kind == "multi":
        chosen = _Chosen.read(rows, column)
        is_valid = chosen.is_answered
        counts: Mapping[str, Flags] = {name: chosen.any_of((name,)) for name in names}
    else:
        values = _texts(rows, column)
        is_valid = _is_answered(values)
        names = names or sorted(values[is_valid].unique())
        codes = pd.Categorical(values, categories=names).codes
        counts = {name: codes == code for code, name in enumerate(names)}
    for name in names:
        yield Measure(indicator, name, (counts[name] & is_valid).astype(float), is_valid.astype(float), is_valid)


def _texts(rows: pd.DataFrame, column: Column) -> "pd.Series[str]":
    """The answers as the questionnaire writes them: 1.0 is "1", true is "true"."""
    if column.name not in rows:
        return pd.Series(None, index=rows.index, dtype="str")
    values = rows[column.name]
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "true", False: "false"}).astype("str")
    if pd.api.types.is_numeric_dtype(values):
        return values.map(_number_text, na_action="ignore").astype("str")
    if values.dtype == object:
        return values.map(str, na_action="ignore").astype("str")
    return values


@cache
def _number_text(value: float) -> str:
    return f"{value:.15g}"


def _is_answered(values: "pd.Series[str]") -> Flags:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _of_category(values, values.cat.categories != "")
    answered: Flags = (values.notna() & (values != "")).to_numpy(dtype=bool)
    return answered


def _is_any(values: "pd.Series[str]", names: tuple[str, ...]) -> Flags:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _of_category(values, values.cat.categories.isin(names))
    found: Flags = values.isin(names).to_numpy(dtype=bool)
    return found


def _of_category(values: "pd.Series[str]", flags: Flags) -> Flags:
    """The flag of each value's category; False where there is none, whose code is -1."""
    found: Flags = np.append(flags, False)[values.cat.codes.to_numpy()]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """Answers with several choices, unrolled: `row` says whose the choice in `choice` is."""

    is_answered: Flags
    row: npt.NDArray[np.intp]
    choice: "pd.Series[str]"

    @classmethod
    def read(cls, rows: pd.DataFrame, column: Column) -> "_Chosen":
        n_rows = len(rows)
        values = rows[column.name].to_numpy() if column.name in rows else np.full(n_rows, None)
        lengths = np.array([0 if value is None or isinstance(value, float) else len(value) for value in values], dtype=np.intp)
        answered = [value for value, length in zip(values, lengths, strict=True) if length]
        choices = np.concatenate(answered) if answered else np.array([], dtype=object)
        return cls(lengths > 0, np.repeat(np.arange(n_rows), lengths), pd.Series(choices, dtype="str"))

    def any_of(self, names: tuple[str, ...]) -> Flags:
        """For each row whether one of the choices is among its answers."""
        counted = np.zeros(len(self.is_answered), dtype=bool)
        counted[self.row[self.choice.isin(names).to_numpy(dtype=bool)]] = True
        return counted
