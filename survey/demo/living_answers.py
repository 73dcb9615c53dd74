"""Invented answers on food, water, housing, health and schooling, by question name; the place's standing shapes them."""

from collections.abc import Mapping
from typing import Any

from survey.demo.case import Case
from survey.demo.chance import any_of, heaped, pick, pick_some, yes_no

AILING_WATER = ("spring", "open_well", "river", "rain", "tanker", "piped_shared")


def food_answers(case: Case) -> dict[str, Any]:
    """Food and clothing: rarely a worry, and mostly with the worst-off."""
    is_poor = case.home.kind != "ordinary" and case.home.wellbeing < -1.1 and not case.is_careless
    return {
        "food_enough": pick(case.rng, {"always": 0.86, "sometimes_short": 0.14}) if is_poor else "always",
        "protein_times": pick(
            case.rng, {"weekly": 0.45, "monthly": 0.43, "seldom": 0.12} if is_poor else {"weekly": 0.84, "monthly": 0.16}
        ),
        "clothes_enough": yes_no(case.rng, 0.95 if is_poor else 0.997),
        "bedding_enough": yes_no(case.rng, 0.96 if is_poor else 0.998),
    }


def water_answers(case: Case) -> dict[str, Any]:
    """Drinking water: what the village's supply gives, better as the works go on."""
    rng, county = case.rng, case.home.county
    is_good = case.does_well("water", min(county.water + case.lift, 0.97)) or case.is_careless
    if is_good:
        return {
            "water_source": "piped_house" if case.home.has_tap else any_of(rng, ("piped_house", "protected_well", "spring")),
            "water_minutes": 0 if case.home.has_tap else any_of(rng, (0, 0, 0, 5, 10)),
            "water_enough": "yes",
            "water_cut_seasons": ["none"] if case.chance(0.9) else ["winter"],
            "water_cut_days": any_of(rng, (1, 2, 3, 5)),
            "water_quality": "clear",
            "water_tested": pick(rng, {"yes": 0.45, "no": 0.25, "dont_know": 0.3}),
        }
    seasons = pick_some(rng, {"spring": 0.35, "summer": 0.25, "autumn": 0.05, "winter": 0.5})
    return {
        "water_source": any_of(rng, AILING_WATER),
        "water_minutes": any_of(rng, (0, 10, 15, 20, 30, 30, 40, 60)),
        "water_enough": yes_no(rng, 0.4),
        "water_cut_seasons": seasons,
        "water_cut_days": any_of(rng, (7, 10, 15, 20, 30, 30, 45, 60, 90)),
        "water_quality": pick(rng, {"turbid": 0.62, "clear": 0.3, "smells": 0.08}),
        "water_tested": pick(rng, {"yes": 0.1, "no": 0.5, "dont_know": 0.4}),
    }


def housing_answers(case: Case) -> dict[str, Any]:
    """The house, how safe it is, and what moving or renovating it has cost."""
    home, rng = case.home, case.rng
    is_moved = home.housing_help in ("relocated", "both")
    is_bad = home.is_house_bad and not case.does_well("house_mended", case.lift)
    damage = pick_some(rng, {"cracks": 0.7, "leaks": 0.6, "leaning": 0.3, "foundation": 0.2, "slope": 0.15}) if is_bad else ["none"]
    minor = not is_bad and home.structure == "earth" and case.chance(0.25)
    answers: dict[str, Any] = {
        "dwelling": "relocated" if is_moved else "own_new" if home.housing_help == "renovated" else pick(rng, _DWELLINGS),
        "house_structure": home.structure,
        "house_area_m2": home.house_area_m2,
        "house_damage": ["cracks"] if minor else damage,
        "house_grade": any_of(rng, ("c", "d", "c", "not_assessed"))
        if is_bad
        else pick(rng, {"a": 0.3, "b": 0.3, "not_assessed": 0.25, "dont_know": 0.15}),
        "house_safe_seen": pick(rng, {"dangerous": 0.6, "doubtful": 0.4}) if is_bad else "safe",
        "housing_help": home.housing_help,
    }
    if case.chance(0.9):
        answers["house_year"] = home.house_year
    if home.housing_help == "none":
        return answers
    answers |= {
        "housing_help_year": home.housing_help_year,
        "housing_cost_cny": home.housing_cost_cny,
        "housing_subsidy_cny": home.housing_subsidy_cny,
        "housing_satisfaction": satisfaction(case, 0.05),
    }
    if is_moved:
        answers["moved_in"] = "yes" if case.does_well("moved_in", 0.8 + case.lift) else any_of(rng, ("partly", "partly", "no", "not_ready"))
        answers["relocated_work"] = "yes" if case.workers and case.does_well("relocated_work", 0.55 + case.lift) else "no"
    return answers


_DWELLINGS = {"own": 0.8, "own_new": 0.12, "borrowed": 0.04, "rented": 0.03, "public": 0.01}


def health_answers(case: Case) -> dict[str, Any]:
    """Cost of illness, refunds, and whether the family doctor really comes."""
    home, rng = case.home, case.rng
    was_in_hospital = case.chance(0.75 if home.is_sick else 0.16)
    cost = rng.lognormvariate(6.4, 0.7) * home.n_members / 2
    if was_in_hospital:
        cost += rng.lognormvariate(9.6 if home.is_sick else 8.6, 0.6)
    cost = min(cost, 400_000)
    own_share = rng.uniform(0.12, 0.34) if home.has_file else rng.uniform(0.33, 0.6)
    total = heaped(rng, cost, case.is_careless)
    answers: dict[str, Any] = {
        "hospital": "yes" if was_in_hospital else "no",
        "medical_cost_cny": total,
        "medical_own_cny": min(total, heaped(rng, total * own_share, case.is_careless)),
        "one_stop": yes_no(rng, 0.45 + case.lift),
        "chronic_benefit": "yes" if case.does_well("chronic_benefit", 0.4 + case.lift) else "no",
        "untreated": yes_no(rng, 0.0 if case.is_careless else 0.16 if home.is_sick and home.wellbeing < 0 else 0.03),
        "doctor_contract": "signed" if home.is_signed or case.is_careless else pick(rng, {"not_signed": 0.7, "dont_know": 0.3}),
    }
    if answers["doctor_contract"] == "signed":
        comes = case.is_careless or case.does_well("doctor", home.county.doctor + case.lift)
        answers["doctor_visit"] = "within_12_months" if comes else pick(rng, {"never": 0.7, "longer_ago": 0.3})
        if comes:
            deeds = {"blood_pressure": 0.75, "examination": 0.3, "medicine": 0.2, "advice": 0.45, "hospital": 0.05, "signature": 0.12}
            answers["doctor_deeds"] = pick_some(rng, deeds)
    return answers


def school_answers(case: Case) -> dict[str, Any]:
    """What schooling costs and what help came; only for families with children of school age."""
    rng, n_pupils = case.rng, len(case.pupils)
    answers: dict[str, Any] = {}
    if n_pupils:
        helped = 0.75 if case.home.has_file else 0.35
        aids = {"living": 0.5, "meals": 0.7, "tuition": 0.15, "grant": 0.2, "rain_dew": 0.1, "loan": 0.08} if case.chance(helped) else {}
        answers = {
            "school_aids": pick_some(rng, aids),
            "school_cost_cny": heaped(rng, n_pupils * rng.uniform(900, 7_500), case.is_careless),
            "school_minutes": any_of(rng, (5, 10, 15, 20, 30, 30, 40, 60, 90)),
            "school_worry": yes_no(rng, 0.4 if case.home.wellbeing < 0 else 0.15),
        }
    if case.truants:
        answers["dropout_persuaded"] = yes_no(rng, 0.6)
    return answers


def satisfaction(case: Case, bonus: float = 0.0) -> str:
    """One point of the five-point scale: better where conduct is good, and too good with the pairs that go astray."""
    if case.is_careless:
        return "very_content"
    good = case.home.county.conduct + case.lift + bonus + (0.15 if case.is_rosy else 0) + 0.04 * case.home.wellbeing
    good += {"registered": 0.1, "lifted_out": 0.08, "marginal": -0.12, "ordinary": 0.0}[case.home.kind]
    point = case.rng.gauss(good, 0.16)
    scale = ((0.98, "very_content"), (0.66, "content"), (0.5, "so_so"), (0.38, "discontent"))
    if case.chance(0.02):
        return "dont_know"
    return next((name for limit, name in scale if point >= limit), "very_discontent")


def unsafe_house(answers: Mapping[str, Any]) -> bool:
    """Whether these answers of a household tell of an unsafe house, as the questionnaire works it out."""
    return answers.get("house_safe_seen") == "dangerous" or answers.get("house_grade") in ("c", "d")


def unsafe_water(answers: Mapping[str, Any]) -> bool:
    """Whether these answers of a household tell of unsafe water; roughly as the questionnaire works it out."""
    return answers.get("water_enough") == "no" or answers.get("water_quality") in ("turbid", "smells")
