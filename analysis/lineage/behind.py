"""The rows behind the figures: for every table with indicators, what each row adds to each of them, and which rows a domain holds.

A figure's `n + n_missing` rows are those of its domain; where a figure is of the sample, those of them whose household was drawn. The same
functions say what a row is worth that the estimates are made of (`made_of`, `sampled_rows`), so that the two cannot differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Form, Table
from analysis.describe import indicators_of
from analysis.domains import DOMAIN_KEYS
from analysis.functions.named import Composite, Made, made_of
from analysis.indicators import BASES, LONELY, units_of
from analysis.measures import SHARE_KINDS, Measure
from analysis.sampled import PURPOSIVE, sampled_rows
from questionnaires.errors import SurveyError

KEYS = ("instance_id", "position", "visit_id", "county_code", "village_code", "household_kind", "household_id", "markers", "is_sampled")
"""The columns of every row: who it is of and where; `position` is 0 in the main table, `markers` are the household's marks, and
`is_sampled` says whether a figure of the sample counts it."""
COLUMN_OF_KEY = {
    "visit_id": "visit_id",
    "county_code": "county_code",
    "village_code": "village_code",
    "household_kind": "household_kind",
    "marker": "markers",
}
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MeasureColumns:
    """Where the rows of one measure keep what it adds up: above and below the line, whether a row has a usable answer, and its answer."""

    indicator: str
    category: str
    numerator: str
    denominator: str
    is_valid: str
    answer: str
    """"" where no single answer says what counted."""
    adds: str = "share"
    """What a row adds: "share", whether it is counted; "ratio", two numbers; "number", one."""
    is_quotient: bool = True
    """Whether the figure is the sum above the line over that below, and so can be compared household by household."""


@dataclass(frozen=True, slots=True, eq=False)
class RowsBehind:
    """The rows of one table with `KEYS` and the columns of its measures, by county, village and interview."""

    form_id: str
    table: str
    has_sample: bool
    """Whether figures that are not purposive count the sampled rows alone."""
    measures: tuple[MeasureColumns, ...]
    rows: pd.DataFrame


def rows_behind(bundle: Bundle) -> Iterator[RowsBehind]:
    """The rows behind all figures of the bundle, table by table; a table without rows or indicators gives none."""
    for form in bundle.forms.values():
        for table in form.tables:
            found = _rows_of(bundle, form, table)
            if found is not None:
                yield found


def _rows_of(bundle: Bundle, form: Form, table: Table) -> RowsBehind | None:
    indicators = [each for each in indicators_of(form) if (each.of or MAIN) == table.name]
    data = bundle.tables[form.form_id, table.name]
    if not indicators or data.empty:
        return None
    units = units_of(bundle, form.form_id, table.name)
    has_sample, is_sampled = _sampled(bundle, form, units)
    columns: dict[str, object] = {
        "instance_id": data["instance_id"].array,
        "position": np.zeros(len(data), dtype=np.int32) if table.name == MAIN else data["position"].to_numpy(dtype=np.int32),
        **{name: units[name].array for name in ("visit_id", "county_code", "village_code", "household_kind", "household_id")},
        "markers": units["household_id"].map(_marks(bundle.households)).array,
        "is_sampled": is_sampled,
    }
    measures: list[MeasureColumns] = []
    for indicator in indicators:
        try:
            found = list(made_of(bundle, form, table, indicator, data))
        except SurveyError:
            # The estimates tell what is wrong with it; without a figure there is nothing behind one.
            continue
        column = table.find(indicator.variable or "")
        answer = ""
        if column is not None and indicator.kind in SHARE_KINDS and column.name in data:
            answer = f"answer:{column.name}"
            columns[answer] = [_answer_text(value) for value in data[column.name]]
        for measure in found:
            measures.append(_put(measure, len(measures), answer, columns))
    if not measures:
        return None
    rows = pd.DataFrame(columns).sort_values(["county_code", "village_code", "instance_id", "position"], kind="stable", ignore_index=True)
    return RowsBehind(form.form_id, table.name, has_sample, tuple(measures), rows)


def _put(made: Made, number: int, answer: str, columns: dict[str, object]) -> MeasureColumns:
    """Where the measure's columns are among `columns`, to which they are added; what stands below the line is kept only where it tells.

    A composite counts a row that any of its parts counts.
    """
    is_ratio = isinstance(made, Measure) and made.is_ratio
    place = MeasureColumns(
        made.indicator.name,
        made.category,
        numerator=f"numerator:{number}",
        denominator=f"denominator:{number}" if is_ratio else f"valid:{number}",
        is_valid=f"valid:{number}",
        answer=answer,
        adds="ratio" if is_ratio else "share" if isinstance(made, Composite) or made.is_share else "number",
        is_quotient=isinstance(made, Measure) and made.level is None and not made.is_sum,
    )
    parts = made.parts if isinstance(made, Composite) else (made,)
    columns[place.numerator] = np.sum([part.numerator for part in parts], axis=0)
    columns[place.is_valid] = made.is_valid
    if is_ratio:
        columns[place.denominator] = parts[0].denominator
    return place


def _sampled(bundle: Bundle, form: Form, units: pd.DataFrame) -> tuple[bool, Flags]:
    """Whether there is a sample with usable weights, and the rows that belong to it."""
    everybody: Flags = np.ones(len(units), dtype=bool)
    if bundle.sample is None:
        return False, everybody
    respondents = bundle.tables[form.form_id, MAIN][["visit_id", "household_id"]].dropna()
    try:
        sampled = sampled_rows(bundle.sample, units, respondents, lonely=LONELY, place=f"Form '{form.form_id}'")
    except SurveyError:
        return False, everybody
    is_sampled: Flags = np.zeros(len(units), dtype=bool)
    is_sampled[sampled.rows] = True
    return True, is_sampled


def _marks(households: pd.DataFrame) -> "pd.Series[str]":
    """The marks of each household between bars, "|old|sick|", by its id."""
    texts = [
        "" if value is None or isinstance(value, float) or not len(value) else f"|{'|'.join(value)}|" for value in households["markers"]
    ]
    return pd.Series(texts, index=households["household_id"].array, dtype="str")


def _answer_text(value: object) -> str:
    """An answer as one text: the names of several choices with blanks between them, as XForms write them."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, list | tuple | np.ndarray):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def domain_of(figure: Mapping[str, str]) -> dict[str, str]:
    """The values that rows have in the columns of `KEYS` when they lie in the figure's domain; `figure` is a row of the estimates.

    Of a mark it is the text that `markers` must hold.
    """
    named = {"visit_id": figure["visit_id"], "county_code": figure["county_code"]}
    for domain_type, keys in DOMAIN_KEYS:
        if domain_type != figure["domain_type"] or ("county_code" in keys[:-1]) != _is_within_county(figure):
            continue
        values = {key: figure["domain"] if key == keys[-1] else named[key] for key in keys}
        return {COLUMN_OF_KEY[key]: f"|{value}|" if key == "marker" else value for key, value in values.items()}
    raise ValueError(f"no domain is of the type {figure['domain_type']!r}")


def _is_within_county(figure: Mapping[str, str]) -> bool:
    """Whether the domain is a part of one county; a county is no part of itself."""
    return figure["county_code"] != "" and figure["domain_type"] != "county"


def counts_sampled_only(basis: str, has_sample: bool) -> bool:
    """Whether a figure on this basis is one of the sample, so that rows outside the sample do not stand behind it."""
    return has_sample and basis != BASES[PURPOSIVE]


def is_behind(rows: RowsBehind, figure: Mapping[str, str]) -> Flags:
    """For each row whether it stands behind the figure, with or without a usable answer."""
    found: Flags = np.ones(len(rows.rows), dtype=bool)
    for column, value in domain_of(figure).items():
        texts = rows.rows[column]
        matches = texts.str.contains(value, regex=False, na=False) if column == "markers" else texts == value
        found &= matches.fillna(False).to_numpy(dtype=bool)
    if counts_sampled_only(figure["basis"], rows.has_sample):
        found &= rows.rows["is_sampled"].to_numpy(dtype=bool)
    return found
