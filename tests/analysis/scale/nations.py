"""Bundles of several counties with everything that can happen to a sample in them, made from a seed. Places and people are invented."""

from pathlib import Path
from random import Random
from typing import Any

from tests.analysis.bundles import VISIT, BundleData, FormData, column, household, indicator, member, submission, write_bundle

YES_NO = {"yes": "是", "no": "否"}
COUNTIES = ("610727", "610728", "610902")
VISITS = ("2017-08-look", "2018-04-test")
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
COLUMNS = {
    "main": (
        column("signed", "category", "签约", choices=YES_NO),
        column("income_cny", "decimal", "收入"),
        column("n_members", "integer", "人口"),
        column("sources", "multi", "水源", choices={"tap": "自来水", "well": "井水"}),
        column("crop", "category", "作物"),
        column("line", "text", "线", is_asked=False),
        column("below_line", "category", "低于标准", choices=YES_NO),
    ),
    "members": (column("age", "integer", "年龄"), column("ill", "category", "患病", choices=YES_NO)),
}
INDICATORS = (
    indicator("signed_share", "share", "signed", values=["yes"]),
    indicator("income_mean", "mean", "income_cny", unit="cny"),
    indicator("income_median", "median", "income_cny", unit="cny"),
    indicator("income_total", "total", "income_cny", unit="cny"),
    indicator("income_per_head", "ratio", numerator="income_cny", denominator="n_members", unit="cny"),
    indicator("source_distribution", "distribution", "sources"),
    indicator("crop_distribution", "distribution", "crop"),
    indicator("line_mean", "mean", "line"),
    indicator("age_mean", "mean", "age", of="members"),
    indicator("ill_share", "share", "ill", values=["yes"], of="members"),
    indicator("nobody", "share", "signed", values=["never"]),
    indicator("comprehensive_incidence", "function", of="members"),
)


def write_nation(
    folder: Path, seed: int, *, has_strays: bool, is_local: bool = False, is_drawn: bool = False, n_households: int = 90
) -> Path:
    """The folder of a bundle of two visits to three counties: drawn, whole and chosen villages, households that were replaced or not met,
    and some outside the sample; if `has_strays` some interviewed in another county than their own, or nobody knows where.
    Strata of villages reach over counties unless they are `is_local`; if the nation `is_drawn`, no village was chosen on purpose."""
    random = Random(seed)
    villages = [f"{county}10120{number}" for county in COUNTIES for number in (1, 2, 3)]
    fate = {
        (visit, village): random.choice(("drawn", "drawn", "whole", "drawn" if is_drawn else "chosen", "certain"))
        for visit in VISITS
        for village in villages
    }
    rows, members, households, sample = [], [], [], []
    for number in range(n_households):
        village, kind = random.choice(villages), random.choice(KINDS)
        households.append(household(number, village, kind, random.sample(["old", "sick"], random.choice((0, 0, 1, 2)))))
        for visit in VISITS if number % 3 else VISITS[1:]:
            if number % 11:
                place = _place(random, number, visit, village, fate[visit, village])
                sample.append({**place, "village_stratum": village[:6]} if is_local else place)
            if random.random() < 0.8:
                found = len(rows)
                at = (
                    random.choice((village, village, village, village, random.choice(villages), None))
                    if has_strays and number % 7 == 0
                    else village
                )
                rows.append({**submission(number, at, kind, visit, **_answers(random)), "instance_id": f"uuid:{found:04}"})
                members += [
                    {**member(found, position, at, kind, **_person(random)), "visit_id": visit} for position in range(random.randrange(4))
                ]
    visited = [(visit, village, "probability") for visit, village in fate]
    data = BundleData(
        [FormData("household", COLUMNS, {"main": rows, "members": members}, INDICATORS)],
        visits=[{**VISIT, "id": visit} for visit in VISITS],
        households=households,
        villages=visited,
        sample=sample,
    )
    return write_bundle(folder, data)


def _place(random: Random, number: int, visit: str, village: str, fate: str) -> dict[str, Any]:
    inclusion = {"drawn": 0.3, "whole": 0.5, "chosen": None, "certain": 1.0}[fate]
    return {
        "visit_id": visit,
        "household_id": f"h{number}",
        "village_code": village,
        # Strata of villages that reach over counties, and one that does not.
        "village_stratum": village[:6] if village.startswith("610902") else village[-1],
        "household_stratum": random.choice(("poor", "other")),
        "inclusion_village": inclusion,
        "inclusion_household": 1.0 if fate == "whole" else random.choice((0.4, 0.5)),
        "n_households_frame": 40 if fate != "whole" else 8,
        "state": random.choice(("drawn", "drawn", "drawn", "taken", "stood_in_for", "replaced")),
    }


def _answers(random: Random) -> dict[str, Any]:
    return {
        "signed": random.choice(("yes", "no", None)),
        "income_cny": random.choice((None, 1000.0, 2500.5, 10_000.25, 0.0)),
        "n_members": random.randrange(1, 7),
        "sources": random.choice((None, ["tap"], ["tap", "well"])),
        "crop": random.choice((None, "maize", "rice", "tea")),
        "line": random.choice((None, "1.5", "x", "20")),
        "below_line": random.choice((None, "yes", "no", "no")),
    }


def _person(random: Random) -> dict[str, Any]:
    return {"age": random.choice((None, *range(1, 90))), "ill": random.choice(("yes", "no", None))}
