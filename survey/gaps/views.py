"""The page of gaps, and the same as a workbook."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from flask import Blueprint, Response
from flask_babel import get_locale
from flask_babel import gettext as _

from analysis.gaps.workbook import Labels, gaps_workbook
from analysis.measures import SHARE_UNIT
from analysis.words import NO_VALUE, number_text, value_text
from survey.accounts.access import requires
from survey.db import current_session
from survey.errors import spoken
from survey.gaps.reading import read_gaps
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

SHOWN_PER_RULE = 10
"""So many indicators of an issue are on the page; the workbook has all of them."""

blueprint = Blueprint("gaps", __name__, url_prefix="/visits/<visit_id>/gaps")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**visit_words(), "number": number_text, "value": _value, "p_value": _p_value, "share_unit": SHARE_UNIT}


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The three analyses of the visit."""
    visit = find_visit(current_session(), visit_id)
    found = read_gaps(current_session(), visit.id)
    gaps = found.gaps
    return render_visit(
        "gaps/index.html",
        visit,
        labels=Labels(found.frame, _language()),
        cliff=_rows(gaps.cliff[gaps.cliff["domain_type"] == "visit"]),
        cliff_places=_rows(_of_places(gaps.cliff)),
        filed=_rows(gaps.filed[gaps.filed["domain_type"] == "visit"]),
        filed_places=_rows(_of_places(gaps.filed)),
        rules=[(rows[0], rows) for rows in map(_rows, _by_rule(gaps.villages))],
        n_rules_shown=SHOWN_PER_RULE,
        problems=[spoken(problem) for problem in gaps.problems],
    )


@blueprint.get("/gaps.xlsx")
@requires(*READERS)
def workbook(visit_id: str) -> Response:
    """All of it as a workbook, as `python -m analysis` writes it."""
    visit = find_visit(current_session(), visit_id)
    found = read_gaps(current_session(), visit.id)
    return download(gaps_workbook(found.frame, found.gaps, _language()), f"{visit.id}-{_('gaps')}.xlsx", XLSX)


def _of_places(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of counties where there are several, and of villages."""
    is_county = table["domain_type"] == "county"
    several = table.loc[is_county, "county_code"].nunique() > 1
    return table[(is_county & several) | (table["domain_type"] == "village")]


def _by_rule(table: pd.DataFrame) -> list[pd.DataFrame]:
    of_visit = table[table["scope"] == "visit"]
    return [rows.head(SHOWN_PER_RULE) for _rule, rows in of_visit.groupby("rule", sort=False)]


def _rows(table: pd.DataFrame) -> Sequence[Any]:
    return list(table.itertuples(index=False))


def _value(number: float | None, unit: str) -> str:
    return value_text(number, unit, _language())


def _p_value(number: float) -> str:
    """A probability as it is written: three digits, or below a thousandth."""
    if pd.isna(number):
        return NO_VALUE
    return "< 0.001" if number < 0.001 else f"{number:.3f}"


def _language() -> str:
    return str(get_locale())[:2]
