"""The estimates: one tidy table with a row per indicator and domain, from which every number of a table, chart or report is taken.

Interviews of a visit are compared within that visit, because a look-back goes to the same households again. Where villages and households
were drawn by chance, figures are weighted and have standard errors and intervals (`analysis.estimation`). Whoever was chosen on purpose
stands for nobody else: such a figure is *observed*, unweighted, without standard error and interval.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Form, Table
from analysis.describe import indicators_of
from analysis.domains import DOMAIN_KEYS, Domains, domains_of, marked_rows
from analysis.estimation.composed import Bounded
from analysis.estimation.design import lonely_units
from analysis.estimation.estimate import after_calibration
from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS, student_interval
from analysis.estimation.parts import Figures
from analysis.estimation.sums import centres_of
from analysis.estimation.suppression import Suppression
from analysis.frame.population import Population, incomplete_frames, population_of
from analysis.frame.raking import Raking, check_margins
from analysis.functions.named import Composite, Made, made_of
from analysis.functions.of_rows import figures_of_rows, sampled_block
from analysis.grouped import GroupedRows, group_rows
from analysis.measures import Measure, unit_of
from analysis.sampled import PURPOSIVE, SampledRows, sampled_rows
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
BASES = ("census", "probability", "purposive")
"""How villages were chosen, the strongest first; a domain has the weakest basis of its villages."""
UNKNOWN_BASIS = PURPOSIVE
LONELY = "adjust"
"""What a stratum with one village means, where figures must be made: it is told among the problems."""

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
VILLAGE = "village"


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """The estimates (`COLUMNS`) that could be made, and what stood in the way of others or makes some less sure."""

    table: pd.DataFrame
    problems: tuple[SurveyError, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What is to be estimated of one table: its measures with the order of their indicators, its rows, and what is sampled of them."""

    form_id: str
    measures: Sequence[Measure]
    of_rows: Sequence[Made]
    """Medians, quantiles and composites, which are made of rows and stand behind the measures."""
    orders: Sequence[int]
    units: pd.DataFrame
    households: pd.DataFrame
    sampled: SampledRows | None
    basis: Codes
    """The rank in `BASES` of every row's village, where nothing is known of the sample."""
    people: Population | None
    """Of the frame, where a composite needs it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The figures of one table and one entry of `DOMAIN_KEYS`; two of the `numbers` name rows of `measures` and of `keys`."""

    measures: pd.DataFrame
    keys: pd.DataFrame
    numbers: dict[str, npt.NDArray[np.generic]]


def compute_indicators(bundle: Bundle, *, visit_ids: Collection[str] | None = None, minimum_n: int = 0) -> pd.DataFrame:
    """The estimates of `compute_estimates` alone; figures from fewer than `minimum_n` answers are suppressed."""
    return compute_estimates(bundle, visit_ids=visit_ids, suppression=Suppression(minimum_n)).table


def compute_estimates(
    bundle: Bundle,
    *,
    visit_ids: Collection[str] | None = None,
    suppression: Suppression | None = None,
    domain_types: Collection[str] | None = None,
    calibrate: Sequence[str] = (),
) -> Estimated:
    """Every form's indicators over all interviews, visits, counties, villages and kinds of household, and the problems met.

    Rows are in the order of the forms, their indicators, `DOMAIN_KEYS` and the codes. Shares are 0 to 1. A domain without a usable answer
    has n = 0 and no estimate; one that `suppression` applies to has `suppressed` true and no figures. `visit_ids` limits the interviews,
    `domain_types` the domains. `calibrate` names what weights are brought to, of `analysis.frame.raking.MARGINS`: the frame's numbers of
    households; where that cannot be done, a problem says so and weights are those of the draw. INVALID_VALUE for another name.
    """
    check_margins(calibrate)
    problems = [*_problems_of_tables(bundle)]
    incomplete = dict(incomplete_frames(bundle, [visit.id for visit in bundle.visits]))
    raking = Raking(calibrate, bundle.households, incomplete) if calibrate else None
    blocks: list[_Block] = []
    for form_order, form in enumerate(bundle.forms.values()):
        for table in form.tables:
            work = _read_work(bundle, form, table, visit_ids, problems, raking, incomplete)
            if work is not None:
                blocks += _estimate_table(work, form_order, suppression or Suppression(), domain_types)
    # The tables of a form share its sample, and so what is wrong with it.
    return Estimated(_told(blocks), tuple({str(problem): problem for problem in problems}.values()))


def _told(blocks: Sequence[_Block]) -> pd.DataFrame:
    """The blocks as one table in order; texts are written once, at the end, because there are many rows and few texts."""
    if not blocks:
        return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in COLUMNS})
    numbers = {name: np.concatenate([block.numbers[name] for block in blocks]) for name in blocks[0].numbers}
    order = np.lexsort([numbers[name] for name in ("block", "indicator_order", "form_order")])
    texts: dict[str, pd.Series] = {}
    for names, position in (
        (("form_id", "indicator", "category", "area", "unit"), "measure"),
        (("visit_id", "county_code", "domain", "domain_type"), "key"),
    ):
        parts = [(block.measures if position == "measure" else block.keys) for block in blocks]
        starts = np.cumsum([0, *(len(part) for part in parts)])
        at = np.concatenate([block.numbers[position] + start for block, start in zip(blocks, starts, strict=False)])[order]
        whole = pd.concat(parts, ignore_index=True)
        texts.update({name: whole[name].astype("str").take(at).array for name in names})
    texts["basis"] = pd.Series(BASES, dtype="str").take(numbers["basis"][order]).array
    found = {**texts, **{name: each[order] for name, each in numbers.items() if name in COLUMNS and name != "basis"}}
    return pd.DataFrame({name: found[name] for name in COLUMNS})


def units_of(bundle: Bundle, form_id: str, table: str) -> pd.DataFrame:
    """The rows of one table with the keys of their domains: visit_id, county_code, village_code, household_kind, household_id.

    Rows keep the order of the table; a household's marks are not here, because one household may have several.
    """
    rows = bundle.tables[form_id, table]
    if table == MAIN:
        household = rows["household_id"]
    else:
        main = bundle.tables[form_id, MAIN]
        household = rows["instance_id"].map(pd.Series(main["household_id"].array, index=main["instance_id"].array))
    return pd.DataFrame(
        {
            "visit_id": rows["visit_id"].fillna(""),
            "county_code": rows["county"],
            "village_code": rows["village_code"],
            "household_kind": rows["household_kind"],
            "household_id": household,
        }
    ).reset_index(drop=True)


def _basis(bundle: Bundle, units: pd.DataFrame) -> Codes:
    chosen = bundle.visit_villages
    rank = pd.Categorical(chosen["basis"], categories=BASES).codes
    known = pd.Series(rank, index=pd.MultiIndex.from_frame(chosen[["visit_id", "village_code"]]))
    found = known.reindex(pd.MultiIndex.from_frame(units[["visit_id", "village_code"]]))
    ranks: Codes = found.fillna(UNKNOWN_BASIS).to_numpy(dtype=np.intp)
    return ranks


def _problems_of_tables(bundle: Bundle) -> Iterator[SurveyError]:
    for form in bundle.forms.values():
        for indicator in indicators_of(form):
            if form.table_of(indicator) is None:
                detail = f"its 'of' names '{indicator.of}', which is no repeat of form '{form.form_id}'. Correct the sheet 'indicators'."
                yield SurveyError(ErrorCode.INVALID_VALUE, field=f"Indicator '{indicator.name}'", detail=detail)
    chosen = bundle.visit_villages[bundle.visit_villages["basis"] != BASES[PURPOSIVE]]
    if bundle.sample is None and len(chosen):
        visits = ", ".join(sorted(chosen["visit_id"].unique()))
        yield SurveyError(ErrorCode.NO_PROBABILITIES, place=f"{bundle.path}, visits {visits}")


def _read_work(
    bundle: Bundle,
    form: Form,
    table: Table,
    visit_ids: Collection[str] | None,
    problems: list[SurveyError],
    raking: Raking | None,
    incomplete: Mapping[str, SurveyError],
) -> _Work | None:
    """What is to be estimated of the table, None when it has no rows or no indicators; what is wrong is added to the problems."""
    ordered = [(order, each) for order, each in enumerate(indicators_of(form)) if (each.of or MAIN) == table.name]
    rows = bundle.tables[form.form_id, table.name]
    if not ordered or rows.empty:
        return None
    units = units_of(bundle, form.form_id, table.name)
    if visit_ids is not None:
        is_wanted = units["visit_id"].isin(list(visit_ids)).to_numpy()
        units, rows = units[is_wanted].reset_index(drop=True), rows[is_wanted]
    made: list[tuple[int, Made]] = []
    for order, indicator in ordered:
        try:
            found = list(made_of(bundle, form, table, indicator, rows))
        except SurveyError as problem:
            problems.append(problem)
            continue
        if len(rows) and not any(each.is_valid.any() for each in found):
            problems.append(SurveyError(ErrorCode.NO_ANSWERS, place=f"Indicator '{indicator.name}' of form '{form.form_id}'"))
        made += [(order, each) for each in found]
    if not made or rows.empty:
        return None
    needs_people = any(isinstance(each, Composite) for _, each in made)
    if needs_people:
        problems += [problem for visit, problem in incomplete.items() if (units["visit_id"] == visit).any()]
    sampled = _sampled(bundle, form, units, problems, raking)
    basis = _basis(bundle, units) if sampled is None else sampled.basis
    sums = [(order, each) for order, each in made if isinstance(each, Measure) and each.level is None]
    of_rows = [(order, each) for order, each in made if isinstance(each, Composite) or each.level is not None]
    return _Work(
        form_id=form.form_id,
        measures=[each for _, each in sums],
        of_rows=[each for _, each in of_rows],
        orders=[order for order, _ in (*sums, *of_rows)],
        units=units,
        households=bundle.households,
        sampled=sampled,
        basis=basis,
        people=population_of(bundle, units, incomplete) if needs_people else None,
    )


def _sampled(bundle: Bundle, form: Form, units: pd.DataFrame, problems: list[SurveyError], raking: Raking | None) -> SampledRows | None:
    """What is sampled of the rows; None, with the problem told, when the weights cannot be used, so that figures are those observed."""
    if bundle.sample is None:
        return None
    respondents = bundle.tables[form.form_id, MAIN][["visit_id", "household_id"]].dropna()
    place = f"Form '{form.form_id}'"
    try:
        sampled = sampled_rows(bundle.sample, units, respondents, lonely=LONELY, place=place, raking=raking)
    except SurveyError as problem:
        problems.append(problem)
        return None
    problems += sampled.problems
    n_strata, n_cells = lonely_units(sampled.design)
    if n_strata or n_cells:
        problems.append(SurveyError(ErrorCode.LONELY_PSU, place=place, n_strata=n_strata, n_cells=n_cells))
    return sampled


def _estimate_table(work: _Work, form_order: int, suppression: Suppression, domain_types: Collection[str] | None) -> Iterator[_Block]:
    """The estimates of one table, a block for each of `DOMAIN_KEYS`."""
    everyone = np.arange(len(work.units))
    wanted = {key for domain_type, keys in DOMAIN_KEYS if domain_types is None or domain_type in domain_types for key in keys}
    centres = centres_of(work.measures)
    grouped: dict[bool, GroupedRows] = {}
    for block, (domain_type, keys) in enumerate(DOMAIN_KEYS):
        if domain_types is not None and domain_type not in domain_types:
            continue
        is_marked = "marker" in keys
        if is_marked not in grouped:
            rows, frame = marked_rows(work.units, work.households) if is_marked else (everyone, work.units)
            names = ["visit_id", "county_code", *(["marker"] if is_marked else sorted(wanted & {"village_code", "household_kind"}))]
            grouped[is_marked] = group_rows(frame[names], rows, work.sampled, work.basis, work.measures, centres)
        groups = grouped[is_marked]
        yield _estimate(work, groups, domains_of(domain_type, keys, groups.keys), suppression, (form_order, block))


def _figures(work: _Work, groups: GroupedRows, domains: Domains) -> tuple[Numbers, Codes, Figures]:
    """(rows, basis, figures) per domain: those of the sample where there is one, the others as they were observed."""
    size, sums = groups.plain(domains)
    basis = groups.basis_of(domains)
    is_sum = np.array([measure.is_sum for measure in work.measures])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(sums.x != 0, sums.y / sums.x + sums.centre, np.nan)
    observed = np.where(is_sum, sums.y + sums.centre * sums.x, ratio)
    observed[sums.n == 0] = np.nan
    nothing = np.full_like(observed, np.nan)
    if domains.domain_type == "all" and work.sampled is not None and work.units["visit_id"].nunique() > 1:
        # Several visits to the same households describe no single population.
        basis = np.full_like(basis, PURPOSIVE)
    if work.sampled is None or not (basis < PURPOSIVE).any():
        return size, basis, Figures(sums.n, observed, nothing, nothing, nothing)
    of_sample, found = groups.figures(work.sampled, domains, is_sum)
    if work.sampled.calibrated is not None and domains.domain_type != VILLAGE:
        block = sampled_block(work.sampled, groups.rows, domains.codes[groups.of_row], is_planned=False)
        if block.calibrated is not None:
            taken = [measure.take(block.rows) for measure in work.measures]
            found = after_calibration(found, block.design, block.calibrated, taken, block.domain)
    is_estimated = (basis < PURPOSIVE)[:, None]
    n, estimate, se, df, deff = (
        np.where(is_estimated, of_design, plain)
        for of_design, plain in (
            (found.n, sums.n),
            (found.estimate, observed),
            (found.se, nothing),
            (found.df, nothing),
            (found.deff, nothing),
        )
    )
    return np.where(is_estimated[:, 0], of_sample, size), basis, Figures(n, estimate, se, df, deff)


def _figures_of_rows(work: _Work, groups: GroupedRows, domains: Domains, made: Sequence[Made], is_estimated: Flags) -> Bounded:
    """The figures that are made of the rows of the domains."""
    of_row = domains.codes[groups.of_row]
    block = None
    if work.sampled is not None and is_estimated.any():
        block = sampled_block(work.sampled, groups.rows, of_row, is_planned=domains.domain_type == VILLAGE)
    return figures_of_rows(made, groups.rows, of_row, domains, block, is_estimated, work.people)


def _intervals(measures: Sequence[Measure], figures: Figures) -> tuple[Numbers, Numbers]:
    """The interval of each figure that has a standard error."""
    low, high = np.full_like(figures.estimate, np.nan), np.full_like(figures.estimate, np.nan)
    is_share = np.broadcast_to([measure.is_share for measure in measures], figures.n.shape)
    is_known = np.isfinite(figures.se)
    shares, others = is_known & is_share, is_known & ~is_share
    estimate, se, df, n = figures.estimate, figures.se, figures.df, figures.n
    low[shares], high[shares] = SHARE_INTERVALS[SHARE_INTERVAL](estimate[shares], se[shares], df[shares], n[shares])
    low[others], high[others] = student_interval(estimate[others], se[others], df[others])
    return low, high


def _estimate(work: _Work, groups: GroupedRows, domains: Domains, suppression: Suppression, place: tuple[int, int]) -> _Block:
    """One figure per measure and domain, measure by measure; `place` is the order of the form and of the domains."""
    size, basis, figures = _figures(work, groups, domains)
    low, high = _intervals(work.measures, figures)
    measures: list[Made] = [*work.measures]
    orders = [*work.orders[: len(work.measures)]]
    if added := [(order, each) for order, each in zip(work.orders[len(measures) :], work.of_rows, strict=True) if _is_told(each, domains)]:
        found = _figures_of_rows(work, groups, domains, [each for _, each in added], basis < PURPOSIVE)
        names = ("n", "estimate", "se", "df", "deff")
        figures = Figures(**{name: np.hstack([getattr(figures, name), getattr(found, name)]) for name in names})
        low, high = np.hstack([low, found.ci_low]), np.hstack([high, found.ci_high])
        orders += [order for order, _ in added]
        measures += [each for _, each in added]
    n_domains = len(domains)
    is_share = np.broadcast_to([measure.is_share for measure in measures], figures.n.shape)
    is_suppressed = suppression.applies(figures.n, figures.estimate, figures.se, low, high, is_share)
    of_domain = np.tile(np.arange(n_domains), len(measures))
    told = {"estimate": figures.estimate, "se": figures.se, "ci_low": low, "ci_high": high, "df": figures.df, "deff": figures.deff}
    texts = [(work.form_id, each.indicator.name, each.category, each.indicator.area, unit_of(each.indicator)) for each in measures]
    return _Block(
        measures=pd.DataFrame(texts, columns=["form_id", "indicator", "category", "area", "unit"]),
        keys=domains.keys.assign(domain_type=domains.domain_type),
        numbers={
            "form_order": np.full(len(of_domain), place[0]),
            "indicator_order": np.repeat(orders, n_domains),
            "block": np.full(len(of_domain), place[1]),
            "measure": np.repeat(np.arange(len(measures)), n_domains),
            "key": of_domain,
            "n": figures.n.T.ravel().astype(np.int64),
            "n_missing": (size[:, None] - figures.n).T.ravel().astype(np.int64),
            **{name: np.where(is_suppressed, np.nan, each).T.ravel() for name, each in told.items()},
            "basis": basis[of_domain],
            "suppressed": is_suppressed.T.ravel(),
        },
    )


def _is_told(made: Made, domains: Domains) -> bool:
    """Whether the figure has a meaning in domains of this kind."""
    return not isinstance(made, Composite) or domains.domain_type in made.domain_types


def _dtype(column: str) -> str:
    if column in ("n", "n_missing"):
        return "int64"
    if column in ("estimate", "se", "ci_low", "ci_high", "df", "deff"):
        return "float64"
    return "bool" if column == "suppressed" else "str"
