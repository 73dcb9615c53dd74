"""The page of estimates beyond their thresholds, from which issues are raised."""

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from analysis.words import value_text
from survey.accounts.access import requires
from survey.db import current_session
from survey.issues.page import READERS, issue_words
from survey.issues.queries import names_of_places
from survey.issues.words import AREA_LABELS, LEVEL_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.reports.queries import list_reportable
from survey.thresholds.queries import open_issues_of
from survey.thresholds.reading import list_crossings
from survey.thresholds.wording import BASIS_LABELS, interval_text, threshold_text

blueprint = Blueprint("thresholds", __name__, url_prefix="/issues/candidates/estimates")


class FilterForm(PlainForm):
    """The filters; sent with GET, so it needs no token and its address can be passed on. A visit is always chosen."""

    visit = SelectField(_l("Visit"), validate_choice=False)
    county = SelectField(_l("County"), validate_choice=False)
    level = SelectField(_l("Level"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    language = str(get_locale())[:2]
    return {
        **issue_words(),
        "basis_labels": BASIS_LABELS,
        "value_of": lambda each: value_text(each.estimate, each.unit, language),
        "threshold_of": lambda each: threshold_text(each, language),
        "interval_of": lambda each: interval_text(each, language),
        "label_of": lambda each: each.labels.get(language) or each.indicator,
    }


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """A visit's estimates on the wrong side of their thresholds by county, each with its open issue or an offer to raise one."""
    session = current_session()
    visits = list_reportable(session)
    form = FilterForm(request.args)
    form.visit.choices = choices_of([(each.visit.id, each.visit.title) for each in visits])
    chosen = next((each for each in visits if each.visit.id == form.visit.data), visits[0] if visits else None)
    form.visit.data = chosen.visit.id if chosen else ""
    form.county.choices = choices_of([(each.code, each.name) for each in chosen.counties] if chosen else [], none=_("All"))
    form.level.choices = choices_of({level: LEVEL_LABELS[level] for level in ("county", "village")}, none=_("All"))
    form.area.choices = choices_of(AREA_LABELS, none=_("All"))
    every = list_crossings(session, chosen.visit.id) if chosen else ()
    shown = [
        each
        for each in every
        if (form.county.data or each.county_code) == each.county_code
        and (form.level.data or each.level) == each.level
        and (form.area.data or each.area) == each.area
    ]
    counties = [(code, tuple(group)) for code, group in groupby(shown, key=lambda each: each.county_code)]
    return render_template(
        "issues/estimates.html",
        form=form,
        chosen=chosen,
        counties=counties,
        n_all=len(every),
        places=names_of_places(session, [each.place_code for each in shown] + [code.ljust(12, "0") for code, _group in counties]),
        open_issues=open_issues_of(session, shown),
        is_filtered=bool(form.county.data or form.level.data or form.area.data),
    )
