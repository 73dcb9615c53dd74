"""The second's own record of everything in the visit that asks for two, what differs in it, and how a coordinator reconciles some."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from questionnaires.errors import SurveyError
from questionnaires.model import Question, Questionnaire
from survey.demo.chance import any_of, draw_from, happens
from survey.demo.facts import VisitFacts
from survey.demo.field_work import Desk, Sent, send_as_second
from survey.demo.household_answers import Filled
from survey.demo.schedule import HOUSEHOLD_FORM, LOCAL
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.reconciling.differences import LEFT, OTHER, RIGHT, Comparison, compare_records
from survey.reconciling.operations import decide_answer, finish_reconciliation
from survey.reconciling.queries import Records, find_records, list_pairs
from survey.reconciling.tolerances import Tolerances
from survey.review.operations import accept_clean, accept_submission, return_submission
from survey.visits.household_list import questionnaire_with_households
from survey.visits.models import Visit

AMOUNTS = (
    "wage_local_cny",
    "wage_migrant_cny",
    "crop_income_cny",
    "livestock_income_cny",
    "other_business_cny",
    "family_gift_cny",
    "subsidy_cny",
    "water_minutes",
    "n_signings",
)
"""What people remember roughly, so that two listeners write it down differently."""
JUDGED = {
    HOUSEHOLD_FORM: (
        "satisfaction",
        "fairness",
        "water_tested",
        "food_enough",
        "life_change",
        "house_structure",
        "favours",
        "water_quality",
    ),
    "archive_check": ("signature_genuine", "file_place", "file_shown_by"),
}
"""Choices on which nothing else hangs, so that another one leaves the record valid."""
DISAGREEING = {1: 0.08, 2: 0.24, 3: 0.13}
"""How often the second of each pair heard something else."""
SURE_AGES = range(20, 90)
N_FINISHED, N_BEGUN = 20, 4
HEARD_BY_TELEPHONE = ("电话回访户主，以户主当场所述为准。", "查看存折后核定。", "两人一并回忆录音后确定。")


def record_twice(desk: Desk, visit: VisitFacts, sent: Sequence[Sent]) -> None:
    """Send and accept the seconds' records of what the visit's pairs sent, and reconcile some; nothing for other visits."""
    if visit.records != "independent":
        return
    coordinator, now = desk.people["coordinator"], datetime.combine(visit.ends_on + timedelta(days=3), time(9, 0), LOCAL)
    received = [send_as_second(desk, each, _as_heard(desk, each)).receipt.instance_id for each in sent]
    accept_clean(desk.session, coordinator, received, now)
    for instance_id in received:
        submission = desk.session.get(Submission, instance_id)
        if submission is not None and submission.review_state == "received":
            _decide_doubtful(desk, submission, now)
    _reconcile_some(desk, visit, now + timedelta(hours=2))


def _decide_doubtful(desk: Desk, submission: Submission, now: datetime) -> None:
    """Accept a record that carries a doubt, or return it where no reason passes over the doubt."""
    coordinator = desk.people["coordinator"]
    try:
        accept_submission(desk.session, coordinator, submission, "与主访的记录一并核对，予以采用。", now)
    except SurveyError:
        return_submission(desk.session, coordinator, submission, "请核对后重新填报。", now)


def _as_heard(desk: Desk, sent: Sent) -> Filled:
    """What the second wrote down of the same interview."""
    task, filled = sent.task, sent.filled
    share = DISAGREEING.get(task.case.pair, 0.08)
    rng = draw_from(task.case.seed, task.case.visit.id, task.form_id, task.case.home.village.code, task.case.home.number, "second")
    questionnaire = desk.questionnaires[task.form_id]
    answers = {**filled.answers, **_heard_amounts(filled.answers, rng, share), **_judged(questionnaire, task.form_id, filled, rng, share)}
    members = [_heard_member(member, task.case.day.year, rng, share) for member in filled.members]
    if len(members) > 2 and happens(rng, share):
        members[-1], members[-2] = members[-2], members[-1]
    if len(members) > 3 and answers.get("n_members") == len(members) and happens(rng, share / 2):
        # The second took somebody who works away for no member of the household.
        members.pop()
        answers["n_members"] = len(members)
    return replace(filled, answers=answers, members=tuple(members))


def _heard_amounts(answers: dict[str, Any], rng: Random, share: float) -> dict[str, Any]:
    heard = {}
    for name in AMOUNTS:
        if answers.get(name) and happens(rng, 2 * share):
            heard[name] = round(answers[name] * any_of(rng, (0.8, 0.9, 0.97, 1.02, 1.1, 1.3)))
    return heard


def _judged(questionnaire: Questionnaire, form_id: str, filled: Filled, rng: Random, share: float) -> dict[str, Any]:
    judged = {}
    for name in JUDGED.get(form_id, ()):
        if filled.answers.get(name) and happens(rng, share):
            judged[name] = any_of(rng, _beside(questionnaire, name, filled.answers[name]))
    return judged


def _beside(questionnaire: Questionnaire, name: str, value: str) -> tuple[str, ...]:
    """The choices next to the one that was made."""
    question = next(each for each in questionnaire.questions() if each.name == name)
    names = [choice.name for choice in questionnaire.choices[str(question.list_name)]]
    at = names.index(value)
    return tuple(names[max(at - 1, 0) : at] + names[at + 1 : at + 2])


def _heard_member(member: dict[str, Any], year: int, rng: Random, share: float) -> dict[str, Any]:
    heard = dict(member)
    if year - heard["birth_year"] in SURE_AGES and happens(rng, share):
        heard["birth_year"] += any_of(rng, (-1, 1))
    if happens(rng, share / 2):
        heard["medical_insured"] = "dont_know"
    if happens(rng, share):
        heard["member_name"] = f"{heard['member_name']} "
    return heard


def _reconcile_some(desk: Desk, visit: VisitFacts, now: datetime) -> None:
    """A coordinator goes through the interviews one by one, and is not through yet."""
    stored = desk.session.get_one(Visit, visit.id)
    keys = sorted(
        (key for key in list_pairs(desk.session, visit.id) if key.form_id == HOUSEHOLD_FORM), key=lambda key: key.lead_instance_id
    )
    versions: dict[str, Questionnaire] = {}
    for number, key in enumerate(keys[: N_FINISHED + N_BEGUN]):
        records = find_records(desk.session, stored, key.assignment_id)
        form = versions.setdefault(records.lead.questionnaire_version_id, _form(desk, records.lead.questionnaire))
        rng = draw_from(desk.facts.seed, visit.id, records.lead.instance_id, "reconciling")
        differing = [
            each for each in compare_records(form, records.lead.answers, records.second.answers, Tolerances()) if not each.is_agreeing
        ]
        decided = differing if number < N_FINISHED else differing[: len(differing) // 2]
        for each in decided:
            records = _decide(desk, form, records, each, rng, now)
        if number < N_FINISHED:
            finish_reconciliation(desk.session, desk.people["coordinator"], form, records, now)
        now += timedelta(minutes=6)


def _form(desk: Desk, version: QuestionnaireVersion) -> Questionnaire:
    return questionnaire_with_households(desk.session, version)


def _decide(desk: Desk, form: Questionnaire, records: Records, compared: Comparison, rng: Random, now: datetime) -> Records:
    choice, more = _choice(compared, rng)
    found = decide_answer(desk.session, desk.people["coordinator"], form, records, compared.node, choice, now, **more)
    return replace(records, reconciliation=found)


def _choice(compared: Comparison, rng: Random) -> tuple[str, dict[str, str]]:
    """What the coordinator decides; an amount lies now and then between what the two wrote."""
    question = compared.question
    if isinstance(question, Question) and question.name in AMOUNTS and not compared.is_one_sided and happens(rng, 0.15):
        return OTHER, {"value": str(round((compared.left + compared.right) / 2)), "reason": any_of(rng, HEARD_BY_TELEPHONE)}
    if compared.is_one_sided:
        # A member that one of them forgot is one all the same, and so is an answer.
        return (RIGHT if compared.left is None else LEFT), {}
    is_count = question is not None and question.name == "n_members"
    return (LEFT if is_count or happens(rng, 0.65) else RIGHT), {}
