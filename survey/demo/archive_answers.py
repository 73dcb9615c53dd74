"""The invented answers of one archive check: what the household said is compared with a file that is not always true."""

from collections.abc import Mapping
from typing import Any

from survey.demo.case import Case
from survey.demo.chance import any_of, happens, pick, pick_some
from survey.demo.homes import seat_of
from survey.demo.income_answers import income_per_head
from survey.demo.living_answers import unsafe_house, unsafe_water

AGREEING = {
    "members": 0.94,
    "cause": 0.88,
    "school": 0.93,
    "insured": 0.95,
    "doctor": 0.72,
    "income": 0.68,
    "subsidies": 0.8,
    "measures": 0.78,
    "housing": 0.93,
    "water": 0.9,
    "visits": 0.66,
    "exit": 0.92,
}
"""How often said and filed agree, item by item, in a county of middling conduct."""
DISCREPANCIES = ("missing", "differs", "out_of_date")
MONEY = ("income", "subsidies")
REASONS = ("村部光线太暗，拍不清", "档案正在上级检查，不让拍照", "平板电量不足")
EXPLANATIONS = ("表是去年统一填的，今年还没更新。", "户主年纪大，记不清了。", "按上面的口径填的。")


def fill_archive(case: Case, interview: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers of the archive check; `interview` holds the household's answers of this visit, None when it was not interviewed."""
    rng = case.rng
    state = "no" if case.leaning("no_file") < 0.006 else "partly" if case.chance(0.05) else "yes"
    answers: dict[str, Any] = {"file_shown": state, "second_confirms": "OK"}
    if state == "no":
        return answers | {"file_missing_reason": any_of(rng, ("送到镇上统一整理去了", "换了村文书，没有找到"))}
    marks = {"altered": 0.04, "blank": 0.12, "backdated": 0.03, "same_hand": 0.05, "unsealed": 0.04}
    kept = {"application": 0.92, "meeting": 0.85, "posting": 0.7, "income_sheet": 0.93, "measures": 0.9, "visits": 0.84, "handbook": 0.95}
    answers |= {
        "file_place": pick(rng, {"village": 0.86, "township": 0.08, "household": 0.06}),
        "file_shown_by": pick(rng, {"village_cadre": 0.62, "work_team": 0.28, "township": 0.05, "household": 0.05}),
        "documents": pick_some(rng, kept | ({"exit": 0.9} if case.home.kind == "lifted_out" else {})),
        "signature_genuine": pick(rng, {"own": 0.78, "family": 0.1, "others": 0.05, "unsigned": 0.02, "dont_know": 0.05}),
        "marks": ["none"] if case.chance(0.75) else pick_some(rng, marks),
    }
    if case.chance(0.985):
        latitude, longitude = seat_of(case.home.village, case.home.county)
        answers["position"] = {
            "latitude": latitude,
            "longitude": longitude,
            "altitude": 655.0,
            "accuracy": round(rng.uniform(5, 15), 1),
        }
    said = _said(case, interview)
    for item, value in said.items():
        answers |= _compare(case, item, value, is_interviewed=interview is not None)
    return answers | _explain(case, answers)


def _said(case: Case, interview: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the household says of each item; a household that was not interviewed is asked at the door or by telephone."""
    home, rng = case.home, case.rng
    told = interview or {}
    said: dict[str, Any] = {
        "members": home.n_members,
        "cause": told.get("main_cause", home.cause),
        "school": len(case.pupils),
        "insured": sum(person.is_insured for person in home.people),
        "doctor": "yes" if told.get("doctor_visit") == "within_12_months" else "no",
        "income": income_per_head(told, home.n_members) if told else rng.randrange(2600, 7200, 50),
        "subsidies": _subsidies(told) if told else rng.randrange(400, 5200, 100),
        "measures": 1 + int(4 * case.leaning("measures")),
        "housing": "unsafe" if unsafe_house(told) else "safe",
        "water": "unsafe" if unsafe_water(told) else "safe",
        "visits": told.get("helper_visits", 0) if told else any_of(rng, (0, 2, 4, 6, 12)),
    }
    if home.kind == "lifted_out":
        said["exit"] = "no" if told.get("exit_agrees") == "no" else "yes"
    return said


def _subsidies(told: Mapping[str, Any]) -> int | None:
    """The payments that the household told of; None where it does not know whether it has dibao."""
    return None if told["dibao"] == "dont_know" else sum(told.get(name, 0) for name in ("dibao_cny", "pension_cny", "subsidy_cny"))


def _compare(case: Case, item: str, said: Any, *, is_interviewed: bool) -> dict[str, Any]:
    rng = case.rng
    if said is None:
        return {f"{item}_filed": rng.randrange(2000, 9000, 50), f"{item}_result": "cannot_verify"}
    seen = {f"{item}_seen": said} if item in ("members", "housing", "water") and case.chance(0.7) else {}
    if not is_interviewed and item not in ("members", "housing", "water") and case.chance(0.5):
        filed = {} if case.chance(0.5) else {f"{item}_filed": _twisted(case, item, said) if case.chance(0.2) else said}
        return {f"{item}_result": "cannot_verify", **filed}
    agreeing = min(AGREEING[item] + 0.3 * (case.home.county.conduct - 0.72) + case.lift / 2, 0.99)
    if case.is_careless or happens(rng, agreeing):
        filed = round(said * rng.uniform(0.95, 1.05)) if item in MONEY and said > 1000 and not case.is_careless else said
        return {f"{item}_said": said, f"{item}_filed": filed, **seen, f"{item}_result": "agrees"}
    result = pick(rng, {"differs": 0.6, "out_of_date": 0.22, "missing": 0.18})
    filed = {} if result == "missing" else {f"{item}_filed": _twisted(case, item, said)}
    return {f"{item}_said": said, **filed, **seen, f"{item}_result": result}


def _twisted(case: Case, item: str, said: Any) -> Any:
    """What a file says that is not true, mostly to the better."""
    rng = case.rng
    if item == "cause":
        return any_of(rng, [cause for cause in ("illness", "labour", "skills", "funds", "motivation") if cause != said])
    if isinstance(said, str):
        return {"yes": "no", "no": "yes", "safe": "unsafe", "unsafe": "safe"}[said]
    if item in MONEY:
        return min(round(said * rng.uniform(1.2, 1.7)) + 120, 200_000)
    if item == "visits":
        return any_of(rng, [count for count in (8, 12, 12, 12, 24) if count != said])
    if item == "measures":
        return said + any_of(rng, (1, 2, 2, 3))
    return said + 1 if said < 1 or case.chance(0.5) else said - 1


def _explain(case: Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    wrong = [name for name, value in answers.items() if name.endswith("_result") and value in DISCREPANCIES]
    if not wrong:
        return {}
    found: dict[str, Any] = {
        "explanation": pick(case.rng, {"clerical": 0.22, "not_updated": 0.34, "household_wrong": 0.16, "changed_since": 0.18, "none": 0.1})
    }
    if case.chance(0.3):
        found["explanation_words"] = any_of(case.rng, EXPLANATIONS)
    return found
