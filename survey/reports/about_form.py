"""The form that says what a report is about: the parameters that its kind needs, each with what there is to choose."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from analysis.report.kinds.names import KindName
from analysis.report.kinds.records import About
from survey.issues.words import AREA_LABELS
from survey.pages.choices import choices_of
from survey.pages.fields import list_field
from survey.pages.plain_form import PlainForm
from survey.reports.queries import ReportableVisit, list_places, list_reportable

FIELD_OF = {
    "visit_id": "visit",
    "county_code": "county",
    "village_code": "village",
    "area": "area",
    "year": "year",
    "quarter": "quarter",
    "month": "month",
}
"""The field of the form, and of its address, for each parameter of a report."""


class AboutForm(PlainForm):
    """What a report is about; sent with GET, so that its address can be passed on. Fields that the kind does not need are taken out."""

    visit = SelectField(_l("Visit"), validate_choice=False)
    county = SelectField(_l("County"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    year = SelectField(_l("Year"), validate_choice=False)
    quarter = SelectField(_l("Quarter"), validate_choice=False, choices=choices_of([(str(n), str(n)) for n in range(1, 5)]))
    month = SelectField(_l("Month"), validate_choice=False, choices=choices_of([(str(n), str(n)) for n in range(1, 13)]))

    def about(self) -> About:
        """What is chosen."""
        given: dict[str, Any] = {}
        for parameter, name in FIELD_OF.items():
            value = (self[name].data or "") if name in self else ""
            given[parameter] = int(value or 0) if parameter in ("year", "quarter", "month") else value
        return About(**given)

    def parameters(self) -> dict[str, Any]:
        """What is chosen, as the parameters of an address."""
        return {field.name: field.data for field in self if field.data}


def about_form(session: Session, kind: KindName, given: MultiDict[str, str], year: int, *, is_asked: bool) -> AboutForm:
    """The form for a kind, filled with what is given. Where that is not offered, a form that only asks takes the first that there is.

    `year` is this year. A choice that may be left out stays empty.
    """
    form = AboutForm(given)
    wanted = {FIELD_OF[name] for name in (*kind.about, *kind.optional)}
    for field in list(form):
        if field.name not in wanted:
            del form[field.name]
    visits = list_reportable(session)
    if kind.name == "look_back":
        visits = tuple(each for each in visits if each.visit.look_back_of_id)
    optional = {FIELD_OF[name] for name in kind.optional}
    for name in ("visit", "county", "village", "area", "year", "quarter", "month"):
        if name in form:
            none = _("All") if name in optional else None
            if offered := _offered(session, form, name, visits, year):
                list_field(form, name).choices = choices_of(offered, none=none)
            known = [choice.value for choice in list_field(form, name).choices or ()]
            if is_asked and form[name].data not in known:
                form[name].data = known[0] if known else ""
    return form


def _offered(session: Session, form: AboutForm, name: str, visits: tuple[ReportableVisit, ...], year: int) -> list[tuple[str, Any]]:
    """What a field offers, by what the fields before it say; nothing for one whose choices are always the same."""
    match name:
        case "visit":
            return [(each.visit.id, each.visit.title) for each in visits]
        case "county":
            chosen = next((each for each in visits if each.visit.id == form.visit.data), None) if "visit" in form else None
            if chosen is not None:
                return [(county.code, county.name) for county in chosen.counties]
            counties = {county.code: county.name for each in visits for county in each.counties} if "visit" not in form else {}
            return sorted(counties.items())
        case "village":
            return [(place.code, place.name) for place in list_places(session, form.visit.data or "", "village") if place.n_accepted]
        case "area":
            return list(AREA_LABELS.items())
        case "year":
            first = min((each.visit.starts_on.year for each in visits), default=year)
            return [(str(each), str(each)) for each in range(year, first - 1, -1)]
    return []
