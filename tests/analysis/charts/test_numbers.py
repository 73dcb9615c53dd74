"""The numbers of charts for word processors: a series for the whole, one per place, one for the reference value."""

from analysis.charts.bars import BarChart, Panel, Row
from analysis.charts.numbers import bars_of
from analysis.report.outline import Bars, Series


def test_numbers__of_panels__have_a_series_per_place_and_reference_value_in_their_unit() -> None:
    shares = Panel("", (Row("饮水", 0.7, "70%", (0.9, None), 0.8), Row("住房", None, "…", (0.5, 0.6))), "share", ("甲村", "乙村"))
    incomes = Panel("收入（元）", (Row("略阳县", 3800.0, "3,800"), Row("甲村", 95.0, "95")), "cny")
    many = Panel("", (Row("饮水", 0.7, "70%", (0.1,) * 9),), "share", tuple("甲乙丙丁戊己庚辛壬"))
    assert bars_of(BarChart((shares, incomes, many, Panel("空", (), "share")), "alt", "各村", "参考标准"), "zh") == (
        Bars(
            "",
            ("饮水", "住房"),
            (Series("全县受访", (0.7, None)), Series("甲村", (0.9, 0.5)), Series("乙村", (None, 0.6)), Series("参考标准", (0.8, None))),
            "0.0%",
        ),
        Bars("收入（元）", ("略阳县", "甲村"), (Series("收入（元）", (3800.0, 95.0)),), "#,##0"),
        Bars("", ("饮水",), (Series("全县受访", (0.7,)),), "0.0%"),
    )
