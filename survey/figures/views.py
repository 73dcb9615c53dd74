"""The pages of figures: by place and indicator, counties side by side, the interviews behind each number, files, bringing up to date."""

from typing import Any

import pandas as pd
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from analysis.words import with_minus
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, rollback_request
from survey.figures.arranging import categories_of, groups_by_form, lines_by_indicator, lines_by_place
from survey.figures.changing import NOTICEABLE, read_changes
from survey.figures.documents import changes_table, charts_of, drawn_chart, figures_table, size_of_drawn_chart, table_csv, table_workbook
from survey.figures.forms import UpdateForm
from survey.figures.making import begin
from survey.figures.page import (
    PATIENCE_SECONDS,
    READERS,
    NothingAccepted,
    NotMadeYet,
    Opened,
    figure_words,
    kept_of,
    language,
    open_figures,
    render_figures,
)
from survey.figures.queries import OfferedVisit, list_offered, read_interviewed
from survey.figures.reading import GROUPS, PLACES, list_places, read_counties, read_domains, read_indicator, read_places
from survey.figures.row_reading import NAMES, WHICH, read_behind
from survey.pages.dates import format_datetime
from survey.pages.downloads import download, drawing
from survey.pages.language import address_to_return_to
from survey.pages.paging import page_of
from survey.pages.workbooks import XLSX, TableSheet
from survey.review.words import STATE_LABELS
from survey.this_app import this_app

PLACES_SHOWN, COUNTIES_SHOWN = 50, 8

blueprint = Blueprint("figures", __name__, url_prefix="/figures")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**figure_words(), "state_labels": STATE_LABELS}


@blueprint.errorhandler(NotMadeYet)
def _being_made(problem: NotMadeYet) -> str:
    update_form = UpdateForm(formdata=None, visit=problem.visit.id, back=request.full_path.rstrip("?"))
    return render_template("figures/making.html", visit=problem.visit, work=problem.work, update_form=update_form)


@blueprint.errorhandler(NothingAccepted)
def _nothing(_problem: NothingAccepted) -> str:
    return render_template("figures/nothing.html")


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """Every indicator of one place, or one indicator in every place with its charts."""
    opened = open_figures()
    selection = opened.selection
    if not selection.indicator:
        rows = read_places(opened.kept, selection, language())
        return render_figures("figures/place.html", "figures", opened, groups=groups_by_form(rows))
    number = request.args.get("page", 1, int)
    page, rows, kinds = read_indicator(opened.kept, selection, language(), number, PLACES_SHOWN)
    charts = charts_of(opened.kept, opened.frame, selection, language())
    return render_figures(
        "figures/indicator.html",
        "figures",
        opened,
        page=page,
        categories=categories_of(rows),
        places=lines_by_place(rows),
        kinds=lines_by_place(kinds),
        first=next(rows.itertuples(index=False), None),
        charts=charts,
        sizes=[size_of_drawn_chart(opened.kept, selection, number, language()) for number in range(len(charts))],
    )


@blueprint.get("/counties")
@requires(*READERS)
def counties() -> str:
    """Every indicator in every county of the visit, side by side."""
    opened = open_figures()
    places = list_places(opened.kept)
    codes = sorted(places[places["domain_type"] == "county"]["domain"])
    page = page_of(request.args.get("page", 1, int), len(codes), COUNTIES_SHOWN)
    shown = codes[page.offset : page.offset + page.size]
    lines = lines_by_indicator(read_counties(opened.kept, opened.selection, language(), shown), shown)
    return render_figures("figures/counties.html", "counties", opened, lines=lines, codes=shown, page=page)


@blueprint.get("/change")
@requires(*READERS)
def change() -> str:
    """Every indicator before and after, of the households that a look-back asked again, with its test where there can be one."""
    opened = open_figures()
    earlier = _earlier(opened)
    changes = read_changes(kept_of(earlier), opened.kept, opened.selection, language()) if earlier else None
    return render_figures(
        "figures/change.html",
        "change",
        opened,
        earlier=earlier,
        look_backs=[each for each in opened.visits if each.look_back_of_id],
        groups=groups_by_form(changes) if changes is not None else [],
        n_tests=int(changes["p_value"].notna().sum()) if changes is not None else 0,
        noticeable=NOTICEABLE,
    )


def _earlier(opened: Opened) -> OfferedVisit | None:
    """The visit that this one looks back on, if it has accepted interviews."""
    return next((each for each in opened.visits if each.id == opened.visit.look_back_of_id), None)


@blueprint.get("/rows")
@requires(*READERS)
def rows() -> str:
    """The interviews behind one figure, what each of them adds, and the way to each."""
    opened = open_figures()
    named = {**{name: request.args.get(name, "") for name in NAMES}, "visit_id": opened.visit.id}
    which = request.args.get("which", "all")
    found = read_behind(opened.kept, named, which if which in WHICH else "all", request.args.get("page", 1, int), language())
    told = _told_figure(opened, found.figure)
    return render_figures(
        "figures/rows.html",
        "figures",
        opened,
        found=found,
        figure=told,
        named={"visit": opened.visit.id, **{name: value for name, value in named.items() if value and name != "visit_id"}},
        which=which if which in WHICH else "all",
        sets=WHICH,
        interviewed=read_interviewed(current_session(), [row.instance_id for row in found.rows]),
        number_of=lambda number: with_minus(f"{number:,.10g}"),
    )


def _told_figure(opened: Opened, figure: pd.Series) -> Any:
    """The figure as pages show it, with labels and its threshold."""
    selection = opened.selection.of_figure(figure)
    told = read_domains(opened.kept, selection, (figure["domain_type"],), language())
    is_it = (told["domain"] == figure["domain"]) & (told["county_code"] == figure["county_code"]) & (told["category"] == figure["category"])
    return next(told[is_it].itertuples(index=False))


@blueprint.get("/chart.<any(svg, png):format>")
@requires(*READERS)
def chart(format: str) -> Response:
    """One chart of the chosen indicator: as the page shows it, or as a picture to take along."""
    opened = open_figures()
    try:
        drawn = drawn_chart(opened.kept, opened.frame, opened.selection, request.args.get("number", 0, int), language())
    except IndexError:
        abort(404)
    name = opened.selection.indicator.partition(":")[2]
    return drawing(drawn["svg"]) if format == "svg" else download(drawn["png"], f"{opened.visit.id}-{name}.png", "image/png")


@blueprint.get("/figures.<any(xlsx, csv):format>")
@requires(*READERS)
def file(format: str) -> Response:
    """What the page shows, all of its pages, as a file."""
    opened = open_figures()
    selection = opened.selection
    table = _table(opened, request.args.get("tab", ""))
    name = "-".join(filter(None, (opened.visit.id, selection.village or selection.county, selection.indicator.partition(":")[2])))
    if format == "csv":
        return download(table_csv(table), f"{name}.csv", "text/csv; charset=utf-8")
    notes = [
        (_("Visit"), opened.visit.title),
        (_("As of"), format_datetime(opened.kept.made_at)),
        (_("Accepted interviews"), str(opened.kept.n_interviews)),
        (_("Data"), opened.kept.dataset_hash),
        (_("Least answers"), str(selection.least)),
    ]
    return download(table_workbook(table, notes), f"{name}.xlsx", XLSX)


def _table(opened: Opened, tab: str) -> TableSheet:
    """What the page of this tab shows, all of its pages."""
    selection = opened.selection
    if tab == "change":
        earlier = _earlier(opened)
        if earlier is None:
            abort(404)
        return changes_table(opened.frame, read_changes(kept_of(earlier), opened.kept, selection, language()), language())
    if tab == "counties":
        found = read_counties(opened.kept, selection, language())
    elif selection.indicator:
        found = read_domains(opened.kept, selection, (*PLACES, *GROUPS), language())
    else:
        found = read_places(opened.kept, selection, language())
    return figures_table(opened.frame, found, language())


@blueprint.post("/update")
@requires(*READERS)
def update() -> Any:
    """Have the visit's figures made anew, and lead back; a page waits for them no longer than its patience."""
    form = UpdateForm()
    if not form.validate_on_submit():
        raise SurveyError(ErrorCode.INVALID_VALUE, field=_("Figures of visits"), detail="send the form of the page again")
    visit = next((each for each in list_offered(current_session()) if each.id == form.visit.data), None)
    if visit is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=form.visit.data or "", remedy="Choose one that has accepted interviews.")
    rollback_request()
    work = begin(this_app(), visit.id)
    work.wait(PATIENCE_SECONDS)
    if not work.is_under_way and not work.failure:
        flash(_("The figures are up to date."), "success")
    back = form.back.data or ""
    return redirect(back if back.startswith(url_for(".index")) else address_to_return_to())
