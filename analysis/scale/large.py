"""The estimates of a bundle that is too large for memory: the same figures, from the same sums, part by part."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from analysis.bundle import (
    EXPORT_AGAIN,
    OF_INTERVIEWS,
    Bundle,
    check_files,
    folder_name,
    read_codebook,
    read_manifest,
    read_table,
    refuse,
    visits_of,
)
from analysis.codebook import MAIN, Form
from analysis.coding.columns import with_code_columns
from analysis.corrections.log import read_entries
from analysis.corrections.parts import check_by_analyst
from analysis.describe import indicators_of
from analysis.domains import DOMAIN_KEYS
from analysis.estimation.response import merge_responses
from analysis.estimation.suppression import Suppression
from analysis.frame.raking import Raking, check_margins
from analysis.functions.named import is_composite
from analysis.progress import Progress
from analysis.scale.county_parts import Finished, Numbers, Part, TablePart, Task, centres_in, sum_part
from analysis.scale.first_pass import Look, Outline, Seen, check_interviews, is_local, linked_counties, look_at, outline_of
from analysis.scale.measuring import Centres
from analysis.scale.merging import MergedTable, by_table, merge_tables
from analysis.scale.people import incomplete_in
from analysis.scale.raking_pass import Weighing, calibrations_of
from analysis.scale.reading import Source, files_of
from analysis.scale.running import Workers, usable_cores, workers_of
from analysis.scale.second_pass import wide_figures
from analysis.tidy.table import Block, block_of, table_of
from analysis.tidy.work import problems_of_tables
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Choice, Indicator

LARGE = 300_000
"""Interviews from which on a bundle is estimated part by part."""
INTERVIEWS_AT_ONCE = 100_000
"""About how many interviews are in memory at once in each process; a county is never cut."""
COUNTIES_FOR_CENTRES = 20
NOT_ABOVE = "counties of it are left out, so that no figures of places above the county are made of this form."


@dataclass(frozen=True, slots=True, eq=False)
class LargeEstimates:
    """The estimates of a large bundle, told indicator by indicator, and what stood in the way."""

    bundle: Bundle
    """What the bundle tells beside interviews, households and sample, which are not in memory: forms, visits, places."""
    merged: tuple[MergedTable, ...]
    suppression: Suppression
    problems: tuple[SurveyError, ...]

    def tables(self, *, without: Collection[str] = ()) -> Iterator[pd.DataFrame]:
        """The estimates (`COLUMNS`) of one indicator after the other, in the order of `compute_estimates`; not of the domains `without`."""
        for blocks in self.blocks(without=without):
            yield table_of(blocks)

    def blocks(self, *, without: Collection[str] = ()) -> Iterator[list[Block]]:
        """The same as blocks, in the order of `DOMAIN_KEYS`."""
        for form_order, form in enumerate(self.bundle.forms.values()):
            of_form = [each for each in self.merged if each.form_id == form.form_id]
            for order, _indicator in enumerate(indicators_of(form)):
                blocks = [block for each in of_form for block in self._blocks(each, form_order, order, without)]
                if blocks:
                    yield blocks

    def _blocks(self, merged: MergedTable, form_order: int, order: int, without: Collection[str]) -> Iterator[Block]:
        for place, finished in merged.blocks.items():
            if DOMAIN_KEYS[place][0] in without:
                continue
            for each in finished:
                completed = each.completed.of_indicator(order)
                if completed.measures:
                    yield block_of(merged.form_id, completed, DOMAIN_KEYS[place][0], each.keys, self.suppression, (form_order, place))

    @property
    def table(self) -> pd.DataFrame:
        """All estimates in one table."""
        found = list(self.tables())
        return pd.concat(found, ignore_index=True) if found else table_of([])


def n_interviews(folder: Path) -> int:
    """How many interviews the manifest of the bundle tells of."""
    forms = read_manifest(folder).get("forms", {})
    return sum(int(form.get("n_submissions", 0)) for form in forms.values()) if isinstance(forms, dict) else 0


def estimate_large(
    folder: Path | str,
    *,
    n_workers: int = 0,
    scheduler: str | None = None,
    visit_ids: Collection[str] | None = None,
    suppression: Suppression | None = None,
    domain_types: Collection[str] | None = None,
    is_raw: bool = False,
    is_lenient: bool = False,
    corrections: Path | None = None,
    calibrate: Sequence[str] = (),
    at_once: int = INTERVIEWS_AT_ONCE,
    progress: Progress | None = None,
) -> LargeEstimates:
    """What `compute_estimates` gives of the bundle in the folder, without ever having more of it in memory than a few counties.

    `n_workers` processes share the work, as many as there are processors if it is 0; `scheduler` is the address of a Dask scheduler whose
    workers do it instead. Corrections are replayed unless `is_raw`: the bundle's, then those of an analyst in the file `corrections`. If
    `is_lenient`, a form that is broken in a county is left out there, and of that form figures of counties and places below alone are made.
    Where there are medians or quantiles, the parts are read a second time, and before anything else where weights are to be brought to the
    frame's totals named in `calibrate`.
    Raises INVALID_BUNDLE, UNUSABLE_WEIGHTS, UNREADABLE_CORRECTIONS, UNREACHABLE_CLUSTER.
    """
    source, bare, problems = open_source(Path(folder), is_lenient=is_lenient)
    entries, wrong = read_entries(corrections) if corrections and not is_raw else ((), ())
    check_margins(calibrate)
    calibrate = tuple(calibrate) if source.has_sample else ()
    source = replace(source, is_raw=is_raw, entries=entries, with_kinds=bool(calibrate))
    report = progress or _silent
    incomplete = incomplete_in(bare, is_calibrated=bool(calibrate))
    with workers_of(n_workers or usable_cores(), scheduler) as workers:
        packs = pack_counties(source, [(county,) for county in source.counties()], at_once)
        looks = [Look(source.only(counties), counties, _open_choices(source.forms)) for counties in packs]
        outlines = workers.run(outline_of, looks, lambda done: report(done, len(looks), "files"))
        source = replace(source, forms=_with_choices(source.forms, outlines))
        task = Task(
            source=source,
            counties=(),
            visit_villages=bare.visit_villages,
            responses={},
            centres={},
            visit_ids=None if visit_ids is None else tuple(visit_ids),
            domain_types=None if domain_types is None else tuple(domain_types),
            local_strata=is_local(outlines, packs),
            is_lenient=is_lenient,
            incomplete=frozenset(incomplete),
        )
        task = replace(task, centres=_centres(workers, task, packs))
        raking = Raking(calibrate, bare.households, incomplete) if calibrate else None
        tasks, parts = _all_parts(workers, task, packs, outlines, at_once, report, raking, problems)
        wide = wide_figures(workers, tasks, parts, lambda done: report(done, len(tasks), "quantiles"))
    if corrections and not is_raw:
        check_by_analyst(corrections, wrong, entries, [part.checked for part in parts])
    problems += _of_frames(source.forms, parts, incomplete)
    return _together(replace(bare, forms=source.forms), parts, wide, suppression or Suppression(), problems)


def _all_parts(
    workers: Workers,
    task: Task,
    packs: list[tuple[str, ...]],
    outlines: Sequence[Outline],
    at_once: int,
    report: Progress,
    raking: Raking | None,
    problems: list[SurveyError],
) -> tuple[list[Task], list[Part]]:
    """What was asked of all parts, and what they give; what weights could not be brought to is added to the problems."""
    counties = task.source.counties()
    if task.local_strata and raking is None:
        # Each part knows how its own sample responded, so that it is read once.
        parts = _run(workers, task, packs, report)
        check_interviews(task.source, [part.hashes for part in parts])
        linked = linked_counties(task.source, counties, [stray for part in parts for stray in part.strays])
        moved = _packs_with(packs, linked)
        if is_local(outlines, moved):
            made = dict(zip(packs, parts, strict=True))
            left = [pack for pack in moved if pack not in made]
            made |= zip(left, _run(workers, task, left, report), strict=True)
            return [_only(task, pack) for pack in moved], [made[pack] for pack in moved]
        packs, task = moved, replace(task, local_strata=False)
        seen = _look(workers, task.source, packs, report)
    else:
        seen = _look(workers, task.source, packs, report)
        check_interviews(task.source, [each.hashes for each in seen])
        linked = linked_counties(task.source, counties, [stray for each in seen for stray in each.strays])
        if any(len(group) > 1 for group in linked):
            # Who answered is counted where the household has its place, so that what was seen of the others does not hold.
            packs = pack_counties(task.source, linked, at_once)
            task = replace(task, local_strata=is_local(outlines, packs))
            seen = _look(workers, task.source, packs, report)
    if task.source.has_sample and seen:
        responses = {form_id: merge_responses([each.responses[form_id] for each in seen]) for form_id in task.source.forms}
        task = replace(task, responses=responses)
    if raking is not None and packs:
        asked = [Weighing(task.source.only(pack), pack, task.responses, task.is_lenient) for pack in packs]
        told = calibrations_of(workers, asked, raking.names, raking.left_out, lambda done: report(done, len(asked), "weights"))
        task = replace(task, calibrations=told[0])
        problems += told[1]
    return [_only(task, pack) for pack in packs], _run(workers, task, packs, report)


def _run(workers: Workers, task: Task, packs: Sequence[tuple[str, ...]], report: Progress) -> list[Part]:
    tasks = [_only(task, counties) for counties in packs]
    return workers.run(sum_part, tasks, lambda done: report(done, len(tasks), "figures"))


def _look(workers: Workers, source: Source, packs: Sequence[tuple[str, ...]], report: Progress) -> list[Seen]:
    looks = [Look(source.only(counties), counties, {}) for counties in packs]
    return workers.run(look_at, looks, lambda done: report(done, len(looks), "sample"))


def _packs_with(packs: Sequence[tuple[str, ...]], linked: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The packs, with each group of linked counties that does not lie in one already in one of its own; by their first counties."""
    pack_of = {county: number for number, pack in enumerate(packs) for county in pack}
    apart = [group for group in linked if len({pack_of[county] for county in group}) > 1]
    taken = {county for group in apart for county in group}
    left = [tuple(county for county in pack if county not in taken) for pack in packs]
    return sorted([*(pack for pack in left if pack), *apart])


def open_source(folder: Path, *, is_lenient: bool = False) -> tuple[Source, Bundle, list[SurveyError]]:
    """What there is to read, the bundle without what fills memory, and what is wrong with indicators or not made at this size."""
    manifest = read_manifest(folder)
    hashes = manifest.get("files", {})
    check_files(folder, {name: each for name, each in hashes.items() if not name.startswith(OF_INTERVIEWS)})
    left_out: list[SurveyError] | None = [] if is_lenient else None
    forms = {form_id: with_code_columns(form) for form_id, form in read_codebook(folder, left_out).items()}
    visits = visits_of(folder, manifest)
    has_sample = "sample.parquet" in hashes
    source = Source(
        folder.absolute(),
        str(manifest.get("hash", "")),
        visits,
        forms,
        files_of(folder, forms),
        hashes,
        has_sample,
        has_codings="codings.parquet" in hashes,
    )
    sample = pq.read_schema(folder / "sample.parquet").empty_table().to_pandas() if has_sample else None
    nothing = pd.DataFrame()
    bare = Bundle(
        path=folder,
        dataset_hash=source.dataset_hash,
        visits=visits,
        forms=forms,
        tables={},
        regions=read_table(folder, "regions"),
        households=nothing,
        visit_villages=read_table(folder, "visit_villages"),
        candidates=nothing,
        review=nothing,
        sample=sample,
    )
    return source, bare, [*(left_out or ()), *problems_of_tables(bare)]


def pack_counties(source: Source, groups: Sequence[Sequence[str]], at_once: int) -> list[tuple[str, ...]]:
    """The groups of counties, put together until they have about so many interviews; how many a county has is told by its bytes."""
    weights = {county: 0 for county in source.counties()}
    for by_county in source.files.values():
        for county, names in by_county.items():
            weights[county] += sum((source.folder / name).stat().st_size for name in names)
    total = max(n_interviews(source.folder), 1)
    limit = max(sum(weights.values()) * at_once / total, 1)
    packs: list[list[str]] = []
    filled = limit
    for group in groups:
        size = sum(weights[county] for county in group)
        if filled + size > limit:
            packs.append([])
            filled = 0.0
        packs[-1] += group
        filled += size
    return [tuple(pack) for pack in packs]


def _centres(workers: Workers, task: Task, packs: Sequence[tuple[str, ...]]) -> Centres:
    """Centres from the first counties that have rows of each table."""
    found: dict[tuple[str, str], Numbers] = {}
    wanted = {key for key, by_county in task.source.files.items() if by_county}
    for county in [county for counties in packs for county in counties][:COUNTIES_FOR_CENTRES]:
        if wanted <= found.keys():
            break
        try:
            [made] = workers.run(centres_in, [_only(task, (county,))], _quiet)
        except SurveyError as problem:
            if not task.is_lenient or problem.code != ErrorCode.INVALID_BUNDLE:
                raise
            continue
        found = {**made, **found}
    return found


def _only(task: Task, counties: tuple[str, ...]) -> Task:
    villages = task.visit_villages
    # How villages were chosen is told by the sample, where there is one.
    is_asked = np.zeros(len(villages), dtype=bool) if task.source.has_sample else villages["county_code"].isin(counties)
    return replace(task, source=task.source.only(counties), counties=counties, visit_villages=villages[is_asked])


def _together(
    bundle: Bundle,
    parts: Sequence[Part],
    wide: Mapping[tuple[str, str], Sequence[tuple[int, Finished]]],
    suppression: Suppression,
    problems: list[SurveyError],
) -> LargeEstimates:
    merged: list[MergedTable] = []
    left_out = frozenset[str]().union(*(part.left_out for part in parts))
    problems += [refuse(bundle.path / "submissions" / folder_name(form_id), f"{NOT_ABOVE} {EXPORT_AGAIN}") for form_id in sorted(left_out)]
    problems += [problem for part in parts for problem in part.problems]
    for tables in by_table([part.tables for part in parts]):
        merged.append(merge_tables(tables, wide.get((tables[0].form_id, tables[0].table), ())))
        if merged[-1].form_id in left_out:
            # What lacks a county says nothing of a place that the county is a part of.
            kept = {place: found for place, found in merged[-1].blocks.items() if "county_code" in DOMAIN_KEYS[place][1]}
            merged[-1] = replace(merged[-1], blocks=kept)
        problems += [*merged[-1].problems, *_unanswered(bundle, tables)]
    told = tuple({str(problem): problem for problem in problems}.values())
    return LargeEstimates(bundle, tuple(merged), suppression, told)


def _unanswered(bundle: Bundle, tables: Sequence[TablePart]) -> Iterator[SurveyError]:
    form_id = tables[0].form_id
    asked = frozenset[int]().union(*(each.asked for each in tables)) - frozenset[int]().union(*(each.answered for each in tables))
    for order, indicator in enumerate(indicators_of(bundle.forms[form_id])):
        if order in asked:
            yield SurveyError(ErrorCode.NO_ANSWERS, place=f"Indicator '{indicator.name}' of form '{form_id}'")


def _of_frames(forms: Mapping[str, Form], parts: Sequence[Part], incomplete: Mapping[str, SurveyError]) -> Iterator[SurveyError]:
    """What is wrong with the frames of visits of which a composite was to be made."""
    asked = {(form.form_id, each.of or MAIN) for form in forms.values() for each in indicators_of(form) if is_composite(each)}
    visits = {visit for part in parts for table in part.tables if (table.form_id, table.table) in asked for visit in table.visits}
    yield from (problem for visit, problem in incomplete.items() if visit in visits)


def _open_choices(forms: Mapping[str, Form]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The columns whose answers have to be known before they can be counted, by form and table."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for form in forms.values():
        for indicator in indicators_of(form):
            name = _open_column(form, indicator)
            if name:
                key = (form.form_id, indicator.of or MAIN)
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), name)))
    return found


def _open_column(form: Form, indicator: Indicator) -> str:
    table = form.table_of(indicator)
    column = table.find(indicator.variable) if table and indicator.variable else None
    is_open = column is not None and indicator.kind == "distribution" and column.kind != "multi" and not column.choices
    return column.name if is_open and column is not None else ""


def _with_choices(forms: Mapping[str, Form], seen: Sequence[Outline]) -> dict[str, Form]:
    """The forms with the answers found as choices where the codebook lists none, so that all parts count the same ones."""
    values: dict[tuple[str, str, str], set[str]] = {}
    for each in seen:
        for key, names in each.choices.items():
            values.setdefault(key, set()).update(names)
    if not values:
        return dict(forms)
    found = {}
    for form_id, form in forms.items():
        tables = []
        for table in form.tables:
            columns = [
                replace(column, choices=tuple(Choice(name, {}) for name in sorted(values.get((form_id, table.name, column.name), ()))))
                if (form_id, table.name, column.name) in values
                else column
                for column in table.columns
            ]
            tables.append(replace(table, columns=tuple(columns)))
        # A form without indicators of its own is told question by question, and which ones must stay the same.
        found[form_id] = replace(form, tables=tuple(tables), indicators=indicators_of(form))
    return found


def _silent(_done: int, _total: int, _name: str) -> None:
    return None


def _quiet(_done: int) -> None:
    return None
