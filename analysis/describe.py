"""Indicators for a form whose author defined none, so that any questionnaire can be tabulated. Pure."""

from collections.abc import Iterator

from analysis.codebook import CHOICE_KINDS, MAIN, NUMERIC_KINDS, Column, Form, Table
from questionnaires.model import Indicator

AREA = "other"


def indicators_of(form: Form) -> tuple[Indicator, ...]:
    """The form's own indicators; without any, a distribution for each question with choices and a mean for each number asked."""
    return form.indicators or tuple(_descriptions(form))


def _descriptions(form: Form) -> Iterator[Indicator]:
    taken: set[str] = set()
    for table in form.tables:
        for column in table.columns:
            kind = _kind(column)
            if kind:
                name = column.name if column.name not in taken else f"{table.name}_{column.name}"
                taken.add(name)
                yield _description(name, kind, column, table)


def _kind(column: Column) -> str:
    if not column.is_asked:
        return ""
    if column.kind in CHOICE_KINDS and column.choices:
        return "distribution"
    return "mean" if column.kind in NUMERIC_KINDS else ""


def _description(name: str, kind: str, column: Column, table: Table) -> Indicator:
    return Indicator(
        name=name, label=column.label, area=AREA, kind=kind, variable=column.name, of=None if table.name == MAIN else table.name
    )
