"""The files of an analyst's run that tell how good the interviews are: a workbook, and a sheet per pair that has something to be asked."""

from collections.abc import Iterator
from datetime import date

from analysis.bundle import Bundle
from analysis.quality.asking import ask_pair, pairs_of
from analysis.quality.checks import check_quality
from analysis.quality.material import SHORT_ID, materials_of
from analysis.quality.sheets import write_sheet
from analysis.quality.workbook import workbook_of

WORKBOOK = "quality.xlsx"
SHEETS = "quality"
"""The folder of the sheets."""


def quality_files(bundle: Bundle, visit_ids: list[str] | None, language: str, today: date) -> Iterator[tuple[str, bytes]]:
    """The workbook, then every sheet, each with its name. A bundle has no names of people, so sheets are named for their ids."""
    titles = {visit.id: visit.title for visit in bundle.visits}
    found = [(titles[material.visit_id], check_quality(material)) for material in materials_of(bundle, visit_ids)]
    yield WORKBOOK, workbook_of(found, language)
    for title, quality in found:
        for pair in pairs_of(quality.material):
            if ask_pair(quality, pair, language):
                people = "-".join(each[:SHORT_ID] for each in (pair.lead_id, pair.second_id) if each)
                name = f"{SHEETS}/{quality.material.visit_id}-{quality.material.form.form_id}-{people}-{language}.docx"
                yield name, write_sheet(quality, pair, title, language=language, today=today)
