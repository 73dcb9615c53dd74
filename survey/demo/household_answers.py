"""The invented answers of one household interview, by question name, in the order in which the questionnaire asks."""

from dataclasses import dataclass
from typing import Any

from survey.demo.case import Case
from survey.demo.chance import any_of, pick, pick_some
from survey.demo.homes import Person
from survey.demo.income_answers import income_answers
from survey.demo.living_answers import food_answers, health_answers, housing_answers, school_answers, water_answers
from survey.demo.opinion_answers import funds_answers, help_answers, livelihood_answers, safety_answers, wish_answers
from survey.demo.withheld import withhold

SPECIALS = {"old": "old_alone", "sick": "serious_illness", "disabled": "severe_disability"}


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form: single answers by question name, and those of each member."""

    answers: dict[str, Any]
    members: tuple[dict[str, Any], ...] = ()


def fill_household(case: Case) -> Filled:
    """The whole interview as the pair of this occasion recorded it, pictures and signature left out."""
    answers = {**_protocol(case), **_identity(case)}
    members = tuple(_member(case, person) for person in case.home.people)
    for section in (income_answers, food_answers, water_answers, housing_answers, health_answers, school_answers, livelihood_answers):
        answers |= section(case)
    answers |= funds_answers(case) | help_answers(case) | safety_answers(case, answers["dibao"] == "yes")
    answers |= wish_answers(case, answers)
    answers["openness"] = "open" if case.is_careless else pick(case.rng, {"open": 0.82, "hesitant": 0.12, "coached": 0.02, "unable": 0.04})
    if case.chance(0.06):
        answers["interviewer_note"] = any_of(
            case.rng, ("老人耳背，由儿子帮着答。", "户主中途去接孩子，由妻子接着答。", "家里养着两头猪，院子干净。")
        )
    answers |= {"members_read": "OK", "second_confirms": "OK"}
    return Filled(withhold(case, answers), members)


def _protocol(case: Case) -> dict[str, Any]:
    rng, home = case.rng, case.home
    was_guided = case.chance(0.3)
    cadre_stays = case.chance(0.012)
    answers: dict[str, Any] = {
        "guided_by_cadre": "yes" if was_guided else "no",
        "cadres_present": "yes" if cadre_stays else "no",
        "people_present": ["cadres"] if cadre_stays else pick_some(rng, {"neighbours": 0.22, "other": 0.03}),
        "interpreter": pick(rng, {"not_needed": 0.74, "family": 0.14, "villager": 0.08, "team": 0.04}),
        "consent": "yes",
        "respondent": pick(rng, {"head": 0.64, "spouse": 0.22, "child": 0.1, "other": 0.04}),
    }
    if was_guided:
        answers["cadres_withdrew"] = "no" if cadre_stays else "yes"
    if not case.is_careless and case.chance(0.985):
        answers["position"] = {
            "latitude": round(home.latitude + rng.gauss(0, 0.00004), 6),
            "longitude": round(home.longitude + rng.gauss(0, 0.00004), 6),
            "altitude": round(rng.uniform(480, 1280), 1),
            "accuracy": round(rng.uniform(4, 19), 1),
        }
    return answers


def _identity(case: Case) -> dict[str, Any]:
    home, rng = case.home, case.rng
    said = home.kind if case.chance(0.93) else any_of(rng, ("dont_know", "ordinary"))
    answers: dict[str, Any] = {"kind_said": said, "n_members": home.n_members}
    if home.has_file and case.chance(0.92):
        answers["registered_year"] = home.registered_year
    if home.kind == "lifted_out" and case.chance(0.94):
        answers["exit_year"] = home.exit_year
    if home.kind != "ordinary":
        answers["main_cause"] = home.cause if case.chance(0.9) else any_of(rng, ("illness", "funds", "skills", "other"))
    answers["special_seen"] = [SPECIALS[mark] for mark in home.markers() if mark in SPECIALS] or ["none"]
    return answers


def _member(case: Case, person: Person) -> dict[str, Any]:
    status, work = case.school_status(person), case.main_work(person)
    answers: dict[str, Any] = {
        "member_name": person.name,
        "relation": person.relation,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "health": person.health,
        "chronic_illness": "yes" if person.is_chronic else "no",
        "disability": person.disability,
        "medical_insured": "yes" if person.is_insured else "no",
        "months_away": any_of(case.rng, (8, 9, 10, 10, 11)) if work == "migrant" else 0,
    }
    if status:
        answers["school_status"] = status
    if status == "in_school":
        answers["school_stage"] = _stage(case.age(person))
    if status in ("dropped_out", "never_enrolled"):
        answers["dropout_reason"] = "illness" if person.disability == "severe" else any_of(case.rng, ("tired", "tired", "work", "cost"))
    if work:
        answers |= {"work_ability": case.work_ability(person), "main_work": work}
    return answers


def _stage(age: int) -> str:
    stages = ((5, "kindergarten"), (11, "primary"), (14, "junior"), (17, "senior"))
    return next((stage for last, stage in stages if age <= last), "higher")
