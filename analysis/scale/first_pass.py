"""What must be known of every part before any figure can be made: how its sample responded, and whether its files and keys are whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.bundle import EXPORT_AGAIN, TABLE_COLUMNS, check_files, check_probabilities, folder_name, refuse
from analysis.codebook import MAIN
from analysis.corrections.parts import corrected_values
from analysis.estimation.response import Response
from analysis.records import RECORDED_AS, SECOND
from analysis.sampled import KEYS, response_of
from analysis.scale.numbering import number_households
from analysis.scale.reading import Source, in_groups, read_places, read_rows, to_frame

Hashes = npt.NDArray[np.uint64]
MAIN_KEYS = ("instance_id", "visit_id", "household_id", RECORDED_AS)
CODED = ("visit_id", RECORDED_AS)


@dataclass(frozen=True, slots=True)
class Look:
    """One part to be looked at."""

    source: Source
    counties: tuple[str, ...]
    open_choices: Mapping[tuple[str, str], tuple[str, ...]]
    """By form and table the columns whose answers are a distribution's categories because the codebook lists none."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen of one part: the response of each form's sample, and hashes of the ids of its interviews.

    `strays` are households with an interview here whose place in the sample or in the frame is not here; `choices` the answers found.
    """

    responses: Mapping[str, Response]
    hashes: Mapping[str, Hashes]
    strays: tuple[str, ...]
    choices: Mapping[tuple[str, str, str], tuple[str, ...]]


def look_at(task: Look) -> Seen:
    """What is seen of the task's counties; INVALID_BUNDLE when a file of theirs is not the one that was exported."""
    source, counties = task.source, task.counties
    check_files(source.folder, source.hashes)
    mains = {form_id: _main(source, form_id, counties) for form_id in source.forms}
    households = read_places(source.folder / "households.parquet", counties, ("household_id", "village_code")).select(["household_id"])
    sample = read_places(source.folder / "sample.parquet", counties, TABLE_COLUMNS["sample"]) if source.has_sample else None
    responses, strays = {}, set(_elsewhere(mains, households))
    if sample is not None:
        numbered = number_households({**{(form_id, MAIN): main for form_id, main in mains.items()}, ("", "sample"): sample})
        frame = to_frame(numbered["", "sample"])
        check_probabilities(source.folder, frame)
        for form_id in mains:
            respondents = to_frame(numbered[form_id, MAIN].select(KEYS)).dropna()
            responses[form_id] = response_of(frame, respondents)
        strays |= set(_elsewhere(mains, sample))
    return Seen(responses, {form_id: _hashes(main) for form_id, main in mains.items()}, tuple(sorted(strays)), _choices(task))


def _main(source: Source, form_id: str, counties: Sequence[str]) -> pa.Table:
    rows = read_rows(source, (form_id, MAIN), counties, MAIN_KEYS, CODED)
    if RECORDED_AS not in rows.column_names:
        return rows
    is_second = pc.equal(rows[RECORDED_AS].cast(pa.string()), SECOND).fill_null(False)
    return rows.filter(pc.invert(is_second)) if pc.any(is_second).as_py() else rows


def _elsewhere(mains: Mapping[str, pa.Table], places: pa.Table) -> Iterator[str]:
    """The households with an interview that are not among these places."""
    known = places["household_id"].cast(pa.string())
    for main in mains.values():
        asked = main["household_id"].cast(pa.string()).drop_null()
        yield from asked.filter(pc.invert(pc.is_in(asked, known))).to_pylist()


def _hashes(main: pa.Table) -> Hashes:
    ids = main["instance_id"].cast(pa.string()).drop_null().to_numpy()
    found: Hashes = pd.util.hash_array(ids, categorize=False)
    return found


def _choices(task: Look) -> dict[tuple[str, str, str], tuple[str, ...]]:
    found = {}
    for (form_id, table), names in task.open_choices.items():
        rows = read_rows(task.source, (form_id, table), task.counties, names, names)
        for name in names:
            values = pc.unique(rows[name].cast(pa.string())).to_pylist() if name in rows.column_names else []
            values += [] if task.source.is_raw else corrected_values(task.source.folder, form_id, name)
            found[form_id, table, name] = tuple(sorted(value for value in values if value))
    return found


def check_interviews(source: Source, seen: Sequence[Seen]) -> None:
    """Raise INVALID_BUNDLE when an interview is there more than once, in different counties."""
    for form_id in source.forms:
        hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(each.hashes[form_id] for each in seen)])
        n_doubled = len(hashes) - len(np.unique(hashes))
        if n_doubled:
            place = source.folder / "submissions" / folder_name(form_id) / MAIN
            raise refuse(place, f"{n_doubled} interviews are there more than once. {EXPORT_AGAIN}")


def linked_counties(source: Source, counties: Sequence[str], seen: Sequence[tuple[Sequence[str], Seen]]) -> list[tuple[str, ...]]:
    """The counties in groups that must be worked on together, because a household was interviewed in one and has its place in another."""
    strays = {household for _, each in seen for household in each.strays}
    of_household: dict[str, set[str]] = {}
    if strays:
        for name in ("households", *(("sample",) if source.has_sample else ())):
            for household, county in in_groups(source.folder / f"{name}.parquet", strays):
                of_household.setdefault(household, set()).add(county)
    leader = {county: county for county in counties}

    def found(county: str) -> str:
        while leader[county] != county:
            county = leader[county]
        return county

    for group, each in seen:
        for household in each.strays:
            for county in of_household.get(household, set()) - set(group):
                if county in leader:
                    first, second = sorted((found(group[0]), found(county)))
                    leader[second] = first
        # Which county of the group it was is not told, so that a group with such a household stays together.
        if any(of_household.get(household, set()) for household in each.strays):
            for county in group[1:]:
                first, second = sorted((found(group[0]), found(county)))
                if first != second:
                    leader[second] = first
    groups: dict[str, list[str]] = {}
    for county in counties:
        groups.setdefault(found(county), []).append(county)
    return [tuple(group) for group in groups.values()]
