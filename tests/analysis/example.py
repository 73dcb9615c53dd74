"""One small county with every kind of indicator, issues and marks, for tests of charts and reports. Its villages are invented."""

from dataclasses import replace
from random import Random
from typing import Any

from tests.analysis.bundles import (
    NORTH,
    SOUTH,
    BundleData,
    FormData,
    candidate,
    column,
    household,
    indicator,
    member,
    rule,
    submission,
)

YES_NO = {"yes": "是", "no": "否"}
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
CAUSES = {"illness": "因病", "disability": "因残", "school": "因学", "none": "没有"}
N_HOUSEHOLDS = 40

HOUSEHOLD_COLUMNS = (
    column("doctor", "category", "家庭医生签约", choices=YES_NO),
    column("income_cny", "decimal", "纯收入"),
    column("n_members", "integer", "家庭人口"),
    column("cause", "category", "主要困难原因", choices=CAUSES),
    column("water_safe", "category", "饮水是否安全", choices=YES_NO),
    column("helper_visits", "integer", "走访次数"),
)
MEMBER_COLUMNS = (column("at_school", "category", "是否在校", choices=YES_NO),)
FILE_COLUMNS = (column("file_complete", "category", "档案是否完整", choices=YES_NO),)
INDICATORS = (
    indicator("doctor_share", "share", "doctor", values=["yes"], zh="家庭医生签约率", en="Doctor signed", good="high", threshold=0.9),
    indicator(
        "school", "share", "at_school", values=["yes"], of="members", area="education", zh="义务教育有保障", good="high", threshold=1
    ),
    indicator("income_per_head", "ratio", numerator="income_cny", denominator="n_members", area="industry", unit="cny", zh="人均纯收入"),
    indicator("visits_mean", "mean", "helper_visits", area="responsibility", unit="times", zh="帮扶干部走访次数", good="high"),
    indicator("water", "share", "water_safe", values=["yes"], area="water", zh="饮水安全", en="Safe water", good="high", threshold=0.5),
    indicator("cause_distribution", "distribution", "cause", area="identification", zh="主要困难原因", en="Main cause"),
    indicator("income_total", "total", "income_cny", area="industry", unit="cny", zh="纯收入合计"),
)
FILE_INDICATORS = (indicator("complete_share", "share", "file_complete", values=["yes"], area="responsibility", zh="档案完整率"),)
RULES = (rule("no_doctor", "没有签约家庭医生"), rule("unsafe_water", "饮水不安全", "water", "village", "high"))


def example_bundle(seed: int = 610727) -> BundleData:
    """Forty households in two villages: the second village is worse off, some answers are missing, two rules were true."""
    random = Random(seed)
    rows, members, files, frame, candidates = [], [], [], [], []
    for number in range(N_HOUSEHOLDS):
        village = SOUTH if number % 5 < 2 else NORTH
        kind = KINDS[number % 4]
        answers = _answers(random, village)
        rows.append(submission(number, village, kind, **answers))
        frame.append(household(number, village, kind, ["old"] if number % 3 == 0 else []))
        for position in range(1, random.randint(2, 4)):
            members.append(member(number, position, village, kind, at_school=random.choice(("yes", "yes", "no", None))))
        if number % 2:
            file = submission(number + 1000, village, kind, file_complete=random.choice(("yes", "no")))
            files.append({**file, "household_id": f"h{number}"})
        if answers["doctor"] == "no":
            candidates.append(candidate("no_doctor", number, village, zh="没有签约家庭医生"))
        if answers["water_safe"] == "no":
            candidates.append(candidate("unsafe_water", number, village, zh="饮水不安全", area="water", level="village", severity="high"))
    interviews = FormData(
        "household",
        {"main": HOUSEHOLD_COLUMNS, "members": MEMBER_COLUMNS},
        {"main": rows, "members": members},
        INDICATORS,
        RULES,
        title="农户问卷",
    )
    archive = FormData("archive_check", {"main": FILE_COLUMNS}, {"main": files}, FILE_INDICATORS, title="档案核查表")
    returned = {"visit_id": "2018-04-test", "form_id": "household", "county_code": "610727", "state": "returned", "n": 3}
    return BundleData([archive, interviews], households=frame, candidates=candidates, review=[returned])


def without_indicators(data: BundleData) -> BundleData:
    """The same data as questionnaires whose authors defined no indicator."""
    return replace(data, forms=[replace(form, indicators=()) for form in data.forms])


def _answers(random: Random, village: str) -> dict[str, Any]:
    is_poor = village == SOUTH
    return {
        "doctor": random.choices(("yes", "no", None), (4, 5, 1) if is_poor else (8, 1, 1))[0],
        "income_cny": random.choice((None, *(float(random.randint(2000, 20000)) for _ in range(6)))),
        "n_members": random.randint(1, 6),
        "cause": random.choices((*CAUSES, None), (5, 3, 2, 0, 1))[0],
        "water_safe": random.choices(("yes", "no"), (3, 2) if is_poor else (9, 1))[0],
        "helper_visits": random.randint(0, 12),
    }
