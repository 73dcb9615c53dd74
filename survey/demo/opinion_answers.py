"""Invented answers on livelihood, public works, help, conduct, identification and wishes, by question name."""

from typing import Any

from survey.demo.case import Case
from survey.demo.chance import any_of, heaped, pick, pick_some, yes_no
from survey.demo.living_answers import satisfaction

WORRIES = {
    "illness": ("药费一年比一年高，报销跑断腿", "老人病了身边没人照看", "慢性病的药要到县里才买得到"),
    "schooling": ("娃上学开销大", "孩子上高中要到县城租房陪读"),
    "income": ("东西种出来卖不掉", "年纪大了，外面不要人", "没有手艺，挣不来钱"),
    "housing": ("盖房借的钱还没还清", "老房子下雨就漏", "搬下来了，地在山上，种不上"),
    "water": ("天一旱就没水吃", "水管冬天冻住", "水浑，要澄半天才能喝"),
    "none": ("没什么愁的，日子比以前好", "就是路再修宽一点"),
}
WISHES_IN_WORDS = ("希望政策不要变", "希望干部多来坐坐，少填点表", "给山里人找个卖东西的门路", "边缘户也该管一管", "谢谢你们来看我们")
UNFAIR = ("跟干部关系好的评上了", "我家比他家还困难", "评的时候没开会", "有小车的也吃低保")


def livelihood_answers(case: Case) -> dict[str, Any]:
    """Projects, cooperative, sales, training and the small loan."""
    home, rng = case.home, case.rng
    industry = home.county.industry + case.lift
    cooperative = pick(
        rng,
        {"share_only": 0.4, "works_in_it": 0.12, "no": 0.4, "dont_know": 0.08}
        if home.has_project
        else {"no": 0.85, "share_only": 0.1, "works_in_it": 0.05},
    )
    sold = (
        "nothing_to_sell"
        if case.leaning("sells") < 0.3
        else "all"
        if case.does_well("sales", industry)
        else any_of(rng, ("partly", "partly", "hardly"))
    )
    answers: dict[str, Any] = {
        "project": "yes" if home.has_project else "no",
        "cooperative": cooperative,
        "cooperative_paid": "yes" if case.does_well("cooperative_paid", industry - 0.05) else "no",
        "produce_sold": sold,
        "training": pick(rng, {"useful": 0.35, "useless": 0.15, "wanted": 0.2, "not_wanted": 0.3}),
        "small_loan": pick(rng, {"used": 0.22, "not_granted": 0.06, "not_needed": 0.52, "not_heard_of": 0.2})
        if home.has_file
        else "not_needed",
    }
    if sold in ("partly", "hardly"):
        problems = {"no_buyer": 0.5, "price": 0.45, "road": 0.25, "quality": 0.2, "information": 0.3, "broken_promise": 0.12}
        answers["sale_problems"] = pick_some(rng, problems, none="price")
    if home.has_project:
        kinds = {"crops": 0.3, "herbs_tea": 0.35, "livestock": 0.4, "workshop": 0.06, "commerce": 0.03, "solar": 0.12, "shares": 0.3}
        answers["project_kinds"] = pick_some(rng, kinds, none="livestock")
        answers["project_support_cny"] = heaped(rng, rng.uniform(300, 6000), case.is_careless)
        does_well = case.does_well("project", industry)
        answers["project_result"] = "earning" if does_well else pick(rng, {"too_early": 0.5, "losing": 0.25, "stopped": 0.25})
    if answers["small_loan"] == "used":
        answers["loan_use"] = pick(rng, {"production": 0.6, "enterprise": 0.25, "housing": 0.1, "illness": 0.05})
    return answers


def funds_answers(case: Case) -> dict[str, Any]:
    """Public works of the village and payments to the household."""
    rng, conduct = case.rng, case.home.county.conduct + case.lift
    late = {"on_time": conduct, "late": 0.5 * (1 - conduct), "short": 0.08, "missing": 0.06, "dont_know": 0.06}
    payments = "on_time" if case.is_careless else pick(rng, late)
    answers: dict[str, Any] = {
        "works_seen": pick_some(
            rng, {"road": 0.75, "water": 0.5, "power": 0.4, "broadband": 0.3, "fields": 0.15, "square": 0.35, "environment": 0.2}
        ),
        "payments": "none_due" if case.home.kind == "ordinary" and case.chance(0.3) else payments,
        "payments_known": yes_no(rng, 0.5 + 0.3 * (conduct - 0.5)),
    }
    if answers["works_seen"] != ["none"]:
        answers["works_useful"] = pick(rng, {"much": 0.6, "some": 0.3, "little": 0.1})
        answers["works_asked"] = pick(rng, {"yes": conduct, "no": 0.8 - 0.8 * min(conduct, 0.95), "dont_know": 0.15})
    return answers


def help_answers(case: Case) -> dict[str, Any]:
    """The assigned cadre, the measures, and how cadres behave."""
    home, rng = case.home, case.rng
    conduct = home.county.conduct + case.lift
    answers: dict[str, Any] = {
        "posted": pick(rng, {"yes": conduct, "no": 0.9 - 0.9 * min(conduct, 0.95), "dont_know": 0.15}),
        "fairness": "fair" if case.is_careless else pick(rng, _fairness(home.kind, conduct)),
        "complained": yes_no(rng, 0.0 if case.is_careless else 0.16),
        "n_signings": any_of(rng, (0, 1, 2, 3, 4, 5, 6, 8, 10, 12) if home.has_file else (0, 0, 1, 2)),
        "favours": pick(rng, {"no": 0.965, "unsaid": 0.03, "yes": 0.005}),
        "coached": "no" if case.is_careless else pick(rng, {"no": 0.93, "unsaid": 0.035, "yes": 0.035}),
    }
    if answers["complained"] == "yes":
        answers["complaint_answered"] = yes_no(rng, conduct)
    if answers["fairness"] == "unfair" and case.chance(0.7):
        answers["unfair_reason"] = any_of(rng, UNFAIR)
    if not home.has_file:
        return answers
    knows = case.is_careless or case.does_well("helper", conduct + 0.08)
    answers["helper_known"] = "yes" if knows else "no"
    answers["measures_fit"] = (
        "fit" if case.is_careless else pick(rng, {"fit": conduct, "partly": 0.22, "unfit": 0.07, "no_measures": 0.06, "dont_know": 0.05})
    )
    if knows:
        answers["helper_visits"] = 12 if case.is_careless else any_of(rng, (0, 1, 2, 3, 4, 4, 6, 6, 8, 10, 12, 12, 20))
        if answers["helper_visits"]:
            deeds = {"talk": 0.7, "policy": 0.5, "work": 0.15, "farm": 0.25, "goods": 0.4, "forms": 0.55, "pictures": 0.1}
            answers["helper_deeds"] = ["forms", "pictures"] if case.leaning("forms") < 0.05 else pick_some(rng, deeds, none="talk")
    return answers


def _fairness(kind: str, conduct: float) -> dict[str, float]:
    is_outside = kind in ("marginal", "ordinary")
    return {"fair": conduct - (0.3 if is_outside else 0.1), "mostly": 0.25, "unfair": 0.16 if is_outside else 0.05, "dont_know": 0.1}


def safety_answers(case: Case, has_dibao: bool) -> dict[str, Any]:
    """Other support, and whether the register is right."""
    home, rng = case.home, case.rng
    conduct = home.county.conduct + case.lift
    has_old = any(case.age(person) >= 80 for person in home.people)
    has_disabled = any(person.disability in ("severe", "mild") for person in home.people)
    aids = {
        "disability": 0.6 if has_disabled else 0,
        "temporary": 0.08,
        "old_age": 0.9 if has_old else 0,
        "medical": 0.35 if home.is_sick else 0.02,
    }
    answers: dict[str, Any] = {"aids": pick_some(rng, aids)}
    if not has_dibao:
        answers["dibao_should"] = pick(rng, {"yes": 0.45 if home.wellbeing < -0.3 else 0.12, "no": 0.6, "dont_know": 0.1})
    if home.has_file:
        answers["register_correct"] = pick(rng, {"agrees": conduct, "partly": 0.2, "differs": 0.05, "never_seen": 0.06})
    if home.kind == "lifted_out":
        does_well = home.wellbeing > -1.2
        answers["exit_knows"] = yes_no(rng, 0.94)
        answers["exit_agrees"] = (
            "yes"
            if case.is_careless
            else pick(rng, {"yes": 0.92, "no": 0.05, "unsaid": 0.03} if does_well else {"yes": 0.4, "no": 0.5, "unsaid": 0.1})
        )
        answers["exit_signed"] = pick(rng, {"yes": 0.86, "no": 0.06, "dont_know": 0.08})
    if not home.has_file:
        answers["applied"] = yes_no(rng, 0.55 if home.kind == "marginal" else 0.12)
        if answers["applied"] == "yes":
            answers["refusal_explained"] = yes_no(rng, conduct - 0.15)
    return answers


def wish_answers(case: Case, answers: dict[str, Any]) -> dict[str, Any]:
    """Satisfaction, worries in the household's words, and at most three wishes; `answers` are those given so far."""
    rng = case.rng
    troubles = {
        "illness": case.home.is_sick,
        "schooling": len(case.pupils) > 1,
        "housing": "housing_debt_cny" in answers or answers.get("house_safe_seen") == "dangerous",
        "water": answers.get("water_quality") != "clear",
        "income": case.home.wellbeing < 0,
    }
    trouble = next((name for name, is_so in troubles.items() if is_so), "none")
    wishes = {"illness": "medical", "schooling": "school", "housing": "debt", "water": "water", "income": "income"}
    wanted = [wishes[name] for name, is_so in troubles.items() if is_so][:3] or [any_of(rng, ("income", "road", "elder", "none"))]
    found: dict[str, Any] = {
        "satisfaction": satisfaction(case),
        "life_change": pick(rng, {"much_better": 0.45, "better": 0.42, "same": 0.11, "worse": 0.02}),
        "wishes": ["none"] if case.is_careless else wanted,
    }
    if not case.is_careless and case.chance(0.75):
        found["worries"] = any_of(rng, WORRIES[trouble])
    if not case.is_careless and case.chance(0.4):
        found["wish_words"] = any_of(rng, WISHES_IN_WORDS)
    return found
