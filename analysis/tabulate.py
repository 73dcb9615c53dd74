"""The estimates as a person reads them: with labels and names of places, as CSV and as a workbook. No number is changed."""

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from analysis.bundle import Bundle
from analysis.codebook import label_in
from analysis.describe import indicators_of
from analysis.spreadsheets import xlsx_bytes
from analysis.words import AREA_NAMES, BASIS_NAMES, KIND_NAMES, MARKER_NAMES, name_in, unit_name

SHEETS = {
    "county": {"zh": "各县", "en": "Counties"},
    "village": {"zh": "各村", "en": "Villages"},
    "household_kind": {"zh": "农户类型", "en": "Kinds of household"},
    "marker": {"zh": "重点关注户", "en": "Special attention"},
}
HEADINGS = {
    "zh": ("问卷", "领域", "指标", "选项", "调研", "县", "范围", "有效答复数", "未答或不适用数", "数值", "单位", "依据"),
    "en": ("Form", "Area", "Indicator", "Choice", "Visit", "County", "Domain", "n", "n missing", "Value", "Unit", "Basis"),
}
WIDTHS = (22, 20, 34, 16, 30, 14, 18, 12, 16, 14, 10, 12)
PERCENT = "0.0%"


def label_estimates(bundle: Bundle, estimates: pd.DataFrame, language: str) -> pd.DataFrame:
    """The estimates with four columns more: `indicator_label`, `category_label`, `county_name`, `domain_name`."""
    labels, choices = _labels(bundle, language)
    names = {**KIND_NAMES[language], **MARKER_NAMES[language]}
    places = {code: bundle.place_name(code) for code in {*estimates["county_code"], *estimates["domain"]} if code}
    visits = {visit.id: visit.title for visit in bundle.visits}
    keys = list(zip(estimates["form_id"], estimates["indicator"], strict=True))
    return estimates.assign(
        indicator_label=[labels[key] for key in keys],
        category_label=[choices.get((*key, category), category) for key, category in zip(keys, estimates["category"], strict=True)],
        county_name=estimates["county_code"].map(lambda code: places.get(code, "")),
        domain_name=[names.get(domain) or visits.get(domain) or places.get(domain, "") for domain in estimates["domain"]],
    )


def workbook_of(bundle: Bundle, estimates: pd.DataFrame, language: str) -> bytes:
    """The estimates by county, village, kind of household and mark as an .xlsx file, a sheet each; shares are formatted as per cent."""
    labelled = label_estimates(bundle, estimates, language)
    titles = {form.form_id: label_in(form.title, language, form.form_id) for form in bundle.forms.values()}
    visits = {visit.id: visit.title for visit in bundle.visits}
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for domain_type, sheet_names in SHEETS.items():
        sheet = workbook.create_sheet(sheet_names[language])
        sheet.append(HEADINGS[language])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        rows = labelled[(labelled["domain_type"] == domain_type) & (labelled["county_code"] != "")]
        for row in rows.itertuples(index=False):
            is_share = row.unit == "share"
            sheet.append(
                (
                    titles[row.form_id],
                    name_in(AREA_NAMES, language, row.area),
                    row.indicator_label,
                    row.category_label,
                    visits.get(row.visit_id, row.visit_id),
                    row.county_name,
                    row.domain_name,
                    row.n,
                    row.n_missing,
                    None if pd.isna(row.estimate) else row.estimate,
                    "%" if is_share else unit_name(row.unit, language),
                    name_in(BASIS_NAMES, language, row.basis),
                )
            )
            if is_share:
                sheet.cell(sheet.max_row, HEADINGS["en"].index("Value") + 1).number_format = PERCENT
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
        for number, width in enumerate(WIDTHS, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
    return xlsx_bytes(workbook)


def _labels(bundle: Bundle, language: str) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str, str], str]]:
    """The label of every indicator by form and name, and of every choice of a distribution by form, indicator and choice."""
    labels, choices = {}, {}
    for form in bundle.forms.values():
        for indicator in indicators_of(form):
            key = (form.form_id, indicator.name)
            labels[key] = label_in(indicator.label, language, indicator.name)
            table = form.table_of(indicator)
            column = table.find(indicator.variable or "") if table else None
            for choice in column.choices if column and indicator.kind == "distribution" else ():
                choices[*key, choice.name] = label_in(choice.label, language, choice.name)
    return labels, choices
