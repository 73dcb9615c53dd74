"""The table of households and persons by kind and cause, for any place and day, as a page and as a workbook."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from survey.accounts.access import requires
from survey.db import current_session
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX, TableSheet, Value, write_workbook
from survey.places.models import HOUSEHOLD_KINDS, Region
from survey.places.queries import find_region, list_path, names_of
from survey.places.views import READERS, place_words
from survey.registry.figures import Count, Figures, read_figures
from survey.registry.forms import DayForm
from survey.registry.household_page import field_today, registry_words

blueprint = Blueprint("register_figures", __name__, url_prefix="/places")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**place_words(), **registry_words()}


@blueprint.get("/<code>/register")
@requires(*READERS)
def table(code: str) -> str:
    """Households and persons by cause and kind in the place on a day."""
    region = find_region(current_session(), code)
    form = DayForm(request.args)
    day = form.wanted(field_today())
    form.day.data = form.day.data or day
    figures = read_figures(current_session(), region, day)
    return render_template(
        "registry/figures.html",
        region=region,
        path=list_path(current_session(), region),
        form=form,
        day=day,
        figures=figures,
        kinds=(*HOUSEHOLD_KINDS, "total"),
        area_names=_area_names(region, figures),
    )


def _area_names(region: Region, figures: Figures) -> dict[str, tuple[str, str]]:
    """Code and name of the places below by their leading digits; empty for a village, which has none."""
    if region.level == "village":
        return {}
    codes = {area: area.ljust(12, "0") for area, _counts in figures.by_area()}
    names = names_of(current_session(), sorted(codes.values()))
    return {area: (code, names.get(code, code)) for area, code in codes.items()}


@blueprint.get("/<code>/register.xlsx")
@requires(*READERS)
def workbook(code: str) -> Response:
    """The same tables as an .xlsx file: by cause, and by the places below."""
    region = find_region(current_session(), code)
    day = DayForm(request.args).wanted(field_today())
    figures = read_figures(current_session(), region, day)
    return download(write_workbook(_sheets(region, day, figures)), f"{region.name} {day.isoformat()}.xlsx", XLSX)


def _sheets(region: Region, day: date, figures: Figures) -> list[TableSheet]:
    words = place_words()
    labels = {**words["kind_labels"], "total": _("Together")}
    numbers = [
        text for kind in labels for text in (_("%(kind)s, households", kind=labels[kind]), _("%(kind)s, persons", kind=labels[kind]))
    ]
    totals: list[list[Value]] = [[_("Together"), *_numbers(figures.totals())]]
    causes: list[list[Value]] = [
        [str(words["cause_labels"].get(cause, cause) or _("none given")), *_numbers(counts)] for cause, counts in figures.by_cause()
    ]
    where = f"{region.name} {day.isoformat()}"
    sheets = [TableSheet(_("By cause"), [where, *numbers], causes, totals)]
    names = _area_names(region, figures)
    if names:
        areas: list[list[Value]] = [[names[area][1], *_numbers(counts)] for area, counts in figures.by_area()]
        sheets.append(TableSheet(_("By place"), [where, *numbers], areas, totals))
    return sheets


def _numbers(counts: dict[str, Count]) -> list[int]:
    return [number for count in counts.values() for number in (count.n_households, count.n_persons)]
