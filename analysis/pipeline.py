"""The whole run of an analyst: a bundle in, a folder of tables, charts and drafts out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.bundle import Bundle, read_bundle
from analysis.charts.bundle_charts import bundle_charts
from analysis.charts.pictures import Chart, svg_and_png_of
from analysis.coding.columns import with_codes
from analysis.corrections.told import corrections_csv, say_corrections
from analysis.estimation.suppression import Suppression
from analysis.folders import new_folder
from analysis.gaps.workbook import Gaps, find_gaps, gaps_workbook
from analysis.indicators import compute_estimates
from analysis.progress import Progress
from analysis.quality.files import quality_files
from analysis.report.facts import counties_of
from analysis.report.kinds.county import draft_county_report
from analysis.spreadsheets import harmless_texts
from analysis.tabulate import label_estimates, workbook_of
from questionnaires.errors import ErrorCode, SurveyError

MARK = "estimates.parquet"
"""What shows that a folder is an earlier result, which may be replaced."""

PROBLEMS = "problems.txt"
"""What stood in the way of figures, or makes some less sure, a line each; there only if there is any."""

TABLES = "tables.xlsx"
CORRECTIONS = "corrections.csv"
"""Every entry of the log of corrections with what became of it; there only if there is any."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: everything, or one visit, or one county of it."""

    visit_id: str | None = None
    county_code: str | None = None
    language: str = "zh"
    minimum_n: int = 0
    corrections: Path | None = None
    """The table of an analyst that is replayed after the bundle's own log of corrections."""
    calibrate: tuple[str, ...] = ()
    """The totals of the frame that weights are brought to."""
    is_raw: bool = False
    """Whether answers are taken as they are stored, without any correction."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The names of the files of a result, and what became of corrections: "corrections: 12 applied", "" where there are none."""

    names: tuple[str, ...]
    corrections: str


def run(bundle_path: Path, out: Path, request: Request, *, today: date, progress: Progress | None = None) -> Finished:
    """What is then in the folder `out`, which is replaced as a whole or left as it was.

    Raises INVALID_BUNDLE, UNREADABLE_CORRECTIONS, EMPTY_DATASET, NOT_FOUND for an unknown visit, INVALID_VALUE when `out` holds something
    else.
    """
    check_destination(out)
    bundle = with_codes(read_bundle(bundle_path, corrections=request.corrections, is_raw=request.is_raw, is_lenient=True))
    asked = reports_asked(bundle, request)
    found = compute_estimates(bundle, visit_ids=_visits(request), suppression=Suppression(request.minimum_n), calibrate=request.calibrate)
    estimates = _select(found.table, request)
    gaps = find_gaps(bundle, _visits(request)).of_county(request.county_code)
    problems = tuple({str(each): each for each in (*bundle.corrections.problems, *found.problems, *gaps.problems)}.values())
    with new_folder(out) as partial:
        if problems:
            (partial / PROBLEMS).write_text("".join(f"{problem}\n" for problem in problems), encoding="utf-8")
        if len(bundle.corrections.entries):
            (partial / CORRECTIONS).write_bytes(corrections_csv(bundle.corrections))
        charts = _charts(bundle, estimates, request)
        files = _files(bundle, estimates, gaps, charts, asked, request, today)
        total = 5 + 2 * len(charts) + len(asked)
        for done, (name, content) in enumerate(files):
            if progress:
                progress(done, total, name)
            target = partial / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        written = tuple(sorted(path.relative_to(partial).as_posix() for path in partial.rglob("*") if path.is_file()))
    if progress:
        progress(total, total, "")
    return Finished(written, say_corrections(bundle.corrections) if CORRECTIONS in written else "")


def reports_asked(bundle: Bundle, request: Request) -> list[tuple[str, str]]:
    """(visit, county) of every draft; EMPTY_DATASET when there is no accepted interview for what is asked."""
    visits = [bundle.visit(request.visit_id)] if request.visit_id else bundle.visits
    asked = [(visit.id, county) for visit in visits for county in counties_of(bundle, visit.id) if county != "unknown"]
    if request.county_code:
        asked = [(visit, county) for visit, county in asked if county == request.county_code]
    narrowed = request.visit_id or request.county_code
    if bundle.n_submissions == 0 or (narrowed and not asked):
        visit = f"visit {request.visit_id}" if request.visit_id else ""
        county = f"county {request.county_code}" if request.county_code else ""
        place = " for ".join(filter(None, (str(bundle.path), " and ".join(filter(None, (visit, county))))))
        raise SurveyError(ErrorCode.EMPTY_DATASET, place=place, form_id="any questionnaire")
    return asked


def check_destination(out: Path) -> None:
    """Raise INVALID_VALUE when something other than an earlier result or an empty folder is there."""
    is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    if not is_free and not (out / MARK).is_file():
        detail = "something else than an earlier result is there; name a new folder, or remove it yourself."
        raise SurveyError(ErrorCode.INVALID_VALUE, field=str(out), detail=detail)


def _visits(request: Request) -> list[str] | None:
    return [request.visit_id] if request.visit_id else None


def _select(estimates: pd.DataFrame, request: Request) -> pd.DataFrame:
    if not request.county_code:
        return estimates
    return estimates[estimates["county_code"] == request.county_code].reset_index(drop=True)


def _charts(bundle: Bundle, estimates: pd.DataFrame, request: Request) -> list[tuple[str, Chart]]:
    """Every chart with its name; they are drawn one after the other later."""
    found = bundle_charts(
        bundle,
        estimates,
        request.language,
        visit_ids=_visits(request),
        county_code=request.county_code,
        minimum_n=request.minimum_n,
        calibrate=request.calibrate,
    )
    return list(found)


def _files(
    bundle: Bundle,
    estimates: pd.DataFrame,
    gaps: Gaps,
    charts: list[tuple[str, Chart]],
    asked: list[tuple[str, str]],
    request: Request,
    today: date,
) -> Iterator[tuple[str, bytes]]:
    """Every file of the result with its name, one after the other."""
    language = request.language
    yield MARK, estimates.to_parquet(index=False)
    # The mark at the beginning tells Excel that the file is UTF-8.
    yield "estimates.csv", harmless_texts(label_estimates(bundle, estimates, language)).to_csv(index=False).encode("utf-8-sig")
    yield TABLES, workbook_of(bundle, estimates, language)
    yield "gaps.xlsx", gaps_workbook(bundle, gaps, language)
    for name, chart in charts:
        svg, png = svg_and_png_of(chart)
        yield f"charts/{name}.svg", svg
        yield f"charts/{name}.png", png
    yield from quality_files(bundle, _visits(request), language, today)
    for visit_id, county in asked:
        draft = draft_county_report(
            bundle, visit_id, county, language=language, today=today, minimum_n=request.minimum_n, calibrate=request.calibrate
        )
        yield f"reports/{visit_id}-{county}-{language}.docx", draft
