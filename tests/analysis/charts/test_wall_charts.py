"""Wall charts: sheets of A3 in every format, the same bytes for the same chart, and a sentence where there is nothing to draw."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from analysis.charts.style import chart_style
from analysis.charts.wall_charts import PNG_DPI, draw_wall_chart, wall_picture
from analysis.charts.wall_records import A3_IN, Bar, Distribution, Flow, Heading, Place, Route, RouteMap, Timetable, WallChart

HEADING = Heading("略阳县调研时间表", "2018年4月16日至4月17日", "还没有安排")
PLACES = (Place("上石沟村", 33.30, 106.15, 12), Place("下石沟村", 33.32, 106.18, 4))
TIMETABLE = Timetable(
    HEADING,
    date(2018, 4, 16),
    date(2018, 4, 17),
    ("第一组",),
    (Bar("第一组", date(2018, 4, 16), date(2018, 4, 16), "上石沟村 12户", "a"),),
    ((date(2018, 4, 17), "反馈会"),),
    "会议",
)
ROUTES = RouteMap(HEADING, (Route("第一组", PLACES),), ("无名村",), "位置未知：")
DISTRIBUTION = Distribution(HEADING, ("上石沟村", "下石沟村"), ("建档立卡贫困户", "脱贫户"), ((8, 4), (0, 4)), PLACES)
FLOW = Flow(
    HEADING,
    (("领域", ("健康扶贫", "饮水安全")), ("程度", ("突出", "一般")), ("层级", ("户",))),
    ((0, "健康扶贫", "突出", 3), (0, "饮水安全", "一般", 1), (1, "突出", "户", 3), (1, "一般", "户", 1)),
)
NAME = "第{}石沟村民委员会"
CHARTS = (TIMETABLE, ROUTES, DISTRIBUTION, FLOW)


def texts_of(chart: WallChart) -> list[str]:
    """Everything that is written on the sheet."""
    with chart_style():
        return [text.get_text() for text in draw_wall_chart(chart).findobj(Text) if text.get_text()]


@pytest.mark.parametrize(
    ("chart", "written"),
    [
        (TIMETABLE, {"第一组", "4.16", "4.17", "上石沟村\n12户", "反馈会", "会议"}),
        (ROUTES, {"第一组", "上石沟村", "下石沟村", "1", "2", "位置未知： 无名村", "N ↑"}),
        (DISTRIBUTION, {"上石沟村", "建档立卡贫困户", "脱贫户", "8", "4", "12"}),
        (FLOW, {"领域", "健康扶贫 3", "饮水安全 1", "突出 3", "一般 1", "户 4"}),
    ],
)
def test_chart__of_something__says_it(chart: WallChart, written: set[str]) -> None:
    assert written | {HEADING.title, HEADING.subtitle} <= {text.replace("上石沟村 12户", "上石沟村\n12户") for text in texts_of(chart)}


@pytest.mark.parametrize(
    "chart",
    [
        replace(TIMETABLE, bars=(), marks=()),
        replace(ROUTES, routes=()),
        replace(DISTRIBUTION, counts=((0, 0), (0, 0))),
        replace(FLOW, links=()),
    ],
)
def test_chart__of_nothing__says_so_under_its_heading(chart: WallChart) -> None:
    assert set(texts_of(chart)) == {HEADING.title, HEADING.subtitle, HEADING.empty}


def test_picture__as_png__is_a_sheet_of_a3_at_print_resolution_and_always_the_same() -> None:
    content = wall_picture(FLOW, "png")
    with Image.open(BytesIO(content)) as image:
        assert image.size == tuple(int(side * PNG_DPI) for side in A3_IN)
    assert wall_picture(FLOW, "png") == content


def test_picture__for_a_printer__embeds_its_fonts() -> None:
    content = wall_picture(ROUTES, "pdf")
    assert content.startswith(b"%PDF")
    assert b"/FontFile" in content or b"/Type3" in content


def test_picture__in_another_format__is_refused() -> None:
    with pytest.raises(ValueError, match="'gif' is not one of png, svg, pdf"):
        wall_picture(FLOW, "gif")


def test_timetable__of_many_pairs_and_long_names__writes_nothing_beyond_its_bars() -> None:
    rows = tuple(f"第{number}组" for number in range(9))
    first = TIMETABLE.bars[0]
    bars = tuple(
        replace(first, row=row, first_on=TIMETABLE.first_on, last_on=TIMETABLE.first_on, label=f"{NAME.format(1)}易地搬迁安置点\n5户")
        for row in rows
    )
    chart = replace(TIMETABLE, rows=rows, bars=bars, last_on=TIMETABLE.first_on + timedelta(days=17))
    with chart_style():
        figure = draw_wall_chart(chart)
        renderer = FigureCanvasAgg(figure).get_renderer()
        texts = [text for text in figure.findobj(Text) if text.get_text().endswith("5户")]
        heights = [text.get_window_extent(renderer).height for text in texts]
        low, high = figure.axes[0].transData.transform([(0, 0.33), (0, -0.33)])[:, 1]
    assert len(texts) == 9
    assert max(heights) <= high - low
    assert all("…" in text.get_text() for text in texts)


def test_routes__of_one_place__still_have_a_frame_and_a_scale() -> None:
    assert "5 km" in " ".join(texts_of(replace(ROUTES, routes=(Route("第一组", PLACES[:1]),))))


def test_routes__of_many_pairs__are_told_apart_below_the_map() -> None:
    with chart_style():
        figure = draw_wall_chart(replace(ROUTES, routes=tuple(Route(f"第{number}组", PLACES) for number in range(12))))
        renderer = FigureCanvasAgg(figure).get_renderer()
        (legend,) = figure.legends
        assert legend.get_window_extent(renderer).y1 < figure.axes[0].get_window_extent(renderer).y0
    looks = {(line.get_color(), line.get_marker()) for line in legend.get_lines()}
    assert len(looks) == 12


@pytest.mark.parametrize("n", [13, 30])
def test_names__of_many_villages_on_a_map__do_not_touch_each_other(n: int) -> None:
    places = tuple(Place(NAME.format(number), 33.2 + (number * 7 % n) / n, 106 + (number * 11 % n) / n, number) for number in range(n))
    for chart in (replace(ROUTES, routes=(Route("第一组", places),)), replace(DISTRIBUTION, positions=places)):
        with chart_style():
            figure = draw_wall_chart(chart)
            renderer = FigureCanvasAgg(figure).get_renderer()
            names = [text for text in figure.findobj(Text) if text.get_text().startswith("第") and "委员会" in text.get_text()]
            boxes = [text.get_window_extent(renderer) for text in names]
        assert len(boxes) >= n - (1 if chart.__class__ is RouteMap else n // 3)
        assert [(one, other) for number, one in enumerate(boxes) for other in boxes[number + 1 :] if one.overlaps(other)] == []
