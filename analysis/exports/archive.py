"""One visit of a bundle as one .zip for other people's programs, whole or not at all."""

import secrets
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from analysis.archive import without_times
from analysis.bundle import Bundle
from analysis.exports.deidentify import Disclosure, deidentify
from analysis.exports.plain_files import shown_rows, table_csv, workbook_bytes, write_parquet
from analysis.exports.readme import codebook_rows, readme_text
from analysis.exports.statistics_files import write_spss, write_stata
from analysis.exports.tables import tables_of_visit
from analysis.exports.units import Safety
from analysis.exports.variables import ExportTable, export_table
from analysis.exports.words import CODEBOOK, CODEBOOK_HEADINGS
from analysis.progress import Progress
from analysis.spreadsheets import csv_bytes
from questionnaires.errors import ErrorCode, SurveyError

FORMATS = ("xlsx", "csv", "stata", "spss", "parquet")
MIN_K, MAX_K = 2, 100


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is asked for: which visit, labels in which language, which formats; with everything in it only if `is_full`."""

    visit_id: str
    language: str = "zh"
    formats: tuple[str, ...] = FORMATS
    is_full: bool = False
    safety: Safety = field(default_factory=Safety)
    key: bytes | None = None
    """What pseudonyms are made with; None for a new one, which nobody keeps."""


@dataclass(frozen=True, slots=True)
class ExportArchive:
    """The .zip, how many rows each table in it has, and what was done to make it safe (None for a full one)."""

    content: bytes
    n_rows: dict[str, int]
    disclosure: Disclosure | None


def make_archive(bundle: Bundle, request: ExportRequest, progress: Progress | None = None) -> ExportArchive:
    """The archive; NOT_FOUND for an unknown visit, EMPTY_DATASET when nothing of it was accepted or nothing may be shown of it.

    INVALID_VALUE for an unknown format or language, or a threshold out of bounds.
    """
    _check(request)
    tables = tables_of_visit(bundle, request.visit_id)
    disclosure = None
    if not request.is_full:
        key = request.key or secrets.token_bytes(32)
        tables, disclosure = deidentify(bundle, tables, request.visit_id, key=key, safety=request.safety)
        if not tables:
            raise SurveyError(
                ErrorCode.EMPTY_DATASET,
                place="What may be shown of visit {visit_id}",
                form_id="any questionnaire",
                visit_id=request.visit_id,
            )
    exported = tuple(export_table(table, request.language) for table in tables)
    report = progress or (lambda _done, _total, _name: None)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        readme = readme_text(bundle, request.visit_id, exported, request.formats, disclosure, request.language)
        target.writestr("README.txt", readme.encode("utf-8-sig"))
        codebook = list(codebook_rows(exported, request.language))
        target.writestr("codebook.csv", csv_bytes(CODEBOOK_HEADINGS[request.language], codebook))
        _write_formats(target, exported, codebook, request, report)
    return ExportArchive(without_times(buffer.getvalue()), {table.name: len(table.frame) for table in exported}, disclosure)


def _check(request: ExportRequest) -> None:
    unknown = sorted(set(request.formats) - set(FORMATS))
    if unknown or not request.formats:
        detail = f"choose from {', '.join(FORMATS)}" + (f", not {unknown[0]}" if unknown else "")
        raise SurveyError(ErrorCode.INVALID_VALUE, field="format", detail=detail, detail_zh=f"请从{'、'.join(FORMATS)}中选择")
    if request.language not in CODEBOOK:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="language", detail="choose zh or en")
    if not (MIN_K <= request.safety.k <= MAX_K and 1 <= request.safety.village_minimum <= 1000):
        detail = f"the smallest cell lies between {MIN_K} and {MAX_K}, the smallest village between 1 and 1000"
        told = f"最小单元在{MIN_K}至{MAX_K}之间，最小村户数在1至1000之间"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="k", detail=detail, detail_zh=told)


def _write_formats(
    target: zipfile.ZipFile, tables: Sequence[ExportTable], codebook: list[list[str]], request: ExportRequest, report: Progress
) -> None:
    total = len(tables) * len(request.formats)
    done = 0
    with tempfile.TemporaryDirectory(prefix="survey-dataset-") as name:
        for kind, suffix, write in (("stata", "dta", write_stata), ("spss", "sav", write_spss), ("parquet", "parquet", write_parquet)):
            for table in tables if kind in request.formats else ():
                report(done, total, f"{kind}/{table.name}")
                path = Path(name) / f"table.{suffix}"
                write(table, path)
                target.writestr(f"{kind}/{table.name}.{suffix}", path.read_bytes())
                done += 1
    for table in tables if "csv" in request.formats else ():
        report(done, total, f"csv/{table.name}")
        target.writestr(f"csv/{table.name}.csv", table_csv(table))
        done += 1
    if "xlsx" in request.formats:
        report(done, total, "data.xlsx")
        sheets = [
            (table.name, [[each.label for each in table.variables], [each.name for each in table.variables]], shown_rows(table))
            for table in tables
        ]
        heading = [CODEBOOK_HEADINGS[request.language]]
        target.writestr("data.xlsx", workbook_bytes([*sheets, (CODEBOOK[request.language], heading, codebook)]))
    report(total, total, "")
