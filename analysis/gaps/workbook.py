"""The gap analyses as a workbook with labels in either language: a sheet each, and how to read them. No number is changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.bundle import Bundle
from analysis.codebook import label_in
from analysis.describe import indicators_of
from analysis.gaps.cliff import cliff_gaps
from analysis.gaps.filed import compared_items, said_against_filed
from analysis.gaps.villages import village_differences
from analysis.gaps.words import ANY_RULE, DOMAIN_NAMES, HEADINGS, NOTES, SHEET_NAMES, TEST_NAMES
from analysis.measures import SHARE_UNIT
from analysis.spreadsheets import xlsx_bytes
from analysis.words import BASIS_NAMES, KIND_NAMES, name_in, unit_name
from questionnaires.errors import SurveyError

PERCENT, NUMBER, P_VALUE = "0.0%", "#,##0.00", "0.000"
WIDE, MIDDLE, NARROW = 34, 18, 12
TEXT_COLUMNS = {"visit": WIDE, "indicator": WIDE, "item": WIDE, "rule": WIDE, "kinds": WIDE, "test": MIDDLE, "place": MIDDLE}
SHARES = frozenset(("agreement", "direction"))
OF_UNIT = frozenset(("mean_first", "mean_second", "gap", "mean_with", "mean_without", "difference", "se", "ci_low", "ci_high"))
P_VALUES = frozenset(("p_value", "p_holm"))
CLIFF = ("visit", "domain_type", "place", "indicator", "kinds", "n_villages", "n_first", "n_second", "mean_first", "mean_second", "gap")
FILED = ("visit", "domain_type", "place", "item", "n", "n_not_verified", "n_missing_in_file", "agreement")
FILED_WAYS = ("n_above", "n_below", "direction")
VILLAGES = ("visit", "rule", "rank", "indicator", "n_with", "n_without", "mean_with", "mean_without", "difference", "effect")
INTERVAL = ("se", "ci_low", "ci_high")
TESTED = ("test", "p_value", "n_tests", "p_holm", "basis")


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """The three analyses of the visits asked for, and what stood in the way of some figures."""

    cliff: pd.DataFrame
    filed: pd.DataFrame
    villages: pd.DataFrame
    problems: tuple[SurveyError, ...]

    def of_county(self, code: str | None) -> "Gaps":
        """The gaps of one county alone; what distinguishes villages is told of the whole visit all the same. None limits nothing."""
        if not code:
            return self
        cliff, filed = (table[table["county_code"] == code].reset_index(drop=True) for table in (self.cliff, self.filed))
        return replace(self, cliff=cliff, filed=filed)


class Labels:
    """The names of places, visits, indicators, items and rules of a bundle in one language."""

    def __init__(self, bundle: Bundle, language: str) -> None:
        self.bundle, self.language = bundle, language
        self.visits = {visit.id: visit.title for visit in bundle.visits}
        self.items = {item.name: label_in(item.label, language, item.name) for item in compared_items(bundle)}
        titles = bundle.candidates.drop_duplicates("rule").set_index("rule")[f"title_{language}"]
        self.rules = {**ANY_RULE[language], **titles.dropna().to_dict()}
        self.indicators, self.choices = _indicator_labels(bundle, language)

    def visit(self, row: Any) -> str:
        """The visit's title, or that all of them are meant."""
        return self.visits.get(row.visit_id, "") or DOMAIN_NAMES[self.language]["all"]

    def place(self, row: Any) -> str:
        """The name of the county or village, "" for a whole visit."""
        return "" if row.domain_type == "visit" else self.bundle.place_name(row.domain)

    def indicator(self, row: Any) -> str:
        """The indicator's label, with the answer for a distribution."""
        label = self.indicators.get((row.form_id, row.indicator), row.indicator)
        category = getattr(row, "category", "")
        return f"{label}：{self.choices.get((row.form_id, row.indicator, category), category)}" if category else label

    def kinds(self, row: Any) -> str:
        """The two kinds of household that are compared."""
        names = KIND_NAMES[self.language]
        return f"{names.get(row.first_kind, row.first_kind)} − {names.get(row.second_kind, row.second_kind)}"

    def domain_type(self, row: Any) -> str:
        """The level of the figure."""
        return name_in(DOMAIN_NAMES, self.language, row.domain_type)

    def item(self, row: Any) -> str:
        """What is compared."""
        return self.items.get(str(row.item), str(row.item))

    def rule(self, row: Any) -> str:
        """The issue that some villages have."""
        return str(self.rules.get(row.rule, row.rule))

    def test(self, row: Any) -> str:
        """The test of the row."""
        return name_in(TEST_NAMES, self.language, row.test)

    def basis(self, row: Any) -> str:
        """How the villages were chosen."""
        return name_in(BASIS_NAMES, self.language, row.basis)

    def unit(self, row: Any) -> str:
        """The unit of the figure."""
        return "%" if row.unit == SHARE_UNIT else unit_name(row.unit, self.language)

    def is_same_question(self, row: Any) -> str:
        """A mark where the rule looks at the question that the indicator is made of."""
        return "✓" if row.is_same_question else ""


def find_gaps(bundle: Bundle, visit_ids: Sequence[str] | None = None) -> Gaps:
    """All three analyses of these visits, of all where None is given."""
    cliff, filed, villages = (make(bundle, visit_ids) for make in (cliff_gaps, said_against_filed, village_differences))
    problems = {str(each): each for found in (cliff, filed, villages) for each in found.problems}
    return Gaps(cliff.table, filed.table, villages.table, tuple(problems.values()))


def gaps_workbook(bundle: Bundle, gaps: Gaps, language: str) -> bytes:
    """The analyses as an .xlsx file; a sheet without rows says so by having none."""
    labels, workbook = Labels(bundle, language), Workbook()
    workbook.remove(workbook.worksheets[0])
    sheets: tuple[tuple[str, pd.DataFrame, tuple[str, ...]], ...] = (
        ("cliff", gaps.cliff, (*CLIFF, "unit", *INTERVAL, *TESTED)),
        ("filed", gaps.filed, (*FILED, *INTERVAL, *FILED_WAYS, *TESTED)),
        ("villages", gaps.villages, (*VILLAGES, "unit", *INTERVAL, *TESTED, "is_same_question")),
    )
    for name, table, columns in sheets:
        _fill(workbook.create_sheet(SHEET_NAMES[language][name]), table, columns, labels)
    notes = workbook.create_sheet(SHEET_NAMES[language]["notes"])
    notes.column_dimensions["A"].width = 110
    for number, note in enumerate(NOTES[language], start=1):
        notes.append((note,))
        notes.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
    return xlsx_bytes(workbook)


def _fill(sheet: Worksheet, table: pd.DataFrame, columns: Sequence[str], labels: Labels) -> None:
    sheet.append([HEADINGS[labels.language][name] for name in columns])
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    renamed = {"gap": "estimate", "agreement": "estimate", "difference": "estimate"}
    words: Mapping[str, Callable[[Any], str] | None] = {name: getattr(labels, name, None) for name in columns}
    # The sheet would look for its last row among all its cells.
    for number, row in enumerate(table.itertuples(index=False), start=2):
        values = []
        for name in columns:
            named = words[name]
            value = named(row) if callable(named) else getattr(row, renamed.get(name, name))
            values.append(None if not isinstance(value, str) and pd.isna(value) else value)
        sheet.append(values)
        for place, name in enumerate(columns, start=1):
            if look := _look(name, getattr(row, "unit", SHARE_UNIT)):
                sheet.cell(number, place).number_format = look
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for place, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = TEXT_COLUMNS.get(name, NARROW)


def _look(name: str, unit: str) -> str:
    """How numbers of the column are written; "" as they are."""
    if name in P_VALUES:
        return P_VALUE
    if name in SHARES or (name in OF_UNIT and unit == SHARE_UNIT):
        return PERCENT
    return NUMBER if name in OF_UNIT or name == "effect" else ""


def _indicator_labels(bundle: Bundle, language: str) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str, str], str]]:
    labels, choices = {}, {}
    for form in bundle.forms.values():
        for indicator in indicators_of(form):
            labels[form.form_id, indicator.name] = label_in(indicator.label, language, indicator.name)
            table = form.table_of(indicator)
            column = table.find(indicator.variable or "") if table else None
            for choice in column.choices if column and indicator.kind == "distribution" else ():
                choices[form.form_id, indicator.name, choice.name] = label_in(choice.label, language, choice.name)
    return labels, choices
