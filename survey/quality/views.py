"""The pages of how good a visit's interviews are: every check, the interviews behind each number, and what to ask each pair."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import get_locale
from flask_babel import gettext as _

from analysis.codebook import label_in
from analysis.quality.asking import Pair, ask_pair
from analysis.quality.checks import CHECK_OF_NAME, LISTINGS, Check, Quality
from analysis.quality.sheets import write_sheet
from analysis.quality.thresholds import DEFAULTS
from analysis.quality.words import TITLES, meaning_of
from analysis.quality.workbook import workbook_of
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.pages.downloads import DOCX, download
from survey.pages.language import LANGUAGES
from survey.pages.paging import page_of
from survey.pages.workbooks import XLSX
from survey.quality.forms import EVERYTHING, FilterForm
from survey.quality.page import (
    choose_form,
    find_pair,
    find_row,
    headings,
    name_of,
    overview,
    pair_key,
    pair_lines,
    pair_options,
    table_rows,
)
from survey.quality.queries import list_interviews
from survey.quality.reading import read_quality
from survey.review.words import STATE_LABELS
from survey.visits.models import Visit
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("quality", __name__, url_prefix="/visits/<visit_id>/quality")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**visit_words(), "state_labels": STATE_LABELS, "check_titles": TITLES[_language()]}


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """Every check with what it marks, and every pair with how much there is to ask."""
    visit, qualities = _read(visit_id)
    form_id = choose_form(qualities, request.args.get("form", ""))
    if not form_id:
        return render_visit("quality/none.html", visit)
    quality = qualities[form_id]
    return render_visit(
        "quality/index.html",
        visit,
        forms=_titles(qualities),
        form_id=form_id,
        n_interviews=len(quality.material.main),
        n_timed=int(quality.material.timings["instance_id"].nunique()),
        lines=overview(quality, _language()),
        pairs=pair_lines(quality, _language()),
    )


@blueprint.get("/<check>")
@requires(*READERS)
def table(visit_id: str, check: str) -> str:
    """The table of one check."""
    known = _check(check)
    visit, qualities = _read(visit_id)
    form_id = choose_form(qualities, request.args.get("form", ""))
    if not form_id:
        return render_visit("quality/none.html", visit)
    quality, language = qualities[form_id], _language()
    form = FilterForm(request.args)
    form.form.data = form_id
    form.offer(list(_titles(qualities).items()), pair_options(quality, language))
    pair = find_pair(quality.material, form.pair.data or "")
    n_marked = quality.n_noticed(check)
    is_all = form.rows.data == EVERYTHING or ("rows" not in request.args and not n_marked)
    form.rows.data = EVERYTHING if is_all else ""
    rows = table_rows(quality, known, language, pair=pair, is_all=is_all)
    page = page_of(request.args.get("page", 1, int), len(rows))
    return render_visit(
        "quality/table.html",
        visit,
        form=form,
        form_id=form_id,
        check=known,
        meaning=meaning_of(check, language, DEFAULTS),
        headings=headings(known, language),
        rows=rows[page.offset : page.offset + page.size],
        page=page,
        is_looked_at=check in LISTINGS or len(quality.tables[check]) > 0,
        n_marked=n_marked,
        params={"visit_id": visit.id, "check": check, "form": form_id, "pair": form.pair.data or "", "rows": form.rows.data},
    )


@blueprint.get("/<check>/interviews")
@requires(*READERS)
def interviews(visit_id: str, check: str) -> str:
    """The interviews that one row of a check is about, or all that it marks."""
    known = _check(check)
    visit, qualities = _read(visit_id)
    form_id = choose_form(qualities, request.args.get("form", ""))
    row = request.args.get("row", "")
    ids = _concerned(qualities[form_id], known, row) if form_id else ()
    if ids is None:
        return render_visit("quality/gone.html", visit, check=known, form_id=form_id)
    page, submissions = list_interviews(current_session(), ids, request.args.get("page", 1, int))
    return render_visit(
        "quality/interviews.html",
        visit,
        check=known,
        form_id=form_id,
        row=row,
        page=page,
        submissions=submissions,
        params={"visit_id": visit.id, "check": check, "form": form_id, "row": row},
    )


@blueprint.get("/pairs/<lead_id>/<second_id>")
@requires(*READERS)
def pair(visit_id: str, lead_id: str, second_id: str) -> str:
    """What to ask one pair."""
    visit, quality, people = _find_pair(visit_id, f"{lead_id}/{second_id}")
    return render_visit(
        "quality/pair.html",
        visit,
        form_id=quality.material.form.form_id,
        name=name_of(quality.material, people, _language()),
        key=pair_key(people),
        n_interviews=len(people.instance_ids),
        findings=ask_pair(quality, people, _language()),
        labels=quality.material.labels,
        lead_id=lead_id,
        second_id=second_id,
        languages=LANGUAGES,
    )


@blueprint.get("/pairs/<lead_id>/<second_id>/sheet.docx")
@requires(*READERS)
def sheet(visit_id: str, lead_id: str, second_id: str) -> Response:
    """The same as a Word document to take along."""
    visit, quality, people = _find_pair(visit_id, f"{lead_id}/{second_id}")
    language = _language()
    content = write_sheet(quality, people, visit.title, language=language, today=field_date(utc_now()))
    return download(content, f"{visit.id} {_('questions to a pair')} {name_of(quality.material, people, language)}.docx", DOCX)


@blueprint.get("/quality.xlsx")
@requires(*READERS)
def workbook(visit_id: str) -> Response:
    """Every table of every form as a workbook, in the reader's language."""
    visit, qualities = _read(visit_id)
    content = workbook_of([(visit.title, quality) for quality in qualities.values()], _language())
    return download(content, f"{visit.id}-{_('quality')}.xlsx", XLSX)


def _read(visit_id: str) -> tuple[Visit, Mapping[str, Quality]]:
    visit = find_visit(current_session(), visit_id)
    return visit, read_quality(current_session(), visit)


def _find_pair(visit_id: str, key: str) -> tuple[Visit, Quality, Pair]:
    visit, qualities = _read(visit_id)
    form_id = choose_form(qualities, request.args.get("form", ""))
    found = find_pair(qualities[form_id].material, key) if form_id else None
    if found is None:
        abort(404)
    return visit, qualities[form_id], found


def _check(name: str) -> Check:
    if name not in CHECK_OF_NAME:
        abort(404)
    return CHECK_OF_NAME[name]


def _concerned(quality: Quality, check: Check, row: str) -> tuple[str, ...] | None:
    if row:
        return find_row(quality, check, row)
    return tuple({each: None for ids in quality.noticed(check.name)["instance_ids"] for each in ids})


def _titles(qualities: Mapping[str, Quality]) -> dict[str, str]:
    language = _language()
    return {form_id: label_in(quality.material.form.title, language, form_id) for form_id, quality in qualities.items()}


def _language() -> str:
    return str(get_locale())[:2]
