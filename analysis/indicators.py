"""The estimates: one tidy table with a row per indicator and domain, from which every number of a table, chart or report is taken.

Interviews of a visit are compared within that visit, because a look-back goes to the same households again. Whoever was not drawn by
chance stands for nobody else: such a figure is *observed*, so standard errors and intervals stay empty. Figures are unweighted.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Form, Table
from analysis.describe import indicators_of
from analysis.measures import Measure, measures_of, unit_of
from questionnaires.errors import ErrorCode, SurveyError

COLUMNS = (
    "form_id",
    "indicator",
    "category",
    "area",
    "visit_id",
    "county_code",
    "domain_type",
    "domain",
    "n",
    "n_missing",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "deff",
    "unit",
    "basis",
    "suppressed",
)
"""The columns of the estimates. `visit_id` is "" for interviews outside any visit, and for domain type "all"; `county_code` is "" where a
domain reaches over counties. `n` counts usable answers, `n_missing` rows without one."""
DOMAIN_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("all", ()),
    ("visit", ("visit_id",)),
    ("county", ("visit_id", "county_code")),
    ("village", ("visit_id", "county_code", "village_code")),
    ("household_kind", ("visit_id", "household_kind")),
    ("household_kind", ("visit_id", "county_code", "household_kind")),
    ("marker", ("visit_id", "marker")),
    ("marker", ("visit_id", "county_code", "marker")),
)
"""Each domain type and the keys whose every combination is a domain; the last key names the domain."""
BASES = ("census", "probability", "purposive")
"""How villages were chosen, the strongest first; a domain has the weakest basis of its villages."""
UNKNOWN_BASIS = BASES.index("purposive")

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """One partition of a table's rows: `rows` are those that belong to any domain, `codes` says to which, `keys` has a row per domain."""

    domain_type: str
    rows: Codes
    codes: Codes
    keys: pd.DataFrame


def compute_indicators(bundle: Bundle, *, visit_ids: Collection[str] | None = None, minimum_n: int = 0) -> pd.DataFrame:
    """The estimates (`COLUMNS`) of every form's indicators, over all interviews, visits, counties, villages and kinds of household.

    Rows are in the order of the forms, their indicators, `DOMAIN_KEYS` and the codes. Shares are 0 to 1. A domain without a usable answer
    has n = 0 and no estimate; one with fewer than `minimum_n` has `suppressed` true and no estimate. `visit_ids` limits the interviews.
    """
    blocks = [
        block
        for form in bundle.forms.values()
        for table in form.tables
        for block in _estimate_table(bundle, form, table, visit_ids, minimum_n)
    ]
    _check_tables(bundle)
    if not blocks:
        return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in COLUMNS})
    estimates = pd.concat(blocks, ignore_index=True)
    return estimates.sort_values(["form_order", "indicator_order", "block"], kind="stable", ignore_index=True)[list(COLUMNS)]


def units_of(bundle: Bundle, form_id: str, table: str) -> pd.DataFrame:
    """The rows of one table with the keys of their domains: visit_id, county_code, village_code, household_kind, household_id, basis.

    Rows keep the order of the table; a household's marks are not here, because one household may have several.
    """
    rows = bundle.tables[form_id, table]
    if table == MAIN:
        household = rows["household_id"]
    else:
        main = bundle.tables[form_id, MAIN]
        household = rows["instance_id"].map(pd.Series(main["household_id"].array, index=main["instance_id"].array))
    units = pd.DataFrame(
        {
            "visit_id": rows["visit_id"].fillna(""),
            "county_code": rows["county"],
            "village_code": rows["village_code"],
            "household_kind": rows["household_kind"],
            "household_id": household,
        }
    ).reset_index(drop=True)
    return units.assign(basis=_basis(bundle, units))


def _basis(bundle: Bundle, units: pd.DataFrame) -> Codes:
    chosen = bundle.visit_villages
    rank = pd.Categorical(chosen["basis"], categories=BASES).codes
    known = pd.Series(rank, index=pd.MultiIndex.from_frame(chosen[["visit_id", "village_code"]]))
    found = known.reindex(pd.MultiIndex.from_frame(units[["visit_id", "village_code"]]))
    ranks: Codes = found.fillna(UNKNOWN_BASIS).to_numpy(dtype=np.intp)
    return ranks


def _check_tables(bundle: Bundle) -> None:
    for form in bundle.forms.values():
        for indicator in indicators_of(form):
            if form.table_of(indicator) is None:
                detail = f"its 'of' names '{indicator.of}', which is no repeat of form '{form.form_id}'. Correct the sheet 'indicators'."
                raise SurveyError(ErrorCode.INVALID_VALUE, field=f"Indicator '{indicator.name}'", detail=detail)


def _estimate_table(bundle: Bundle, form: Form, table: Table, visit_ids: Collection[str] | None, minimum_n: int) -> Iterator[pd.DataFrame]:
    ordered = [(order, each) for order, each in enumerate(indicators_of(form)) if (each.of or MAIN) == table.name]
    rows = bundle.tables[form.form_id, table.name]
    if not ordered or rows.empty:
        return
    units = units_of(bundle, form.form_id, table.name)
    if visit_ids is not None:
        is_wanted = units["visit_id"].isin(list(visit_ids)).to_numpy()
        units, rows = units[is_wanted].reset_index(drop=True), rows[is_wanted]
    measures, orders = [], []
    for order, indicator in ordered:
        found = list(measures_of(indicator, table, rows))
        measures += found
        orders += [order] * len(found)
    form_order = list(bundle.forms).index(form.form_id)
    for block, domains in enumerate(_domains(units, bundle.households)):
        estimates = _estimate(form.form_id, measures, domains, units["basis"].to_numpy(), minimum_n)
        n_domains = len(domains.keys)
        yield estimates.assign(form_order=form_order, indicator_order=np.repeat(orders, n_domains), block=block)


def _domains(units: pd.DataFrame, households: pd.DataFrame) -> Iterator[Domains]:
    everyone = np.arange(len(units))
    marked_rows, marked = _marked(units, households)
    for domain_type, keys in DOMAIN_KEYS:
        rows, frame = (marked_rows, marked) if "marker" in keys else (everyone, units)
        yield _partition(domain_type, keys, rows, frame)


def _marked(units: pd.DataFrame, households: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """The rows whose household bears a mark, once for each of its marks, with the mark in the column "marker"."""
    marks = households[["household_id", "markers"]].explode("markers").dropna()
    keyed = units.assign(row=np.arange(len(units)))[["row", "visit_id", "county_code", "household_id"]]
    marked = keyed.merge(marks, on="household_id").rename(columns={"markers": "marker"})
    return marked["row"].to_numpy(dtype=np.intp), marked


def _partition(domain_type: str, keys: Sequence[str], rows: Codes, frame: pd.DataFrame) -> Domains:
    combined = np.zeros(len(frame), dtype=np.intp)
    is_known = np.ones(len(frame), dtype=bool)
    levels = []
    for key in keys:
        codes, values = pd.factorize(frame[key], sort=True)
        is_known &= codes >= 0
        combined = combined * max(len(values), 1) + codes
        levels.append(values)
    present, codes = np.unique(combined[is_known], return_inverse=True)
    columns: dict[str, object] = {}
    rest = present
    for key, values in zip(reversed(keys), reversed(levels), strict=True):
        rest, position = np.divmod(rest, max(len(values), 1))
        columns[key] = values.take(position)
    frame_of_keys = pd.DataFrame(columns, index=range(len(present)))
    domain = frame_of_keys[keys[-1]] if keys else pd.Series([""] * len(present), dtype="str")
    empty = pd.Series([""] * len(present), dtype="str")
    return Domains(
        domain_type=domain_type,
        rows=rows[is_known],
        codes=codes,
        keys=pd.DataFrame(
            {"visit_id": frame_of_keys.get("visit_id", empty), "county_code": frame_of_keys.get("county_code", empty), "domain": domain}
        ),
    )


def _estimate(form_id: str, measures: Sequence[Measure], domains: Domains, basis: Codes, minimum_n: int) -> pd.DataFrame:
    """One row per measure and domain, measure by measure."""
    n_domains, codes, rows = len(domains.keys), domains.codes, domains.rows
    size = np.bincount(codes, minlength=n_domains)
    weakest = np.zeros(n_domains, dtype=np.intp)
    np.maximum.at(weakest, codes, basis[rows])
    counts, values = [], []
    for measure in measures:
        n = np.bincount(codes, weights=measure.is_valid[rows], minlength=n_domains)
        above = np.bincount(codes, weights=measure.numerator[rows], minlength=n_domains)
        below = n > 0 if measure.is_sum else np.bincount(codes, weights=measure.denominator[rows], minlength=n_domains)
        with np.errstate(divide="ignore", invalid="ignore"):
            values.append(np.where(below != 0, above / below, np.nan))
        counts.append(n)
    n_measures = len(measures)
    n = np.concatenate(counts).astype(np.int64)
    is_suppressed = (n > 0) & (n < minimum_n)
    keys = domains.keys.take(np.tile(np.arange(n_domains), n_measures)).reset_index(drop=True)
    repeated = {
        "indicator": [measure.indicator.name for measure in measures],
        "category": [measure.category for measure in measures],
        "area": [measure.indicator.area for measure in measures],
        "unit": [unit_of(measure.indicator) for measure in measures],
    }
    nothing = pd.Series(np.full(len(n), np.nan))
    return pd.DataFrame(
        {
            "form_id": pd.Series([form_id], dtype="str").take(np.zeros(len(n), dtype=np.intp)).array,
            **{
                name: pd.Series(texts, dtype="str").take(np.repeat(np.arange(n_measures), n_domains)).array
                for name, texts in repeated.items()
            },
            **{name: keys[name] for name in ("visit_id", "county_code", "domain")},
            "domain_type": pd.Series([domains.domain_type], dtype="str").take(np.zeros(len(n), dtype=np.intp)).array,
            "n": n,
            "n_missing": np.tile(size, n_measures) - n,
            "estimate": np.where(is_suppressed, np.nan, np.concatenate(values)),
            **dict.fromkeys(("se", "ci_low", "ci_high", "df", "deff"), nothing),
            "basis": pd.Series(BASES, dtype="str").take(np.tile(weakest, n_measures)).array,
            "suppressed": is_suppressed,
        }
    )


def _dtype(column: str) -> str:
    if column in ("n", "n_missing"):
        return "int64"
    if column in ("estimate", "se", "ci_low", "ci_high", "df", "deff"):
        return "float64"
    return "bool" if column == "suppressed" else "str"
