"""The pages of code books: the codes of an open question, taken from a file or said one by one, and who codes."""

from flask import Blueprint, Response, flash, make_response, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.accounts.queries import find_user
from survey.coding import operations
from survey.coding.answers import OpenQuestion
from survey.coding.forms import CodeFileForm, CodeForm, CodersForm
from survey.coding.page import OF_QUESTION, PREFIX, check_edits, coding_words, find_asked, language, lead_to
from survey.coding.queries import find_code_book, list_coders, list_rounds
from survey.coding.sheets import code_book_sample, code_book_sheet, read_code_book
from survey.corrections.forms import detail_of
from survey.db import current_session, utc_now
from survey.pages.downloads import download
from survey.pages.fields import sent_file
from survey.pages.workbooks import XLSX
from survey.visits.models import Visit
from survey.visits.page import EDITORS, READERS, render_visit

blueprint = Blueprint("code_books", __name__, url_prefix=PREFIX)
blueprint.context_processor(coding_words)


@blueprint.route(f"{OF_QUESTION}/book", methods=["GET", "POST"])
@requires(*READERS)
def book(visit_id: str, form_id: str, question: str) -> Response | Redirect:
    """The code book of a question: its codes, one more, one said anew, and who codes."""
    visit, asked = find_asked(visit_id, form_id, question)
    form = CodeForm()
    if request.method == "POST":
        check_edits()
        if form.validate():
            operations.save_codes(current_session(), actor(), form_id, question, [form.values()], utc_now())
            flash(_("The code is saved."), "success")
            return lead_to("code_books.book", visit, asked)
    return _book_page(visit, asked, form)


def _book_page(
    visit: Visit, asked: OpenQuestion, form: CodeForm, coders: CodersForm | None = None, file: CodeFileForm | None = None
) -> Response:
    session = current_session()
    found = find_code_book(session, asked.form_id, asked.question)
    edited = next((code for code in (found.codes if found else ()) if code.name == request.args.get("code")), None)
    if edited is not None and not form.is_submitted():
        form = CodeForm(obj=edited, formdata=None)
    if coders is None:
        known = list_rounds(session, visit.id).get((asked.form_id, asked.question))
        coders = CodersForm(formdata=None, first=known.first_coder_id if known else "", second=known.second_coder_id if known else "")
    coders.offer(list_coders(session))
    errors = bool(form.errors or coders.errors or (file and file.errors))
    page = render_visit(
        "coding/book.html",
        visit,
        asked=asked,
        book=found,
        form=form,
        edited=edited,
        coders=coders,
        file=file or CodeFileForm(formdata=None),
    )
    return make_response(page, 422 if errors else 200)


@blueprint.post(f"{OF_QUESTION}/book/import")
@requires(*EDITORS)
def import_book(visit_id: str, form_id: str, question: str) -> Response | Redirect:
    """Take a code book from a file: known codes are said anew, others added, all or none."""
    visit, asked = find_asked(visit_id, form_id, question)
    form = CodeFileForm()
    if form.validate_on_submit():
        try:
            values = read_code_book(sent_file(form.file).data)
            operations.save_codes(current_session(), actor(), form_id, question, values, utc_now())
        except SurveyError as error:
            if error.code is not ErrorCode.INVALID_VALUE:
                raise
            form.file.errors = [detail_of(error)]
        else:
            flash(ngettext("%(num)s code is taken from the file.", "%(num)s codes are taken from the file.", len(values)), "success")
            return lead_to("code_books.book", visit, asked)
    return _book_page(visit, asked, CodeForm(formdata=None), file=form)


@blueprint.get(f"{OF_QUESTION}/book.xlsx")
@requires(*READERS)
def export_book(visit_id: str, form_id: str, question: str) -> Response:
    """The code book as a workbook; an empty one has the headings to fill in."""
    _visit, asked = find_asked(visit_id, form_id, question)
    found = find_code_book(current_session(), form_id, question)
    name = f"{_('code-book')}-{asked.form_id}-{asked.question}.xlsx"
    return download(code_book_sheet(found.codes if found else [], language()), name, XLSX)


@blueprint.get(f"{OF_QUESTION}/book/sample.xlsx")
@requires(*READERS)
def sample_book(visit_id: str, form_id: str, question: str) -> Response:
    """The sample file that people fill in."""
    find_asked(visit_id, form_id, question)
    return download(code_book_sample(language()), "code-book-sample.xlsx", XLSX)


@blueprint.post(f"{OF_QUESTION}/book/<name>/retire")
@requires(*EDITORS)
def retire(visit_id: str, form_id: str, question: str, name: str) -> Redirect:
    """Offer a code no more."""
    visit, asked = find_asked(visit_id, form_id, question)
    found = find_code_book(current_session(), form_id, question)
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Code book", key=question, remedy="Add a code first.")
    operations.retire_code(current_session(), actor(), found, name, utc_now())
    flash(_("The code is retired; where it was given it stays."), "success")
    return lead_to("code_books.book", visit, asked)


@blueprint.post(f"{OF_QUESTION}/coders")
@requires(*EDITORS)
def coders(visit_id: str, form_id: str, question: str) -> Response | Redirect:
    """Name the two coders."""
    session = current_session()
    visit, asked = find_asked(visit_id, form_id, question)
    form = CodersForm()
    form.offer(list_coders(session))
    found = find_code_book(session, form_id, question)
    if form.validate_on_submit():
        if found is None:
            form.first.errors = [_("Add codes to the code book first.")]
        else:
            people = (find_user(session, form.first.data), find_user(session, form.second.data))
            try:
                operations.open_round(session, actor(), visit, found, *people, utc_now())
            except SurveyError as error:
                if error.code is not ErrorCode.INVALID_TRANSITION:
                    raise
                form.first.errors = [_("Coding has begun; the coders stay.")]
            else:
                flash(_("Both can begin; neither sees what the other codes."), "success")
                return lead_to("coding.index", visit)
    return _book_page(visit, asked, CodeForm(formdata=None), coders=form)
