"""Which answers are drawn stacked: those to questions with one choice out of a few, by county and by village."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from analysis.bundle import Bundle, folder_name
from analysis.charts.area_charts import few_text, value_with_n
from analysis.charts.labelled import label_places
from analysis.charts.stacks import StackChart, StackPanel, StackRow
from analysis.charts.style import shortened
from analysis.charts.words import joined, word
from analysis.codebook import Column, Form
from analysis.describe import indicators_of
from analysis.indicators import compute_indicators
from analysis.measures import LEAST_OF_SHARE, SHARE_UNIT
from analysis.report.captions import say
from analysis.report.facts import counted_by, read_value
from analysis.words import UNIT_WORDS, listed, number_text
from questionnaires.model import Indicator
from questionnaires.non_answers import NON_ANSWERS

MAX_ANSWERS = 8
MAX_ROWS = 60
PLACES = ("county", "village")


def stack_chart(form: Form, indicator: Indicator, rows: pd.DataFrame, title: str, counted: str, language: str) -> StackChart | None:
    """The answers to the question of a distribution by place, or None where they are too many, or several may be chosen.

    `rows` are the distribution's estimates, labelled and with the column "place".
    """
    column = _column(form, indicator)
    if column is None or column.kind != "category" or not 2 <= len(column.choices) <= MAX_ANSWERS:
        return None
    names = [choice.name for choice in column.choices]
    ordered = [name for name in names if name not in NON_ANSWERS]
    answers = [*ordered, *(name for name in names if name in NON_ANSWERS)]
    labels = dict(zip(rows["category"], rows["category_label"], strict=True))
    panels = []
    for domain_type in PLACES:
        of_type = rows[rows["domain_type"] == domain_type]
        found = [_row(group, answers, counted, language) for _, group in of_type.groupby(["visit_id", "county_code", "domain"], sort=False)]
        if any(row.shares for row in found) and len(found) <= MAX_ROWS:
            panels.append(StackPanel(say(language, f"by_places_{domain_type}"), tuple(found)))
    if not panels:
        return None
    heading = word(language, "answers_title", label=title)
    named = [labels.get(name, name) for name in answers]
    items = [_described(row, named, language) for panel in panels for row in panel.rows]
    return StackChart(
        title=heading,
        panels=tuple(panels),
        answers=tuple(named),
        n_ordered=len(ordered),
        n_good=_n_good(form, column, ordered),
        alt=shortened(word(language, "alt_stack", title=heading, items=joined(items, language))),
    )


def answer_charts(
    bundle: Bundle, visit_ids: Sequence[str] | None, county_code: str | None, minimum_n: int, language: str, calibrate: Sequence[str] = ()
) -> Iterator[tuple[str, StackChart]]:
    """(name, chart) of the answers behind every share that counts several of them, such as "content" and "very content"."""
    for form in bundle.forms.values():
        asked = [each for each in indicators_of(form) if each.kind == "share" and len(each.values) > 1]
        described = [
            replace(each, kind="distribution", values=(), threshold=None)
            for each in asked
            if (column := _column(form, each)) is not None and column.kind == "category" and 2 < len(column.choices) <= MAX_ANSWERS
        ]
        if not described:
            continue
        told = replace(bundle, forms={form.form_id: replace(form, indicators=tuple(described))})
        estimates = compute_indicators(told, visit_ids=visit_ids, minimum_n=minimum_n, calibrate=calibrate)
        if county_code:
            estimates = estimates[estimates["county_code"] == county_code]
        for name, rows in label_places(told, estimates, language).groupby("indicator", sort=False):
            indicator = next(each for each in described if each.name == name)
            label = rows["indicator_label"].iloc[0]
            chart = stack_chart(form, indicator, rows, label, counted_by(told, told.forms[form.form_id], indicator.name), language)
            if chart is not None:
                yield f"{folder_name(form.form_id)}/{folder_name(indicator.name)}-answers", chart


def _column(form: Form, indicator: Indicator) -> Column | None:
    table = form.table_of(indicator)
    return table.find(indicator.variable or "") if table else None


def _row(group: pd.DataFrame, answers: Sequence[str], counted: str, language: str) -> StackRow:
    """One place; without shares where its figures are missing, suppressed or of a handful."""
    first = group.iloc[0]
    value = read_value(first)
    shares = dict(zip(group["category"], group["estimate"], strict=True))
    if value.estimate is None:
        return StackRow(str(first["place"]), None, value_with_n(value, SHARE_UNIT, counted, language))
    n = f"{value.n}{UNIT_WORDS[language][counted]}" if language == "zh" else f"n={value.n}"
    if few_text(value, "distribution"):
        return StackRow(str(first["place"]), None, word(language, "few", n=n, least=LEAST_OF_SHARE))
    return StackRow(str(first["place"]), tuple(float(shares.get(name, 0.0)) for name in answers), n)


def _n_good(form: Form, column: Column, ordered: Sequence[str]) -> int:
    """How many of the ordered answers an indicator counts as good; 0 where none counts a run from the first one on."""
    for indicator in indicators_of(form):
        if indicator.kind == "share" and indicator.good == "high" and indicator.variable in (column.question, column.name):
            n = len(indicator.values)
            if 1 <= n < len(ordered) and len(ordered) > 2 and set(ordered[:n]) == set(indicator.values):
                return n
    return 0


def _described(row: StackRow, answers: Sequence[str], language: str) -> str:
    shares = [
        f"{name}{number_text(share, SHARE_UNIT)}" if language == "zh" else f"{name} {number_text(share, SHARE_UNIT)}"
        for name, share in zip(answers, row.shares or (), strict=False)
        if share
    ]
    return (
        word(language, "alt_stack_row", label=row.label, n=row.text, shares=listed(shares, language))
        if shares
        else f"{row.label} {row.text}"
    )
