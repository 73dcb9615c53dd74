"""Figures arranged as tables show them: by form for one place, by place for one indicator, counties side by side. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Category:
    """One answer of a distribution, a column of its table."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class PlaceLine:
    """One domain of an indicator: its figures by category, "" for an indicator that has none; `first` is any of them."""

    domain_type: str
    domain: str
    name: str
    figures: dict[str, Any]

    @property
    def first(self) -> Any:
        """One of the figures; all have the same answers behind them."""
        return next(iter(self.figures.values()))


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorLine:
    """One indicator, or one answer of a distribution, with its figures by county ("" for the visit as a whole)."""

    key: str
    label: str
    category_label: str
    first: Any
    figures: dict[str, Any]


def groups_by_form(rows: pd.DataFrame) -> list[tuple[str, list[list[Any]]]]:
    """For each form, in order, its indicators, each as its lines: one, or one for each answer of a distribution."""
    lines = rows.itertuples(index=False)
    return [
        (form_id, [list(answers) for _key, answers in groupby(group, key=lambda row: row.key)])
        for form_id, group in groupby(lines, key=lambda row: row.form_id)
    ]


def categories_of(rows: pd.DataFrame) -> tuple[Category, ...]:
    """The answers of a distribution in their order; one without a name for any other indicator."""
    pairs = dict.fromkeys(zip(rows.sort_values("order")["category"], rows.sort_values("order")["category_label"], strict=True))
    return tuple(Category(name, label) for name, label in pairs)


def lines_by_place(rows: pd.DataFrame) -> list[PlaceLine]:
    """A line for each domain, in the order of the rows."""
    lines: dict[tuple[str, str, str], PlaceLine] = {}
    for row in rows.itertuples(index=False):
        key = (row.domain_type, row.county_code, row.domain)
        line = lines.setdefault(key, PlaceLine(row.domain_type, row.domain, row.domain_name or row.domain, {}))
        line.figures[row.category] = row
    return list(lines.values())


def lines_by_indicator(rows: pd.DataFrame, counties: Sequence[str]) -> list[IndicatorLine]:
    """A line for each indicator and answer with its figures in these counties and in the visit as a whole."""
    wanted = {"", *counties}
    lines: dict[tuple[str, str], IndicatorLine] = {}
    for row in rows.itertuples(index=False):
        place = row.domain if row.domain_type == "county" else ""
        if place in wanted:
            line = lines.setdefault((row.key, row.category), IndicatorLine(row.key, row.indicator_label, row.category_label, row, {}))
            line.figures[place] = row
    return list(lines.values())
