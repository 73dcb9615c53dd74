"""What must be known of parts before their figures can be made: whether files are whole, what strata there are, and how samples responded.

The response is asked for only where a stratum of villages reaches over several parts; else each part knows that of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.bundle import COUNTY_DIGITS, EXPORT_AGAIN, TABLE_COLUMNS, check_files, check_probabilities, folder_name, refuse
from analysis.codebook import MAIN
from analysis.corrections.parts import corrected_values
from analysis.estimation.response import Response
from analysis.records import RECORDED_AS
from analysis.sampled import KEYS, response_of
from analysis.scale.coded import to_frame
from analysis.scale.numbering import is_kept, number_households
from analysis.scale.places import in_groups, read_places
from analysis.scale.reading import Hashes, Source, Stray, hash_interviews, read_rows

MAIN_KEYS = ("instance_id", "visit_id", "household_id", RECORDED_AS)
CODED = ("visit_id", RECORDED_AS)
STRATA = ("visit_id", "village_code", "village_stratum")


@dataclass(frozen=True, slots=True)
class Look:
    """One part to be looked at."""

    source: Source
    counties: tuple[str, ...]
    open_choices: Mapping[tuple[str, str], tuple[str, ...]]
    """By form and table the columns whose answers are a distribution's categories because the codebook lists none."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What there is in one part: the strata of villages in each of its counties, by visit and name, and the answers found."""

    strata: Mapping[str, frozenset[tuple[str, str]]]
    choices: Mapping[tuple[str, str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen of one part: the response of each form's sample, hashes of the ids of its interviews, and households that stray."""

    responses: Mapping[str, Response]
    hashes: Mapping[str, Hashes]
    strays: tuple[Stray, ...]


def outline_of(task: Look) -> Outline:
    """What there is in the task's counties; INVALID_BUNDLE when a file of theirs is not the one that was exported."""
    source = task.source
    check_files(source.folder, source.hashes)
    strata: dict[str, set[tuple[str, str]]] = {}
    if source.has_sample:
        places = to_frame(read_places(source.folder / "sample.parquet", task.counties, STRATA)).drop_duplicates()
        villages = places["village_code"].astype("str").str[:COUNTY_DIGITS]
        # A county has many villages and few strata.
        for visit_id, county, stratum in places.assign(village_code=villages).drop_duplicates().itertuples(index=False):
            strata.setdefault(str(county), set()).add((str(visit_id), str(stratum)))
    return Outline({county: frozenset(found) for county, found in strata.items()}, _choices(task))


def look_at(task: Look) -> Seen:
    """What is seen of the task's counties."""
    source, counties = task.source, task.counties
    mains = {form_id: main_rows(source, form_id, counties) for form_id in source.forms}
    households = read_places(source.folder / "households.parquet", counties, ("household_id", "village_code")).select(["household_id"])
    sample = read_places(source.folder / "sample.parquet", counties, TABLE_COLUMNS["sample"]) if source.has_sample else None
    responses, strays = {}, set(_elsewhere(mains, households))
    if sample is not None:
        numbers = number_households({**{(form_id, MAIN): main for form_id, main in mains.items()}, ("", "sample"): sample})
        frame = to_frame(sample, numbers.categorical(("", "sample")))
        check_probabilities(source.folder, frame)
        for form_id in mains:
            respondents = to_frame(mains[form_id].select(KEYS), numbers.categorical((form_id, MAIN))).dropna()
            responses[form_id] = response_of(frame, respondents)
        strays |= set(_elsewhere(mains, sample))
    hashes = {form_id: hash_interviews(main["instance_id"].drop_null()) for form_id, main in mains.items()}
    return Seen(responses, hashes, tuple(sorted(strays)))


def main_rows(source: Source, form_id: str, counties: Sequence[str]) -> pa.Table:
    """The keys of the form's interviews in these counties, without what seconds recorded for themselves."""
    rows = read_rows(source, (form_id, MAIN), counties, MAIN_KEYS, CODED)
    kept = is_kept(rows)
    return rows if kept.all() else rows.filter(pa.array(kept))


def _elsewhere(mains: Mapping[str, pa.Table], places: pa.Table) -> Iterator[Stray]:
    """The households with an interview that are not among these places."""
    known = places["household_id"].cast(pa.string())
    for main in mains.values():
        asked = main["household_id"].cast(pa.string())
        strange = main.filter(pc.and_(asked.is_valid(), pc.invert(pc.is_in(asked, known))))
        yield from zip(strange["household_id"].to_pylist(), strange["county"].to_pylist(), strict=True)


def _choices(task: Look) -> dict[tuple[str, str, str], tuple[str, ...]]:
    found = {}
    for (form_id, table), names in task.open_choices.items():
        rows = read_rows(task.source, (form_id, table), task.counties, names, names)
        for name in names:
            values = pc.unique(rows[name].cast(pa.string())).to_pylist() if name in rows.column_names else []
            values += [] if task.source.is_raw else corrected_values(task.source.folder, form_id, name)
            values += [entry.new for entry in task.source.entries if entry.question == name and not entry.is_withdrawn]
            found[form_id, table, name] = tuple(sorted(value for value in values if value))
    return found


def check_interviews(source: Source, parts: Sequence[Mapping[str, Hashes]]) -> None:
    """Raise INVALID_BUNDLE when an interview is there more than once, in different counties; `parts` are the hashes of each."""
    for form_id in source.forms:
        hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(each[form_id] for each in parts)])
        hashes.sort()
        n_doubled = int((hashes[1:] == hashes[:-1]).sum())
        if n_doubled:
            place = source.folder / "submissions" / folder_name(form_id) / MAIN
            raise refuse(place, f"{n_doubled} interviews are there more than once. {EXPORT_AGAIN}")


def linked_counties(source: Source, counties: Sequence[str], strays: Sequence[Stray]) -> list[tuple[str, ...]]:
    """The counties in groups that must be worked on together, because a household was interviewed in one and has its place in another."""
    wanted = {household for household, _ in strays}
    of_household: dict[str, set[str]] = {}
    if wanted:
        for name in ("households", *(("sample",) if source.has_sample else ())):
            for household, county in in_groups(source.folder / f"{name}.parquet", wanted):
                of_household.setdefault(household, set()).add(county)
    leader = {county: county for county in counties}

    def found(county: str) -> str:
        while leader[county] != county:
            county = leader[county]
        return county

    for household, at in strays:
        for county in of_household.get(household, set()):
            if county in leader and at in leader and found(county) != found(at):
                first, second = sorted((found(at), found(county)))
                leader[second] = first
    groups: dict[str, list[str]] = {}
    for county in counties:
        groups.setdefault(found(county), []).append(county)
    return [tuple(group) for group in groups.values()]


def is_local(outlines: Sequence[Outline], packs: Sequence[Sequence[str]]) -> bool:
    """Whether every stratum of villages lies in one of the packs of counties."""
    strata = {county: found for outline in outlines for county, found in outline.strata.items()}
    seen: set[tuple[str, str]] = set()
    for pack in packs:
        here = frozenset[tuple[str, str]]().union(*(strata.get(county, frozenset()) for county in pack))
        if seen & here:
            return False
        seen |= here
    return True
