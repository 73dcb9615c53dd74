"""What raking must know of all parts before any figure is made: sums of weights, and households of the frame, by county and kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.bundle import COUNTY_DIGITS, TABLE_COLUMNS
from analysis.codebook import MAIN
from analysis.estimation.response import Response
from analysis.sampled import KEYS, weigh_sample
from analysis.scale.calibration import CELL, Calibration, calibration_of, cells_of, kinds_by_household
from analysis.scale.coded import to_frame
from analysis.scale.first_pass import main_rows
from analysis.scale.numbering import number_households
from analysis.scale.places import read_places
from analysis.scale.reading import Source
from analysis.scale.running import Workers
from questionnaires.errors import ErrorCode, SurveyError

FRAME = ("household_id", "village_code", "kind")
OF_FRAME = ["county_code", "kind"]


@dataclass(frozen=True, slots=True)
class Weighing:
    """One part to be weighed, and how the whole sample of each form responded."""

    source: Source
    counties: tuple[str, ...]
    responses: Mapping[str, Response]
    is_lenient: bool


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Of one part the sums of weights by `CELL` for each form, and the frame's households by county and kind."""

    weights: Mapping[str, pd.DataFrame]
    population: pd.DataFrame


def weigh_part(task: Weighing) -> Weighed:
    """What the task's counties add; nothing where something is broken that may be left out, which is told elsewhere."""
    try:
        return _weigh(task)
    except SurveyError as problem:
        if not task.is_lenient or problem.code != ErrorCode.INVALID_BUNDLE:
            raise
        return Weighed({}, pd.DataFrame({**dict.fromkeys(OF_FRAME, pd.Series(dtype="str")), "n": pd.Series(dtype=float)}))


def _weigh(task: Weighing) -> Weighed:
    source, counties = task.source, task.counties
    mains = {(form_id, MAIN): main_rows(source, form_id, counties) for form_id in source.forms}
    households = read_places(source.folder / "households.parquet", counties, FRAME)
    sample = read_places(source.folder / "sample.parquet", counties, TABLE_COLUMNS["sample"])
    numbers = number_households({**mains, ("", "households"): households, ("", "sample"): sample})
    frame = to_frame(sample, numbers.categorical(("", "sample")))
    kinds = kinds_by_household(numbers, households)
    found = {}
    for form_id in source.forms:
        respondents = to_frame(mains[form_id, MAIN].select(KEYS), numbers.categorical((form_id, MAIN))).dropna()
        counted = weigh_sample(frame, respondents, task.responses.get(form_id))
        weighed = cells_of(counted, kinds).assign(weight=counted["weight"])[counted["inclusion_village"].notna()]
        found[form_id] = weighed.groupby(CELL, as_index=False)["weight"].sum()
    villages = to_frame(households.select(["village_code", "kind"])).astype("str").fillna("")
    counted = villages.assign(county_code=villages["village_code"].str[:COUNTY_DIGITS])
    return Weighed(found, counted.groupby(OF_FRAME, as_index=False).size().rename(columns={"size": "n"}))


def calibrations_of(
    workers: Workers,
    parts: Sequence[Weighing],
    names: Sequence[str],
    left_out: Mapping[str, SurveyError],
    report: Callable[[int], None],
) -> tuple[dict[str, Calibration], list[SurveyError]]:
    """How the weights of each form are brought to totals of the frame, from all parts in their order, and what could not be met."""
    seen = workers.run(weigh_part, parts, report)
    population = pd.concat([each.population for each in seen]).groupby(OF_FRAME, as_index=False)["n"].sum()
    found: dict[str, Calibration] = {}
    problems: list[SurveyError] = []
    for form_id in parts[0].source.forms:
        weights = [each.weights[form_id] for each in seen if form_id in each.weights]
        if weights:
            weighed = pd.concat(weights).groupby(CELL, as_index=False)["weight"].sum()
            made, told = calibration_of(weighed, population, names, left_out, f"Form '{form_id}'")
            problems += told
            found |= {form_id: made} if made else {}
    return found, problems
