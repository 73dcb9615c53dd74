"""The operations over one visit as a whole: its answers, estimates, and what the checks of quality find."""

from collections.abc import Iterator
from functools import reduce
from operator import and_
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import pandas as pd
import pyarrow.compute as pc
from flask_babel import get_locale
from msgspec import Meta

from analysis.quality.checks import CHECKS, Quality
from analysis.quality.words import TITLES
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor
from survey.api import schemas
from survey.api.cursors import read_cursor, write_cursor
from survey.api.figures import estimates_of, whole_figures
from survey.api.queries import find_visit
from survey.api.released import CONTENTS, DEIDENTIFIED, FULL, Released, find_release, release, rows_between
from survey.api.serving import Paging, Parameters, next_address, serve
from survey.api.views import OfCounty, OfVillage
from survey.api.views import blueprint as blueprint
from survey.api.words import described
from survey.config import current_settings
from survey.datasets.four_eyes import find_approved
from survey.datasets.operations import FULL_ROLES
from survey.db import current_session, reading_scope, utc_now
from survey.figures.reading import LEAST_ANSWERS
from survey.protection.reading import note_names
from survey.quality.reading import read_quality
from survey.this_app import this_app

Contents = Annotated[
    Literal[CONTENTS],  # type: ignore[valid-type]
    Meta(description=described("deidentified, or full for those whose request for the full dataset was approved.")),
]


class Place(NamedTuple):
    """Where a page begins: the state of the data, and how many rows lie before."""

    state: str
    offset: int


"""Where a page of rows begins: the name of the state of the data, and how many rows lie before."""


class TablesParameters(Parameters, frozen=True, kw_only=True):
    """Which tables."""

    contents: Contents = DEIDENTIFIED


class RowsParameters(Paging, frozen=True, kw_only=True):
    """Which rows of a table."""

    contents: Contents = DEIDENTIFIED
    county: OfCounty = ""
    village: OfVillage = ""


class EstimatesParameters(Paging, frozen=True, kw_only=True):
    """Which estimates."""

    form_id: Annotated[str, Meta(max_length=128, description=described("Only of this questionnaire."))] = ""
    indicator: Annotated[str, Meta(max_length=128, description=described("Only of the indicator with this name."))] = ""
    domain_type: Annotated[str, Meta(max_length=32, description=described("Only of domains of this type: visit, county, village …"))] = ""
    county: OfCounty = ""
    village: OfVillage = ""
    least: Annotated[int, Meta(ge=1, le=1000, description=described("Figures from fewer answers are withheld."))] = LEAST_ANSWERS


class FindingsParameters(Paging, frozen=True, kw_only=True):
    """Which findings of the checks."""

    form_id: Annotated[str, Meta(max_length=128, description=described("Only of this questionnaire."))] = ""
    check: Annotated[
        Literal[("", *(check.name for check in CHECKS))],  # type: ignore[valid-type]
        Meta(description=described("Only of this check.")),
    ] = ""
    every: Annotated[bool, Meta(description=described("Also what is within what is usual."))] = False


@serve(blueprint, "/visits/<visit_id>/tables", described("The tables of answers of one visit, with their columns"))
def tables(parameters: TablesParameters, visit_id: str) -> schemas.AnswerTables:
    """What there is of answers."""
    found = released(visit_id, parameters.contents)
    return schemas.AnswerTables(
        visit_id=visit_id,
        contents=parameters.contents,
        dataset_hash=found.dataset_hash,
        tables=[msgspec.convert({name: each[name] for name in each if name != "file"}, schemas.AnswerTable) for each in found.tables],
    )


@serve(blueprint, "/visits/<visit_id>/tables/<table>", described("The rows of one table of answers"))
def rows(parameters: RowsParameters, visit_id: str, table: str) -> schemas.AnswerRows:
    """The rows in their order."""
    place = read_cursor(parameters.cursor, Place)
    found = released(visit_id, parameters.contents, place[0] if place else "")
    offset = place[1] if place else 0
    known = [each["name"] for each in found.table(table)["columns"]]
    wanted = _all(
        pc.field(column) == value
        for column, value in (("county", parameters.county[:6]), ("village_code", parameters.village))
        if value and column in known
    )
    page = rows_between(found.rows(table), wanted, offset, parameters.limit + 1, known)
    items = page.slice(0, parameters.limit).to_pylist()
    note_full(parameters.contents, len(items))
    cursor = write_cursor((found.name, offset + parameters.limit)) if len(page) > parameters.limit else None
    return schemas.AnswerRows(
        visit_id=visit_id, table=table, dataset_hash=found.dataset_hash, items=items, next=next_address(parameters, cursor)
    )


@serve(blueprint, "/visits/<visit_id>/estimates", described("Estimates of indicators by place, with standard errors and intervals"))
def estimates(parameters: EstimatesParameters, visit_id: str) -> schemas.Estimates:
    """The estimates, by place."""
    kept = whole_figures(this_app(), visit_id)
    if kept is None:
        raise SurveyError(ErrorCode.EMPTY_DATASET, place=visit_id, form_id="any questionnaire")
    place = read_cursor(parameters.cursor, Place)
    if place is not None and place[0] != kept.folder.name:
        raise changed()
    offset = place[1] if place else 0
    chosen = {name: getattr(parameters, name) for name in ("form_id", "indicator", "domain_type")}
    chosen |= {"county_code": (parameters.county or parameters.village)[:6], "domain": parameters.village}
    wanted = _all(pc.field(name) == value for name, value in chosen.items() if value)
    found = estimates_of(kept, wanted, offset, parameters.limit + 1, parameters.least, _language())
    cursor = write_cursor((kept.folder.name, offset + parameters.limit)) if len(found) > parameters.limit else None
    return schemas.Estimates(
        visit_id=visit_id,
        made_at=kept.made_at,
        dataset_hash=kept.dataset_hash,
        least=parameters.least,
        items=found[: parameters.limit],
        next=next_address(parameters, cursor),
    )


@serve(blueprint, "/visits/<visit_id>/quality", described("What the checks of quality find in one visit's interviews"))
def quality(parameters: FindingsParameters, visit_id: str) -> schemas.Page[schemas.Finding]:
    """The findings, check by check."""
    session = current_session()
    visit = find_visit(session, visit_id)
    offset = read_cursor(parameters.cursor, int) or 0
    findings = [
        each
        for form_id, found in read_quality(session, visit).items()
        if parameters.form_id in ("", form_id)
        for each in _findings(form_id, found, parameters)
    ]
    page = findings[max(0, offset) : max(0, offset) + parameters.limit]
    end = offset + parameters.limit
    return schemas.Page(items=page, next=next_address(parameters, write_cursor(end) if end < len(findings) else None))


def released(visit_id: str, contents: str, name: str = "") -> Released:
    """The tables of the visit that the reader may have, as of now; those of the state with this name where a page goes on.

    NOT_ALLOWED for full ones that were not approved, INVALID_VALUE when the state is no longer there.
    """
    check_contents(visit_id, contents)
    # A session of its own: a visit's tables are made whole or not at all, and the table of rights says who may have them.
    with reading_scope(this_app()) as session:
        find_visit(session, visit_id)
        found = find_release(session, visit_id, contents, name) if name else release(session, visit_id, contents)
    if found is None:
        raise changed()
    return found


def check_contents(visit_id: str, contents: str) -> None:
    """Raise NOT_ALLOWED unless the reader may have these contents: full ones need the role, and another's approval where that is asked."""
    if contents != FULL:
        return
    person = actor()
    if not any(person.has_role(role) for role in FULL_ROLES):
        remedy = "Take the de-identified one, or ask a coordinator."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=person.username, action="take a full dataset", remedy=remedy)
    if current_settings().four_eyes and find_approved(current_session(), person, visit_id, utc_now()) is None:
        remedy = "Ask for it; once another has approved it, it can be fetched for three days."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=person.name, action="fetch this dataset", remedy=remedy)


def note_full(contents: str, n_rows: int) -> None:
    """Nothing; it is on record that so many rows were read that tell who people are."""
    if contents == FULL and n_rows:
        note_names(n_rows)


def changed() -> SurveyError:
    """What a page is refused with whose data are no longer there."""
    detail = "the data changed since the first page; begin anew without it"
    return SurveyError(ErrorCode.INVALID_VALUE, field="cursor", detail=detail, detail_zh="自读取第一页以来数据已变化，请去掉它从头读取")


def _findings(form_id: str, found: Quality, parameters: FindingsParameters) -> Iterator[schemas.Finding]:
    for check in CHECKS:
        if parameters.check in ("", check.name):
            frame = found.tables[check.name] if parameters.every else found.noticed(check.name)
            for row in frame.to_dict("records"):
                yield schemas.Finding(
                    form_id=form_id,
                    check=check.name,
                    title=TITLES[_language()][check.name],
                    is_noticed=bool(row["is_noticed"]),
                    instance_ids=list(row["instance_ids"]),
                    values={name: _cell(row[name]) for name, _kind in check.columns},
                )


def _cell(value: Any) -> schemas.Cell:
    """A value of pandas as JSON has it."""
    if isinstance(value, str | bool):
        return value
    if value is None or pd.isna(value):
        return None
    number = value.item() if hasattr(value, "item") else value
    return number if isinstance(number, bool | int | float) else str(number)


def _all(conditions: Iterator[pc.Expression]) -> pc.Expression | None:
    """All of the conditions; None without any."""
    found = list(conditions)
    return reduce(and_, found) if found else None


def _language() -> str:
    return str(get_locale())[:2]
