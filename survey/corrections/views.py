"""The pages of corrections: those of one interview, one answer, withdrawing one, and the list of a visit."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.corrections import operations
from survey.corrections.effect import is_correctable
from survey.corrections.forms import ChooseForm, CorrectionFilterForm, CorrectionForm, WithdrawForm, correction_form, detail_of
from survey.corrections.page import choices_of_answers, corrected_answers, label_of, names_of_questions, word_corrections
from survey.corrections.queries import Record, find_correction, find_record, list_of_visit, read_options
from survey.corrections.words import STATE_LABELS, STATE_TONES
from survey.db import current_session, utc_now
from survey.instruments.registry import load_questionnaire
from survey.reconciling.counted import is_reconciled
from survey.review.answers import word_raw
from survey.review.queries import find_submission
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("corrections", __name__)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        **visit_words(),
        "correction_states": STATE_LABELS,
        "correction_tones": STATE_TONES,
    }


@blueprint.get("/visits/<visit_id>/corrections")
@requires(*READERS)
def of_visit(visit_id: str) -> str:
    """The corrections of the visit's interviews, newest first."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form, locale = CorrectionFilterForm(request.args), str(get_locale())
    form.offer(read_options(session, visit.id), names_of_questions(map(load_questionnaire, visit.forms), locale))
    wanted = form.wanted()
    page, found = list_of_visit(session, visit.id, wanted, request.args.get("page", 1, int))
    rows = [(record, word_corrections(record, locale, [correction])[0]) for record, correction in found]
    return render_visit("corrections/visit.html", visit, form=form, page=page, rows=rows, params=wanted.parameters())


@blueprint.get("/review/<instance_id>/corrections")
@requires(*READERS)
def index(instance_id: str) -> str:
    """The corrections of one interview, what follows from them, and the choice of an answer to correct."""
    record = _open(instance_id)
    locale = str(get_locale())
    form = ChooseForm()
    form.node.choices = choices_of_answers(record, locale)
    told = corrected_answers(record, locale)
    rows = word_corrections(record, locale)
    return render_template(
        "corrections/interview.html",
        record=record,
        submission=record.submission,
        form=form,
        rows=rows,
        follows=told.follows,
        is_open=_is_open(record),
        is_reconciled=is_reconciled(current_session(), instance_id),
    )


@blueprint.route("/review/<instance_id>/corrections/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new(instance_id: str) -> str | Response:
    """Correct one answer."""
    record = _open(instance_id)
    node = request.args.get("node", "")
    place = record.places.get(node)
    if place is None or not is_correctable(place.question):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Answer", key=node, remedy="Choose one of the answers of the interview.")
    operations.check_open(record)
    locale = str(get_locale())
    counting = record.values.get(node, place.text)
    form = correction_form(record.questionnaire, place.question, counting, record.questionnaire.language(locale))
    if form.validate_on_submit():
        try:
            operations.correct_answer(
                current_session(), actor(), record, node, form.text(), form.reason.data or "", utc_now(), seen=form.seen.data
            )
        except SurveyError as error:
            if error.code is not ErrorCode.INVALID_VALUE:
                raise
            form.refuse(error)  # everything is checked before anything is written
        else:
            flash(_("Corrected. Datasets and figures take the new answer from now on; what was received stays as it was."), "success")
            return redirect(url_for(".index", instance_id=instance_id))
    page = _new_page(record, node, counting, form, locale)
    return make_response(page, 422 if form.is_submitted() else 200)


@blueprint.route("/review/<instance_id>/corrections/<correction_id>/withdraw", methods=["GET", "POST"])
@requires(*EDITORS)
def withdraw(instance_id: str, correction_id: str) -> str | Response:
    """Let a correction count no longer."""
    record = _open(instance_id)
    find_correction(current_session(), instance_id, correction_id)
    correction = next(each for each in record.corrections if each.id == correction_id)
    if correction.withdrawal is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=correction.question, state="withdrawn", action="withdrawn")
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            operations.withdraw_correction(current_session(), actor(), record, correction, form.reason.data or "", utc_now())
        except SurveyError as error:
            if error.code is not ErrorCode.INVALID_VALUE:
                raise
            form.reason.errors = [detail_of(error)]
        else:
            flash(_("Withdrawn. The entry stays in the log."), "success")
            return redirect(url_for(".index", instance_id=instance_id))
    worded = word_corrections(record, str(get_locale()), [correction])[0]
    page = render_template("corrections/withdraw.html", record=record, submission=record.submission, worded=worded, form=form)
    return make_response(page, 422 if form.is_submitted() else 200)


def _open(instance_id: str) -> Record:
    session = current_session()
    return find_record(session, find_submission(session, instance_id))


def _is_open(record: Record) -> bool:
    return record.submission.review_state == "accepted" and record.submission.recorded_as == "lead"


def _new_page(record: Record, node: str, counting: str, form: CorrectionForm, locale: str) -> str:
    stored = record.places[node].text
    return render_template(
        "corrections/new.html",
        record=record,
        submission=record.submission,
        node=node,
        label=label_of(record, node, locale),
        hint=record.places[node].question.constraint_message,
        stored=word_raw(record.questionnaire, node, stored, locale),
        counting=word_raw(record.questionnaire, node, counting, locale) if counting != stored else None,
        form=form,
    )
