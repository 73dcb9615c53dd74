"""Charts of every kind for any number of places with long names, made of invented numbers."""

from random import Random

from analysis.charts.bars import BarChart, Panel, Row
from analysis.charts.coverage_map import STATES, CoverageMap, Village
from analysis.charts.heat_map import Cell, HeatMap, HeatRow
from analysis.charts.pictures import Chart
from analysis.charts.slopes import Slope, SlopeChart
from analysis.charts.spreads import Box, SpreadChart, SpreadPanel, SpreadRow
from analysis.charts.stacks import StackChart, StackPanel, StackRow

ANSWERS = ("很满意", "满意", "一般", "不满意", "很不满意", "说不清")


def names_of(n: int, language: str = "zh") -> list[str]:
    """Names that are as long as names of villages get, with their townships."""
    if language == "en":
        return [f"Upper Stone Ravine Administrative Village {number}, Lianghekou Township" for number in range(n)]
    return [f"第{number}石沟村民委员会" + ("（略阳县两河口镇）" if number % 4 == 0 else "") for number in range(n)]


def charts_for(n: int, language: str = "zh") -> dict[str, Chart]:
    """A chart of each kind by name; the third place has no value, and every second one an interval."""
    random = Random(n)
    names = names_of(n, language)
    values = [None if number == 2 else random.random() for number in range(n)]
    texts = ["答复过少，不公布" if value is None else f"{value:.1%}（{random.randint(5, 40)}户）" for value in values]
    intervals = [None if value is None or number % 2 else (value * 0.8, min(value * 1.2, 1)) for number, value in enumerate(values)]
    rows = tuple(
        Row(name, value, text, threshold=0.9, interval=interval)
        for name, value, text, interval in zip(names, values, texts, intervals, strict=True)
    )
    bars = (Panel("饮水安全 · 各县", rows, "share"), Panel("饮水安全 · 各村", rows, "share", is_dotted=True))
    return {
        "bars": BarChart(bars, "alt", "各地", "参考标准", "95%置信区间", "观察值，无区间"),
        "slopes": SlopeChart(
            "饮水安全",
            "2017-04",
            "2017-08",
            tuple(_slope(random, name) for name in names),
            (("better", "变好"), ("worse", "变差"), ("same", "没有变化")),
            ("注：只统计两次都有有效答复的农户。",),
            "alt",
        ),
        "stacks": StackChart("满意度", (StackPanel("各村", tuple(_stack(random, name) for name in names)),), ANSWERS, 5, 2, "alt"),
        "spreads": SpreadChart(
            "人均纯收入（元）",
            tuple(float(edge) for edge in range(0, 21_000, 1_000)),
            tuple(random.randint(0, 60) for _ in range(20)),
            tuple((float(tick), f"{tick:,}") for tick in range(0, 21_000, 5_000)),
            5_300.0,
            "中位数 5,300元",
            "400户",
            (SpreadPanel("各村", tuple(_spread(random, name) for name in names)),),
            "箱为中间一半，线为5%至95%",
            "中位数",
            "逐个答复（不足5个）",
            "alt",
        ),
        "heat_map": HeatMap("各村指标一览", tuple(names), _heat_rows(random, n), "最好", "最差", "未达到参考标准", ("注",), "alt"),
        "coverage": CoverageMap(
            "覆盖情况",
            tuple(
                Village(name, 33 + random.random() * 0.4, 106 + random.random() * 0.6, random.randint(10, 300), STATES[number % 3])
                for number, name in enumerate(names)
            ),
            (("complete", "访完"), ("begun", "未访完"), ("none", "未到")),
            "标记大小表示名册户数。",
            (),
            "alt",
        ),
    }


def _slope(random: Random, name: str) -> Slope:
    before, after = random.random(), random.random()
    return Slope(name, before, after, f"{before:.1%}", f"{after:.1%}", "better" if after > before else "worse")


def _stack(random: Random, name: str) -> StackRow:
    parts = [random.random() for _ in ANSWERS]
    return StackRow(name, tuple(part / sum(parts) for part in parts), "40户")


def _spread(random: Random, name: str) -> SpreadRow:
    ordered = sorted(random.lognormvariate(8.5, 0.6) for _ in range(5))
    if name.startswith("第1石"):
        return SpreadRow(name, None, tuple(ordered[:3]), "5,300（3户）")
    return SpreadRow(name, Box(*ordered), (), "5,300（40户）")


def _heat_rows(random: Random, n: int) -> tuple[HeatRow, ...]:
    return tuple(
        HeatRow(
            "认为家庭医生签约履约率较上年有明显提高并且确实上门服务的农户比例" if number % 3 else "饮水安全（标准90.0%）",
            tuple(_cell(random, number) for _ in range(n)),
            ("健康扶贫", "饮水安全")[number // 4],
        )
        for number in range(8)
    )


def _cell(random: Random, number: int) -> Cell:
    value = random.random()
    if value < 0.05:
        return Cell("…")
    return Cell(f"{value:.1%}" if number % 2 else f"{value * 1e6:,.0f}", value, value > 0.8)
