"""The pages of open answers of a visit: what there is, coding, settling, and what came of it."""

from flask import Blueprint, Response, flash, make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from analysis.coding.agreement import CodingAgreement, agree_on_codes
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.coding import operations
from survey.coding.answers import read_open_answers
from survey.coding.forms import DecisionForm
from survey.coding.models import CodingRound
from survey.coding.page import OF_QUESTION, PREFIX, check_edits, coding_words, find_asked, language, lead_to
from survey.coding.queries import find_round, list_code_books, list_codings, list_rounds, read_coded
from survey.coding.rounds import APART, DONE, CodedAnswer, codes_of, count_codes, count_states, join_codings
from survey.coding.sheets import results_workbook
from survey.coding.words import STATE_LABELS
from survey.db import current_session, utc_now
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX
from survey.visits.page import READERS, render_visit
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("coding", __name__, url_prefix=PREFIX)
blueprint.context_processor(coding_words)


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The open questions of the visit, with their code books, coders and how far they came."""
    session = current_session()
    visit = find_visit(session, visit_id)
    found = read_open_answers(session, visit.id)
    rounds = list_rounds(session, visit.id)
    codings = list_codings(session, [each.id for each in rounds.values()])
    states = {
        key: count_states(join_codings(found.questions[key].answers, codings[each.id]))
        for key, each in rounds.items()
        if key in found.questions
    }
    return render_visit(
        "coding/index.html",
        visit,
        questions=found.questions,
        books=list_code_books(session),
        rounds=rounds,
        states=states,
        part_of=_part_of,
    )


@blueprint.route(f"{OF_QUESTION}/code", methods=["GET", "POST"])
@requires(*READERS)
def code(visit_id: str, form_id: str, question: str) -> Response | Redirect:
    """One answer after the other, for one of the two coders, who sees nothing of the other's decisions."""
    session = current_session()
    visit, asked = find_asked(visit_id, form_id, question)
    found = find_round(session, visit.id, form_id, question)
    part = operations.part_of(found, actor())
    if not part:
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor().username, action="code these answers", remedy="Two coders are named for them.")
    coded = read_coded(session, found, asked)
    form = DecisionForm()
    form.offer(found.code_book.codes)
    if request.method == "POST":
        current = _of(coded, form.instance.data or "")
        if form.validate():
            operations.code_answer(session, actor(), found, current.answer, form.codes.data or [], form.note.data or "", utc_now())
            return lead_to("coding.code", visit, asked, after=current.answer.instance_id)
    number = _place(coded, part)
    current = coded[number]
    own = current.part(part)
    if not form.is_submitted():
        form = DecisionForm(formdata=None, codes=sorted(codes_of(own)), note=own.note if own else "")
        form.offer(found.code_book.codes)
    form.instance.data = current.answer.instance_id
    page = render_visit(
        "coding/code.html",
        visit,
        asked=asked,
        round=found,
        answer=current.answer,
        own=own,
        number=number,
        total=len(coded),
        done=sum(each.part(part) is not None for each in coded),
        is_next=bool(request.args.keys() & {"after", "at"}),
        neighbours=[coded[at].answer.instance_id if 0 <= at < len(coded) else "" for at in (number - 1, number + 1)],
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)


def _place(coded: tuple[CodedAnswer, ...], part: str) -> int:
    """Which answer is shown: the one asked for, or the first one not coded yet, from the one just coded on."""
    at = {each.answer.instance_id: number for number, each in enumerate(coded)}
    wanted = request.args.get("at", "") or request.form.get("instance", "")
    if wanted in at:
        return at[wanted]
    start = at.get(request.args.get("after", ""), -1) + 1
    order = [*range(start, len(coded)), *range(start)]
    return next((number for number in order if coded[number].part(part) is None), min(start, len(coded) - 1))


@blueprint.route(f"{OF_QUESTION}/settle", methods=["GET", "POST"])
@requires(*READERS)
def settle(visit_id: str, form_id: str, question: str) -> Response | Redirect:
    """The answers on which both coders differ, one form each, for somebody who has coded neither way."""
    session = current_session()
    visit, asked = find_asked(visit_id, form_id, question)
    found = find_round(session, visit.id, form_id, question)
    coded = read_coded(session, found, asked)
    if operations.part_of(found, actor()):
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=actor().username,
            action="see what the other codes",
            remedy="Somebody who has coded neither way settles the differences.",
        )
    if request.method == "POST":
        check_edits()
        form = DecisionForm()
        form.offer(found.code_book.codes)
        if form.validate():
            current = _of(coded, form.instance.data or "")
            operations.settle_answer(session, actor(), found, current, form.codes.data or [], form.note.data or "", utc_now())
            flash(_("Settled."), "success")
            return lead_to("coding.settle", visit, asked)
    shown = [each for each in coded if each.state in (APART, DONE)]
    forms = {}
    for each in shown:
        form = DecisionForm(formdata=None, codes=sorted(codes_of(each.settled)), prefix="", instance=each.answer.instance_id)
        form.offer(found.code_book.codes)
        forms[each.answer.instance_id] = form
    shown.sort(key=lambda each: each.state != APART)
    labels = _labels(found)
    page = render_visit(
        "coding/settle.html",
        visit,
        asked=asked,
        round=found,
        shown=shown,
        forms=forms,
        states=count_states(coded),
        labels=labels,
        codes_of=codes_of,
    )
    return make_response(page)


@blueprint.get(f"{OF_QUESTION}/results")
@requires(*READERS)
def results(visit_id: str, form_id: str, question: str) -> str:
    """How far both coders agree, and how often each code was given, by county."""
    session = current_session()
    visit, asked = find_asked(visit_id, form_id, question)
    found = find_round(session, visit.id, form_id, question)
    coded = read_coded(session, found, asked)
    by_code, totals = count_codes(coded)
    return render_visit(
        "coding/results.html",
        visit,
        asked=asked,
        round=found,
        states=count_states(coded),
        agreement=_agreement(found, coded),
        by_code=by_code,
        totals=totals,
        counties=read_open_answers(session, visit.id).county_names,
        labels=_labels(found),
        is_hidden=_is_hidden(found, coded),
    )


@blueprint.get(f"{OF_QUESTION}/results.xlsx")
@requires(*READERS)
def results_file(visit_id: str, form_id: str, question: str) -> Response:
    """The coded answers and the agreement as a workbook; not for a coder before both are through, because it tells the other's codes."""
    session = current_session()
    visit, asked = find_asked(visit_id, form_id, question)
    found = find_round(session, visit.id, form_id, question)
    coded = read_coded(session, found, asked)
    if _is_hidden(found, coded):
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=actor().username,
            action="take the coded answers along",
            remedy="Both coders finish their answers first.",
        )
    counties = read_open_answers(session, visit.id).county_names
    states = {name: str(label) for name, label in STATE_LABELS.items()}
    content = results_workbook(coded, _agreement(found, coded), _labels(found), counties, states)
    return download(content, f"{visit.id}-{asked.question}-{_('coded')}.xlsx", XLSX)


def _is_hidden(coding_round: CodingRound, coded: tuple[CodedAnswer, ...]) -> bool:
    """Whether the reader codes and has not finished, and must not learn from the other."""
    part = operations.part_of(coding_round, actor())
    return bool(part) and any(each.part(part) is None for each in coded)


def _agreement(coding_round: CodingRound, coded: tuple[CodedAnswer, ...]) -> CodingAgreement:
    names = [code.name for code in coding_round.code_book.codes]
    pairs = [(codes_of(each.first), codes_of(each.second)) for each in coded if each.first is not None and each.second is not None]
    return agree_on_codes(names, pairs)


def _labels(coding_round: CodingRound) -> dict[str, str]:
    return {code.name: code.label_in(language()) for code in coding_round.code_book.codes}


def _of(coded: tuple[CodedAnswer, ...], instance_id: str) -> CodedAnswer:
    found = next((each for each in coded if each.answer.instance_id == instance_id), None)
    if found is None:
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Answer", key=instance_id, remedy="It was edited or taken back meanwhile; open the page anew."
        )
    return found


def _part_of(coding_round: CodingRound) -> str:
    return operations.part_of(coding_round, actor())
