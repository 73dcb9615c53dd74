"""From a figure's address to the interviews behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN
from analysis.lineage.behind import RowsBehind, is_behind, rows_behind
from analysis.report.facts import forms_in_order, interviews_of
from analysis.report.live.resolving import EstimateRow, Resolver

COUNTED, ANSWERED, MISSING, FOUND, RECORD = "counted", "answered", "missing", "found", "record"
"""What a row is to a figure: it counts, it has an answer that does not count, it has none; a rule was true for it; it is one of a count."""


@dataclass(frozen=True, slots=True)
class TracedRow:
    """One interview behind a figure, or one of its rows (`position` above 0), and what it is to the figure."""

    instance_id: str
    position: int
    role: str


class Rows:
    """The rows behind figures of some bundles; what is read of a bundle is read once."""

    def __init__(self, bundles: Sequence[Bundle], resolver: Resolver) -> None:
        self._bundles = tuple(bundles)
        self._resolver = resolver
        self._behind: dict[int, list[RowsBehind]] = {}

    def behind(self, address: str) -> tuple[TracedRow, ...]:
        """The rows behind a figure; none for one that is of no interviews, or is not in the bundles."""
        kind, _, rest = address.partition(":")
        source = rest.rpartition("#")[0] if "#" in rest else rest
        match kind:
            case "estimate":
                found = list(self._of_estimate(f"estimate:{source}"))
            case "between" | "threshold":
                found = [row for each in source.split("|") for row in self._of_estimate(each)]
            case "candidates":
                found = list(self._of_candidates(source))
            case "count":
                found = list(self._of_count(source))
            case _:
                found = []
        return tuple(dict.fromkeys(found))

    def _of_estimate(self, source: str) -> Iterator[TracedRow]:
        row = self._resolver.row(source)
        bundle = self._bundle_of(row.keys["visit_id"]) if row else None
        if row is None or bundle is None:
            return
        number = self._bundles.index(bundle)
        if number not in self._behind:
            self._behind[number] = list(rows_behind(bundle))
        for behind in self._behind[number]:
            yield from _rows_of(behind, row)

    def _of_candidates(self, source: str) -> Iterator[TracedRow]:
        name, _, place = source.rpartition("@")
        visit_id, _, county = place.partition("/")
        form_id, _, rule = name.partition("/")
        bundle = self._bundle_of(visit_id)
        if bundle is None or form_id not in bundle.forms:
            return
        found = bundle.candidates
        is_here = (found["visit_id"] == visit_id) & (found["county_code"] == county) & (found["rule"] == rule)
        asked = interviews_of(bundle, form_id, visit_id, county)["instance_id"]
        for instance_id in dict.fromkeys(found.loc[is_here & found["instance_id"].isin(asked), "instance_id"]):
            yield TracedRow(str(instance_id), 0, FOUND)

    def _of_count(self, source: str) -> Iterator[TracedRow]:
        """The interviews that a count is of; of villages, pairs and indicators all of the place."""
        name, _, place = source.rpartition("@")
        visit_id, _, rest = place.partition("/")
        county, _, village = rest.partition("/")
        kind, _, of = name.partition("-")
        bundle = self._bundle_of(visit_id)
        if bundle is None or kind in ("state", "frame", "sample"):
            return
        form_id = of if kind == "form" and of in bundle.forms else forms_in_order(bundle)[0].form_id
        rows = bundle.tables[form_id, MAIN]
        rows = rows[rows["visit_id"] == visit_id]
        if county:
            rows = rows[rows["county"] == county]
        if village:
            rows = rows[rows["village_code"] == village]
        if kind == "kind":
            rows = rows[rows["household_kind"] == of]
        for instance_id in rows["instance_id"]:
            yield TracedRow(str(instance_id), 0, RECORD)

    def _bundle_of(self, visit_id: str) -> Bundle | None:
        return next((bundle for bundle in self._bundles if any(visit.id == visit_id for visit in bundle.visits)), None)


def _rows_of(behind: RowsBehind, row: EstimateRow) -> Iterator[TracedRow]:
    keys = row.keys
    measure = next((each for each in behind.measures if (each.indicator, each.category) == (keys["indicator"], keys["category"])), None)
    if behind.form_id != keys["form_id"] or measure is None:
        return
    rows: pd.DataFrame = behind.rows[is_behind(behind, keys)]
    is_share = measure.adds == "share"
    columns = (rows["instance_id"], rows["position"], rows[measure.is_valid], rows[measure.numerator])
    for instance_id, position, is_valid, adds in zip(*columns, strict=True):
        role = MISSING if not is_valid else COUNTED if not is_share or adds else ANSWERED
        yield TracedRow(str(instance_id), int(position), role)
