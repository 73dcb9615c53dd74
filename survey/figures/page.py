"""What every page of figures begins with: the visit that is chosen, its figures as they are kept, and what happened since."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask import render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.bundle import Bundle
from analysis.codebook import label_in
from analysis.measures import LEAST_OF_SHARE, SHARE_KINDS, SHARE_UNIT
from analysis.words import MINUS, number_text, value_text
from questionnaires.errors import ErrorCode, SurveyError
from survey.background import Work
from survey.bundles.of_visits import place_of_visit
from survey.config import current_settings
from survey.db import current_session, rollback_request
from survey.errors import spoken
from survey.figures.forms import SelectionForm, UpdateForm
from survey.figures.keeping import Kept, frame_of, read_kept
from survey.figures.making import begin, work_on
from survey.figures.queries import OfferedVisit, Since, list_offered, read_since
from survey.figures.reading import Selection, list_known, list_places
from survey.figures.words import (
    BASIS_LABELS,
    BASIS_NOTES,
    SHORT_STANDING_LABELS,
    STANDING_LABELS,
    STANDING_TONES,
    WHICH_LABELS,
)
from survey.issues.words import AREA_LABELS
from survey.pages.choices import choices_of
from survey.pages.navigation import Tab
from survey.places.words import KIND_LABELS
from survey.this_app import this_app
from survey.thresholds.wording import limit_text

READERS = ("admin", "coordinator", "author")
PATIENCE_SECONDS = 2.5
"""So long a page waits for figures before it says that they are being made."""
VILLAGES_OFFERED = 300
TABS = (
    Tab("figures", "figures.index", _l("By place and indicator")),
    Tab("counties", "figures.counties", _l("Counties compared")),
    Tab("change", "figures.change", _l("Before and after")),
)


class NotMadeYet(Exception):
    """The visit's figures are not there; `work` is their making."""

    def __init__(self, visit: OfferedVisit, work: Work) -> None:
        super().__init__(visit.id)
        self.visit, self.work = visit, work


class NothingAccepted(Exception):
    """There is no visit with an accepted interview."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A visit's figures as a page shows them."""

    visits: tuple[OfferedVisit, ...]
    visit: OfferedVisit
    kept: Kept
    since: Since
    frame: Bundle
    form: SelectionForm
    selection: Selection


def language() -> str:
    """The reader's language as `analysis` names it."""
    return str(get_locale())[:2]


def open_figures() -> Opened:
    """The figures that the address asks for; without a visit in it, those of the latest.

    Raises NotMadeYet, after having them made for a while, and NothingAccepted; NOT_FOUND for a visit without accepted interviews.
    """
    session = current_session()
    visits = list_offered(session)
    if not visits:
        raise NothingAccepted
    asked = request.args.get("visit", "")
    visit = next((each for each in visits if each.id == asked), None) if asked else visits[0]
    if visit is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=asked, remedy="Choose one that has accepted interviews.")
    kept = kept_of(visit)
    form = SelectionForm(request.args)
    frame = frame_of(kept)
    _offer(form, visits, visit, kept, frame)
    return Opened(visits, visit, kept, read_since(session, kept, visit.id), frame, form, form.selection())


def kept_of(visit: OfferedVisit) -> Kept:
    """The visit's figures; they are made if there are none. NotMadeYet when that takes long, or failed."""
    folder = place_of_visit(current_settings().figures_path, visit.id)
    kept = read_kept(folder)
    if kept is None:
        app = this_app()
        known = work_on(app, visit.id)
        # One that failed is not tried again by itself, because it would fail at every refreshing of the page.
        work = known if known is not None and known.failure else begin(app, visit.id)
        rollback_request()
        work.wait(PATIENCE_SECONDS)
        kept = read_kept(folder)
        if kept is None:
            raise NotMadeYet(visit, work)
    return kept


def _offer(form: SelectionForm, visits: tuple[OfferedVisit, ...], visit: OfferedVisit, kept: Kept, frame: Bundle) -> None:
    """Fill the lists of the form; another visit's county is forgotten, and a village brings its county along."""
    places, all_of_them = list_places(kept), _("All")
    counties = places[places["domain_type"] == "county"]["domain"].sort_values()
    villages = places[places["domain_type"] == "village"].sort_values("domain")
    if form.village.data in set(villages["domain"]):
        form.county.data = form.village.data[:6]
    within = villages[villages["county_code"] == form.county.data] if form.county.data else villages
    if len(within) > VILLAGES_OFFERED:
        # A list as long as this finds nobody a village; the county is chosen first.
        within = within[within["domain"] == form.village.data]
    known = [each for each in list_known(frame).values() if form.area.data in ("", None, each.indicator.area)]
    areas = dict.fromkeys(each.indicator.area for each in list_known(frame).values())
    form.visit.choices = choices_of([(each.id, each.title) for each in visits])
    form.visit.data = visit.id
    form.county.choices = choices_of([(code, frame.place_name(code)) for code in counties], none=all_of_them)
    form.village.choices = choices_of([(code, frame.place_name(code)) for code in within["domain"]], none=all_of_them)
    form.kind.choices = choices_of(KIND_LABELS, none=all_of_them)
    form.area.choices = choices_of([(area, AREA_LABELS.get(area, area)) for area in areas], none=all_of_them)
    titles = {form_id: label_in(each.title, language(), form_id) for form_id, each in frame.forms.items()}
    names = [(each, label_in(each.indicator.label, language(), each.indicator.name)) for each in known]
    twice = {name for _each, name in names if sum(name == other for _known, other in names) > 1}
    labels = [(each.key, f"{name} ({titles[each.form_id]})" if name in twice else name) for each, name in names]
    form.indicator.choices = choices_of(labels, none=all_of_them)
    if form.village.data:
        form.kind.data = ""


def render_figures(template: str, tab: str, opened: Opened, **context: Any) -> str:
    """A page of figures; every one says of which moment they are, and what happened since."""
    work = work_on(this_app(), opened.visit.id)
    return render_template(
        template,
        tabs=TABS,
        tab=tab,
        opened=opened,
        kept=opened.kept,
        since=opened.since,
        form=opened.form,
        selection=opened.selection,
        parameters=opened.selection.parameters(),
        title_of=lambda form_id: label_in(opened.frame.forms[form_id].title, language(), form_id),
        work=work if work is not None and (work.is_under_way or work.failure) else None,
        update_form=UpdateForm(formdata=None, visit=opened.visit.id, back=request.full_path.rstrip("?")),
        problems=[spoken(problem) for problem in opened.kept.problems],
        **context,
    )


def figure_words() -> dict[str, Any]:
    """The words and functions that templates of figures use."""
    return {
        "area_labels": AREA_LABELS,
        "basis_labels": BASIS_LABELS,
        "basis_notes": BASIS_NOTES,
        "kind_labels": KIND_LABELS,
        "standing_labels": STANDING_LABELS,
        "short_standing_labels": SHORT_STANDING_LABELS,
        "standing_tones": STANDING_TONES,
        "which_labels": WHICH_LABELS,
        "value_of": lambda value, unit: value_text(None if pd.isna(value) else float(value), unit, language()),
        "figure_of": figure_text,
        "interval_of": interval_text,
        "limit_of": lambda row: limit_text(row.threshold, row.unit, row.good, language()) if row.good else "",
        "failure_of": failure_text,
        "difference_of": difference_text,
        "rows_of": rows_parameters,
    }


def failure_text(failure: Exception) -> str:
    """Why figures could not be made, as far as it can be told to a reader."""
    return spoken(failure) if isinstance(failure, SurveyError) else _("something went wrong on our side; the log of the server tells what")


def figure_text(row: Any) -> str:
    """The value of a figure with its unit; an observed share of a handful as what was counted: "1/2"."""
    if row.kind in SHARE_KINDS and 0 < row.n < LEAST_OF_SHARE and pd.isna(row.ci_low) and not pd.isna(row.estimate):
        return f"{round(row.estimate * row.n)}/{row.n}"
    return value_text(None if pd.isna(row.estimate) else float(row.estimate), row.unit, language())


def interval_text(row: Any) -> str:
    """The interval of a figure, "" without one."""
    if pd.isna(row.ci_low) or pd.isna(row.ci_high):
        return ""
    return _("%(low)s to %(high)s", low=number_text(row.ci_low, row.unit), high=number_text(row.ci_high, row.unit))


def difference_text(value: float, unit: str) -> str:
    """A change with its sign: of shares in percentage points."""
    if pd.isna(value):
        return "–"
    number = _("%(n)s points", n=number_text(abs(value) * 100, "")) if unit == SHARE_UNIT else value_text(abs(value), unit, language())
    return f"{MINUS if value < 0 else '+' if value > 0 else '±'}{number}"


def rows_parameters(row: Any, **more: str) -> dict[str, str]:
    """The parameters of the address where the rows behind a figure are."""
    named = {
        "visit": row.visit_id,
        "form_id": row.form_id,
        "indicator": row.indicator,
        "category": row.category,
        "county_code": row.county_code,
        "domain_type": row.domain_type,
        "domain": row.domain,
        **more,
    }
    return {name: value for name, value in named.items() if value}
