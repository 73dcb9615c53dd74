"""Importing a register of assistance in three steps: choose the file, look at what it would do, say so."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.liaison import assistance_operations as operations
from survey.liaison.assistance_forms import RegisterConfirmForm, RegisterUploadForm
from survey.liaison.assistance_queries import known_keys
from survey.liaison.assistance_texts import amount_text, reason_text, sample_workbook
from survey.liaison.page import EDITORS, liaison_words, render_liaison
from survey.liaison.places import read_gazetteer
from survey.liaison.register import read_register, register_of, split_duplicates
from survey.pages.downloads import download
from survey.pages.fields import sent_file
from survey.pages.language import page_language
from survey.pages.workbooks import XLSX
from survey.places.queries import find_draft
from survey.places.roster_compare import problems_csv
from survey.places.roster_texts import unreadable_text

ROWS_SHOWN = 200
"""So many rows of each sort are listed; the file of bad rows holds all of them."""

blueprint = Blueprint("liaison_assistance_import", __name__, url_prefix="/liaison/assistance/import")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**liaison_words(), "amount_text": amount_text, "reason_text": reason_text}


@blueprint.route("", methods=["GET", "POST"])
@requires(*EDITORS)
def upload() -> str | Redirect:
    """Choose a file; what it holds is shown next, and nothing is imported yet."""
    form = RegisterUploadForm()
    if form.validate_on_submit():
        name, data = sent_file(form.file)
        try:
            register = read_register(data, name, read_gazetteer(current_session()))
        except SurveyError as error:
            form.file.errors = [unreadable_text(error)]
        else:
            draft = operations.keep_assistance_draft(current_session(), actor(), register, name, utc_now())
            return redirect(url_for(".preview", draft_id=draft.id))
    return render_liaison("liaison/assistance_import.html", form=form)


@blueprint.get("/sample.xlsx")
@requires(*EDITORS)
def sample() -> Response:
    """The sample file that people fill in."""
    return download(sample_workbook(page_language()), "assistance-sample.xlsx", XLSX)


@blueprint.get("/<draft_id>")
@requires(*EDITORS)
def preview(draft_id: str) -> str:
    """What importing the file would do, and every row that it cannot import."""
    return _preview(draft_id, RegisterConfirmForm(formdata=None))


def _preview(draft_id: str, form: RegisterConfirmForm) -> str:
    session = current_session()
    draft = find_draft(session, draft_id, actor(), operations.DRAFT_KIND)
    register = register_of(draft.content)
    single, duplicates = split_duplicates(register, known_keys(session, register))
    return render_liaison(
        "liaison/assistance_preview.html",
        draft=draft,
        register=register,
        single=single,
        duplicates=duplicates,
        names=read_gazetteer(session).names,
        amount_fen=sum(row.amount_fen for row in single.rows),
        form=form,
        limit=ROWS_SHOWN,
    )


@blueprint.get("/<draft_id>/bad-rows.csv")
@requires(*EDITORS)
def bad_rows(draft_id: str) -> Response:
    """Every bad row of the file with its reason, for whoever corrects the file."""
    problems = register_of(find_draft(current_session(), draft_id, actor(), operations.DRAFT_KIND).content).problems
    headings = (_("Sheet"), _("Row"), _("Column"), _("Value"), _("What is wrong"))
    return download(problems_csv(problems, headings, map(reason_text, problems)), "bad-rows.csv", "text/csv; charset=utf-8")


@blueprint.post("/<draft_id>")
@requires(*EDITORS)
def confirm(draft_id: str) -> str | Redirect:
    """Import the register; with bad rows only when the importer says that they are to be left out."""
    session = current_session()
    draft = find_draft(session, draft_id, actor(), operations.DRAFT_KIND)
    form = RegisterConfirmForm()
    if not form.validate_on_submit() or (register_of(draft.content).problems and not form.keep_good.data):
        form.keep_good.errors = [_("Say that the bad rows are to be left out, or correct the file and choose it again.")]
        return _preview(draft_id, form)
    done = operations.import_assistance_draft(
        session, actor(), draft, keep_good=form.keep_good.data, with_duplicates=form.with_duplicates.data, now=utc_now()
    )
    counts = {"new": done.n_new, "duplicates": done.n_duplicates_left_out, "bad": done.n_bad_rows}
    flash(_("Entries added: %(new)s, duplicates left out: %(duplicates)s, bad rows left out: %(bad)s.", **counts), "success")
    return redirect(url_for("liaison_assistance.index"))


@blueprint.post("/<draft_id>/drop")
@requires(*EDITORS)
def drop(draft_id: str) -> Redirect:
    """Give the file up; nothing of it is imported."""
    session = current_session()
    operations.drop_assistance_draft(session, actor(), find_draft(session, draft_id, actor(), operations.DRAFT_KIND), utc_now())
    flash(_("The file was given up; nothing was imported."))
    return redirect(url_for(".upload"))
