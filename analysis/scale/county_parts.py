"""What one part of a bundle gives: the sums of every domain, which add up over parts, and the figures that are finished here.

A village lies in one part, and so do its figures. Figures of places above are made of the sums of all parts (`merging.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.codebook import MAIN
from analysis.corrections.parts import Checked
from analysis.domains import VILLAGE, Domains
from analysis.estimation.design import lonely_units
from analysis.estimation.parts import FIGURES, Figures, Strata
from analysis.estimation.response import Response
from analysis.functions.named import Composite
from analysis.grouped import GroupedRows
from analysis.measures import Measure
from analysis.sampled import SampledRows
from analysis.scale.calibration import Calibration, PartRaking
from analysis.scale.coarser import FINER, sums_of_unions, unions_of
from analysis.scale.first_pass import linked_counties
from analysis.scale.margin_sums import DomainMargins, MarginTotals, margins_of, margins_of_groups
from analysis.scale.measuring import Answered, Centres, answered_tables
from analysis.scale.reading import Hashes, Held, Source, Stray, read_part
from analysis.scale.sums_of_domains import DomainSums, sums_of_domains
from analysis.scale.units import FormUnits
from analysis.scale.wide_composites import CompositePart, CompositeSums, sum_composite
from analysis.scale.wide_quantiles import Below, Place, Values, count_values, sum_below
from analysis.tidy.figures import complete, partitions_of
from analysis.tidy.table import Completed
from analysis.tidy.work import Work, weigh_form
from questionnaires.errors import ErrorCode, SurveyError

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
OF_THE_WHOLE = (ErrorCode.LONELY_PSU, ErrorCode.NO_ANSWERS)
"""Problems that only all parts together can tell."""


@dataclass(frozen=True, slots=True)
class Task:
    """One part to be worked on: all that a worker must know, so that any machine that reads the folder can do it."""

    source: Source
    counties: tuple[str, ...]
    visit_villages: pd.DataFrame
    responses: Mapping[str, Response]
    centres: Centres
    visit_ids: tuple[str, ...] | None
    domain_types: tuple[str, ...] | None
    local_strata: bool
    """Whether no stratum of villages reaches over several parts, so that figures of a county which are made of rows can be made here."""
    is_lenient: bool = False
    """Whether what is broken in one county is left out and told."""
    incomplete: frozenset[str] = frozenset()
    """Visits whose counties have villages that the frame does not hold."""
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    """How the weights of each form are brought to totals of the frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """Figures that are finished within one part."""

    keys: pd.DataFrame
    completed: Completed


@dataclass(frozen=True, slots=True, eq=False)
class TablePart:
    """What one table of a form gives in one part; `sums` and `finished` are keyed by the place in `DOMAIN_KEYS`.

    `measures` have no rows; `strata` names the strata of `sizes`.
    """

    form_id: str
    table: str
    measures: tuple[Measure, ...]
    orders: tuple[int, ...]
    centre: Numbers
    visits: frozenset[str]
    asked: frozenset[int]
    """The places of the indicators that are made of this table."""
    answered: frozenset[int]
    """The places of those that anybody answered."""
    strata: pd.DataFrame
    sizes: Strata | None
    n_lonely_cells: int
    sums: Mapping[int, DomainSums]
    finished: Mapping[int, Finished]
    values: Mapping[Place, Values]
    """Those of medians and quantiles of places that reach over several parts."""
    composed: CompositePart | None
    """What composites of such places are made of, where there are any."""
    margins: MarginTotals | None = None
    by_margin: Mapping[int, DomainMargins] = field(default_factory=dict)
    """What the sums add beside the categories that weights were brought to, by the place in `DOMAIN_KEYS`."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What all tables give in one part, and what is wrong there.

    `hashes` stand for the interviews of each form; `strays` are households that may have their place in another part.
    """

    tables: tuple[TablePart, ...]
    problems: tuple[SurveyError, ...]
    hashes: Mapping[str, Hashes]
    strays: tuple[Stray, ...]
    checked: Checked
    left_out: frozenset[str] = frozenset()
    """The forms of which something here is broken, so that figures of places above cannot be made."""


def sum_part(task: Task) -> Part:
    """What the task's counties give; INVALID_BUNDLE when something is broken, unless it may be left out."""
    try:
        return _sum_counties(task)
    except SurveyError as problem:
        if not task.is_lenient or problem.code != ErrorCode.INVALID_BUNDLE:
            raise
        found = _sum_singly(task)
        if any(len(group) > 1 for group in linked_counties(task.source, task.counties, found.strays)):
            # A household that was interviewed in another county than its own needs both at once.
            raise
        return found


def _sum_singly(task: Task) -> Part:
    """What each form gives in each county by itself, without those that are broken."""
    parts: list[Part] = []
    broken: list[tuple[str, SurveyError]] = []
    for form_id, single in _singly(task):
        try:
            parts.append(_sum_counties(single))
        except SurveyError as problem:
            if problem.code != ErrorCode.INVALID_BUNDLE:
                raise
            broken.append((form_id, problem))
    nothing = np.zeros(0, dtype=np.uint64)
    return Part(
        tables=tuple(table for part in parts for table in part.tables),
        problems=(*(problem for part in parts for problem in part.problems), *(problem for _, problem in broken)),
        hashes={
            form_id: np.concatenate([nothing, *(part.hashes.get(form_id, nothing) for part in parts)]) for form_id in task.source.forms
        },
        strays=tuple(stray for part in parts for stray in part.strays),
        checked=Checked(
            frozenset[str]().union(*(part.checked.found for part in parts)),
            tuple(trouble for part in parts for trouble in part.checked.troubles),
        ),
        left_out=frozenset(form_id for form_id, _ in broken),
    )


def _singly(task: Task) -> Iterator[tuple[str, Task]]:
    """The task for each form in each county by itself, with the form."""
    for county in task.counties:
        for form_id, form in task.source.forms.items():
            source = replace(task.source.only((county,)), forms={form_id: form})
            yield form_id, replace(task, source=source, counties=(county,))


def _sum_counties(task: Task) -> Part:
    held = read_part(task.source, task.counties, task.visit_villages)
    problems: list[SurveyError] = [*held.bundle.corrections.problems]
    forms = _units_of_forms(held, task, problems)
    tables = [_sum_table(each, task) for each in answered_tables(held, forms, task.centres, problems)]
    told = tuple(problem for problem in problems if problem.code not in OF_THE_WHOLE)
    return Part(tuple(tables), told, held.hashes, held.strays, held.checked)


def centres_in(task: Task) -> Centres:
    """Centres for all tables that have rows in the task's counties: the plain values there, which those of other counties are near."""
    held = read_part(task.source, task.counties, task.visit_villages)
    found = {}
    for each in answered_tables(held, _units_of_forms(held, task, []), {}, []):
        above, below = each.sums.y.sum(axis=0), each.sums.x.sum(axis=0)
        is_centred = (below != 0) & ~np.array([measure.is_share for measure in each.measures], dtype=bool)
        found[each.units.units.work.form_id, each.table] = np.divide(above, below, out=np.zeros(len(above)), where=is_centred)
    return found


def _units_of_forms(held: Held, task: Task, problems: list[SurveyError]) -> dict[str, FormUnits]:
    found = {}
    for form in held.bundle.forms.values():
        if held.rows[form.form_id, MAIN].num_rows:
            weighed = weigh_form(held.bundle, form, task.responses.get(form.form_id))
            calibration = task.calibrations.get(form.form_id)
            raking = PartRaking(calibration, held.kinds) if calibration and held.kinds is not None else None
            wanted = {"visit_ids": task.visit_ids, "domain_types": task.domain_types}
            found[form.form_id] = FormUnits(held, form, weighed, problems, **wanted, raking=raking)
    return found


def _sum_table(answered: Answered, task: Task) -> TablePart:
    """What the table gives: the sums of its domains, and the figures that are finished here."""
    work = replace(answered.units.units.work, measures=answered.measures, orders=answered.orders)
    sums: dict[int, DomainSums] = {}
    finished: dict[int, Finished] = {}
    partitions = {place: (groups, domains) for place, groups, domains in _with_sums(answered)}
    margins = margins_of(work.sampled)
    by_margin: dict[int, DomainMargins] = {}
    # The finer ones come first, because others are put together from them.
    for place, (groups, domains) in sorted(partitions.items(), reverse=True):
        if domains.domain_type == VILLAGE:
            keys = domains.keys.astype("str")
            finished[place] = Finished(keys, _bare(complete(work, groups, domains)))
        else:
            sums[place] = _sums_of(place, partitions, sums, work.sampled)
            if (added := margins_of_groups(margins, groups, domains)) is not None:
                by_margin[place] = added
    values: dict[Place, Values] = {}
    composites: dict[Place, CompositeSums] = {}
    of_rows: Work | None = None
    for place, groups, domains, own in _row_partitions(answered, task):
        of_rows = own
        if _is_wide(domains, task):
            composites |= {
                (place, order): sum_composite(each, groups, own.sampled, domains) for order, each in _composites(answered, domains)
            }
            values |= {(place, order): count_values(own, groups, domains, each) for order, each in _quantiles(answered)}
        else:
            keys, others = domains.keys.astype("str"), _bare(complete(own, groups, domains))
            finished[place] = Finished(keys, _beside(finished[place].completed, others)) if place in finished else Finished(keys, others)
    sampled = work.sampled
    is_answered = answered.sums.n.sum(axis=0) > 0
    orders = [order for order, is_any in zip(answered.orders, is_answered, strict=True) if is_any]
    orders += [order for order, each in zip(answered.orders_of_rows, answered.of_rows, strict=True) if each.is_valid.any()]
    return TablePart(
        form_id=work.form_id,
        table=answered.table,
        measures=answered.measures,
        orders=answered.orders,
        centre=answered.centres,
        visits=frozenset(work.units["visit_id"].unique()),
        asked=frozenset((*answered.orders, *answered.orders_of_rows)),
        answered=frozenset(orders),
        strata=pd.DataFrame() if sampled is None else sampled.strata,
        sizes=None if sampled is None else Strata.of(sampled.design),
        n_lonely_cells=0 if sampled is None else lonely_units(sampled.design)[1],
        sums=sums,
        finished=finished,
        values=values,
        composed=_composed(of_rows, composites),
        margins=None if margins is None else margins.totals,
        by_margin=by_margin,
    )


def _composed(work: Work | None, sums: Mapping[Place, CompositeSums]) -> CompositePart | None:
    if not sums or work is None or work.people is None:
        return None
    strata, sizes = (pd.DataFrame(), None) if work.sampled is None else (work.sampled.strata, Strata.of(work.sampled.design))
    margins = margins_of(work.sampled)
    return CompositePart(strata, sizes, work.people, sums, None if margins is None else margins.totals)


def _with_sums(answered: Answered) -> Iterator[tuple[int, GroupedRows, Domains]]:
    """The partitions of the table's units with its sums, which partitions of the same groups share."""
    made: dict[int, GroupedRows] = {}
    unit = answered.units.unit
    n_units = len(answered.sums.n)
    n_rows = np.ones(n_units) if unit is None else np.bincount(unit, minlength=n_units).astype(float)
    for place, groups, domains in answered.units.units.partitions:
        if id(groups) not in made:
            n_groups = len(groups.cell)
            size = np.bincount(groups.of_row, weights=n_rows[groups.rows], minlength=n_groups).astype(float)
            sums = answered.sums.take(groups.rows).grouped(groups.of_row, n_groups, groups.ssu, answered.centres)
            made[id(groups)] = replace(groups, size=size, sums=sums)
        yield place, made[id(groups)], domains


def _sums_of(
    place: int, partitions: Mapping[int, tuple[GroupedRows, Domains]], made: Mapping[int, DomainSums], sampled: SampledRows | None
) -> DomainSums:
    groups, domains = partitions[place]
    finer = FINER.get(place)
    if finer is not None and finer in made:
        of_fine = unions_of(groups, sampled, partitions[finer][1], domains)
        if of_fine is not None:
            return sums_of_unions(made[finer], of_fine, domains)
    return sums_of_domains(groups, sampled, domains)


def _row_partitions(answered: Answered, task: Task) -> Iterator[tuple[int, GroupedRows, Domains, Work]]:
    """The partitions of the table's rows for figures that are made of single rows; none where there are no such figures."""
    if answered.of_rows:
        work = answered.form_units.row_work(answered.units)
        people = answered.form_units.people_of(work.units, task.incomplete)
        work = replace(work, of_rows=answered.of_rows, orders=answered.orders_of_rows, people=people)
        for place, groups, domains in partitions_of(work, task.domain_types, np.zeros(0)):
            yield place, groups, domains, work


def _is_wide(domains: Domains, task: Task) -> bool:
    """Whether places of this kind may reach over several parts, or what is known of them may."""
    return domains.domain_type != VILLAGE and not (task.local_strata and (domains.keys["county_code"].astype("str") != "").all())


def _quantiles(answered: Answered) -> Iterator[tuple[int, Measure]]:
    for order, each in zip(answered.orders_of_rows, answered.of_rows, strict=True):
        if isinstance(each, Measure):
            yield order, each


def _composites(answered: Answered, domains: Domains) -> Iterator[tuple[int, Composite]]:
    for order, each in zip(answered.orders_of_rows, answered.of_rows, strict=True):
        if isinstance(each, Composite) and domains.domain_type in each.domain_types:
            yield order, each


@dataclass(frozen=True, slots=True)
class BelowTask:
    """One part of which is asked who is at or below the quantiles of places that reach over several parts, by form and table."""

    task: Task
    limits: Mapping[tuple[str, str], Mapping[Place, pd.DataFrame]]


@dataclass(frozen=True, slots=True, eq=False)
class BelowTable:
    """What one table says of who is at or below, in one part; `strata` and `sizes` as in `TablePart`."""

    form_id: str
    table: str
    strata: pd.DataFrame
    sizes: Strata | None
    below: Mapping[Place, Below]
    margins: MarginTotals | None = None


def below_part(asked: BelowTask) -> list[BelowTable]:
    """What the tables of the task's counties say of who is at or below; what is broken there was told before."""
    try:
        return _below_counties(asked)
    except SurveyError as problem:
        if not asked.task.is_lenient or problem.code != ErrorCode.INVALID_BUNDLE:
            raise
    found = []
    for _, single in _singly(asked.task):
        try:
            found += _below_counties(replace(asked, task=single))
        except SurveyError as problem:
            if problem.code != ErrorCode.INVALID_BUNDLE:
                raise
    return found


def _below_counties(asked: BelowTask) -> list[BelowTable]:
    task, found = asked.task, []
    held = read_part(task.source, task.counties, task.visit_villages)
    for each in answered_tables(held, _units_of_forms(held, task, []), task.centres, []):
        form_id = each.units.units.work.form_id
        limits = asked.limits.get((form_id, each.table), {})
        below: dict[Place, Below] = {}
        sampled = None
        for place, groups, domains, own in _row_partitions(each, task):
            sampled = own.sampled
            for order, measure in _quantiles(each):
                if (place, order) in limits:
                    below[place, order] = sum_below(own, groups, domains, measure, limits[place, order])
        if below:
            strata, sizes = (pd.DataFrame(), None) if sampled is None else (sampled.strata, Strata.of(sampled.design))
            margins = margins_of(sampled)
            found.append(BelowTable(form_id, each.table, strata, sizes, below, None if margins is None else margins.totals))
    return found


def _beside(one: Completed, other: Completed) -> Completed:
    """The figures of both in the same domains."""
    figures = {name: np.hstack([getattr(one.figures, name), getattr(other.figures, name)]) for name in FIGURES}
    return replace(
        one,
        measures=[*one.measures, *other.measures],
        orders=[*one.orders, *other.orders],
        figures=Figures(**figures),
        low=np.hstack([one.low, other.low]),
        high=np.hstack([one.high, other.high]),
    )


def _bare(completed: Completed) -> Completed:
    """The figures without the rows that they were made of."""
    return replace(completed, measures=[each.bare() for each in completed.measures])
