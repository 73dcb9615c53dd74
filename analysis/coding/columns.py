"""The codes of open answers as columns beside the others, so that indicators and tables can use them like any question with choices."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Column, Form
from questionnaires.model import Choice, Indicator

SUFFIX = "_codes"
"""The codes of the question `wishes` stand in the column `wishes_codes`."""
NO_CODE = Choice("no_code", {"zh": "均不符合", "en": "No code fits"})


def with_codes(bundle: Bundle) -> Bundle:
    """The bundle with a column of several choices, and their distribution as an indicator, for every question that has a code book.

    An answer that is not decided yet has none; one that no code fits has `NO_CODE`.
    """
    tables = dict(bundle.tables)
    for form in bundle.forms.values():
        for question in form.code_books:
            rows = tables[form.form_id, MAIN]
            values = codes_of(rows["instance_id"], form.form_id, question, bundle.codings)
            tables[form.form_id, MAIN] = rows.assign(**{column_of(question): pd.Series(values, index=rows.index, dtype=object)})
    return replace(bundle, forms={form_id: with_code_columns(form) for form_id, form in bundle.forms.items()}, tables=tables)


def column_of(question: str) -> str:
    """The name of the column with the codes of this question's answers."""
    return f"{question}{SUFFIX}"


def with_code_columns(form: Form) -> Form:
    """The form with these columns and indicators, of which its tables' rows know nothing yet."""
    for question, choices in form.code_books.items():
        form = _with_column(form, question, choices)
    return form


def codes_of(instance_ids: Iterable[str], form_id: str, question: str, codings: pd.DataFrame | None) -> list[list[str] | None]:
    """For each interview the codes of its answer, `NO_CODE` where none fits, and None where nothing is decided."""
    if codings is None:
        return [None for _ in instance_ids]
    wanted = codings[(codings["form_id"] == form_id) & (codings["question"] == question) & codings["codes"].notna()]
    by_instance = {key: list(codes) or [NO_CODE.name] for key, codes in zip(wanted["instance_id"], wanted["codes"], strict=True)}
    return [by_instance.get(instance_id) for instance_id in instance_ids]


def _with_column(form: Form, question: str, choices: tuple[Choice, ...]) -> Form:
    asked = next((column for table in form.tables for column in table.columns if column.question == question), None)
    label: Mapping[str, str] = asked.label if asked else {"default": question}
    name, offered = column_of(question), (*choices, NO_CODE)
    # Without indicators of its own a form is told question by question, this one among them.
    column = Column(name, "multi", name, label, offered, is_asked=not form.indicators)
    main = [replace(table, columns=(*table.columns, column)) if table.name == MAIN else table for table in form.tables]
    counted = Indicator(name=column.name, label=label, area="other", kind="distribution", variable=column.name)
    return replace(form, tables=tuple(main), indicators=(*form.indicators, counted) if form.indicators else ())
