"""The review pages: list, one submission, decisions, files."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire, text_in
from survey.accounts.access import actor, requires
from survey.accounts.models import User
from survey.candidates.queries import list_candidates_of
from survey.corrections.effect import is_correctable, places_of
from survey.corrections.page import NOTHING, CorrectedAnswers, corrected_answers
from survey.corrections.queries import find_record, list_corrections
from survey.corrections.words import STATE_LABELS as CORRECTION_STATES
from survey.db import current_session, utc_now
from survey.instruments.registry import load_questionnaire
from survey.intake.flags import FLAG_LABELS
from survey.intake.models import Submission
from survey.intake.texts import text_for
from survey.issues.words import AREA_LABELS, LEVEL_LABELS, SEVERITY_LABELS
from survey.pages.downloads import download, stored_file
from survey.places.words import KIND_LABELS
from survey.protection.reading import may_see_names, note_names, readable_answers, readable_file
from survey.protocol.checks import blocking, needs_reason
from survey.protocol.queries import limits_of_visit
from survey.reconciling.counted import is_reconciled
from survey.review import operations
from survey.review.answers import answer_sections
from survey.review.asking_queries import list_queries
from survey.review.flag_lines import flag_lines
from survey.review.forms import AcceptForm, BatchForm, FilterForm, ReasonForm
from survey.review.interview_map import interview_map
from survey.review.page_parts import texts_at, word_changes
from survey.review.queries import (
    count_by_state,
    count_clean,
    count_matching,
    count_quarantined,
    find_attachment,
    find_edits,
    find_neighbours,
    find_submission,
    list_clean,
    list_submissions,
    read_history,
    read_options,
)
from survey.review.timing import as_clock, read_timing
from survey.review.words import EVENT_LABELS, QUERY_LABELS, RECORDED_AS_LABELS, STATE_LABELS
from survey.storage import current_storage
from survey.visits.household_list import questionnaire_with_households

READERS = ("admin", "coordinator", "author")
DECIDERS = ("admin", "coordinator")

blueprint = Blueprint("review", __name__, url_prefix="/review")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "state_labels": STATE_LABELS,
        "flag_labels": FLAG_LABELS,
        "event_labels": EVENT_LABELS,
        "query_labels": QUERY_LABELS,
        "recorded_as_labels": RECORDED_AS_LABELS,
        "kind_labels": KIND_LABELS,
        "area_labels": AREA_LABELS,
        "level_labels": LEVEL_LABELS,
        "severity_labels": SEVERITY_LABELS,
        "text_for": text_for,
        "clock": as_clock,
        "correction_states": CORRECTION_STATES,
    }


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The list with its filters and counts."""
    session = current_session()
    form = FilterForm(request.args)
    wanted = form.wanted()
    form.offer(read_options(session, wanted, str(get_locale())))
    form.validate()
    counts = count_by_state(session, wanted)
    page, submissions = list_submissions(session, wanted, request.args.get("page", 1, int), count_matching(counts, wanted))
    return render_template(
        "review/list.html",
        form=form,
        wanted=wanted,
        page=page,
        submissions=submissions,
        counts=counts,
        n_quarantined=count_quarantined(session).get("waiting", 0),
        may_decide=_may_decide(),
    )


@blueprint.get("/<instance_id>")
@requires(*READERS)
def submission(instance_id: str) -> str:
    """Everything about one submission."""
    return _page(find_submission(current_session(), instance_id), AcceptForm(), ReasonForm())


@blueprint.get("/<instance_id>/submission.xml")
@requires(*DECIDERS)
def xml(instance_id: str) -> Response:
    """The XML as it was received, as a download, for those who are shown whole names."""
    found = find_submission(current_session(), instance_id)
    note_names(1)
    return download(found.xml, f"{instance_id.replace(':', '_')}.xml", "application/xml")


@blueprint.get("/<instance_id>/files/<path:name>")
@requires(*READERS)
def file(instance_id: str, name: str) -> Response:
    """One attachment: shown by the browser if it is a picture, sound or film that it may show, else a download."""
    attachment = find_attachment(current_session(), instance_id, name)
    return stored_file(readable_file(attachment, current_storage()), attachment.name, attachment.media_type)


@blueprint.post("/<instance_id>/accept")
@requires(*DECIDERS)
def accept(instance_id: str) -> Any:
    """Accept one submission."""
    return _decide(instance_id, AcceptForm(), operations.accept_submission, _("Accepted. It counts in the figures from now on."))


@blueprint.post("/<instance_id>/return")
@requires(*DECIDERS)
def send_back(instance_id: str) -> Any:
    """Return one submission to its pair."""
    return _decide(instance_id, ReasonForm(), operations.return_submission, _("Returned to its pair with your reason."))


@blueprint.post("/<instance_id>/reopen")
@requires(*DECIDERS)
def reopen(instance_id: str) -> Any:
    """Take a decision back."""
    return _decide(instance_id, ReasonForm(), operations.reopen_submission, _("Reopened. It waits for a decision again."))


@blueprint.route("/accept", methods=["GET", "POST"])
@requires(*DECIDERS)
def accept_clean() -> Any:
    """Show the clean submissions that match the filters, then accept exactly those that were shown."""
    session = current_session()
    wanted = FilterForm(request.args).wanted()
    form = BatchForm()
    if form.validate_on_submit():
        asked = form.instance_ids.data or []
        accepted = operations.accept_clean(session, actor(), asked, utc_now())
        flash(ngettext("%(num)s interview accepted.", "%(num)s interviews accepted.", len(accepted)), "success")
        if len(accepted) < len(asked):
            left = len(asked) - len(accepted)
            flash(
                ngettext(
                    "%(num)s was decided or flagged meanwhile and left alone.",
                    "%(num)s were decided or flagged meanwhile and left alone.",
                    left,
                ),
                "warning",
            )
        return redirect(url_for(".index", **wanted.parameters()))
    return render_template(
        "review/accept.html", form=form, wanted=wanted, submissions=list_clean(session, wanted), n_clean=count_clean(session, wanted)
    )


def _decide(
    instance_id: str,
    form: AcceptForm | ReasonForm,
    operation: Callable[[Session, User, Submission, str, datetime], Submission],
    message: str,
) -> Any:
    found = find_submission(current_session(), instance_id)
    checks = [flag.check for flag in found.flags]
    is_unexplained = isinstance(form, AcceptForm) and needs_reason(checks) and not (form.reason.data or "").strip()
    if is_unexplained:
        form.reason.errors = [_("This interview carries a doubt. Say why it is accepted all the same.")]
    if is_unexplained or not form.validate_on_submit():
        accepting = form if isinstance(form, AcceptForm) else AcceptForm(formdata=None)
        reasoning = form if isinstance(form, ReasonForm) else ReasonForm(formdata=None)
        return make_response(_page(found, accepting, reasoning), 422)
    wanted = FilterForm(request.args).wanted()
    following = find_neighbours(current_session(), found, wanted).after if request.form.get("then") == "next" else None
    operation(current_session(), actor(), found, form.reason.data or "", utc_now())
    flash(message, "success")
    return redirect(url_for(".submission", instance_id=following or instance_id, **wanted.parameters()))


def _page(found: Submission, accept_form: AcceptForm, reason_form: ReasonForm) -> str:
    session = current_session()
    questionnaire = questionnaire_with_households(session, found.questionnaire)
    locale = str(get_locale())
    with_blanks = request.args.get("blanks") == "1"
    wanted = FilterForm(request.args).wanted()
    notes = {note.node: note for note in found.notes}
    asked, answered = list_queries(session, found.instance_id), list_queries(session, found.deprecated_id)
    edits = find_edits(session, found)
    if asked and not reason_form.is_submitted() and found.review_state == "received":
        reason_form.reason.data = _("Please look at the questions beside the answers.")
    original = next((edit for edit in edits if edit.instance_id == found.deprecated_id), None)
    candidates = list_candidates_of(session, found.instance_id)
    labels = {question.name: text_in(question.called, questionnaire.language(locale)) for question in questionnaire.questions()}
    corrected = _corrected(session, found, locale)
    is_settled = _is_twofold(found) and is_reconciled(session, found.instance_id)
    return render_template(
        "review/submission.html",
        submission=found,
        wanted=wanted,
        neighbours=find_neighbours(session, found, wanted),
        sections=answer_sections(
            questionnaire,
            readable_answers(questionnaire, found.answers),
            locale,
            with_blanks=with_blanks,
            remarked={*notes, *asked, *answered, *corrected.nodes},
        ),
        notes=notes,
        timing=read_timing(found, current_storage()),
        with_blanks=with_blanks,
        files={attachment.name: attachment for attachment in found.attachments},
        history=read_history(session, "submission", found.instance_id),
        edits=edits,
        asked=asked,
        answered=answered,
        texts_before=_texts_before(original, answered, locale),
        notes_before={note.node: note.text for note in original.notes} if original and answered else {},
        flag_lines=flag_lines(found.flags, limits_of_visit(session, found.visit_id), labels) if found.flags else (),
        is_blocked=bool(blocking(flag.check for flag in found.flags)),
        needs_reason=needs_reason(flag.check for flag in found.flags),
        map=interview_map(found) if may_see_names() else None,
        changes=word_changes(questionnaire, found.countersignature, locale),
        candidates=candidates,
        is_reconciled=is_settled,
        corrected=corrected,
        correctable=_correctable(questionnaire, found) if _may_decide() and not is_settled else frozenset(),
        candidate_titles={candidate.rule: text_for(candidate.title, locale) for candidate in candidates},
        question_labels=labels,
        accept_form=accept_form,
        reason_form=reason_form,
        may_decide=_may_decide(),
    )


def _corrected(session: Session, submission: Submission, locale: str) -> CorrectedAnswers:
    """What was corrected of the interview; one statement for the many of which nothing was."""
    if not list_corrections(session, [submission.instance_id]):
        return NOTHING
    return corrected_answers(find_record(session, submission), locale)


def _correctable(questionnaire: Questionnaire, submission: Submission) -> frozenset[str]:
    """The nodes of the answers that may be corrected."""
    if submission.review_state != "accepted" or submission.recorded_as != "lead":
        return frozenset()
    return frozenset(node for node, place in places_of(questionnaire, submission.answers).items() if is_correctable(place.question))


def _texts_before(original: Submission | None, nodes: Collection[str], locale: str) -> dict[str, tuple[str, ...]]:
    """The answers that were asked about as they were before this edit, by node."""
    return texts_at(load_questionnaire(original.questionnaire), original.answers, nodes, locale) if original and nodes else {}


def _is_twofold(submission: Submission) -> bool:
    """Whether it is one of two records of its interview."""
    return submission.visit is not None and submission.visit.records == "independent" and submission.assignment_id is not None


def _may_decide() -> bool:
    return any(current_user.has_role(role) for role in DECIDERS)
