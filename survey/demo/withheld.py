"""What a household does not know or would not say, and what the pair ticks about its amounts; interviews that are made up lack nothing."""

from typing import Any

from survey.demo.case import Case
from survey.demo.income_answers import net_income

TOLD, DONT_KNOW, UNSAID = "all", "dont_know", "unsaid"
UNSURE_OF_INCOME = ("wage_migrant_cny", "business_cost_cny")
SILENT_ABOUT_INCOME = ("wage_local_cny", "wage_migrant_cny", "other_business_cny")
"""Items of income that are seldom known, and those that are seldom told."""
DEBT = ("debt_cny", "debt_reasons", "housing_debt_cny", "lenders", "debt_known")
INSTEAD = (
    ("dibao", "no", DONT_KNOW, 0.008),
    ("untreated", "yes", UNSAID, 0.06),
    ("complained", "yes", UNSAID, 0.1),
    ("fairness", "unfair", UNSAID, 0.12),
    ("satisfaction", "so_so", UNSAID, 0.05),
    ("project", "no", DONT_KNOW, 0.02),
    ("applied", "no", DONT_KNOW, 0.03),
)
"""By question: the answer that is the truth, what is said instead of it, and how often."""
RANGES = ((5_000, "below_5000"), (10_000, "from_5000"), (20_000, "from_10000"), (40_000, "from_20000"))


def withhold(case: Case, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers without what the household leaves open, the same on every occasion, and with what the pair ticks of its amounts."""
    found = dict(answers)
    for question, truth, said, share in INSTEAD:
        if found.get(question) == truth and _withholds(case, question, share):
            found[question] = said
    _leave_open(case, found, "income_known", _income(case), 1.0)
    if found["dibao"] == DONT_KNOW:
        found["income_known"] = DONT_KNOW
    if found["income_known"] != TOLD:
        found["income_range"] = _range(case, found["income_known"], answers)
    if found["debt"] == "yes" and _withholds(case, "debt", 0.03):
        found = {name: value for name, value in found.items() if name not in DEBT} | {"debt": UNSAID}
    _leave_open(case, found, "debt_known", ("debt_cny",), 0.05)
    _leave_open(case, found, "housing_cost_known", ("housing_cost_cny",), 0.05)
    _leave_open(case, found, "medical_known", ("medical_cost_cny",), 0.05)
    _leave_open(case, found, "school_cost_known", ("school_cost_cny",), 0.04)
    _leave_open(case, found, "project_support_known", ("project_support_cny",), 0.12)
    return found


def _withholds(case: Case, topic: str, share: float) -> bool:
    return not case.is_careless and case.leaning(f"{topic} left open") < share


def _income(case: Case) -> tuple[str, ...]:
    """The items of income that are left open: of some households those that they do not know, of a few those that they do not tell."""
    if _withholds(case, "income", 0.012):
        return SILENT_ABOUT_INCOME
    return UNSURE_OF_INCOME if _withholds(case, "income", 0.05) else ()


def _leave_open(case: Case, answers: dict[str, Any], ticked: str, amounts: tuple[str, ...], share: float) -> None:
    """Takes the amounts out of the answers where the household leaves them open, and ticks so."""
    is_open = bool(amounts) and any(name in answers for name in amounts) and _withholds(case, ticked, share)
    for name in amounts if is_open else ():
        answers.pop(name, None)
    answers[ticked] = TOLD if not is_open else UNSAID if amounts == SILENT_ABOUT_INCOME else DONT_KNOW


def _range(case: Case, known: str, told: dict[str, Any]) -> str:
    """The range that the household gives instead of the sum, or that it leaves open, too."""
    if case.leaning("income range") < (0.5 if known == UNSAID else 0.15):
        return known
    net = net_income(told)
    return next((name for limit, name in RANGES if net < limit), "from_40000")
