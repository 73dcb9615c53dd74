"""The tables of one visit as an export begins with them: the columns that every submission has, then one for each question.

Nothing is left out here; `deidentify.py` decides what may stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Column, Form, label_in
from analysis.exports.words import RECONCILIATION_LABELS, RECORD_LABELS
from analysis.words import KIND_NAMES
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Choice, Text

UNKNOWN = "unknown"
"""What stands in place of a county's code where there is none."""
RECORD_KINDS: dict[str, str] = {
    "instance_id": "text",
    "position": "integer",
    "parent_position": "integer",
    "form_version": "text",
    "visit_id": "text",
    "assignment_id": "text",
    "household_id": "text",
    "household_kind": "category",
    "county": "text",
    "county_name": "text",
    "village_code": "text",
    "village_name": "text",
    "inclusion_probability": "decimal",
    "lead_id": "text",
    "second_id": "text",
    "reconciliation": "category",
    "device_id": "text",
    "started_at": "datetime",
    "ended_at": "datetime",
    "received_at": "datetime",
    "duration_minutes": "decimal",
}
"""The columns that come before the questions, in order, with their kinds."""
_NAMES_OF_KIND: dict[str, Text] = {kind: {code: KIND_NAMES[code][kind] for code in KIND_NAMES} for kind in KIND_NAMES["zh"]}


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column on its way out, with what it gives away (`kind_of_risk`) and what is done about it."""

    column: Column
    is_record: bool
    risk: str = "plain"
    treatment: str = "kept"


@dataclass(frozen=True)
class SourceTable:
    """One table of a form: its name among the files, its title by language, its rows and columns in order."""

    name: str
    form_id: str
    table: str
    title: Text
    frame: pd.DataFrame
    columns: tuple[SourceColumn, ...]
    left_out: tuple[SourceColumn, ...] = field(default=())
    codes: frozenset[str] = frozenset()
    """The names of all choices of the form."""


def tables_of_visit(bundle: Bundle, visit_id: str) -> tuple[SourceTable, ...]:
    """Every table of the visit that has rows; NOT_FOUND for an unknown visit, EMPTY_DATASET when nothing of it was accepted."""
    visit = bundle.visit(visit_id)
    names = _file_names(bundle)
    tables = []
    for (form_id, name), frame in bundle.tables.items():
        form = bundle.forms[form_id]
        rows = frame[frame["visit_id"] == visit.id].reset_index(drop=True)
        if len(rows):
            tables.append(_table(bundle, form, name, names[form_id, name], rows))
    if not tables:
        raise SurveyError(ErrorCode.EMPTY_DATASET, place="Visit {visit}", form_id="any questionnaire", visit=visit.id)
    return tuple(sorted(tables, key=lambda table: table.name))


def _file_names(bundle: Bundle) -> dict[tuple[str, str], str]:
    """A name for the files of every table, whatever signs its form's name has; "household", "household-members"."""
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for form_id, name in sorted(bundle.tables):
        text = form_id if name == MAIN else f"{form_id}-{name}"
        base = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in text)[:80] or "table"
        known, number = base, 2
        while known.lower() in taken:
            known, number = f"{base}_{number}", number + 1
        taken.add(known.lower())
        found[form_id, name] = known
    return found


def _table(bundle: Bundle, form: Form, name: str, file_name: str, rows: pd.DataFrame) -> SourceTable:
    table = form.table(name)
    questions: Sequence[Column] = tuple(column for column in (table.columns if table else ()) if column.name not in RECORD_KINDS)
    frame = rows.assign(
        county_name=_names(bundle, rows["county"]),
        village_name=_names(bundle, rows["village_code"]),
    )
    if "household_id" in rows and "inclusion_probability" in bundle.households:
        known = bundle.households.drop_duplicates("household_id").set_index("household_id")["inclusion_probability"]
        probability = rows["household_id"].map(known)
        if probability.notna().any():
            frame = frame.assign(inclusion_probability=probability.astype(float))
    record = tuple(SourceColumn(record_column(each, kind), is_record=True) for each, kind in RECORD_KINDS.items() if each in frame)
    asked = tuple(SourceColumn(column, is_record=False) for column in questions if column.name in frame)
    codes = frozenset(choice.name for each in form.tables for column in each.columns for choice in column.choices)
    ordered = frame[[each.column.name for each in (*record, *asked)]]
    keys = [key for key in ("instance_id", "position") if key in ordered]
    title = {code: _title(form, name, code) for code in ("zh", "en")}
    return SourceTable(
        file_name, form.form_id, name, title, ordered.sort_values(keys).reset_index(drop=True), (*record, *asked), codes=codes
    )


def _names(bundle: Bundle, codes: pd.Series) -> pd.Series:
    """The names of the places, "" where there is none."""
    names = {code: bundle.place_name(code) for code in codes.dropna().unique() if code != UNKNOWN}
    return codes.astype("object").map(names).fillna("").astype("str")


def _title(form: Form, name: str, language: str) -> str:
    title = label_in(form.title, language, form.form_id)
    return title if name == MAIN else f"{title} · {name}"


def record_column(name: str, kind: str) -> Column:
    """A column that comes with every submission, with its label and choices in both languages."""
    labels = {"household_kind": _NAMES_OF_KIND, "reconciliation": dict(RECONCILIATION_LABELS)}.get(name, {})
    choices = tuple(Choice(choice, dict(label)) for choice, label in labels.items())
    return Column(name, kind, "", dict(RECORD_LABELS[name]), choices, is_asked=False)
