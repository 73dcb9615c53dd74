"""Invented income and debts: a household's net income a head is drawn first (log-normal by kind), then split into what is asked."""

import math
from collections.abc import Mapping
from typing import Any

from survey.demo.case import Case
from survey.demo.chance import any_of, heaped

MEDIAN_AND_SPREAD = {
    "registered": (3150, 0.38),
    "lifted_out": (5300, 0.285),
    "marginal": (4600, 0.3),
    "ordinary": (9000, 0.42),
}
"""Net income a head in 2015 (yuan) by kind of household, and the spread of its logarithm."""
GROWTH = 0.085
HARDSHIP = {"illness": 0.9, "disability": 0.9, "labour": 0.85, "schooling": 0.95}


def income_answers(case: Case) -> dict[str, Any]:
    """The answers of the income section by question name."""
    home, rng = case.home, case.rng
    net = _net_income(case)
    transfers = _transfers(case, net)
    rent = heaped(rng, rng.uniform(150, 900)) if case.chance(0.12) else 0
    dividends = heaped(rng, rng.uniform(150, 1600)) if home.has_project and case.chance(0.45) else 0
    left = max(net - sum(transfers.values()) - rent - dividends, 0)
    answers = {
        **_earnings(case, left),
        "rent_cny": rent,
        "dividend_cny": dividends,
        "dibao": "yes" if transfers["dibao_cny"] else "no",
        **transfers,
        "income_check": any_of(rng, ("right", "right", "right", "right", "too_low", "too_high", "dont_know")),
        **_debts(case),
    }
    if not transfers["dibao_cny"]:
        del answers["dibao_cny"]
    return answers


def _net_income(case: Case) -> float:
    home = case.home
    median, spread = MEDIAN_AND_SPREAD[home.kind]
    years = case.day.year - 1 - 2015
    noise = case.rng.gauss(0, 0.06)
    a_head = median * HARDSHIP.get(home.cause, 1.0) * (1 + GROWTH) ** years * math.exp(spread * home.wellbeing / 0.9 + noise)
    if case.is_careless:
        a_head = max(a_head, 3300.0)
    return a_head * home.n_members


def _transfers(case: Case, net: float) -> dict[str, int]:
    home, rng = case.home, case.rng
    n_old = sum(1 for person in home.people if case.age(person) >= 60)
    people_on_dibao = max(1, round(home.n_members * rng.uniform(0.4, 1))) if home.has_dibao else 0
    amounts = {
        "dibao_cny": people_on_dibao * rng.uniform(1100, 2300),
        "pension_cny": n_old * rng.uniform(1150, 1500),
        "subsidy_cny": rng.uniform(150, 1500) + (900 if any(p.disability == "severe" for p in home.people) else 0),
        "family_gift_cny": rng.uniform(300, 2500) if n_old and case.chance(0.35) else 0,
    }
    total = sum(amounts.values())
    share = min(1.0, 0.7 * net / total) if total else 1.0
    return {name: heaped(rng, amount * share) for name, amount in amounts.items()}


def _earnings(case: Case, net: float) -> dict[str, int]:
    rng, rough = case.rng, case.is_careless
    works = [case.main_work(person) for person in case.home.people]
    migrants, local = works.count("migrant"), sum(works.count(work) for work in ("local_wage", "public_post"))
    migrant_share = rng.uniform(0.5, 0.72) if migrants else 0.0
    local_share = (1 - migrant_share) * (rng.uniform(0.4, 0.7) if local else rng.uniform(0, 0.15))
    gross = net * (1 - migrant_share - local_share)
    cost_share = rng.uniform(0.2, 0.38)
    gross /= 1 - cost_share
    trade_share = rng.uniform(0.4, 0.7) if "business" in works else 0.0
    livestock_share = (1 - trade_share) * rng.uniform(0.2, 0.5)
    parts = {
        "wage_local_cny": net * local_share,
        "wage_migrant_cny": net * migrant_share,
        "crop_income_cny": gross * (1 - trade_share - livestock_share),
        "livestock_income_cny": gross * livestock_share,
        "other_business_cny": gross * trade_share,
        "business_cost_cny": gross * cost_share,
    }
    if not migrants:
        del parts["wage_migrant_cny"]
    return {name: heaped(rng, amount, rough) for name, amount in parts.items()}


def _debts(case: Case) -> dict[str, Any]:
    home, rng = case.home, case.rng
    hushed = 0.35 if case.is_careless else 0.75 if case.is_rosy else 1.0
    reasons: dict[str, int] = {}
    own = home.housing_cost_cny - home.housing_subsidy_cny
    if own > 5000 and case.leaning("housing_debt") < (0.78 - 0.25 * home.county.housing) * hushed:
        repaid = 1 - 0.12 * max(case.day.year - home.housing_help_year - 1, 0)
        reasons["housing"] = heaped(rng, own * rng.uniform(0.3, 0.8) * max(repaid, 0.3))
    for reason, probability, low, high in (
        ("illness", 0.55 if home.is_sick else 0.08, 3_000, 45_000),
        ("schooling", 0.35 if len(case.pupils) > 1 else 0.05, 2_000, 16_000),
        ("marriage", 0.07, 10_000, 60_000),
        ("production", 0.14 if home.has_project else 0.05, 5_000, 50_000),
    ):
        if case.leaning(f"debt_{reason}") < probability * hushed:
            reasons[reason] = heaped(rng, rng.uniform(low, high))
    reasons = {reason: amount for reason, amount in reasons.items() if amount}
    if not reasons:
        return {"debt": "no"}
    lenders = ["relatives"] if case.chance(0.75) else []
    if "production" in reasons or not lenders or case.chance(0.3):
        lenders.insert(0, "bank")
    answers: dict[str, Any] = {"debt": "yes", "debt_cny": sum(reasons.values()), "debt_reasons": list(reasons), "lenders": lenders}
    return answers | ({"housing_debt_cny": reasons["housing"]} if "housing" in reasons else {})


def net_income(answers: Mapping[str, Any]) -> int:
    """Net income of these answers in yuan, as the questionnaire works it out."""
    earned = ("wage_local_cny", "wage_migrant_cny", "crop_income_cny", "livestock_income_cny", "other_business_cny", "rent_cny")
    given = ("dividend_cny", "dibao_cny", "pension_cny", "subsidy_cny", "family_gift_cny")
    total: int = sum(answers.get(name, 0) for name in (*earned, *given)) - answers.get("business_cost_cny", 0)
    return total


def income_per_head(answers: Mapping[str, Any], n_members: int) -> int | None:
    """Net income a head of these answers, in whole yuan; None where not all of it was told."""
    return max(round(net_income(answers) / n_members), 0) if answers["income_known"] == "all" else None
