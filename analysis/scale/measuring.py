"""What is made of every table of a part: its measures with the sums of every unit, and figures that are made of rows behind them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.codebook import MAIN, Form, Table
from analysis.describe import indicators_of
from analysis.estimation.sums import sum_measures
from analysis.functions.named import Made, apart, made_of
from analysis.measures import Measure
from analysis.scale.answers import Direct, UnitSums, side_by_side, sum_units
from analysis.scale.reading import Held
from analysis.scale.units import FormUnits, UnitsOfTable
from questionnaires.errors import SurveyError
from questionnaires.model import Indicator

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Centres = Mapping[tuple[str, str], Numbers]
"""By form and table the numbers near the measures' values that sums are told as differences from."""


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What is made of one table here: its measures with the sums of every unit, and figures made of rows behind them.

    `orders` are the places of the indicators of the measures, `orders_of_rows` of those behind.
    """

    units: UnitsOfTable
    form_units: FormUnits
    table: str
    measures: tuple[Measure, ...]
    orders: tuple[int, ...]
    of_rows: tuple[Made, ...]
    orders_of_rows: tuple[int, ...]
    centres: Numbers
    sums: UnitSums


def answered_tables(
    held: Held, units_of_forms: Mapping[str, FormUnits], centres: Centres, problems: list[SurveyError]
) -> Iterator[Answered]:
    """What is made of each table of the forms that have units; what is wrong is added to the problems."""
    for form_id, form_units in units_of_forms.items():
        form = held.bundle.forms[form_id]
        for table in form.tables:
            asked = [(order, each) for order, each in enumerate(indicators_of(form)) if (each.of or MAIN) == table.name]
            if asked and held.rows[form_id, table.name].num_rows and (units := form_units.of(table.name)) is not None:
                made = _make(held, form, table, asked, units, problems)
                if made.direct or made.of_rows:
                    yield _answer(made, table.name, form_units, units, centres.get((form_id, table.name)))


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """The measures of a table with the places of their indicators: those read from columns, and those made of its rows."""

    direct: list[tuple[int, Direct]]
    of_rows: list[tuple[int, Made]]


def _make(
    held: Held, form: Form, table: Table, asked: Sequence[tuple[int, Indicator]], units: UnitsOfTable, problems: list[SurveyError]
) -> _Made:
    made = _Made([], [])
    frame = held.bundle.tables.get((form.form_id, table.name))
    if frame is not None and units.is_wanted is not None:
        frame = frame[units.is_wanted]
    for order, indicator in asked:
        if (form.form_id, order) in held.direct:
            made.direct.extend((order, each) for each in held.direct[form.form_id, order])
        elif frame is not None:
            try:
                made.of_rows.extend([(order, each) for each in made_of(held.bundle, form, table, indicator, frame)])
            except SurveyError as problem:
                problems.append(problem)
    return made


def _answer(made: _Made, table: str, form_units: FormUnits, units: UnitsOfTable, centres: Numbers | None) -> Answered:
    summed, behind = apart(made.of_rows)
    # Which measures can be read from columns is another matter in every part, but not their order.
    orders = np.array([order for order, _ in (*made.direct, *summed)], dtype=np.intp)
    in_order = np.argsort(orders, kind="stable")
    place = np.empty(len(orders), dtype=np.intp)
    place[in_order] = np.arange(len(orders))
    n_direct, n_units = len(made.direct), len(units.units.work.units)
    centre = np.zeros(len(orders)) if centres is None or len(centres) != len(orders) else centres
    parts = [sum_units([each for _, each in made.direct], units.rows, units.unit, n_units, centre[place[:n_direct]])]
    if summed:
        parts.append(_sums_of_rows([each for _, each in summed], units.unit, n_units, centre[place[n_direct:]]))
    measures = [*(each.measure for _, each in made.direct), *(each.bare() for _, each in summed)]
    return Answered(
        units=units,
        form_units=form_units,
        table=table,
        measures=tuple(measures[at] for at in in_order),
        orders=tuple(int(order) for order in orders[in_order]),
        of_rows=tuple(each for _, each in behind),
        orders_of_rows=tuple(order for order, _ in behind),
        centres=centre,
        sums=side_by_side(parts, [place[:n_direct], place[n_direct:]][: len(parts)]),
    )


def _sums_of_rows(measures: Sequence[Measure], unit: Codes | None, n_units: int, centres: Numbers) -> UnitSums:
    of_row = np.arange(n_units) if unit is None else unit
    sums = sum_measures(measures, of_row, n_units, centres=centres)
    return UnitSums(sums.n, sums.y, sums.x, sums.ryy, sums.rxy, sums.rxx)
