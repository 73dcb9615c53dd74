"""Filled forms of the built-in instruments for tests: one plain household, changed answer by answer. All people are invented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import questionnaires
from questionnaires.instance import check_instance, iter_answers, parse_instance, write_instance
from questionnaires.model import Node, Question, Questionnaire, Repeat
from questionnaires.reader import read_questionnaire

NOW = datetime(2018, 4, 20, 2, 0, tzinfo=UTC)
LEFT_OUT = object()
"""Stands for an answer that is not given."""

MEMBER: dict[str, Any] = {
    "member_name": "甲",
    "relation": "head",
    "sex": "male",
    "birth_year": 1968,
    "health": "good",
    "chronic_illness": "no",
    "disability": "none",
    "medical_insured": "yes",
    "work_ability": "full",
    "main_work": "farming",
    "months_away": 0,
}
PUPIL: dict[str, Any] = {
    **{name: value for name, value in MEMBER.items() if name not in ("work_ability", "main_work")},
    "member_name": "乙",
    "relation": "child",
    "birth_year": 2008,
    "school_status": "in_school",
    "school_stage": "primary",
}
HOUSEHOLD: dict[str, Any] = {
    "household_kind": "registered",
    "guided_by_cadre": "no",
    "cadres_present": "no",
    "people_present": ["none"],
    "interpreter": "not_needed",
    "consent": "yes",
    "respondent": "head",
    "kind_said": "registered",
    "main_cause": "illness",
    "special_seen": ["none"],
    "members_read": "OK",
    "wage_local_cny": 4000,
    "crop_income_cny": 3000,
    "livestock_income_cny": 2000,
    "other_business_cny": 0,
    "business_cost_cny": 1500,
    "rent_cny": 0,
    "dividend_cny": 500,
    "dibao": "no",
    "pension_cny": 0,
    "subsidy_cny": 600,
    "family_gift_cny": 0,
    "income_known": "all",
    "income_check": "right",
    "debt": "no",
    "food_enough": "always",
    "protein_times": "weekly",
    "clothes_enough": "yes",
    "bedding_enough": "yes",
    "water_source": "piped_house",
    "water_minutes": 0,
    "water_enough": "yes",
    "water_cut_seasons": ["none"],
    "water_quality": "clear",
    "water_tested": "yes",
    "dwelling": "own",
    "house_structure": "brick_concrete",
    "house_area_m2": 90,
    "house_damage": ["none"],
    "house_grade": "a",
    "house_safe_seen": "safe",
    "housing_help": "none",
    "hospital": "no",
    "medical_cost_cny": 800,
    "medical_own_cny": 300,
    "medical_known": "all",
    "doctor_contract": "signed",
    "doctor_visit": "within_12_months",
    "doctor_deeds": ["blood_pressure"],
    "untreated": "no",
    "school_aids": ["meals"],
    "school_cost_cny": 1200,
    "school_cost_known": "all",
    "school_minutes": 20,
    "school_worry": "no",
    "project": "no",
    "cooperative": "no",
    "produce_sold": "all",
    "training": "useful",
    "small_loan": "not_needed",
    "works_seen": ["road"],
    "works_useful": "much",
    "works_asked": "yes",
    "payments": "on_time",
    "payments_known": "yes",
    "helper_known": "yes",
    "helper_visits": 4,
    "helper_deeds": ["talk"],
    "measures_fit": "fit",
    "posted": "yes",
    "fairness": "fair",
    "complained": "no",
    "n_signings": 2,
    "favours": "no",
    "coached": "no",
    "aids": ["none"],
    "dibao_should": "no",
    "register_correct": "agrees",
    "satisfaction": "content",
    "life_change": "better",
    "wishes": ["income"],
    "openness": "open",
    "second_confirms": "OK",
}
ITEMS = ("members", "cause", "school", "insured", "doctor", "income", "subsidies", "measures", "housing", "water", "visits", "exit")
ARCHIVE: dict[str, Any] = {
    "household_kind": "lifted_out",
    "file_shown": "yes",
    "file_place": "village",
    "file_shown_by": "village_cadre",
    "documents": ["application", "exit"],
    "signature_genuine": "own",
    "marks": ["none"],
    **{f"{item}_result": "agrees" for item in ITEMS},
    "second_confirms": "OK",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a filled form came to: answers by question name (lists inside the repeat), findings as (question, code), rules raised."""

    answers: dict[str, Any]
    findings: set[tuple[str, str]]
    rules: set[str]
    messages: dict[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def instrument(name: str) -> Questionnaire:
    """The built-in questionnaire in the file of this name."""
    return read_questionnaire(Path(questionnaires.__file__).parent / f"{name}.md")


def interview(members: Sequence[dict[str, Any]] = (MEMBER, PUPIL), **changes: Any) -> Result:
    """The household interview with these members and changed answers, as the server sees it."""
    return fill("household", {"n_members": len(members), **HOUSEHOLD, **changes}, members)


def archive_check(**changes: Any) -> Result:
    """The archive check with these answers changed, as the server sees it."""
    return fill("archive_check", {**ARCHIVE, **changes}, ())


def fill(name: str, answers: Mapping[str, Any], members: Sequence[dict[str, Any]]) -> Result:
    """The form filled in, as the server sees it; `members` are the instances of its repeat."""
    questionnaire = instrument(name)
    given = {key: value for key, value in answers.items() if value is not LEFT_OUT}
    nested = _nest(questionnaire.children, given, members)
    root = parse_instance(write_instance(questionnaire, nested, instance_id="uuid:test", now=NOW))
    check = check_instance(questionnaire, root, now=NOW)
    flat: dict[str, Any] = {}
    for question, positions, value in iter_answers(questionnaire, check.answers):
        if positions:
            flat.setdefault(question.name, []).append(value)
        else:
            flat[question.name] = value
    return Result(
        answers=flat,
        findings={(finding.question, finding.code) for finding in check.findings},
        rules={rule.name for rule in check.rules},
        messages={finding.question: finding.message for finding in check.findings},
    )


def _nest(children: Sequence[Node], answers: dict[str, Any], members: Sequence[dict[str, Any]]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for node in children:
        if isinstance(node, Question):
            if node.name in answers:
                nested[node.name] = answers[node.name]
        elif isinstance(node, Repeat):
            nested[node.name] = [_nest(node.children, member, ()) for member in members]
        else:
            nested[node.name] = _nest(node.children, answers, members)
    return nested
