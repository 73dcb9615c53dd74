"""What `python -m analysis` makes of a bundle that does not fit into memory: its figures, as two files and what stood in the way."""

import os
import shutil
import uuid
from pathlib import Path

from analysis.estimation.suppression import Suppression
from analysis.pipeline import MARK, PROBLEMS, Finished, Request, check_destination, put_in_place
from analysis.progress import Progress
from analysis.scale.large import LARGE, estimate_large, n_interviews, open_source
from analysis.scale.running import SCHEDULER
from analysis.scale.writing import write_estimates, write_labelled
from questionnaires.errors import ErrorCode, SurveyError


def is_large(bundle_path: Path) -> bool:
    """Whether the bundle is to be estimated in parts."""
    return n_interviews(bundle_path) >= LARGE


def run_large(bundle_path: Path, out: Path, request: Request, *, n_workers: int = 0, progress: Progress | None = None) -> Finished:
    """What is then in the folder `out`, which is replaced as a whole or left as it was.

    Raises what `estimate_large` raises, NOT_FOUND for an unknown visit, EMPTY_DATASET, TOO_LARGE for what is not made in parts.
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
        progress=progress,
    )
    partial = out.absolute().parent / f".{out.name}.{uuid.uuid4().hex}"
    partial.mkdir(parents=True)
    try:
        if not write_estimates(found, partial / MARK, request.county_code):
            narrowed = [f"visit {request.visit_id}"] if request.visit_id else []
            narrowed += [f"county {request.county_code}"] if request.county_code else []
            place = " for ".join(filter(None, (str(bundle_path), " and ".join(narrowed))))
            raise SurveyError(ErrorCode.EMPTY_DATASET, place=place, form_id="any questionnaire")
        write_labelled(found, partial / "estimates.csv", request.language, request.county_code)
        if found.problems:
            (partial / PROBLEMS).write_text("".join(f"{problem}\n" for problem in found.problems), encoding="utf-8")
        written = tuple(sorted(path.name for path in partial.iterdir()))
        put_in_place(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Finished(written, "")


def _check_request(bundle_path: Path, request: Request) -> None:
    """Raise NOT_FOUND or TOO_LARGE before anything is read."""
    if request.visit_id:
        open_source(bundle_path)[1].visit(request.visit_id)
    if request.calibrate:
        detail = "leave it out, or export fewer visits with: python -m survey export --visit ID."
        raise SurveyError(ErrorCode.TOO_LARGE, place="--calibrate", detail=detail)
