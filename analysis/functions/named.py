"""The figures that the sheet `indicators` asks for by name. `questionnaires/figure_functions.py` says what each needs and where it is from.

A function gives either a measure, which is summed up like any other, or a composite: several ratios with numbers of the frame between them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Column, Form, Table
from analysis.domains import Domains
from analysis.estimation.composed import Recipe
from analysis.frame.population import KINDS, PLACES, Population
from analysis.measures import FUNCTION, SHARE_UNIT, Measure, measures_of, numbers_in
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.figure_functions import FIGURE_FUNCTIONS
from questionnaires.model import Indicator
from questionnaires.non_answers import NON_ANSWERS

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LIFTED_OUT, NOT_REGISTERED = ("lifted_out",), ("marginal", "ordinary")
AGREES = "_agrees"
WHO5_ITEMS = FIGURE_FUNCTIONS["cadre_wellbeing"].questions
WHO5_MOST, WHO5_FACTOR = 5, 4


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A figure put together from ratios; `recipe` tells for a partition into domains what stands between them."""

    indicator: Indicator
    parts: tuple[Measure, ...]
    recipe: Callable[[Population, Domains, Flags], Recipe]
    domain_types: tuple[str, ...] = PLACES
    """Where it has a meaning; of other domains there are no rows."""

    category: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it lies within 0 to 1, as far as suppression asks."""
        return FIGURE_FUNCTIONS[self.indicator.name].unit == SHARE_UNIT

    @property
    def is_valid(self) -> Flags:
        """The rows with a usable answer to any of the parts."""
        counted: Flags = np.logical_or.reduce([part.is_valid for part in self.parts])
        return counted

    def bare(self) -> "Composite":
        """What is measured, without any row."""
        return replace(self, parts=tuple(part.bare() for part in self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a function reads: the rows of its table, and for rows of a repeat what their interview answered."""

    bundle: Bundle
    form: Form
    table: Table
    indicator: Indicator
    rows: pd.DataFrame

    def texts(self, question: str) -> pd.Series:
        """The interview's answer of every row as it stands in the bundle."""
        return self._of_interview(self._column(question))

    def numbers(self, question: str) -> Numbers:
        """The interview's answer of every row as a number."""
        column = self._column(question)
        return numbers_in(pd.DataFrame({column.name: self._of_interview(column)}), column)

    def kinds(self) -> pd.Series:
        """The kind of household of every row: what the interview settled on, else the roster's."""
        main = self.form.table(MAIN)
        asked = main.find("kind") if main else None
        settled = self._of_interview(asked) if asked else pd.Series(None, index=self.rows.index, dtype="str")
        return settled.where(settled.notna() & (settled != ""), self.rows["household_kind"])

    def _column(self, question: str) -> Column:
        main = self.form.table(MAIN)
        column = main.find(question) if main else None
        if column is None:
            place = "Indicator '{indicator}' of form '{form_id}'"
            raise SurveyError(
                ErrorCode.UNKNOWN_QUESTION, place=place, question=question, indicator=self.indicator.name, form_id=self.form.form_id
            )
        return column

    def _of_interview(self, column: Column) -> pd.Series:
        if self.table.name == MAIN:
            found = self.rows[column.name] if column.name in self.rows else pd.Series(None, index=self.rows.index, dtype="str")
            return found
        main = self.bundle.tables[self.form.form_id, MAIN]
        if column.name not in main:
            return pd.Series(None, index=self.rows.index, dtype="str")
        return self.rows["instance_id"].map(pd.Series(main[column.name].array, index=main["instance_id"].array))


Made = Measure | Composite
Function = Callable[[Answers], Made]


def apart(made: Iterable[tuple[int, Made]]) -> tuple[list[tuple[int, Measure]], list[tuple[int, Made]]]:
    """What is summed up, and what is made of rows: medians, quantiles and composites; each with the order of its indicator."""
    summed: list[tuple[int, Measure]] = []
    of_rows: list[tuple[int, Made]] = []
    for order, each in made:
        if isinstance(each, Measure) and each.level is None:
            summed.append((order, each))
        else:
            of_rows.append((order, each))
    return summed, of_rows


def made_of(bundle: Bundle, form: Form, table: Table, indicator: Indicator, rows: pd.DataFrame) -> Iterator[Made]:
    """What is to be estimated of an indicator over the rows of its table, whether it is a function or of any other kind.

    Raises what `measures_of` and `make_function` raise.
    """
    if indicator.kind == FUNCTION:
        yield make_function(bundle, form, table, indicator, rows)
    else:
        yield from measures_of(indicator, table, rows)


def make_function(bundle: Bundle, form: Form, table: Table, indicator: Indicator, rows: pd.DataFrame) -> Made:
    """What the function named by the indicator gives over the rows of its table.

    Raises INVALID_VALUE for a name that there is no function of, UNKNOWN_QUESTION for a question that the form does not have.
    """
    function = FUNCTIONS.get(indicator.name)
    if function is None:
        detail = "there is no function of this name. Use one of {choices}, or another kind, in the sheet 'indicators'."
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="Indicator '{indicator}'", detail=detail, indicator=indicator.name, choices=", ".join(FUNCTIONS)
        )
    return function(Answers(bundle, form, table, indicator, rows))


def _omission_share(answers: Answers) -> Measure:
    return _below_line(answers, NOT_REGISTERED)


def _wrong_exit_share(answers: Answers) -> Measure:
    return _below_line(answers, LIFTED_OUT)


def _below_line(answers: Answers, kinds: tuple[str, ...]) -> Measure:
    """Of the rows of such households with a known income, those below the line."""
    below = answers.texts("below_line")
    is_valid = (answers.kinds().isin(kinds) & below.isin(("yes", "no"))).to_numpy(dtype=bool)
    return _share(answers.indicator, (below == "yes").to_numpy(dtype=bool), is_valid)


def _comprehensive_incidence(answers: Answers) -> Composite:
    return Composite(answers.indicator, (_wrong_exit_share(answers), _omission_share(answers)), _incidence_recipe)


def _incidence_recipe(population: Population, domains: Domains, is_estimated: Flags) -> Recipe:
    """Registered persons count in full, the others by the share found below the line among them."""
    persons = dict(zip(KINDS, population.of(domains, is_estimated).T, strict=True))
    everybody = sum(persons.values(), np.zeros(len(domains)))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [persons["registered"], persons["lifted_out"], persons["marginal"] + persons["ordinary"]]
        known, lifted, others = (np.where(everybody > 0, each / everybody, np.nan) for each in parts)
    return Recipe(known, np.column_stack([lifted, others]))


def _per_capita_income(answers: Answers) -> Measure:
    wage, business, own, transfer, cost, members = map(answers.numbers, FIGURE_FUNCTIONS["per_capita_income_cny"].questions)
    income = wage + business + own + transfer - cost
    return _ratio(answers.indicator, income, members, np.isfinite(income) & (members > 0))


def _doctor_contract_share(answers: Answers) -> Measure:
    contract, visit = answers.texts("doctor_contract"), answers.texts("doctor_visit")
    is_signed = (contract == "signed").fillna(value=False).to_numpy(dtype=bool)
    is_asked = is_signed & (visit.notna() & (visit != "") & ~visit.isin(NON_ANSWERS)).to_numpy(dtype=bool)
    return _share(answers.indicator, (visit == "within_12_months").fillna(value=False).to_numpy(dtype=bool), is_asked)


def _said_filed_agreement(answers: Answers) -> Measure:
    main = answers.form.table(MAIN)
    items = [column.question for column in (main.columns if main else ()) if column.question.endswith(AGREES)]
    if not items:
        place = "Indicator '{indicator}' of form '{form_id}'"
        raise SurveyError(
            ErrorCode.UNKNOWN_QUESTION, place=place, question=f"…{AGREES}", indicator=answers.indicator.name, form_id=answers.form.form_id
        )
    found = pd.DataFrame({item: answers.texts(item) for item in items})
    agreeing, compared = (found == "yes").sum(axis=1).to_numpy(dtype=float), found.isin(("yes", "no")).sum(axis=1).to_numpy(dtype=float)
    return _ratio(replace(answers.indicator, is_part=True), agreeing, compared, compared > 0)


def _cadre_wellbeing(answers: Answers) -> Measure:
    items = np.column_stack([answers.numbers(item) for item in WHO5_ITEMS])
    is_valid: Flags = np.asarray(((items >= 0) & (items <= WHO5_MOST)).all(axis=1))
    score = np.where(is_valid, WHO5_FACTOR * np.nan_to_num(items).sum(axis=1), 0.0)
    return Measure(_as(answers.indicator, "mean"), "", score, is_valid.astype(float), is_valid)


def _share(indicator: Indicator, counted: Flags, is_valid: Flags) -> Measure:
    return Measure(_as(indicator, "share"), "", (counted & is_valid).astype(float), is_valid.astype(float), is_valid)


def _ratio(indicator: Indicator, above: Numbers, below: Numbers, is_valid: Flags) -> Measure:
    return Measure(_as(indicator, "ratio"), "", np.where(is_valid, above, 0.0), np.where(is_valid, below, 0.0), is_valid)


def _as(indicator: Indicator, kind: str) -> Indicator:
    """The indicator as one of a kind that sums make, with the function's unit."""
    unit = indicator.unit or FIGURE_FUNCTIONS[indicator.name].unit
    return replace(indicator, kind=kind, unit="" if unit == SHARE_UNIT else unit)


COMPOSITES = ("comprehensive_incidence",)


def is_composite(indicator: Indicator) -> bool:
    """Whether the indicator is a figure that is put together from ratios."""
    return indicator.kind == FUNCTION and indicator.name in COMPOSITES


FUNCTIONS: Mapping[str, Function] = {
    "omission_share": _omission_share,
    "wrong_exit_share": _wrong_exit_share,
    "comprehensive_incidence": _comprehensive_incidence,
    "per_capita_income_cny": _per_capita_income,
    "doctor_contract_share": _doctor_contract_share,
    "said_filed_agreement": _said_filed_agreement,
    "cadre_wellbeing": _cadre_wellbeing,
}
