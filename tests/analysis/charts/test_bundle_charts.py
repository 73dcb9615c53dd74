"""All charts of a bundle: which there are, what their descriptions say, and what they show where nothing may be shown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.bundle import Bundle, read_bundle
from analysis.charts.area_charts import value_with_n
from analysis.charts.bars import BarChart
from analysis.charts.bundle_charts import bundle_charts
from analysis.charts.change_charts import change_charts
from analysis.charts.coverage_map import CoverageMap
from analysis.charts.heat_map import Cell, HeatMap
from analysis.charts.indicator_charts import indicator_charts
from analysis.charts.overview_charts import heat_maps
from analysis.charts.pictures import Chart, svg_and_png_of
from analysis.charts.slopes import SlopeChart
from analysis.charts.spread_charts import spread_charts
from analysis.charts.spreads import SpreadChart
from analysis.charts.stacks import StackChart
from analysis.indicators import compute_indicators
from analysis.report.facts import Value
from tests.analysis.bundles import NORTH, SOUTH, VISIT, BundleData, FormData, column, indicator, write_bundle
from tests.analysis.charts.made import charts_for
from tests.analysis.example import example_bundle

LATER = {
    **VISIT,
    "id": "2018-08-test",
    "title": "2018年8月回头看",
    "starts_on": "2018-08-06",
    "ends_on": "2018-08-10",
    "look_back_of": VISIT["id"],
}
CONTENT = {"very": "很满意", "content": "满意", "so_so": "一般", "discontent": "不满意", "dont_know": "说不清"}
DOCTOR = "visits/2018-08-test/changes-health"


def looked_back() -> BundleData:
    """The example, asked again four months later: in the north everybody has a doctor by then."""
    data = example_bundle()
    forms = [replace(form, rows={name: _twice(rows, name) for name, rows in form.rows.items()}) for form in data.forms]
    villages = [(visit, village, "purposive") for visit in (VISIT["id"], LATER["id"]) for village in (NORTH, SOUTH)]
    content = FormData(
        "content",
        {"main": [column("content", "category", "满意吗", choices=CONTENT)]},
        {"main": [{**row, "content": list(CONTENT)[number % 5]} for number, row in enumerate(data.forms[1].rows["main"])]},
        [indicator("content_share", "share", "content", values=["very", "content"], zh="满意度", en="Content", good="high")],
    )
    return replace(data, forms=[*forms, content], visits=(VISIT, LATER), villages=villages)


def _twice(rows: Any, table: str) -> list[dict[str, Any]]:
    again = []
    for row in rows:
        later = {**row, "visit_id": LATER["id"], "instance_id": f"{row['instance_id']}-again"}
        if "doctor" in row and row["village_code"] == NORTH and row["doctor"]:
            later["doctor"] = "yes"
        again.append(later)
    return [*rows, *again]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The bundle of both visits; the position of the northern village alone is known."""
    read = read_bundle(write_bundle(tmp_path_factory.mktemp("looked_back") / "bundle", looked_back()))
    places = {"latitude": read.regions["code"].map({NORTH: 33.3}), "longitude": read.regions["code"].map({NORTH: 106.1})}
    return replace(read, regions=read.regions.assign(**places))


@pytest.fixture(scope="module")
def estimates(bundle: Bundle) -> pd.DataFrame:
    """All figures of both visits."""
    return compute_indicators(bundle)


@pytest.fixture(scope="module")
def charts(bundle: Bundle, estimates: pd.DataFrame) -> dict[str, Chart]:
    """Every chart in Chinese by its name."""
    return dict(bundle_charts(bundle, estimates, "zh"))


@pytest.mark.soak
def test_bundle_charts__of_a_look_back__are_of_every_kind_and_every_one_says_what_it_shows(charts: dict[str, Chart]) -> None:
    assert {type(chart) for chart in charts.values()} == {BarChart, StackChart, SpreadChart, SlopeChart, HeatMap, CoverageMap}
    assert [name for name, chart in charts.items() if not any(sign.isdigit() for sign in chart.alt)] == []


def test_slopes__before_and_after__tell_the_change_of_households_asked_twice(
    bundle: Bundle, charts: dict[str, Chart], estimates: pd.DataFrame
) -> None:
    drawn = charts[DOCTOR]
    assert isinstance(drawn, SlopeChart)
    (slope,) = drawn.slopes
    figures = estimates[(estimates["indicator"] == "doctor_share") & (estimates["domain_type"] == "visit")].set_index("visit_id")
    assert (slope.before, slope.after) == tuple(pytest.approx(figures["estimate"][visit["id"]]) for visit in (VISIT, LATER))
    assert slope.direction == "better"
    n = figures["n"][LATER["id"]]
    assert slope.after_text == f"{slope.after:.1%}（{n}户）"
    assert f"家庭医生签约率由{slope.before_text}到{slope.after:.1%}（{n}户，变好）" in drawn.alt
    assert DOCTOR not in dict(change_charts(bundle, None, 1_000, "zh"))
    households = bundle.tables["household", "main"]
    few = households[households["household_id"].isin(households["household_id"].unique()[:4])]
    handful = replace(bundle, tables={**bundle.tables, ("household", "main"): few})
    assert DOCTOR not in dict(change_charts(handful, None, 0, "zh"))


def test_stacks__of_an_order_with_a_good_side__are_centred_where_it_ends(charts: dict[str, Chart]) -> None:
    drawn = charts["content/content_share-answers"]
    assert isinstance(drawn, StackChart)
    assert (drawn.answers, drawn.n_ordered, drawn.n_good) == (tuple(CONTENT.values()), 4, 2)
    county = drawn.panels[0].rows[0]
    assert county.shares == pytest.approx((0.2,) * 5)
    assert "略阳县（40户）：很满意20.0%、满意20.0%" in drawn.alt


def test_spread__of_a_number__marks_the_median_and_counts_everybody(bundle: Bundle, charts: dict[str, Chart]) -> None:
    drawn = charts["household/visits_mean-distribution"]
    assert isinstance(drawn, SpreadChart)
    values = bundle.tables["household", "main"]["helper_visits"]
    # As the table has it: the smallest answer that half of them do not exceed.
    median = sorted(values)[len(values) // 2 - 1]
    assert (drawn.median, sum(drawn.counts)) == (median, len(values))
    assert f"中位数{median:.0f}次" in drawn.alt
    assert [row.label for row in drawn.panels[1].rows][:2] == ["上石沟村（2018-04）", "下石沟村（2018-04）"]
    assert dict(spread_charts(bundle, [VISIT["id"]], 0, "zh"))
    # Answers that would tell of single people are shown by none, nor is a handful of any.
    form = bundle.forms["household"]
    private = replace(form, indicators=tuple(replace(each, minimum_n=3) for each in form.indicators))
    few = {**bundle.tables, ("household", "main"): bundle.tables["household", "main"].head(4)}
    for changed in (replace(bundle, forms={"household": private}), replace(bundle, forms={"household": form}, tables=few)):
        assert "household/visits_mean-distribution" not in dict(spread_charts(changed, [VISIT["id"]], 0, "zh"))


def test_heat_map__of_several_visits_and_forms__has_a_column_for_each_place_of_a_visit(charts: dict[str, Chart]) -> None:
    drawn = charts["heat-map"]
    assert isinstance(drawn, HeatMap)
    # Only the first visit asked whether people are content: of that form alone the place would need no month.
    assert drawn.columns == ("略阳县（2018-04）", "略阳县（2018-08）")
    assert all(len(row.cells) == 2 for row in drawn.rows)


def test_heat_map__of_what_misses_its_threshold__frames_it_and_says_so(charts: dict[str, Chart], estimates: pd.DataFrame) -> None:
    drawn = charts["visits/2018-04-test/heat-map"]
    assert isinstance(drawn, HeatMap)
    (row,) = (row for row in drawn.rows if row.label == "家庭医生签约率（标准90.0%）")
    figure = estimates.query("indicator == 'doctor_share' and visit_id == '2018-04-test' and domain == @SOUTH")["estimate"].iloc[0]
    assert drawn.columns == ("上石沟村", "下石沟村")
    assert (row.cells[1].text, row.cells[1].is_missed) == (f"{figure:.1%}", True)
    assert f"下石沟村 {figure:.1%}" in drawn.alt


def test_coverage__of_villages__tells_who_was_met_and_whose_position_is_unknown(charts: dict[str, Chart]) -> None:
    drawn = charts["visits/2018-04-test/coverage"]
    assert isinstance(drawn, CoverageMap)
    assert [(village.name, village.n_households, village.state) for village in drawn.villages] == [("上石沟村", 24, "complete")]
    assert "访到24户，名册24户" in drawn.alt
    assert drawn.notes == ("位置未知：下石沟村。",)


def test_figures__suppressed_or_missing__are_shown_as_such_and_never_as_zero(bundle: Bundle, estimates: pd.DataFrame) -> None:
    is_south = (estimates["domain"] == SOUTH) & (estimates["indicator"] == "water")
    is_hidden = is_south & (estimates["visit_id"] == VISIT["id"])
    hidden = estimates.assign(estimate=estimates["estimate"].mask(is_south), suppressed=estimates["suppressed"] | is_hidden)
    drawn = dict(indicator_charts(bundle, hidden, "zh"))["household/water"]
    assert isinstance(drawn, BarChart)
    shown = {row.label: (row.value, row.text) for row in drawn.panels[1].rows}
    assert shown["下石沟村（2018-04）"] == (None, "答复过少，不公布")
    assert shown["下石沟村（2018-08）"] == (None, "没有答复")
    sheet = dict(heat_maps(bundle, hidden, "zh"))["visits/2018-04-test/heat-map"]
    assert next(row for row in sheet.rows if row.label.startswith("饮水安全")).cells[1].text == "…"
    nothing = indicator_charts(bundle, estimates.assign(estimate=float("nan")), "zh")
    assert list(nothing) == []


def test_share__of_a_handful__is_written_as_counted_and_not_drawn(bundle: Bundle, estimates: pd.DataFrame) -> None:
    is_south = (estimates["domain"] == SOUTH) & (estimates["indicator"] == "water") & (estimates["visit_id"] == VISIT["id"])
    few = estimates.assign(n=estimates["n"].mask(is_south, 4), estimate=estimates["estimate"].mask(is_south, 0.75))
    drawn = dict(indicator_charts(bundle, few, "zh"))["household/water"]
    assert isinstance(drawn, BarChart)
    assert [(row.value, row.text) for row in drawn.panels[1].rows if row.label == "下石沟村（2018-04）"] == [(None, "3/4")]
    assert drawn.panels[1].rows[-1].label == "下石沟村（2018-04）"
    sheet = dict(heat_maps(bundle, few, "zh"))["visits/2018-04-test/heat-map"]
    assert next(row for row in sheet.rows if row.label.startswith("饮水安全")).cells[1] == Cell("3/4")
    # A share that was estimated has an interval, which says how little is known.
    estimated = few.assign(ci_low=few["ci_low"].mask(is_south, 0.2), ci_high=few["ci_high"].mask(is_south, 0.99))
    sheet = dict(heat_maps(bundle, estimated, "zh"))["visits/2018-04-test/heat-map"]
    assert next(row for row in sheet.rows if row.label.startswith("饮水安全")).cells[1].text == "75.0%"


def test_answers__of_a_handful__are_told_as_too_few(bundle: Bundle) -> None:
    content = bundle.tables["content", "main"]
    kept = content[(content["village_code"] == NORTH) | (content.groupby("village_code").cumcount() < 4)]
    few = replace(bundle, tables={**bundle.tables, ("content", "main"): kept})
    drawn = dict(bundle_charts(few, compute_indicators(few), "zh"))["content/content_share-answers"]
    assert isinstance(drawn, StackChart)
    assert [(row.shares is None, row.text) for panel in drawn.panels for row in panel.rows] == [
        (False, "28户"),
        (False, "24户"),
        (True, "4户，不足5"),
    ]


def test_totals__estimated_for_all__do_not_stand_beside_sums_of_those_visited(bundle: Bundle, estimates: pd.DataFrame) -> None:
    totals = estimates[estimates["indicator"] == "income_total"]
    apart = totals.assign(basis=totals["basis"].mask(totals["visit_id"] == LATER["id"], "probability"))
    drawn = dict(indicator_charts(bundle, apart, "zh"))["household/income_total"]
    assert isinstance(drawn, BarChart)
    assert [(panel.title.rpartition("· ")[2], [row.label[-9:] for row in panel.rows]) for panel in drawn.panels] == [
        ("各县（所访之和）", ["（2018-04）"]),
        ("各县（对全体的估计）", ["（2018-08）"]),
        ("各村（所访之和）", ["（2018-04）"] * 2),
        ("各村（对全体的估计）", ["（2018-08）"] * 2),
    ]
    together = dict(indicator_charts(bundle, totals, "zh"))["household/income_total"]
    assert isinstance(together, BarChart)
    assert [panel.title.rpartition("· ")[2] for panel in together.panels] == ["各县", "各村"]


def test_answers__where_every_county_has_one_village__have_its_dot_once(bundle: Bundle, estimates: pd.DataFrame) -> None:
    causes = estimates[estimates["indicator"] == "cause_distribution"]
    for rows, expected in ((causes, ["各县", "各村"]), (causes[causes["domain"] != SOUTH], ["各县"])):
        drawn = dict(indicator_charts(bundle, rows, "zh"))["household/cause_distribution"]
        assert isinstance(drawn, BarChart)
        assert [panel.title.rpartition("· ")[2] for panel in drawn.panels] == expected


def test_intervals__of_an_observed_figure__are_never_drawn(charts: dict[str, Chart], bundle: Bundle, estimates: pd.DataFrame) -> None:
    observed = [row for chart in charts.values() if isinstance(chart, BarChart) for panel in chart.panels for row in panel.rows]
    assert [row.interval for row in observed if row.interval] == []
    water = estimates[estimates["indicator"] == "water"].assign(ci_low=0.4, ci_high=0.95)
    drawn = dict(indicator_charts(bundle, water, "en"))["household/water"]
    assert isinstance(drawn, BarChart)
    assert all(row.interval == (0.4, 0.95) for panel in drawn.panels for row in panel.rows)
    assert "95% confidence interval 40.0% to 95.0%" in drawn.alt
    assert value_with_n(Value(3, 0, None, True), "share", "household", "en") == "too few answers"


@pytest.mark.parametrize("kind", ["slopes", "stacks", "spreads", "heat_map", "coverage"])
def test_picture__of_any_kind__is_always_the_same_and_has_no_text_that_needs_our_fonts(kind: str) -> None:
    svg, png = svg_and_png_of(charts_for(5)[kind])
    assert (svg, png) == svg_and_png_of(charts_for(5)[kind])
    assert b"<text" not in svg
    assert png.startswith(b"\x89PNG")


def test_bundle_charts__of_one_county__hold_nothing_of_others(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    none = compute_indicators(bundle).iloc[:0]
    assert dict(bundle_charts(bundle, none, "zh", county_code="610728")) == {}
