"""What `python -m analysis` makes of a bundle that does not fit into memory: figures as tables and charts, and what stood in the way."""

import os
from pathlib import Path

from analysis.charts.pictures import svg_and_png_of
from analysis.estimation.suppression import Suppression
from analysis.folders import new_folder
from analysis.pipeline import MARK, PROBLEMS, TABLES, Finished, Request, check_destination
from analysis.progress import Progress
from analysis.scale.files import charts_in, left_out, workbook_in
from analysis.scale.large import LARGE, LargeEstimates, estimate_large, n_interviews, open_source
from analysis.scale.running import SCHEDULER
from analysis.scale.writing import write_estimates, write_labelled
from questionnaires.errors import ErrorCode, SurveyError


def is_large(bundle_path: Path) -> bool:
    """Whether the bundle is to be estimated in parts."""
    return n_interviews(bundle_path) >= LARGE


def run_large(bundle_path: Path, out: Path, request: Request, *, n_workers: int = 0, progress: Progress | None = None) -> Finished:
    """What is then in the folder `out`, which is replaced as a whole or left as it was.

    Raises what `estimate_large` raises, NOT_FOUND for an unknown visit, EMPTY_DATASET.
    """
    check_destination(out)
    _check_request(bundle_path, request)
    found = estimate_large(
        bundle_path,
        n_workers=n_workers,
        scheduler=os.environ.get(SCHEDULER) or None,
        visit_ids=[request.visit_id] if request.visit_id else None,
        suppression=Suppression(request.minimum_n),
        is_raw=request.is_raw,
        is_lenient=True,
        corrections=request.corrections,
        calibrate=request.calibrate,
        progress=progress,
    )
    with new_folder(out) as partial:
        n_rows = write_estimates(found, partial / MARK, request.county_code)
        if not n_rows:
            narrowed = [f"visit {request.visit_id}"] if request.visit_id else []
            narrowed += [f"county {request.county_code}"] if request.county_code else []
            place = " for ".join(filter(None, (str(bundle_path), " and ".join(narrowed))))
            raise SurveyError(ErrorCode.EMPTY_DATASET, place=place, form_id="any questionnaire")
        write_labelled(found, partial / "estimates.csv", request.language, request.county_code)
        problems = [*found.problems, *_write_beside(found, partial, request, n_rows, progress), *left_out(bundle_path, found, request)]
        (partial / PROBLEMS).write_text("".join(f"{problem}\n" for problem in problems), encoding="utf-8")
        written = tuple(sorted(path.relative_to(partial).as_posix() for path in partial.rglob("*") if path.is_file()))
    return Finished(written, "")


def _write_beside(found: LargeEstimates, folder: Path, request: Request, n_rows: int, progress: Progress | None) -> list[SurveyError]:
    """What of the workbook is too large, once it and the charts are in the folder."""
    workbook, problems = workbook_in(found, request, n_rows)
    if workbook is not None:
        (folder / TABLES).write_bytes(workbook)
    for done, (name, chart) in enumerate(charts_in(found, request)):
        svg, png = svg_and_png_of(chart)
        target = folder / "charts" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(f"{target.name}.svg").write_bytes(svg)
        target.with_name(f"{target.name}.png").write_bytes(png)
        if progress:
            progress(done + 1, done + 2, name)
    return problems


def _check_request(bundle_path: Path, request: Request) -> None:
    """Raise NOT_FOUND before anything is read."""
    if request.visit_id:
        open_source(bundle_path)[1].visit(request.visit_id)
