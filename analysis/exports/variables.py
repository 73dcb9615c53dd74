"""Tables as other programs take them: one value a cell, coded choices with labels, names that every program accepts. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.codebook import label_in
from analysis.exports.deidentify import FIELD_ZONE
from analysis.exports.tables import SourceColumn, SourceTable
from analysis.exports.words import YES_NO
from questionnaires.lint.aliases import aliases_of, is_portable
from questionnaires.non_answers import NON_ANSWERS

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a coded variable: the number in Stata and SPSS, the name in the questionnaire, the label in the language asked for."""

    code: int
    name: str
    label: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of an exported table; `short` is its name in Stata and SPSS.

    `kind` is "text", "integer", "decimal", "date", "datetime", "category" (its values are names of choices) or "flag" (0 and 1).
    """

    name: str
    short: str
    label: str
    kind: str
    values: tuple[Value, ...]
    source: SourceColumn


@dataclass(frozen=True)
class ExportTable:
    """One table to write: rows with a column for each variable."""

    name: str
    title: str
    frame: pd.DataFrame
    variables: tuple[Variable, ...]
    left_out: tuple[SourceColumn, ...]


def export_table(table: SourceTable, language: str) -> ExportTable:
    """The table with its labels in the language; questions with several choices have a variable of 0 and 1 for each of them."""
    columns: dict[str, pd.Series] = {}
    made: list[tuple[str, str, str, tuple[Value, ...], SourceColumn]] = []
    for each in table.columns:
        series = table.frame[each.column.name]
        for name, label, kind, values, content in _variables(each, series, language):
            while name in columns:
                name = f"{name}_"
            columns[name] = content
            made.append((name, label, kind, values, each))
    shorts = _short_names([name for name, *_ in made])
    variables = tuple(Variable(name, shorts[name], label, kind, values, source) for name, label, kind, values, source in made)
    frame = pd.DataFrame(columns, index=table.frame.index)
    return ExportTable(table.name, label_in(table.title, language, table.name), frame, variables, table.left_out)


def _short_names(names: Iterable[str]) -> dict[str, str]:
    """The name of each variable in Stata and SPSS: its own where they take it."""
    known = list(names)
    return {name: name for name in known if is_portable(name)} | dict(aliases_of(known))


Made = tuple[str, str, str, tuple[Value, ...], pd.Series]


def _variables(each: SourceColumn, series: pd.Series, language: str) -> Iterable[Made]:
    column = each.column
    label = label_in(column.label, language, column.name)
    if column.kind in ("multi", "texts") and column.choices:
        is_there = series.notna().to_numpy(dtype=bool)
        codes, answers = pd.factorize(objects([_several(value) for value in series[is_there]]))
        known = [choice.name for choice in column.choices]
        others = sorted({name for names in answers for name in names} - set(known))
        labels = {choice.name: label_in(choice.label, language, choice.name) for choice in column.choices}
        for name in (*known, *others):
            flags = np.zeros(len(series), dtype=np.int64)
            flags[is_there] = np.array([name in names for names in answers], dtype=np.int64)[codes]
            content = pd.Series(pd.arrays.IntegerArray(flags, ~is_there), index=series.index)
            yield (
                f"{column.name}_{name}",
                f"{label}：{labels.get(name, name)}" if language == "zh" else f"{label}: {labels.get(name, name)}",
                ("flag"),
                _yes_no(language),
                content,
            )
    elif column.kind == "category" and (column.choices or series.notna().any()):
        texts = _texts(series, str)
        yield column.name, label, "category", _values(each, texts, language), texts
    elif column.kind == "boolean":
        flags = pd.Series([None if _is_absent(value) else int(bool(value)) for value in series], index=series.index, dtype="Int64")
        yield column.name, label, "flag", _yes_no(language), flags
    else:
        kind = column.kind if column.kind in ("integer", "decimal", "date", "datetime") else "text"
        yield column.name, label, kind, (), _plain(series, kind)


def _yes_no(language: str) -> tuple[Value, ...]:
    return tuple(Value(code, str(code), label[language]) for code, label in YES_NO.items())


def _values(each: SourceColumn, texts: pd.Series, language: str) -> tuple[Value, ...]:
    labels = {choice.name: label_in(choice.label, language, choice.name) for choice in each.column.choices}
    names = [*labels, *sorted(set(texts.tolist()) - {None} - set(labels))]
    # Choices that are whole numbers keep them; others are counted in the order of the questionnaire.
    numbers = all(_WHOLE.fullmatch(name) for name in names)
    return tuple(
        Value(int(name) if numbers else number, name, labels.get(name, name), is_missing=name in NON_ANSWERS)
        for number, name in enumerate(names, start=1)
    )


def _plain(series: pd.Series, kind: str) -> pd.Series:
    if kind == "integer":
        return pd.to_numeric(series, errors="coerce").astype("Int64")
    if kind == "decimal":
        return pd.to_numeric(series, errors="coerce").astype(float)
    if kind == "date":
        return pd.to_datetime(series, errors="coerce").astype("datetime64[s]")
    if kind == "datetime":
        moments = pd.to_datetime(series, utc=True, errors="coerce").dt.tz_convert(FIELD_ZONE).dt.tz_localize(None)
        return moments.astype("datetime64[s]")
    return _texts(series, _text)


def _texts(series: pd.Series, text_of: Callable[[Any], str]) -> pd.Series:
    """The text of every value, None where there is none."""
    if isinstance(series.dtype, pd.StringDtype):
        # Where all are texts already, no value has to be looked at.
        codes, values = pd.factorize(series)
        return pd.Series(objects([*values, None]).take(codes, mode="wrap"), index=series.index, dtype="object")
    return pd.Series([None if _is_absent(value) else text_of(value) for value in series.tolist()], index=series.index, dtype="object")


def objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """The values, whatever they are, as an array of as many."""
    return np.fromiter(values, dtype=object, count=len(values))


def _several(value: Iterable[Any]) -> tuple[str, ...]:
    # As a file gives them, they are texts.
    return tuple(value.tolist()) if isinstance(value, np.ndarray) else tuple(map(str, value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(map(str, value)) if hasattr(value, "__iter__") else str(value)


def _is_absent(value: Any) -> bool:
    return not isinstance(value, str) and (value is None or (not hasattr(value, "__iter__") and bool(pd.isna(value))))
