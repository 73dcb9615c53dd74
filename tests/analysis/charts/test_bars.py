"""Charts: drawn without a missing glyph, the same every time, without collisions, and described in words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.bundle import read_bundle
from analysis.charts.area_charts import MAX_CHART_IN, area_charts
from analysis.charts.bars import BarChart, Panel, Row
from analysis.charts.indicator_charts import MAX_BARS, indicator_charts
from analysis.charts.numbers import bars_of
from analysis.charts.paper import Paper, write
from analysis.charts.pictures import draw, png_of, svg_and_png_of
from analysis.charts.style import MISSING_GLYPH, chart_style, display_width, printable, wrapped
from analysis.fonts.subset import characters, gb2312_characters
from analysis.indicators import compute_indicators
from analysis.report.facts import read_lines
from tests.analysis.bundles import NORTH, SOUTH, write_bundle
from tests.analysis.example import example_bundle

VILLAGES = ((NORTH, "上石沟村"), (SOUTH, "下石沟村"))


def chart(*panels: Panel) -> BarChart:
    """A chart of these panels."""
    return BarChart(panels, "alt", "各村", "参考标准")


def test_font__shipped__has_every_character_of_gb2312() -> None:
    assert len(gb2312_characters()) == 6763 + 682
    text = "".join(sorted(characters()))
    assert printable(text) == text


def test_character__that_the_font_lacks__is_set_as_a_printer_would() -> None:
    assert printable("下㙦村") == f"下{MISSING_GLYPH}村"


@pytest.mark.parametrize(
    "text",
    ["认为家庭医生签约履约率较上年有明显提高并且确实上门服务的农户所占的比例", "households that went without treatment for lack of money"],
)
def test_label__too_long_for_a_line__is_wrapped_and_keeps_every_sign(text: str) -> None:
    lines = wrapped(text, 24).split("\n")
    assert len(lines) > 1
    assert all(display_width(line) <= 26 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_label__with_spaces_between_hanzi__is_wrapped_at_them() -> None:
    assert wrapped("略阳县 石磨坪村 (2017-04)", 24) == "略阳县 石磨坪村\n(2017-04)"
    assert wrapped("每周工作超过 60 小时的村干部和驻村工作队队员共计人数", 24).count("\n") == 2


@pytest.mark.parametrize("sign", ["中", "一", "—", "-"])
def test_sign__of_straight_strokes__is_as_dark_wherever_it_stands(sign: str) -> None:
    content = []
    for number in range(12):
        paper = Paper(0.5, 0.5)
        write(paper, 0.2 + number * 0.0013, 0.25 + number * 0.0017, sign, pt=7.5)
        canvas = FigureCanvasAgg(paper.finished())
        canvas.draw()
        content.append(float((255.0 - np.asarray(canvas.buffer_rgba())[..., 0]).sum()))
    assert min(content) > 0.8 * max(content)


def test_chart__drawn_twice__gives_the_same_bytes() -> None:
    one = chart(Panel("健康扶贫", (Row("基本医疗", 0.5, "50.0%", (0.4, None), threshold=0.9),), "share", ("甲村", "乙村")))
    first = png_of(one)
    png_of.cache_clear()
    assert png_of(one) == first
    svg, png = svg_and_png_of(one)
    assert (svg, png) == svg_and_png_of(one)
    assert svg.startswith(b"<?xml")
    assert b"<text" not in svg
    assert png.startswith(b"\x89PNG")


@pytest.mark.parametrize("value", [None, 0.0, -320.5, 1e7])
def test_chart__of_a_single_odd_value__is_drawn(value: float | None) -> None:
    assert png_of(chart(Panel("纯收入（元）", (Row("下㙦村", value, "—"),), "cny"))).startswith(b"\x89PNG")


def test_area_charts__of_the_example__say_in_words_what_they_show(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    lines = read_lines(bundle, compute_indicators(bundle), "2018-04-test", "610727", "zh")
    health = [line for line in lines if line.indicator.area == "health"]
    (drawn,) = area_charts(health, VILLAGES, "略阳县", "zh")
    county = health[0].value("county", "610727")
    south = health[0].value("village", SOUTH)
    assert f"家庭医生签约率{county.estimate:.1%}（{county.n}户）" in drawn.alt
    assert f"下石沟村{south.estimate:.1%}" in drawn.alt
    assert png_of(drawn).startswith(b"\x89PNG")


@pytest.mark.soak
def test_area_charts__of_many_lines__are_no_higher_than_a_page(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    lines = read_lines(bundle, compute_indicators(bundle), "2018-04-test", "610727", "zh")
    charts = area_charts(list(lines) * 6, VILLAGES, "略阳县", "zh")
    assert len(charts) > 1
    with chart_style():
        assert all(draw(each).get_size_inches()[1] <= MAX_CHART_IN for each in charts)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_indicator_charts__of_the_example__are_one_per_indicator_and_one_for_stacked_answers(tmp_path: Path, language: str) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    charts = dict(indicator_charts(bundle, compute_indicators(bundle), language))
    assert len(charts) == 9
    by_answer = charts["household/cause_distribution"].panels[0]
    assert [row.label for row in by_answer.rows][0] == ("因病" if language == "zh" else "illness")
    assert by_answer.dot_names == ("上石沟村", "下石沟村")
    counties, villages = charts["household/water"].panels
    assert ([len(panel.rows) for panel in (counties, villages)], villages.is_dotted) == ([1, 2], True)
    stacked = charts["household/cause_distribution-answers"]
    assert [len(panel.rows) for panel in stacked.panels] == [1, 2]
    assert all(sum(row.shares or ()) == pytest.approx(1) for panel in stacked.panels for row in panel.rows)


def test_indicator_chart__of_very_many_villages__shows_the_extremes(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    estimates = compute_indicators(bundle)
    village = estimates[(estimates["indicator"] == "water") & (estimates["domain"] == NORTH)]
    many = [village.assign(domain=f"61072710{number:04}", estimate=number / 100) for number in range(100)]
    widened = pd.concat([estimates[estimates["indicator"] == "water"], *many], ignore_index=True)
    ((_, drawn),) = indicator_charts(bundle, widened, "zh")
    assert len(drawn.panels[-1].rows) == MAX_BARS
    assert "最低和最高各20个" in drawn.panels[-1].title


def test_indicator_charts__of_shares_of_a_handful__are_none(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    estimates = compute_indicators(bundle)
    few = {name for name, _ in indicator_charts(bundle, estimates.assign(n=4), "zh")}
    assert few < {name for name, _ in indicator_charts(bundle, estimates.assign(n=5), "zh")}
    assert few == {"household/income_per_head", "household/visits_mean", "household/income_total"}


def test_indicator_chart__of_villages_without_a_figure__shows_the_county_alone(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path / "bundle", example_bundle()))
    estimates = compute_indicators(bundle)
    charts = dict(
        indicator_charts(bundle, estimates.assign(estimate=estimates["estimate"].mask(estimates["domain_type"] == "village")), "zh")
    )
    assert [len(charts[name].panels) for name in ("household/water", "household/cause_distribution-answers")] == [1, 1]


@pytest.mark.parametrize(("value", "unit", "written"), [(3.0, "houses", "#,##0"), (2.5, "houses", "0.0"), (3.0, "hours", "0.0")])
def test_numbers__of_what_is_counted__are_whole_where_they_are(value: float, unit: str, written: str) -> None:
    counted = Panel("危房（处）", (Row("紫阳县", value, "3"),), unit)
    assert [bars.number_format for bars in bars_of(chart(counted), "zh")] == [written]
