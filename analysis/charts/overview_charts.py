"""Charts over everything: heat maps of indicators by county and by village, and how far each visit covered its villages."""

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.bundle import Bundle, Visit, folder_name
from analysis.charts.area_charts import few_text
from analysis.charts.coverage_map import CoverageMap, Village
from analysis.charts.heat_map import Cell, HeatMap, HeatRow
from analysis.charts.labelled import label_places, title_of
from analysis.charts.style import shortened
from analysis.charts.words import joined, word
from analysis.codebook import MAIN
from analysis.describe import indicators_of
from analysis.measures import LEAST_OF_SHARE, SHARE_UNIT
from analysis.report.captions import say
from analysis.report.facts import Value, read_value
from analysis.words import NO_VALUE, listed, number_text, short_area_name
from questionnaires.model import AREAS, Indicator

MAX_COLUMNS = 30
MAX_ROWS = 40
SUPPRESSED = "…"
LEAST_SPAN = 0.5
"""The scale of colours of a row spans at least this part of its figures, so that small differences look small."""
PLACES = ("county", "village")
HIGH, LOW = "high", "low"


def heat_maps(bundle: Bundle, estimates: pd.DataFrame, language: str) -> Iterator[tuple[str, HeatMap]]:
    """(name, sheet) of all counties, and of the villages of each visit; in parts where rows or columns are too many for a sheet."""
    single = estimates[estimates["category"] == ""]
    counties = label_places(bundle, single[single["domain_type"] == "county"], language, beside=())
    if counties[["visit_id", "domain"]].drop_duplicates().shape[0] > 1:
        yield from _sheets("heat-map", say(language, "by_places_county"), "", bundle, counties, language)
    for visit in bundle.visits:
        of_visit = label_places(bundle, single[single["visit_id"] == visit.id], language, beside=())
        of_visit = of_visit[of_visit["domain_type"] == "village"]
        if len(of_visit):
            yield from _sheets(
                f"visits/{folder_name(visit.id)}/heat-map", say(language, "by_places_village"), visit.title, bundle, of_visit, language
            )


def coverage_maps(bundle: Bundle, visit_ids: Sequence[str] | None, language: str) -> Iterator[tuple[str, CoverageMap]]:
    """(name, map) of every visit of which the position of a village is known."""
    if not {"latitude", "longitude"} <= set(bundle.regions.columns):
        return
    for visit in bundle.visits:
        if visit_ids is None or visit.id in visit_ids:
            chart = _coverage(bundle, visit, language)
            if chart is not None:
                yield f"visits/{folder_name(visit.id)}/coverage", chart


def _sheets(stem: str, places: str, title: str, bundle: Bundle, rows: pd.DataFrame, language: str) -> Iterator[tuple[str, HeatMap]]:
    order = {visit.id: number for number, visit in enumerate(bundle.visits)}
    found = dict.fromkeys(zip(rows["visit_id"], rows["domain"], rows["place"], strict=True))
    columns = sorted(found, key=lambda column: order.get(column[0], len(order)))
    heat_rows = _heat_rows(bundle, rows, [(visit, domain) for visit, domain, _ in columns], language)
    parts = [
        (columns[start : start + MAX_COLUMNS], start, heat_rows[first : first + MAX_ROWS])
        for first in range(0, len(heat_rows), MAX_ROWS)
        for start in range(0, len(columns), MAX_COLUMNS)
    ]
    heading = word(language, "heat_title", title=title, places=places) if title else word(language, "heat_title_all", places=places)
    for number, (part, start, of_part) in enumerate(parts, 1):
        cut = [HeatRow(row.label, row.cells[start : start + MAX_COLUMNS], row.group) for row in of_part]
        whole = heading + (word(language, "heat_page", part=number, parts=len(parts)) if len(parts) > 1 else "")
        names = tuple(place for _, _, place in part)
        yield (
            f"{stem}-{number}" if len(parts) > 1 else stem,
            HeatMap(
                title=whole,
                columns=names,
                rows=tuple(cut),
                better_name=word(language, "best"),
                worse_name=word(language, "worst"),
                missed_name=word(language, "missed"),
                notes=(word(language, "heat_note", n=LEAST_OF_SHARE),),
                alt=_heat_alt(whole, names, cut, language),
            ),
        )


def _heat_rows(bundle: Bundle, rows: pd.DataFrame, columns: Sequence[tuple[str, str]], language: str) -> list[HeatRow]:
    """A row per indicator, by focus area."""
    known = {(form.form_id, each.name): each for form in bundle.forms.values() for each in indicators_of(form)}
    found: list[tuple[int, HeatRow]] = []
    for (form_id, name), group in rows.groupby(["form_id", "indicator"], sort=False):
        indicator = known[form_id, name]
        values = {(row.visit_id, row.domain): read_value(row) for row in group.itertuples()}
        if all(value.estimate is None for value in values.values()):
            continue
        unit = group["unit"].iloc[0]
        label = title_of(group["indicator_label"].iloc[0], unit, language)
        if indicator.threshold is not None:
            label = word(language, "with_threshold", label=label, threshold=number_text(indicator.threshold, unit))
        area = indicator.area if indicator.area in AREAS else AREAS[-1]
        cells = _cells([values.get(column) for column in columns], indicator, unit)
        found.append((AREAS.index(area), HeatRow(label, tuple(cells), short_area_name(language, area))))
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def _cells(values: Sequence[Value | None], indicator: Indicator, unit: str) -> Iterator[Cell]:
    numbers = [value.estimate for value in values if value is not None and value.estimate is not None]
    low, high = (0.0, 1.0) if unit == SHARE_UNIT else _scale(numbers)
    for value in values:
        if value is None or value.estimate is None:
            yield Cell(SUPPRESSED if value is not None and value.is_suppressed else NO_VALUE)
            continue
        if few := few_text(value, indicator.kind):
            yield Cell(few)
            continue
        at = (value.estimate - low) / (high - low) if high > low else math.nan
        # Totals are larger in larger places; that says nothing of how they fare.
        badness = None if indicator.kind == "total" else {HIGH: 1 - at, LOW: at}.get(indicator.good)
        is_missed = indicator.threshold is not None and (
            (indicator.good == HIGH and value.estimate < indicator.threshold)
            or (indicator.good == LOW and value.estimate >= indicator.threshold)
        )
        yield Cell(number_text(value.estimate, unit), None if badness is None or math.isnan(badness) else badness, is_missed)


def _scale(numbers: Sequence[float]) -> tuple[float, float]:
    """The ends of the colours of a row: its lowest and highest figure, or further apart where these hardly differ."""
    low, high = min(numbers), max(numbers)
    middle = (low + high) / 2
    half = max(high - low, LEAST_SPAN * abs(middle)) / 2
    return middle - half, middle + half


def _heat_alt(title: str, columns: Sequence[str], rows: Sequence[HeatRow], language: str) -> str:
    missed = [
        word(language, "alt_missed", label=row.label, places=listed([f"{name} {cell.text}" for name, cell in hits], language))
        for row in rows
        if (hits := [(name, cell) for name, cell in zip(columns, row.cells, strict=True) if cell.is_missed])
    ]
    told = {"title": title, "n_rows": len(rows), "n_columns": len(columns)}
    if not missed:
        return word(language, "alt_heat_met", **told)
    return shortened(word(language, "alt_heat", items=joined(missed, language), **told))


def _coverage(bundle: Bundle, visit: Visit, language: str) -> CoverageMap | None:
    codes = list(bundle.visit_villages.loc[bundle.visit_villages["visit_id"] == visit.id, "village_code"])
    regions = bundle.regions.set_index("code")
    households = bundle.households.groupby("village_code").size()
    villages, unplaced, items = [], [], []
    for code in sorted(set(codes)):
        name = bundle.place_name(code)
        place = regions.loc[code] if code in regions.index else None
        if place is None or pd.isna(place["latitude"]) or pd.isna(place["longitude"]):
            unplaced.append(name)
            continue
        n_met, n_left = _met(bundle, visit.id, code)
        state = "none" if n_met == 0 else "begun" if n_left else "complete"
        n_households = int(households.get(code, 0))
        villages.append(Village(name, float(place["latitude"]), float(place["longitude"]), n_households, state))
        told = {"name": name, "state": word(language, state), "n_interviewed": n_met, "n_households": n_households}
        items.append(word(language, "alt_village", **told))
    if not villages:
        return None
    title = word(language, "coverage_title", title=visit.title)
    notes = (word(language, "unplaced", places=listed(unplaced, language)),) if unplaced else ()
    return CoverageMap(
        title=title,
        villages=tuple(villages),
        state_names=tuple((state, word(language, state)) for state in ("complete", "begun", "none")),
        size_name=word(language, "size"),
        notes=notes,
        alt=shortened(word(language, "alt_coverage", title=title, items=joined([*items, *notes], language))),
    )


def _met(bundle: Bundle, visit_id: str, code: str) -> tuple[int, int]:
    """How many households of the village were interviewed on the visit, and how many of those drawn or assigned were not."""
    met: set[str] = set()
    for (_, table), rows in bundle.tables.items():
        if table == MAIN:
            met |= set(rows.loc[(rows["visit_id"] == visit_id) & (rows["village_code"] == code), "household_id"].dropna())
    if bundle.sample is None:
        return len(met), 0
    sample = bundle.sample
    asked = sample[(sample["visit_id"] == visit_id) & (sample["village_code"] == code)]
    asked = asked[~asked["state"].isin(("stood_in_for", "not_assigned"))]
    return len(met), int((~asked["household_id"].isin(met)).sum())
