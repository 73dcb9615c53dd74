"""What an address (`texts.py`) says in a dataset: its text as a report writes it, and what stands behind it.

An address that the dataset cannot answer, because an indicator, a place or a visit is not in it, resolves to nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.bundle import Bundle
from analysis.codebook import Form, label_in
from analysis.describe import indicators_of
from analysis.report.coverage import Coverage, read_coverage
from analysis.report.estimates import Estimates
from analysis.report.facts import IssueCount, Value, count_issues, counties_of, interviews_of, read_value
from analysis.report.kinds.records import Sources
from analysis.report.live.origin import Evidence
from analysis.report.texts import dataset_figure
from analysis.words import KIND_NAMES, MARKER_NAMES, number_text, value_text

SUPPRESSED = "…"
LABEL_SEPARATOR = " · "
KEYS = ("form_id", "indicator", "category", "visit_id", "county_code", "domain_type", "domain", "basis")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an address says: the text, and what is known of it."""

    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """A row of the estimates with what its indicator is called, its unit, and its threshold; `keys` are the columns that name the row."""

    value: Value
    keys: Mapping[str, str]
    label: str
    unit: str
    basis: str
    threshold: float | None
    good: str


class Resolver:
    """Resolves addresses in the bundles that a report is made of; what it reads of a visit it reads once."""

    def __init__(
        self,
        bundles: Sequence[Bundle],
        language: str,
        *,
        minimum_n: int = 0,
        calibrate: Sequence[str] = (),
        estimates: Estimates | None = None,
    ) -> None:
        self._bundles = tuple(bundles)
        self._language = language
        self._minimum_n = minimum_n
        self._calibrate = tuple(calibrate)
        self._estimates = estimates or Estimates()
        self._rows: dict[str, dict[str, EstimateRow]] = {}
        self._counties: dict[tuple[str, str], _CountyRead] = {}

    def resolve(self, address: str) -> Resolved | None:
        """What the address says; None when the bundles do not know it."""
        kind, _, rest = address.partition(":")
        source, _, said = rest.rpartition("#") if "#" in rest else (rest, "", "")
        part, _, form = said.partition("!")
        match kind:
            case "estimate":
                return self._estimate(f"estimate:{source}", part, form)
            case "between" | "threshold":
                return self._distance(kind, source, part)
            case "candidates":
                return self._candidates(f"candidates:{source}", part)
            case "count":
                return self._count(source)
            case "dataset" if self._bundles:
                return Resolved(dataset_figure(self._bundles[0].dataset_hash).text, Evidence())
        return None

    def row(self, source: str) -> EstimateRow | None:
        """The row of the estimates that an address names before its "#"."""
        visit_id = source.rpartition("@")[2].split("/", 1)[0]
        if visit_id not in self._rows:
            bundle = self._bundle_of(visit_id)
            self._rows[visit_id] = self._read_rows(bundle, visit_id) if bundle else {}
        return self._rows[visit_id].get(source)

    def _bundle_of(self, visit_id: str) -> Bundle | None:
        return next((bundle for bundle in self._bundles if any(visit.id == visit_id for visit in bundle.visits)), None)

    def _read_rows(self, bundle: Bundle, visit_id: str) -> dict[str, EstimateRow]:
        table = self._estimates.table(bundle, visit_id, minimum_n=self._minimum_n, calibrate=self._calibrate)
        indicators = {(form.form_id, each.name): each for form in bundle.forms.values() for each in indicators_of(form)}
        found = {}
        for row in table[table["visit_id"] == visit_id].itertuples(index=False):
            value, indicator = read_value(row), indicators[row.form_id, row.indicator]
            label = label_in(indicator.label, self._language, indicator.name)
            name = LABEL_SEPARATOR.join(filter(None, (label, row.category, self._domain(bundle, row.domain_type, row.domain))))
            threshold = None if row.category else indicator.threshold
            keys = {key: str(getattr(row, key)) for key in KEYS}
            found[value.source] = EstimateRow(value, keys, name, row.unit, row.basis, threshold, indicator.good or "")
        return found

    def _domain(self, bundle: Bundle, domain_type: str, domain: str) -> str:
        if domain_type in ("county", "village"):
            return bundle.place_name(domain)
        names = {"household_kind": KIND_NAMES, "marker": MARKER_NAMES}.get(domain_type)
        return names[self._language].get(domain, domain) if names else ""

    def _estimate(self, source: str, part: str, form: str) -> Resolved | None:
        row = self.row(source)
        if row is None:
            return None
        value, number = row.value, _part_of(row.value, part)
        if part in ("n", "missing", "counted"):
            text = f"{int(number or 0):,}"
        elif part not in ("value", "low", "high"):
            return None
        elif value.is_suppressed:
            text = SUPPRESSED
        else:
            text = number_text(number, row.unit) if form == "number" else value_text(number, row.unit, self._language)
        return Resolved(text, Evidence(row.label, value.n, row.basis, row.unit, number, row.threshold if part == "value" else None))

    def _distance(self, kind: str, source: str, part: str) -> Resolved | None:
        """The distance of two estimates, or of one from its indicator's reference value, told without its sign; its evidence has one."""
        first, _, second = source.partition("|")
        row, other = self.row(first), self.row(second) if kind == "between" else None
        reference = other.value.estimate if other else row.threshold if row and kind == "threshold" else None
        if row is None or row.value.estimate is None or reference is None:
            return None
        gap = row.value.estimate - reference
        text = f"{abs(gap) * 100:.1f}" if part == "points" else value_text(abs(gap), row.unit, self._language)
        return Resolved(text, Evidence(row.label, row.value.n, row.basis, row.unit, gap))

    def _candidates(self, source: str, part: str) -> Resolved | None:
        name, _, place = source.removeprefix("candidates:").rpartition("@")
        visit_id, _, county = place.partition("/")
        form_id, _, rule = name.partition("/")
        read = self._county(visit_id, county)
        form = read.bundle.forms.get(form_id) if read else None
        if read is None or form is None:
            return None
        found = read.issues.get(source)
        n_asked = found.n_asked if found else len(interviews_of(read.bundle, form_id, visit_id, county))
        label = found.title if found else _rule_title(form, rule, self._language)
        if label is None or part not in ("found", "asked", "villages", "share"):
            return None
        n_found = found.n_found if found else 0
        numbers = {"found": n_found, "asked": n_asked, "villages": found.n_villages if found else 0}
        if part == "share":
            share = n_found / n_asked if n_asked else None
            return Resolved(value_text(share, "share", self._language), Evidence(label, n_asked, "", "share", share))
        return Resolved(f"{numbers[part]:,}", Evidence(label, None, "", "", numbers[part]))

    def _count(self, source: str) -> Resolved | None:
        name, _, place = source.rpartition("@")
        visit_id, _, rest = place.partition("/")
        county, _, village = rest.partition("/")
        if county:
            read = self._county(visit_id, county)
            found = _counted(read, name, village) if read else None
        else:
            found = self._count_of_visit(visit_id, name)
        return None if found is None else Resolved(f"{found:,.0f}", Evidence(value=found))

    def _count_of_visit(self, visit_id: str, name: str) -> float | None:
        """A count over all counties; None for one that is no sum of theirs."""
        bundle = self._bundle_of(visit_id)
        if bundle is None:
            return None
        counties = counties_of(bundle, visit_id)
        if name == "counties":
            return len(counties)
        found = [_counted(read, name, "") for code in counties if (read := self._county(visit_id, code))]
        if name in ("pairs", "median-minutes", "rules") or not found or any(each is None for each in found):
            return None
        return sum(each for each in found if each is not None)

    def _county(self, visit_id: str, county: str) -> "_CountyRead | None":
        key = (visit_id, county)
        if key not in self._counties:
            bundle = self._bundle_of(visit_id)
            if bundle is None or county not in counties_of(bundle, visit_id):
                return None
            self._counties[key] = _CountyRead(bundle, visit_id, county, self._language)
        return self._counties[key]


@dataclass(frozen=True)
class _CountyRead:
    """One county of one visit: who was reached, and what rules raised, each read when it is asked for."""

    bundle: Bundle
    visit_id: str
    county: str
    language: str

    @cached_property
    def coverage(self) -> Coverage:
        return read_coverage(self.bundle, self.visit_id, self.county, self.language)

    @cached_property
    def issues(self) -> Mapping[str, IssueCount]:
        return {each.source: each for each in count_issues(self.bundle, self.visit_id, self.county, self.language)}


def _part_of(value: Value, part: str) -> float | None:
    if part in ("low", "high"):
        return value.interval[part == "high"] if value.interval else None
    numbers = {"value": value.estimate, "n": value.n, "missing": value.n_missing, "counted": value.n_counted}
    return numbers.get(part)


def _rule_title(form: Form, rule: str, language: str) -> str | None:
    return next((label_in(each.title, language, rule) for each in form.issue_rules if each.name == rule), None)


def _counted(read: _CountyRead, name: str, village_code: str) -> float | None:
    """The count of this name in the county, or in its village; None for a name that is not known here."""
    coverage = read.coverage
    kind, _, of = name.partition("-")
    if village_code:
        village = next((each for each in coverage.villages if each.code == village_code), None)
        if village is None:
            return None
        counts = {"frame": village.n_registered_households, "interviewed": village.n_interviewed}
        by = {"kind": village.n_by_kind, "form": village.n_by_form}
        return by[kind].get(of, 0) if kind in by and of else counts.get(name)
    if kind in ("kind", "state") and of:
        return (coverage.n_by_kind if kind == "kind" else coverage.n_left_out).get(of, 0)
    if kind == "form" and of:
        return next((n for form_id, _, n in coverage.forms if form_id == of), 0)
    if name in ("rules", "cases"):
        return len(read.issues) if name == "rules" else sum(each.n_found for each in read.issues.values())
    known: dict[str, float | None] = {
        "villages": len(coverage.villages),
        "interviewed": coverage.n_interviewed,
        "frame": sum(village.n_registered_households for village in coverage.villages),
        "persons": coverage.n_persons,
        "pairs": coverage.n_pairs,
        "median-minutes": coverage.median_minutes,
    }
    return known.get(name)


def resolver_of(sources: Sources) -> Resolver:
    """What answers the addresses of a report that is made of these sources."""
    return Resolver(
        sources.all_bundles, sources.language, minimum_n=sources.minimum_n, calibrate=sources.calibrate, estimates=sources.estimates
    )
