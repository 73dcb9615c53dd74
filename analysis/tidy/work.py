"""What is to be estimated of one table of a bundle: its measures, its rows with the keys of their domains, and what is sampled of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Form, Table
from analysis.describe import indicators_of
from analysis.estimation.codes import positions_in
from analysis.estimation.design import lonely_units
from analysis.estimation.response import Response
from analysis.frame.population import Population, population_of
from analysis.frame.raking import Raking, Weighing
from analysis.functions.named import Composite, Made, apart, made_of
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE, SampledRows, sampled_rows, weigh_sample
from analysis.tidy.table import BASES
from questionnaires.errors import ErrorCode, SurveyError

UNKNOWN_BASIS = PURPOSIVE
LONELY = "adjust"
"""What a stratum with one village means, where figures must be made: it is told among the problems."""

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Work:
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
    is_of_county: bool = False
    """Whether the form tells of counties, so that no village has a figure."""


def units_of(bundle: Bundle, form_id: str, table: str) -> pd.DataFrame:
    """The rows of one table with the keys of their domains: visit_id, county_code, village_code, household_kind, household_id.

    Rows keep the order of the table; a household's marks are not here, because one household may have several.
    """
    rows = bundle.tables[form_id, table]
    if table == MAIN:
        household = rows["household_id"]
    else:
        main = bundle.tables[form_id, MAIN]
        household = main["household_id"].iloc[positions_in(rows, main, ["instance_id"])].array
    return pd.DataFrame(
        {
            "visit_id": rows["visit_id"].fillna(""),
            "county_code": rows["county"],
            "village_code": rows["village_code"],
            "household_kind": rows["household_kind"],
            "household_id": household,
        }
    ).reset_index(drop=True)


def problems_of_tables(bundle: Bundle) -> Iterator[SurveyError]:
    """What is wrong with the indicators of the forms, and with visits whose probabilities are not known."""
    for form in bundle.forms.values():
        for indicator in indicators_of(form):
            if form.table_of(indicator) is None:
                detail = "its 'of' names '{of}', which is no repeat of form '{form_id}'. Correct the sheet 'indicators'."
                yield SurveyError(
                    ErrorCode.INVALID_VALUE,
                    field="Indicator '{indicator}'",
                    detail=detail,
                    indicator=indicator.name,
                    of=indicator.of,
                    form_id=form.form_id,
                )
    chosen = bundle.visit_villages[bundle.visit_villages["basis"] != BASES[PURPOSIVE]]
    if bundle.sample is None and len(chosen):
        visits = ", ".join(sorted(chosen["visit_id"].unique()))
        yield SurveyError(ErrorCode.NO_PROBABILITIES, place="{path}, visits {visits}", path=bundle.path, visits=visits)


def read_work(
    bundle: Bundle,
    form: Form,
    table: Table,
    visit_ids: Collection[str] | None,
    problems: list[SurveyError],
    raking: Raking | None,
    incomplete: Mapping[str, SurveyError],
    weighed: pd.DataFrame | None = None,
) -> Work | None:
    """What is to be estimated of the table, None when it has no rows or no indicators; what is wrong is added to the problems.

    `weighed` is what `weigh_form` makes of the form's sample, if that is known already.
    """
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
            problems.append(
                SurveyError(
                    ErrorCode.NO_ANSWERS,
                    place="Indicator '{indicator}' of form '{form_id}'",
                    indicator=indicator.name,
                    form_id=form.form_id,
                )
            )
        made += [(order, each) for each in found]
    if not made or rows.empty:
        return None
    needs_people = any(isinstance(each, Composite) for _, each in made)
    if needs_people:
        problems += [problem for visit, problem in incomplete.items() if (units["visit_id"] == visit).any()]
    sampled = sample_of(bundle, form, units, problems, raking, weighed)
    basis = basis_of(bundle, units) if sampled is None else sampled.basis
    sums, of_rows = apart(made)
    return Work(
        form_id=form.form_id,
        measures=[each for _, each in sums],
        of_rows=[each for _, each in of_rows],
        orders=[order for order, _ in (*sums, *of_rows)],
        units=units,
        households=bundle.households,
        sampled=sampled,
        basis=basis,
        people=population_of(bundle, units, incomplete) if needs_people else None,
        is_of_county=form.is_of_county,
    )


def weigh_form(bundle: Bundle, form: Form, response: Response | None = None) -> pd.DataFrame | None:
    """The sample of the form with its weights, which all tables of the form share; None where the bundle does not tell the sample.

    `response` is that of the whole sample where the bundle is a part of one.
    """
    return None if bundle.sample is None else weigh_sample(bundle.sample, _respondents(bundle, form), response)


def _respondents(bundle: Bundle, form: Form) -> pd.DataFrame:
    return bundle.tables[form.form_id, MAIN][["visit_id", "household_id"]].dropna()


def sample_of(
    bundle: Bundle, form: Form, units: pd.DataFrame, problems: list[SurveyError], raking: Weighing | None, weighed: pd.DataFrame | None
) -> SampledRows | None:
    """What is sampled of the rows; None, with the problem told, when the weights cannot be used, so that figures are those observed."""
    if bundle.sample is None:
        return None
    respondents = _respondents(bundle, form)
    place = "Form '{form_id}'"
    try:
        sampled = sampled_rows(bundle.sample, units, respondents, lonely=LONELY, place=place, raking=raking, weighed=weighed)
    except SurveyError as problem:
        problems.append(problem)
        return None
    problems += sampled.problems
    n_strata, n_cells = lonely_units(sampled.design)
    if n_strata or n_cells:
        problems.append(SurveyError(ErrorCode.LONELY_PSU, place=place, n_strata=n_strata, n_cells=n_cells, form_id=form.form_id))
    return sampled


def basis_of(bundle: Bundle, units: pd.DataFrame) -> Codes:
    """The rank in `BASES` of every row's village by how the visit chose it, where nothing is known of the sample."""
    chosen = bundle.visit_villages
    rank = pd.Categorical(chosen["basis"], categories=BASES).codes
    known = pd.Series(rank, index=pd.MultiIndex.from_frame(chosen[["visit_id", "village_code"]]))
    found = known.reindex(pd.MultiIndex.from_frame(units[["visit_id", "village_code"]]))
    ranks: Codes = found.fillna(UNKNOWN_BASIS).to_numpy(dtype=np.intp)
    return ranks
