"""Which bars and dots a chart shows: from lines of estimates to the charts of `bars.py`. Pure."""

from collections.abc import Sequence

from analysis.charts.bars import BarChart, Panel, Row, panel_height
from analysis.charts.style import LEGEND_IN, shortened
from analysis.charts.words import word
from analysis.measures import LEAST_OF_SHARE, SHARE_KINDS
from analysis.report.captions import say
from analysis.report.facts import Line, Value, beside, distributions_in, indicator_label, most_frequent, total_of
from analysis.words import UNIT_WORDS, listed, number_text, unit_name

MAX_VILLAGE_BARS = 8
"""With more villages a figure that is no share would fill the page with bars; the tables have it."""
MAX_CATEGORIES = 10
MAX_CHART_IN = 4.3
"""Less than half of a page, so that text and tables find room above or below."""
"""What fits on one page with its caption."""


def area_charts(lines: Sequence[Line], villages: Sequence[tuple[str, str]], county: str, language: str) -> tuple[BarChart, ...]:
    """The charts of one focus area, each lower than half of a page: shares first, then other figures, then distributions.

    `villages` are (code, name); a single one is the county, and is not shown beside it. Lines without a usable answer in the county are
    left out, shares of too few, and what would be a single bar with nothing to compare it with.
    """
    known = [line for line in lines if total_of(line).estimate is not None and not _is_of_few(line)]
    single = [line for line in known if not line.category]
    percentages = [line for line in single if line.is_percentage]
    panels = _divided(percentages, villages, language)
    panels += [
        _village_bars(line, villages, county, language)
        for line in single
        if not line.is_percentage and 0 < len(villages) <= MAX_VILLAGE_BARS and (_is_divided(line, villages) or _has_reference(line))
    ]
    for members in distributions_in(known):
        top = [line for line in most_frequent(members) if total_of(line).estimate][:MAX_CATEGORIES]
        if top:
            panels.append(_panel(indicator_label(top[0], language), top, villages, language))
    return tuple(chart_of(group, language) for group in _pages(panels))


def _is_divided(line: Line, villages: Sequence[tuple[str, str]]) -> bool:
    return len(villages) > 1 and not line.form.is_of_county


def _has_reference(line: Line) -> bool:
    return line.indicator.threshold is not None


def _is_of_few(line: Line) -> bool:
    return line.is_share and total_of(line).n < LEAST_OF_SHARE


def value_with_n(value: Value, unit: str, counted: str, language: str) -> str:
    """The value and how many answers it rests on, as charts write it: "85.0%（40户）"; or why there is none."""
    if value.estimate is None:
        return word(language, "too_few" if value.is_suppressed else "no_answers")
    n = f"{value.n}{UNIT_WORDS[language][counted]}" if language == "zh" else f"n={value.n}"
    return say(language, "cell", value=number_text(value.estimate, unit), n=n)


def few_text(value: Value, kind: str) -> str:
    """What was counted, "1/2", of an observed share of too few answers to be drawn; "" of everything else."""
    is_few = kind in SHARE_KINDS and value.estimate is not None and value.interval is None and 0 < value.n < LEAST_OF_SHARE
    return f"{value.n_counted}/{value.n}" if is_few else ""


def _divided(lines: Sequence[Line], villages: Sequence[tuple[str, str]], language: str) -> list[Panel]:
    """The lines in as few panels as are low enough, about as many in each."""
    for n_panels in range(1, len(lines) + 1):
        size = -(-len(lines) // n_panels)
        panels = [_panel("", lines[start : start + size], villages, language) for start in range(0, len(lines), size)]
        if all(panel_height(panel) <= MAX_CHART_IN - LEGEND_IN for panel in panels) or size == 1:
            return panels
    return []


def _panel(title: str, lines: Sequence[Line], villages: Sequence[tuple[str, str]], language: str) -> Panel:
    shown = villages if len(villages) > 1 else ()
    rows = tuple(
        Row(
            label=line.label,
            value=total_of(line).estimate,
            text=value_with_n(total_of(line), line.unit, line.counted, language),
            dots=tuple(line.value("village", code).estimate for code, _ in shown),
            threshold=None if line.category else line.indicator.threshold,
            interval=total_of(line).interval,
        )
        for line in lines
    )
    return Panel(title, rows, lines[0].unit, dot_names=tuple(name for _, name in shown))


def _village_bars(line: Line, villages: Sequence[tuple[str, str]], county: str, language: str) -> Panel:
    total = total_of(line)
    whole = Row(
        label=county,
        value=total.estimate,
        text=value_with_n(total, line.unit, line.counted, language),
        threshold=line.indicator.threshold,
        is_total=True,
        interval=total.interval,
    )
    values = [(name, beside(line, line.value("village", code))) for code, name in villages if _is_divided(line, villages)]
    rows = [
        Row(name, value.estimate, value_with_n(value, line.unit, line.counted, language), interval=value.interval) for name, value in values
    ]
    suffix = unit_name(line.unit, language)
    title = say(language, "with_unit", label=line.label, unit=suffix) if suffix else line.label
    return Panel(title, (whole, *rows), line.unit)


def _pages(panels: Sequence[Panel]) -> list[list[Panel]]:
    """The panels in order, in groups that fit on a page."""
    groups: list[list[Panel]] = []
    height = 0.0
    for panel in panels:
        own = panel_height(panel)
        if not groups or height + own > MAX_CHART_IN - LEGEND_IN:
            groups.append([])
            height = 0.0
        groups[-1].append(panel)
        height += own
    return groups


def chart_of(panels: Sequence[Panel], language: str) -> BarChart:
    """The panels as one chart, described in words."""
    items = [_described(row, panel, language) for panel in panels for row in panel.rows]
    separator = "；" if language == "zh" else "; "
    return BarChart(
        panels=tuple(panels),
        alt=shortened(say(language, "alt", items=separator.join(items))),
        many_dots_name=say(language, "many_dots"),
        threshold_name=say(language, "threshold"),
        interval_name=word(language, "interval"),
        observed_name=word(language, "observed"),
    )


def _described(row: Row, panel: Panel, language: str) -> str:
    dots = [
        f"{name}{number_text(dot, panel.unit)}" if language == "zh" else f"{name} {number_text(dot, panel.unit)}"
        for name, dot in zip(panel.dot_names, row.dots, strict=False)
        if dot is not None
    ]
    text = say(language, "alt_row", label=row.label, value=row.text)
    if row.interval and row.value is not None:
        low, high = (number_text(end, panel.unit) for end in row.interval)
        text += word(language, "alt_interval", low=low, high=high)
    return text + (say(language, "alt_dots", dots=listed(dots, language)) if dots else "")
