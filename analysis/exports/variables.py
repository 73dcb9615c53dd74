"""Tables as other programs take them: one value a cell, coded choices with labels, names that every program accepts. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.codebook import label_in
from analysis.exports.deidentify import FIELD_ZONE
from analysis.exports.tables import SourceColumn, SourceTable
from analysis.exports.words import MISSING_CHOICES, YES_NO
from questionnaires.lint.aliases import aliases_of, is_portable

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
        answered = [None if _is_absent(value) else frozenset(map(str, value)) for value in series]
        known = [choice.name for choice in column.choices]
        others = sorted({name for names in answered if names for name in names} - set(known))
        labels = {choice.name: label_in(choice.label, language, choice.name) for choice in column.choices}
        for name in (*known, *others):
            content = pd.Series([None if names is None else int(name in names) for names in answered], index=series.index, dtype="Int64")
            yield (
                f"{column.name}_{name}",
                f"{label}：{labels.get(name, name)}" if language == "zh" else f"{label}: {labels.get(name, name)}",
                ("flag"),
                _yes_no(language),
                content,
            )
    elif column.kind == "category" and (column.choices or series.notna().any()):
        texts = pd.Series([None if _is_absent(value) else str(value) for value in series.tolist()], index=series.index, dtype="object")
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
    names = [*labels, *sorted(set(texts.dropna()) - set(labels))]
    # Choices that are whole numbers keep them; others are counted in the order of the questionnaire.
    numbers = all(_WHOLE.fullmatch(name) for name in names)
    return tuple(
        Value(int(name) if numbers else number, name, labels.get(name, name), is_missing=name in MISSING_CHOICES)
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
    return pd.Series([None if _is_absent(value) else _text(value) for value in series.tolist()], index=series.index, dtype="object")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(map(str, value)) if hasattr(value, "__iter__") else str(value)


def _is_absent(value: Any) -> bool:
    return not isinstance(value, str) and (value is None or (not hasattr(value, "__iter__") and bool(pd.isna(value))))
