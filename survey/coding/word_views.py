"""The page of words: which words open answers hold, in how many answers, by county; without names of people and places."""

from flask import Blueprint, Response, request
from flask_babel import get_locale
from flask_babel import gettext as _

from analysis.coding.counting import WordCounts, count_words
from survey.accounts.access import requires
from survey.coding.answers import OpenAnswers, read_open_answers
from survey.coding.forms import WordsForm
from survey.coding.sheets import words_workbook
from survey.db import current_session
from survey.intake.texts import text_for
from survey.kept import kept
from survey.pages.choices import choices_of
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX
from survey.visits.models import Visit
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

SHOWN = 100
"""So many words are on the page; the workbook has all of them."""

blueprint = Blueprint("answer_words", __name__, url_prefix="/visits/<visit_id>/words")


@blueprint.context_processor
def _words() -> dict[str, object]:
    return visit_words()


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The most frequent words of one open question, or of all."""
    visit = find_visit(current_session(), visit_id)
    answers = read_open_answers(current_session(), visit.id)
    form = _form(answers)
    counts = _count(visit, answers, form.question.data or "")
    return render_visit(
        "coding/words.html",
        visit,
        form=form,
        counts=counts,
        shown=counts.words[:SHOWN],
        counties=answers.county_names,
        n_questions=len(answers.questions),
    )


@blueprint.get("/words.xlsx")
@requires(*READERS)
def workbook(visit_id: str) -> Response:
    """All words as a workbook."""
    visit = find_visit(current_session(), visit_id)
    answers = read_open_answers(current_session(), visit.id)
    counts = _count(visit, answers, _form(answers).question.data or "")
    return download(words_workbook(counts, answers.county_names), f"{visit.id}-{_('words')}.xlsx", XLSX)


def _form(answers: OpenAnswers) -> WordsForm:
    form = WordsForm(request.args)
    labels = [(each.key, text_for(each.label, str(get_locale())) or each.question) for each in answers.questions.values()]
    form.question.choices = choices_of(labels, none=_("All open questions"))
    return form


def _count(visit: Visit, answers: OpenAnswers, wanted: str) -> WordCounts:
    chosen = [each for each in answers.questions.values() if not wanted or each.key == wanted]

    def count() -> WordCounts:
        texts = [(answer.county_code, answer.text) for each in chosen for answer in each.answers]
        return count_words(texts, answers.left_out)

    return kept(current_session(), ("answer_words", visit.id, wanted), count)
