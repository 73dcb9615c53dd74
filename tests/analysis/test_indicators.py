"""Every kind of indicator over six households worked by hand, and what must hold for any data."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.bundle import read_bundle
from analysis.indicators import COLUMNS, compute_estimates, compute_indicators
from analysis.scale.large import estimate_large
from questionnaires.errors import ErrorCode
from tests.analysis.bundles import NORTH, SOUTH, BundleData, FormData, column, household, indicator, member, submission, write_bundle

YES_NO = {"yes": "是", "no": "否"}
SOURCES = {"tap": "自来水", "well": "井水", "rain": "窖水"}
MAIN_COLUMNS = (
    column("signed", "category", "签约", choices=YES_NO),
    column("income_cny", "decimal", "收入"),
    column("n_members", "integer", "人口"),
    column("sources", "multi", "水源", choices=SOURCES),
    column("line_cny", "text", "按标准计算", is_asked=False),
)
INDICATORS = (
    indicator("signed_share", "share", "signed", values=["yes"]),
    indicator("income_mean", "mean", "income_cny", unit="cny"),
    indicator("income_total", "total", "income_cny", unit="cny"),
    indicator("income_median", "median", "income_cny", unit="cny"),
    indicator("income_lowest_quarter", "quantile", "income_cny", p=0.25, unit="cny"),
    indicator("income_per_head", "ratio", numerator="income_cny", denominator="n_members", unit="cny"),
    indicator("source_distribution", "distribution", "sources", area="water"),
    indicator("line_mean", "mean", "line_cny", unit="cny"),
    indicator("ill_share", "share", "ill", values=["yes"], of="members"),
)
# Six households, three in each village: what every test below is worked out from.
SIX = (
    submission(1, NORTH, "registered", signed="yes", income_cny=1000.0, n_members=2, sources=["tap"], line_cny="10.5"),
    submission(2, NORTH, "registered", signed="no", income_cny=3000.0, n_members=3, sources=["tap", "rain"], line_cny="9.5"),
    submission(3, NORTH, "ordinary", signed=None, income_cny=None, n_members=5, sources=None, line_cny=None),
    submission(4, SOUTH, "lifted_out", signed="yes", income_cny=2000.0, n_members=1, sources=["well"], line_cny="x"),
    submission(5, SOUTH, "marginal", signed="yes", income_cny=500.0, n_members=4, sources=["well"], line_cny="0"),
    submission(6, SOUTH, "ordinary", signed="yes", income_cny=0.0, n_members=2, sources=["rain"], line_cny="4"),
)
MEMBERS = (
    member(1, 1, NORTH, "registered", ill="yes"),
    member(1, 2, NORTH, "registered", ill="no"),
    member(4, 1, SOUTH, "lifted_out", ill="no"),
    member(5, 1, SOUTH, "marginal", ill=None),
    member(5, 2, SOUTH, "marginal", ill="no"),
)
HOUSEHOLDS = (
    household(1, markers=["old", "sick"]),
    household(2, markers=["old"]),
    household(4, SOUTH),
    household(6, SOUTH, markers=["sick"]),
)


def six_households(rows: Any = SIX) -> BundleData:
    """The bundle of the worked example."""
    columns = {"main": MAIN_COLUMNS, "members": (column("ill", "category", "患病", choices=YES_NO),)}
    return BundleData([FormData("household", columns, {"main": rows, "members": MEMBERS}, INDICATORS)], households=HOUSEHOLDS)


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The estimates of the worked example, which no test changes."""
    return compute_indicators(read_bundle(write_bundle(tmp_path_factory.mktemp("six") / "bundle", six_households())))


def figure(
    estimates: pd.DataFrame, name: str, domain_type: str, domain: str = "", category: str = "", county: str = "610727"
) -> tuple[int, int, float]:
    """(n, n_missing, estimate) of one row, which must be the only one."""
    is_here = (estimates["indicator"] == name) & (estimates["domain_type"] == domain_type) & (estimates["category"] == category)
    if domain_type not in ("all", "visit"):
        is_here &= (estimates["domain"] == domain) & (estimates["county_code"] == county)
    found = estimates[is_here]
    assert len(found) == 1
    row = found.iloc[0]
    return int(row["n"]), int(row["n_missing"]), float(row["estimate"])


@pytest.mark.parametrize(
    ("name", "category", "domain_type", "domain", "expected"),
    [
        ("signed_share", "", "county", "610727", (5, 1, 4 / 5)),
        ("signed_share", "", "village", NORTH, (2, 1, 1 / 2)),
        ("signed_share", "", "village", SOUTH, (3, 0, 1.0)),
        ("signed_share", "", "household_kind", "registered", (2, 0, 1 / 2)),
        ("signed_share", "", "household_kind", "ordinary", (1, 1, 1.0)),
        ("signed_share", "", "marker", "old", (2, 0, 1 / 2)),
        ("signed_share", "", "marker", "sick", (2, 0, 1.0)),
        ("income_mean", "", "county", "610727", (5, 1, 6500 / 5)),
        ("income_mean", "", "village", SOUTH, (3, 0, 2500 / 3)),
        ("income_total", "", "county", "610727", (5, 1, 6500.0)),
        ("income_total", "", "village", NORTH, (2, 1, 4000.0)),
        ("income_median", "", "county", "610727", (5, 1, 1000.0)),
        ("income_median", "", "village", SOUTH, (3, 0, 500.0)),
        ("income_median", "", "marker", "old", (2, 0, 1000.0)),
        ("income_lowest_quarter", "", "county", "610727", (5, 1, 500.0)),
        ("income_lowest_quarter", "", "all", "", (5, 1, 500.0)),
        ("income_per_head", "", "county", "610727", (5, 1, 6500 / 12)),
        ("income_per_head", "", "village", NORTH, (2, 1, 4000 / 5)),
        ("source_distribution", "tap", "county", "610727", (5, 1, 2 / 5)),
        ("source_distribution", "rain", "village", NORTH, (2, 1, 1 / 2)),
        ("source_distribution", "well", "village", SOUTH, (3, 0, 2 / 3)),
        ("line_mean", "", "county", "610727", (4, 2, 24 / 4)),
        ("ill_share", "", "county", "610727", (4, 1, 1 / 4)),
        ("ill_share", "", "village", NORTH, (2, 0, 1 / 2)),
        ("ill_share", "", "household_kind", "marginal", (1, 1, 0.0)),
        ("ill_share", "", "marker", "old", (2, 0, 1 / 2)),
        ("ill_share", "", "all", "", (4, 1, 1 / 4)),
    ],
)
def test_estimate__of_six_households__is_what_the_hand_finds(
    estimates: pd.DataFrame, name: str, category: str, domain_type: str, domain: str, expected: tuple[int, int, float]
) -> None:
    assert figure(estimates, name, domain_type, domain, category) == pytest.approx(expected)


def test_estimates__of_purposely_chosen_villages__have_no_interval(estimates: pd.DataFrame) -> None:
    assert tuple(estimates.columns) == COLUMNS
    assert estimates[["se", "ci_low", "ci_high", "df", "deff"]].isna().all(axis=None)
    assert set(estimates["basis"]) == {"purposive"}


def test_basis__of_a_county__is_the_weakest_of_its_villages(tmp_path: Path) -> None:
    data = replace(six_households(), villages=[("2018-04-test", NORTH, "census"), ("2018-04-test", SOUTH, "probability")])
    found = compute_indicators(read_bundle(write_bundle(tmp_path / "bundle", data)))
    by_domain = found.groupby(["domain_type", "domain"])["basis"].agg(set)
    assert by_domain["village", NORTH] == {"census"}
    assert by_domain["village", SOUTH] == {"probability"}
    assert by_domain["county", "610727"] == {"probability"}
    assert by_domain["household_kind", "registered"] == {"census"}


def test_unit__of_shares_and_of_a_ratio_without_one__is_share(tmp_path: Path) -> None:
    data = six_households()
    ratio = indicator("per_person", "ratio", numerator="income_cny", denominator="n_members")
    form = replace(data.forms[0], indicators=[*INDICATORS[:2], ratio])
    found = compute_indicators(read_bundle(write_bundle(tmp_path / "bundle", replace(data, forms=[form]))))
    assert dict(found.groupby("indicator")["unit"].first()) == {"signed_share": "share", "income_mean": "cny", "per_person": "share"}


def test_estimates__of_small_domains__are_suppressed_on_request(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", six_households()))
    found = compute_indicators(bundle, minimum_n=3)
    north = found[(found["indicator"] == "signed_share") & (found["domain"] == NORTH)].iloc[0]
    assert north["suppressed"]
    assert pd.isna(north["estimate"])
    assert not found[(found["indicator"] == "signed_share") & (found["domain"] == SOUTH)].iloc[0]["suppressed"]


def test_estimate__that_would_tell_of_single_people__is_suppressed_whatever_was_asked(tmp_path: Path) -> None:
    data = six_households()
    form = replace(data.forms[0], indicators=[indicator("signed_share", "share", "signed", values=["yes"], minimum_n=3), *INDICATORS[1:]])
    found = compute_indicators(read_bundle(write_bundle(tmp_path / "bundle", replace(data, forms=[form]))))
    share = found[found["indicator"] == "signed_share"].set_index("domain")
    assert share.loc[NORTH, "n"] == 2
    assert share.loc[NORTH, "suppressed"]
    assert pd.isna(share.loc[NORTH, "estimate"])
    assert share.loc[SOUTH, "n"] >= 3
    assert not share.loc[SOUTH, "suppressed"]
    assert not found[(found["indicator"] != "signed_share")]["suppressed"].any()


def test_interviews_without_visit_and_place__are_in_the_whole_and_in_no_village(tmp_path: Path) -> None:
    rows = [submission(9, None, None, None, signed="yes", n_members=1)]
    data = six_households(rows)
    form = replace(data.forms[0], rows={"main": rows, "members": []})
    found = compute_indicators(read_bundle(write_bundle(tmp_path / "bundle", replace(data, forms=[form]))))
    share = found[found["indicator"] == "signed_share"]
    assert list(share["domain_type"]) == ["all", "visit", "county"]
    assert share[share["domain_type"] == "county"].iloc[0]["domain"] == "unknown"
    assert set(share["estimate"]) == {1.0}


def test_visit_ids__given__leave_out_every_other_visit(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", six_households()))
    assert compute_indicators(bundle, visit_ids=["another"]).empty
    assert len(compute_indicators(bundle, visit_ids=["2018-04-test"])) == len(compute_indicators(bundle))


def test_form_without_indicators__gets_distributions_and_means_of_its_questions(tmp_path: Path) -> None:
    data = six_households()
    bare = replace(data, forms=[replace(data.forms[0], indicators=())])
    found = compute_indicators(read_bundle(write_bundle(tmp_path / "bundle", bare)))
    assert list(found["indicator"].unique()) == ["signed", "income_cny", "n_members", "sources", "ill"]
    assert figure(found, "signed", "county", "610727", "yes") == pytest.approx((5, 1, 4 / 5))
    assert figure(found, "n_members", "county", "610727") == pytest.approx((6, 0, 17 / 6))


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (indicator("a", "share", "gone"), ErrorCode.UNKNOWN_QUESTION),
        (indicator("b", "mean", "ill", of="flock"), ErrorCode.INVALID_VALUE),
        (indicator("d", "mode", "income_cny"), ErrorCode.INVALID_VALUE),
        (indicator("e", "quantile", "income_cny", p=1.5), ErrorCode.INVALID_VALUE),
        (indicator("c", "mean", "never_asked"), ErrorCode.NO_ANSWERS),
    ],
)
def test_indicator__that_cannot_be_made__is_a_problem_beside_the_others(tmp_path: Path, broken: dict[str, Any], code: ErrorCode) -> None:
    data = six_households()
    columns = {**data.forms[0].columns, "main": [*MAIN_COLUMNS, column("never_asked", "decimal", "未问")]}
    form = replace(data.forms[0], columns=columns, indicators=[broken, *INDICATORS])
    found = compute_estimates(read_bundle(write_bundle(tmp_path / "bundle", replace(data, forms=[form]))))
    assert [problem.code for problem in found.problems] == [code]
    assert f"'{broken['name']}'" in str(found.problems[0])
    assert figure(found.table, "signed_share", "county", "610727") == pytest.approx((5, 1, 4 / 5))


OPEN = {"dont_know": "不知道", "unsaid": "不愿回答"}
OPEN_COLUMNS = (column("said", "category", "说", choices={**YES_NO, **OPEN}), column("named", "multi", "说到", choices={**SOURCES, **OPEN}))
OPEN_INDICATORS = (
    indicator("said_share", "share", "said", values=["yes"]),
    indicator("unknown_share", "share", "said", values=["dont_know"]),
    indicator("named_share", "share", "named", values=["tap"]),
    indicator("said_distribution", "distribution", "said"),
)
OPEN_ROWS = tuple(
    submission(number, NORTH if number < 4 else SOUTH, "registered", said=said, named=named)
    for number, (said, named) in enumerate(
        (
            ("yes", ["tap"]),
            ("no", ["well"]),
            ("dont_know", ["dont_know"]),
            ("unsaid", ["tap", "dont_know"]),
            ("yes", None),
            (None, ["unsaid"]),
        )
    )
)


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [
        ("said_share", "", (3, 3, 2 / 3)),
        ("unknown_share", "", (4, 2, 1 / 4)),
        ("named_share", "", (3, 3, 2 / 3)),
        ("said_distribution", "yes", (5, 1, 2 / 5)),
        ("said_distribution", "dont_know", (5, 1, 1 / 5)),
    ],
)
@pytest.mark.parametrize("is_in_parts", [False, True])
def test_share__of_answers_that_are_none__has_them_neither_above_nor_below_the_line(
    tmp_path: Path, name: str, category: str, expected: tuple[int, int, float], is_in_parts: bool
) -> None:
    data = BundleData([FormData("household", {"main": OPEN_COLUMNS}, {"main": OPEN_ROWS}, OPEN_INDICATORS)])
    folder = write_bundle(tmp_path / "bundle", data)
    found = estimate_large(folder, n_workers=1).table if is_in_parts else compute_indicators(read_bundle(folder))
    assert figure(found, name, "county", "610727", category) == pytest.approx(expected)


def test_rows__in_another_order__give_the_same_estimates(tmp_path: Path) -> None:
    first = compute_indicators(read_bundle(write_bundle(tmp_path / "first", six_households())))
    shuffled = list(SIX)
    Random(20180416).shuffle(shuffled)
    assert shuffled != list(SIX)
    second = compute_indicators(read_bundle(write_bundle(tmp_path / "second", six_households(shuffled))))
    pd.testing.assert_frame_equal(first, second)


answers = st.builds(
    lambda village, kind, signed, income: {"village": village, "kind": kind, "signed": signed, "income_cny": income},
    st.sampled_from((NORTH, SOUTH)),
    st.sampled_from(("registered", "lifted_out", "marginal", "ordinary")),
    st.sampled_from(("yes", "no", None)),
    st.one_of(st.none(), st.integers(0, 10**6).map(float)),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(answers, min_size=1, max_size=30))
def test_counts_and_totals__of_villages_and_of_kinds__add_up_to_the_county(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[dict[str, Any]]
) -> None:
    rows = [
        submission(number, each["village"], each["kind"], signed=each["signed"], income_cny=each["income_cny"])
        for number, each in enumerate(drawn)
    ]
    form = FormData("household", {"main": MAIN_COLUMNS}, {"main": rows}, INDICATORS[:3])
    found = compute_indicators(read_bundle(write_bundle(tmp_path_factory.mktemp("any") / "bundle", BundleData([form]))))
    in_county = found[found["county_code"] == "610727"]
    totals = in_county[in_county["indicator"] == "income_total"].groupby("domain_type")["estimate"].sum()
    counts = in_county[in_county["indicator"] == "signed_share"].groupby("domain_type")[["n", "n_missing"]].sum()
    for domain_type in ("village", "household_kind"):
        assert totals[domain_type] == pytest.approx(totals["county"])
        assert tuple(counts.loc[domain_type]) == tuple(counts.loc["county"])
    assert counts.loc["county"].sum() == len(rows)
    shares = in_county[(in_county["indicator"] == "signed_share") & in_county["estimate"].notna()]["estimate"]
    assert shares.between(0, 1).all()
