"""What one part of a bundle gives: the sums of every domain, which add up over parts, and the figures that are finished here.

A village lies in one part, and so do its figures. Figures of places above are made of the sums of all parts (`merging.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import Form, Table
from analysis.domains import Domains
from analysis.estimation.design import lonely_units
from analysis.estimation.parts import DomainParts, Strata
from analysis.estimation.response import Response
from analysis.estimation.sums import centres_of
from analysis.grouped import GroupedRows
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE
from analysis.scale.reading import Source, read_part
from analysis.tidy.figures import VILLAGE, complete, partitions_of
from analysis.tidy.table import Completed
from analysis.tidy.work import Work, read_work, weigh_form
from questionnaires.errors import ErrorCode, SurveyError

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Centres = Mapping[tuple[str, str], Numbers]
"""By form and table the numbers near the measures' values that sums are told as differences from."""
OF_THE_WHOLE = (ErrorCode.LONELY_PSU, ErrorCode.NO_ANSWERS)
"""Problems that only all parts together can tell."""
NOTHING = np.zeros(0, dtype=np.intp)


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


@dataclass(frozen=True, slots=True, eq=False)
class DomainSums:
    """The sums of one partition into domains; a row per domain in all of them. `parts` is None where nothing is sampled."""

    keys: pd.DataFrame
    size: Numbers
    n: Numbers
    y: Numbers
    x: Numbers
    weakest: Codes
    n_sampled: Numbers
    parts: DomainParts | None


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


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What all tables give in one part, and what is wrong there."""

    tables: tuple[TablePart, ...]
    problems: tuple[SurveyError, ...]


def sum_part(task: Task) -> Part:
    """What the task's counties give."""
    bundle = read_part(task.source, task.counties, task.visit_villages)
    problems: list[SurveyError] = [*bundle.corrections.problems]
    tables = []
    for form in bundle.forms.values():
        weighed = weigh_form(bundle, form, task.responses.get(form.form_id))
        for table in form.tables:
            work = _read(bundle, form, table, task, problems, weighed)
            if work is not None:
                tables.append(_sum_table(work, table.name, task))
    return Part(tuple(tables), tuple(problem for problem in problems if problem.code not in OF_THE_WHOLE))


def centres_in(task: Task) -> Centres:
    """Centres for all tables that have rows in the task's counties: the plain values there, which those of other counties are near."""
    bundle = read_part(task.source, task.counties, task.visit_villages)
    found = {}
    for form in bundle.forms.values():
        for table in form.tables:
            work = _read(bundle, form, table, task, [], None)
            if work is not None:
                found[form.form_id, table.name] = centres_of(work.measures)
    return found


def _read(bundle: Bundle, form: Form, table: Table, task: Task, problems: list[SurveyError], weighed: pd.DataFrame | None) -> Work | None:
    before = len(problems)
    work = read_work(bundle, form, table, task.visit_ids, problems, None, {}, weighed)
    is_unusable = any(problem.code == ErrorCode.UNUSABLE_WEIGHTS for problem in problems[before:])
    if work is None or not is_unusable:
        return work
    # Where weights cannot be used in one part, no figure above it may pretend to be weighted.
    return replace(work, basis=np.full_like(work.basis, PURPOSIVE))


def _sum_table(work: Work, table: str, task: Task) -> TablePart:
    centres = task.centres.get((work.form_id, table))
    if centres is None or len(centres) != len(work.measures):
        centres = np.zeros(len(work.measures))
    sums: dict[int, DomainSums] = {}
    finished: dict[int, Finished] = {}
    for place, groups, domains in partitions_of(work, task.domain_types, centres):
        keys = domains.keys.astype("str")
        if domains.domain_type == VILLAGE:
            finished[place] = Finished(keys, _bare(complete(work, groups, domains)))
            continue
        sums[place] = _sums_of(work, groups, domains, keys)
        if work.of_rows and task.local_strata and (keys["county_code"] != "").all():
            of_rows = replace(work, measures=[], orders=work.orders[len(work.measures) :])
            finished[place] = Finished(keys, _bare(complete(of_rows, _without_sums(groups), domains)))
    sampled = work.sampled
    return TablePart(
        form_id=work.form_id,
        table=table,
        measures=tuple(measure.take(NOTHING) for measure in work.measures),
        orders=tuple(work.orders[: len(work.measures)]),
        centre=centres,
        visits=frozenset(work.units["visit_id"].unique()),
        asked=frozenset(work.orders),
        answered=frozenset(_answered(work)),
        strata=pd.DataFrame() if sampled is None else sampled.strata,
        sizes=None if sampled is None else Strata.of(sampled.design),
        n_lonely_cells=0 if sampled is None else lonely_units(sampled.design)[1],
        sums=sums,
        finished=finished,
    )


def _sums_of(work: Work, groups: GroupedRows, domains: Domains, keys: pd.DataFrame) -> DomainSums:
    size, plain = groups.plain(domains)
    n_sampled, parts = (np.zeros(len(domains)), None) if work.sampled is None else groups.parts(work.sampled, domains)
    return DomainSums(keys, size, plain.n, plain.y, plain.x, groups.weakest_of(domains), n_sampled, parts)


def _without_sums(groups: GroupedRows) -> GroupedRows:
    """The groups with no measure in their sums."""
    empty = groups.sums.map(lambda array, _: array[:, :0])
    return replace(groups, sums=replace(empty, centre=groups.sums.centre[:0]))


def _bare(completed: Completed) -> Completed:
    """The figures without the rows that they were made of."""
    return replace(completed, measures=[each.take(NOTHING) for each in completed.measures if isinstance(each, Measure)])


def _answered(work: Work) -> Iterator[int]:
    for order, each in zip(work.orders, [*work.measures, *work.of_rows], strict=True):
        if each.is_valid.any():
            yield order
