"""The entity sets: those of the register, and those of one visit (its answers de-identified, its figures, its issues)."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from analysis.tabulate import label_estimates
from survey.api import queries
from survey.api.figures import NUMBERS, figure_rows, whole_figures
from survey.api.released import ROW, Released
from survey.api.words import described, translated
from survey.api.writing import issue_record, place_record, visit_record
from survey.figures.keeping import Kept, frame_of
from survey.figures.reading import LEAST_ANSWERS, withhold
from survey.issues.models import Issue
from survey.odata.model import BOOLEAN, DATE, DOUBLE, INSTANT, INT, STRING, TYPE_OF_KIND, EntitySet, Property, identifiers, rows_of
from survey.pages.language import LANGUAGES
from survey.this_app import this_app

ALL = 1_000_000
"""So many rows of the register at most; a set of the register is read whole."""
VISITS = {
    "id": STRING,
    "title": STRING,
    "starts_on": DATE,
    "ends_on": DATE,
    "state": STRING,
    "records": STRING,
    "look_back_of": STRING,
    "is_invented": BOOLEAN,
    "n_villages": INT,
}
PLACES = {
    "code": STRING,
    "name": STRING,
    "level": STRING,
    "parent_code": STRING,
    "is_invented": BOOLEAN,
    "latitude": DOUBLE,
    "longitude": DOUBLE,
}
ISSUES = {
    **dict.fromkeys(
        ("number", "title", "title_zh", "title_en", "finding", "area", "level", "severity", "place_code", "visit_id", "form_id", "rule"),
        STRING,
    ),
    **dict.fromkeys(("attribution", "scope", "recommendation", "responsible_body", "escalated_to", "state", "merged_into"), STRING),
    "due_on": DATE,
    **dict.fromkeys(("state_since", "raised_at", "verified_at", "reported_at", "closed_at"), INSTANT),
}
STEPS = {
    "id": STRING,
    "issue_number": STRING,
    "number": INT,
    **dict.fromkeys(("action", "from_state", "to_state", "reason", "taken_by"), STRING),
    "taken_at": INSTANT,
}
ESTIMATES = {
    "row": INT,
    **dict.fromkeys(("form_id", "indicator", "indicator_label", "category", "category_label", "domain_type", "domain"), STRING),
    **dict.fromkeys(("domain_name", "county_code", "county_name"), STRING),
    "n": INT,
    "n_missing": INT,
    **dict.fromkeys(NUMBERS, DOUBLE),
    "unit": STRING,
    "basis": STRING,
    "suppressed": BOOLEAN,
}
TITLES = {
    "visits": described("Visits"),
    "places": described("Places"),
    "issues": described("Issues"),
    "issue_steps": described("Steps in the history of issues"),
    "estimates": described("Estimates of indicators by place; those from fewer than five answers are withheld"),
}


def register_sets(session: Session) -> tuple[EntitySet, ...]:
    """The sets over all visits."""
    return (
        _set("visits", "id", VISITS, lambda properties: rows_of(list(_visits(session)), properties)),
        _set(
            "places",
            "code",
            PLACES,
            lambda properties: rows_of(_plain(map(place_record, queries.list_places(session, [], ALL))), properties),
        ),
        *issue_sets(session, []),
    )


def issue_sets(session: Session, conditions: list[queries.Condition]) -> tuple[EntitySet, EntitySet]:
    """The issues that these conditions let pass, and the steps of their history."""
    return (
        _set("issues", "number", ISSUES, lambda properties: rows_of(_issues(session, conditions), properties)),
        _set("issue_steps", "id", STEPS, lambda properties: rows_of(list(_steps(session, conditions)), properties)),
    )


def visit_sets(session: Session, visit_id: str, released: Released, language: str) -> tuple[EntitySet, ...]:
    """The sets of one visit: the tables of its answers, its estimates, its issues. The estimates are made when they are asked for."""
    found = [*issue_sets(session, [Issue.visit_id == visit_id])]
    found.append(_set("estimates", "row", ESTIMATES, lambda _properties: estimate_rows(visit_id, language)))
    taken = [each.name for each in found]
    names = identifiers([*taken, *(str(each["name"]) for each in released.tables)])[len(taken) :]
    for name, told in zip(names, released.tables, strict=True):
        rows = partial(released.rows, told["name"])
        found.append(EntitySet(name, told["title"][language], "row", _columns(told["columns"], language), rows, released.name))
    return tuple(found)


def estimate_rows(visit_id: str, language: str) -> ds.Dataset:
    """Every estimate of the visit with labels, as pages of figures show them; no row where nothing was accepted."""
    kept = whole_figures(this_app(), visit_id)
    table = _estimates(kept, language) if kept is not None else pd.DataFrame(columns=list(ESTIMATES))
    types = {STRING: pa.string(), INT: pa.int64(), DOUBLE: pa.float64(), BOOLEAN: pa.bool_()}
    schema = pa.schema([(name, types[kind]) for name, kind in ESTIMATES.items()])
    return ds.dataset(pa.Table.from_pandas(table[list(ESTIMATES)], schema=schema, preserve_index=False, safe=False))


def _estimates(kept: Kept, language: str) -> pd.DataFrame:
    found = figure_rows(kept).to_table().to_pandas()
    labelled = label_estimates(frame_of(kept), withhold(frame_of(kept), found, LEAST_ANSWERS), language)
    return labelled.assign(row=range(1, len(labelled) + 1))


def _set(name: str, key: str, types: dict[str, str], rows: Any) -> EntitySet:
    properties = tuple(Property(each, each, kind) for each, kind in types.items())
    title = translated({"summary": TITLES[name]})["summary"]
    return EntitySet(name, title, key, properties, partial(rows, properties))


def _columns(told: Iterable[dict[str, Any]], language: str) -> Sequence[Property]:
    columns = list(told)
    names = identifiers(["row", *(str(each["name"]) for each in columns)])
    answers = (
        Property(name, each["name"], TYPE_OF_KIND.get(each["kind"], STRING), each["label"][language])
        for name, each in zip(names[1:], columns, strict=True)
    )
    return (Property("row", ROW, INT, _("Number of the row")), *answers)


def _plain(records: Iterable[Any]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(each) for each in records]


def _visits(session: Session) -> Iterable[dict[str, Any]]:
    for each in queries.list_visits(session, [], ALL):
        told = msgspec.structs.asdict(visit_record(each))
        yield {**told, "n_villages": len(told["villages"])}


def _issues(session: Session, conditions: list[queries.Condition]) -> list[dict[str, Any]]:
    """The issues with their titles as pages of each language show them."""
    found = _plain(issue_record(each, ()) for each in queries.list_issues(session, conditions, ALL))
    return [{**each, **{f"title_{code}": each["titles"].get(code) or each["title"] for code in LANGUAGES}} for each in found]


def _steps(session: Session, conditions: list[queries.Condition]) -> Iterable[dict[str, Any]]:
    for number, step, name in queries.list_steps(session, conditions):
        yield {
            "id": f"{number}:{step.number}",
            "issue_number": number,
            "number": step.number,
            "action": step.action,
            "from_state": step.from_state,
            "to_state": step.to_state,
            "reason": step.reason,
            "taken_by": name,
            "taken_at": step.taken_at,
        }
