"""However many places and however long their names: no two texts of a chart touch each other, and none leaves the sheet."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.charts.glyphs import Words
from analysis.charts.paper import Paper, spread
from analysis.charts.pictures import Chart, draw
from analysis.charts.style import MISSING_GLYPH, chart_style
from tests.analysis.charts.made import charts_for

pytestmark = pytest.mark.soak

TOUCH_IN = 0.004
"""Boxes hold the whole height of a line, above and below the ink."""


def paper_of(chart: Chart) -> Paper:
    """The sheet on which the chart is drawn, with its words."""
    with chart_style():
        paper = draw(chart)
    assert isinstance(paper, Paper)
    return paper


def overlapping(words: list[Words]) -> list[tuple[str, str]]:
    """The texts of which the boxes cover each other."""
    boxes = np.array([each.box for each in words])
    left, top, right, bottom = (boxes[:, number] for number in range(4))
    across = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    along = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    touches = np.triu((across > TOUCH_IN) & (along > TOUCH_IN), 1)
    return [(words[one].text, words[other].text) for one, other in zip(*np.nonzero(touches), strict=True)]


@pytest.mark.parametrize(("n", "language"), [(1, "en"), (5, "zh"), (13, "en"), (30, "zh"), (30, "en"), (60, "zh")])
def test_texts__of_any_number_of_places__do_not_touch_and_stay_on_the_sheet(n: int, language: str) -> None:
    for kind, chart in charts_for(n, language).items():
        paper = paper_of(chart)
        width, height = paper.get_size_inches()
        assert overlapping(paper.words) == [], kind
        outside = [each.text for each in paper.words if each.box[0] < 0 or each.box[1] < 0 or each.box[2] > width or each.box[3] > height]
        assert outside == [], kind
        assert len(paper.words) >= n, kind


def test_box_of_words__measured_by_the_renderer__holds_what_is_drawn() -> None:
    with chart_style():
        figure = Figure(dpi=720)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for text in ("第12石沟村民委员会（略阳县两河口镇）", "Upper Stone Ravine, 12,345.6 CNY", "甲\n乙乙"):
            words = Words(text, 1.0, 1.0, pt=8.5)
            drawn = figure.text(0, 0, text, fontsize=8.5).get_window_extent(renderer)
            left, top, right, bottom = words.box
            assert right - left == pytest.approx(drawn.width / 720, rel=0.04)
            assert bottom - top >= drawn.height / 720 * 0.85


def test_spread__of_crowded_names__keeps_their_order_and_their_distance() -> None:
    found = spread([1.0, 1.0, 1.05, 0.2], [0.2, 0.2, 0.2, 0.2], 0.0, 3.0)
    assert found[3] == pytest.approx(0.2)
    assert sorted(found) == [found[3], found[0], found[1], found[2]]
    assert np.diff(sorted(found)).min() >= 0.2 - 1e-9
    assert spread([5.0], [0.2], 0.0, 1.0) == [pytest.approx(0.9)]


def test_words__with_a_sign_that_the_fonts_lack__are_as_wide_as_the_printers_mark() -> None:
    assert Words("下㙦村", 0, 0).box == Words(f"下{MISSING_GLYPH}村", 0, 0).box
