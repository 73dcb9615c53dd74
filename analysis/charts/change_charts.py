"""What a look-back is drawn of: shares before and after by focus area, and each of them by village, of the households asked twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.bundle import Bundle, Visit, folder_name
from analysis.changes.paired import paired_changes
from analysis.charts.labelled import title_of
from analysis.charts.slopes import Slope, SlopeChart
from analysis.charts.style import shortened
from analysis.charts.words import joined, word
from analysis.codebook import label_in
from analysis.describe import indicators_of
from analysis.lineage.behind import RowsBehind, rows_behind
from analysis.measures import LEAST_OF_SHARE, SHARE_KINDS, SHARE_UNIT, unit_of
from analysis.report.captions import say
from analysis.words import listed, number_text, short_area_name
from questionnaires.model import AREAS, Indicator

MAX_SLOPES = 30
HIGH, LOW = "high", "low"
FEWEST_VILLAGES = 3
"""With fewer villages the chart by area says as much."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A look-back and the visit it looks back on, with the changes over all and by village (name, changes)."""

    before: Visit
    after: Visit
    whole: pd.DataFrame
    villages: tuple[tuple[str, pd.DataFrame], ...]


def change_charts(bundle: Bundle, visit_ids: Sequence[str] | None, minimum_n: int, language: str) -> Iterator[tuple[str, SlopeChart]]:
    """(name, chart) of every look-back whose earlier visit is in the bundle, too."""
    by_id = {visit.id: visit for visit in bundle.visits}
    pairs = [(by_id[visit.look_back_of], visit) for visit in bundle.visits if visit.look_back_of in by_id]
    wanted = [(before, after) for before, after in pairs if visit_ids is None or after.id in visit_ids]
    if not wanted:
        return
    rows = list(rows_behind(bundle))
    known = {(form.form_id, each.name): each for form in bundle.forms.values() for each in indicators_of(form)}
    for before, after in wanted:
        pair = _pair(bundle, rows, before, after)
        folder = f"visits/{folder_name(after.id)}"
        for area in AREAS:
            members = pair.whole[[known[key].area == area for key in _keys(pair.whole)]]
            chart = _by_indicator(pair, members, known, short_area_name(language, area), minimum_n, language)
            if chart is not None:
                yield f"{folder}/changes-{area}", chart
        if len(pair.villages) < FEWEST_VILLAGES:
            continue
        for row in pair.whole.itertuples():
            chart = _by_village(pair, row.form_id, known[row.form_id, row.indicator], minimum_n, language)
            if not row.category and chart is not None:
                yield f"{folder}/changes/{folder_name(row.form_id)}-{folder_name(row.indicator)}", chart


def _pair(bundle: Bundle, rows: Sequence[RowsBehind], before: Visit, after: Visit) -> _Pair:
    first, second = _of_visit(rows, before.id), _of_visit(rows, after.id)
    codes = sorted({code for each in first for code in each.rows["village_code"].dropna().unique()})
    villages = []
    for code in codes:
        found = paired_changes(_of_village(first, code), _of_village(second, code), None)
        if len(found):
            villages.append((bundle.place_name(code), found))
    return _Pair(before, after, paired_changes(first, second, None), tuple(villages))


def _of_visit(rows: Sequence[RowsBehind], visit_id: str) -> list[RowsBehind]:
    return [replace(each, rows=each.rows[each.rows["visit_id"] == visit_id]) for each in rows]


def _of_village(rows: Sequence[RowsBehind], code: str) -> list[RowsBehind]:
    return [replace(each, rows=each.rows[each.rows["village_code"] == code]) for each in rows]


def _keys(changes: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(changes["form_id"], changes["indicator"], strict=True))


def _by_indicator(
    pair: _Pair,
    changes: pd.DataFrame,
    known: dict[tuple[str, str], Indicator],
    label: str,
    minimum_n: int,
    language: str,
) -> SlopeChart | None:
    """The shares of an area over all villages, a line each; distributions have a chart of their own for each answer, and are left out."""
    slopes, left_out = [], []
    for row in changes.itertuples():
        indicator = known[row.form_id, row.indicator]
        if row.category or unit_of(indicator) != SHARE_UNIT:
            continue
        name = label_in(indicator.label, language, indicator.name)
        slope = _slope(row, name, indicator, minimum_n)
        if slope is None:
            left_out.append(name)
        else:
            slopes.append((slope, int(row.n_households)))
    return _chart(pair, slopes[:MAX_SLOPES], left_out, f"{pair.after.title} · {label}", language)


def _by_village(pair: _Pair, form_id: str, indicator: Indicator, minimum_n: int, language: str) -> SlopeChart | None:
    slopes, left_out = [], []
    for name, changes in pair.villages:
        found = changes[(changes["form_id"] == form_id) & (changes["indicator"] == indicator.name) & (changes["category"] == "")]
        for row in found.itertuples():
            slope = _slope(row, name, indicator, minimum_n)
            if slope is None:
                left_out.append(name)
            else:
                slopes.append((slope, int(row.n_households)))
    label = title_of(label_in(indicator.label, language, indicator.name), unit_of(indicator), language)
    return _chart(pair, slopes, left_out, label, language)


def _slope(row: object, label: str, indicator: Indicator, minimum_n: int) -> Slope | None:
    """The row as a line, None where too few households answered twice."""
    n, before, after = row.n_households, float(row.before), float(row.after)  # type: ignore[attr-defined]
    least = LEAST_OF_SHARE if indicator.kind in SHARE_KINDS else 1
    if n < max(minimum_n, least) or pd.isna(before) or pd.isna(after):
        return None
    unit = unit_of(indicator)
    texts = number_text(before, unit), number_text(after, unit)
    direction = "changed"
    if texts[0] == texts[1]:
        direction = "same"
    elif indicator.good in (HIGH, LOW):
        direction = "better" if (after > before) == (indicator.good == HIGH) else "worse"
    return Slope(label, before, after, *texts, direction)


def _chart(pair: _Pair, slopes: Sequence[tuple[Slope, int]], left_out: Sequence[str], label: str, language: str) -> SlopeChart | None:
    if not slopes:
        return None
    title = word(language, "change_title", label=label)
    items = [
        word(
            language,
            "alt_slope_row",
            label=slope.label,
            before=slope.before_text,
            after=slope.after_text,
            n=word(language, "n_households", n=n),
            direction=word(language, slope.direction),
        )
        for slope, n in slopes
    ]
    notes = [word(language, "change_note")]
    if left_out:
        notes.append(word(language, "change_left_out", places=listed(list(left_out), language)))
    return SlopeChart(
        title=title,
        before_name=f"{pair.before.starts_on:%Y-%m}",
        after_name=f"{pair.after.starts_on:%Y-%m}",
        slopes=tuple(replace(slope, after_text=_with_n(slope.after_text, n, language)) for slope, n in slopes),
        direction_names=tuple((direction, word(language, direction)) for direction in ("better", "worse", "changed", "same")),
        notes=tuple(notes),
        alt=shortened(word(language, "alt_slope", title=title, items=joined(items, language))),
    )


def _with_n(text: str, n: int, language: str) -> str:
    return say(language, "cell", value=text, n=word(language, "n_households", n=n))
