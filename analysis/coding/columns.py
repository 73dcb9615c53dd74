"""The codes of open answers as columns beside the others, so that indicators and tables can use them like any question with choices."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
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
    forms, tables = dict(bundle.forms), dict(bundle.tables)
    for form in bundle.forms.values():
        for question, choices in form.code_books.items():
            forms[form.form_id] = _with_column(forms[form.form_id], question, choices)
            tables[form.form_id, MAIN] = _with_values(tables[form.form_id, MAIN], form.form_id, question, bundle.codings)
    return replace(bundle, forms=forms, tables=tables)


def _with_column(form: Form, question: str, choices: tuple[Choice, ...]) -> Form:
    asked = next((column for table in form.tables for column in table.columns if column.question == question), None)
    label: Mapping[str, str] = asked.label if asked else {"default": question}
    name, offered = f"{question}{SUFFIX}", (*choices, NO_CODE)
    # Without indicators of its own a form is told question by question, this one among them.
    column = Column(name, "multi", name, label, offered, is_asked=not form.indicators)
    main = [replace(table, columns=(*table.columns, column)) if table.name == MAIN else table for table in form.tables]
    counted = Indicator(name=column.name, label=label, area="other", kind="distribution", variable=column.name)
    return replace(form, tables=tuple(main), indicators=(*form.indicators, counted) if form.indicators else ())


def _with_values(rows: pd.DataFrame, form_id: str, question: str, codings: pd.DataFrame | None) -> pd.DataFrame:
    values = np.full(len(rows), None, dtype=object)
    if codings is not None:
        wanted = codings[(codings["form_id"] == form_id) & (codings["question"] == question) & codings["codes"].notna()]
        by_instance = dict(zip(wanted["instance_id"], wanted["codes"], strict=True))
        for place, instance_id in enumerate(rows["instance_id"]):
            codes = by_instance.get(instance_id)
            values[place] = None if codes is None else list(codes) or [NO_CODE.name]
    return rows.assign(**{f"{question}{SUFFIX}": values})
