"""The rules of what may be said of a figure, on figures made by hand."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.codebook import Form
from analysis.report.facts import Line, Value
from analysis.report.kinds.findings import contrasts, differ, judge, verdict_of
from analysis.report.kinds.sentences import common
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import against_reference, told, told_contrasts
from analysis.report.texts import plain
from questionnaires.model import Indicator

FORM = Form("household", {"zh": "农户问卷"}, (), (), (), ())


def value(estimate: float, n: int, interval: tuple[float, float] | None = None, se: float | None = None, place: str = "610727") -> Value:
    """A share of `n` answers, estimated where there is an interval."""
    return Value(n, 0, estimate, interval=interval, source=f"estimate:household/water@v/{place}", se=se, df=20.0 if se else None)


def line(values: dict[tuple[str, str], Value], *, name: str = "water", good: str = "high", threshold: float | None = 0.9) -> Line:
    """A share of households with its reference value."""
    indicator = Indicator(
        name=name, label={"zh": "饮水安全"}, kind="share", area="water", variable=name, values=("yes",), good=good, threshold=threshold
    )
    return Line(FORM, indicator, "", "饮水安全", "share", "household", values)


COUNTY = ("county", "610727")


@pytest.mark.parametrize(
    ("good", "estimate", "interval", "expected"),
    [
        ("high", 0.90, None, "reached"),
        ("high", 0.8999, None, "missed"),
        ("low", 0.90, None, "missed"),
        ("low", 0.8999, None, "reached"),
        ("high", 0.95, (0.91, 0.98), "reached"),
        ("high", 0.95, (0.88, 0.98), "open"),
        ("high", 0.85, (0.80, 0.8999), "missed"),
        ("low", 0.85, (0.80, 0.92), "open"),
        ("low", 0.95, (0.90, 0.98), "missed"),
    ],
)
def test_reference_value__an_interval_around_it__decides_nothing(
    good: str, estimate: float, interval: tuple[float, float] | None, expected: str
) -> None:
    figure = value(estimate, 100, interval)
    assert verdict_of(line({COUNTY: figure}, good=good), figure) == expected


def test_verdict__without_reference_or_suppressed__is_none() -> None:
    figure = value(0.5, 40)
    assert verdict_of(line({}, threshold=None), figure) is None
    assert verdict_of(line({}), replace(figure, is_suppressed=True)) is None


def test_judged_findings__the_farthest_and_then_the_largest__come_first() -> None:
    near = line({COUNTY: value(0.85, 20)}, name="near")
    far_few = line({COUNTY: value(0.5, 20)}, name="far_few")
    far_many = line({COUNTY: value(0.5, 200)}, name="far_many")
    found = judge([near, far_few, far_many], *COUNTY)
    assert [finding.line.indicator.name for finding in found] == ["far_many", "far_few", "near"]


def test_observed_share__always__names_how_many_of_how_many_were_asked() -> None:
    voice = Voice("zh", common.SENTENCES)
    assert plain(told(voice, line({}), value(0.75, 12))) == "“饮水安全”为75.0%（所问12户中9户）"


def test_estimated_share__always__has_its_interval_and_says_that_it_is_estimated() -> None:
    voice = Voice("zh", common.SENTENCES)
    said = plain(told(voice, line({}), value(0.82, 120, (0.74, 0.88))))
    assert said == "“饮水安全”估计为82.0%（95%置信区间74.0%～88.0%，120户）"


def test_finding_whose_interval_holds_the_reference__in_words__is_left_undecided() -> None:
    voice = Voice("zh", common.SENTENCES)
    [sentence] = against_reference(voice, judge([line({COUNTY: value(0.89, 90, (0.85, 0.93))})], *COUNTY))
    assert "尚不能判定" in plain(sentence)
    assert "未达到" not in plain(sentence)


def places(*estimates: tuple[float, int, float | None]) -> tuple[Line, list[tuple[str, str]]]:
    """A line with a value for each village, and the villages."""
    codes = [f"61072710{number:04}" for number in range(len(estimates))]
    values = {
        ("village", code): value(estimate, n, (estimate - 0.01, estimate + 0.01) if se else None, se, code)
        for code, (estimate, n, se) in zip(codes, estimates, strict=True)
    }
    return line(values), [(code, f"村{number}") for number, code in enumerate(codes)]


def test_observed_places__far_apart_and_few__are_set_side_by_side_with_their_counts_and_without_inference() -> None:
    told_line, villages = places((0.95, 20, None), (0.60, 40, None))
    [sentence] = told_contrasts(Voice("zh", common.SENTENCES), contrasts([told_line], "village", villages, 3))
    assert plain(sentence) == "就所访对象而言，差别较大的有：“饮水安全”村0为95.0%（19/20），村1为60.0%，相差35.0个百分点。"


def test_observed_places__with_fewer_than_five_answers_or_near__are_not_compared() -> None:
    few, villages = places((1.0, 4, None), (0.2, 40, None))
    near, _ = places((0.80, 40, None), (0.70, 40, None))
    assert contrasts([few, near], "village", villages, 3) == []


def test_estimated_places__that_the_test_does_not_tell_apart__are_not_compared() -> None:
    noisy, villages = places((0.95, 20, 0.12), (0.70, 20, 0.12))
    assert contrasts([noisy], "village", villages, 3) == []
    clear, villages = places((0.95, 200, 0.02), (0.70, 200, 0.03))
    [contrast] = contrasts([clear], "village", villages, 3)
    assert contrast.is_tested
    assert "有统计意义" in plain(told_contrasts(Voice("zh", common.SENTENCES), [contrast])[0])


def test_several_comparisons__one_barely_significant_by_itself__is_not_told() -> None:
    """p = 0.02 alone, but three pairs were looked at: Holm makes 0.06 of it."""
    pair, villages = places((0.80, 60, 0.05), (0.63, 60, 0.05), (0.71, 60, 0.05))
    one, other = (pair.values["village", code] for code, _ in villages[:2])
    assert 0.01 < differ(one, other) < 0.03
    assert contrasts([pair], "village", villages, 3) == []


def test_welch_test__of_two_equal_standard_errors__is_students_with_the_sum_of_the_degrees_of_freedom() -> None:
    """t = 0.2 / (0.05 √2) = 2.828 with 40 degrees of freedom: p = 0.0073 (tables: t(40; 0.995) = 2.704, t(40; 0.9975) = 2.971)."""
    assert differ(value(0.8, 50, (0.7, 0.9), 0.05), value(0.6, 50, (0.5, 0.7), 0.05)) == pytest.approx(0.00729, abs=2e-5)


def test_voice__a_sentence_with_several_wordings__takes_them_by_turns() -> None:
    table = {"zh": {"said": ("甲{n}", "乙{n}")}, "en": {"said": "one {n}"}}
    voice = Voice("zh", table)
    assert [voice.say("said", n=n) for n in (1, 2, 3)] == ["甲1", "乙2", "甲3"]
    assert Voice("en", table).say("said", n=1) == "one 1"


def test_days_of_a_visit__what_both_share__is_said_once() -> None:
    voice, english = Voice("zh", common.SENTENCES), Voice("en", common.SENTENCES)
    assert voice.span(date(2018, 4, 16), date(2018, 4, 27)) == "2018年4月16日至27日"
    assert voice.span(date(2018, 4, 28), date(2018, 5, 2)) == "2018年4月28日至5月2日"
    assert voice.span(date(2017, 12, 28), date(2018, 1, 2)) == "2017年12月28日至2018年1月2日"
    assert english.span(date(2018, 4, 28), date(2018, 5, 2)) == "28 April to 2 May 2018"
