"""`python -m analysis BUNDLE --out DIR`: every indicator as table and chart, and the Word drafts, from an exported bundle."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analysis.exports.command import main as export
from analysis.pipeline import PROBLEMS, Request, run
from analysis.progress import progress_bar
from analysis.scale.command import is_large, run_large
from analysis.scale.running import SCHEDULER
from analysis.words import LANGUAGES
from questionnaires.errors import SurveyError


def main(arguments: Sequence[str] | None = None) -> int:
    """0 once the result is in its folder; 1, with one line on standard error and nothing written, when it cannot be made."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["export"]:
        return export(given[1:])
    options = _parser().parse_args(given)
    request = Request(
        visit_id=options.visit,
        county_code=options.county,
        language=options.language,
        minimum_n=options.minimum_n,
        calibrate=options.calibrate,
        corrections=options.corrections,
        is_raw=options.raw,
    )
    try:
        if options.in_parts or is_large(options.bundle):
            with progress_bar(" parts") as show:
                finished = run_large(options.bundle, options.out, request, n_workers=options.workers, progress=show)
        else:
            with progress_bar(" files") as show:
                finished = run(options.bundle, options.out, request, today=options.today, progress=show)
    except (SurveyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    written = finished.names
    if PROBLEMS in written:
        print((options.out / PROBLEMS).read_text(encoding="utf-8"), end="", file=sys.stderr)
    n_charts = sum(name.endswith(".svg") for name in written)
    if "gaps.xlsx" not in written:
        print(f"{options.out}: {', '.join(name for name in written if '/' not in name)}, {n_charts} charts")
        return 0
    n_reports, n_sheets = (sum(name.startswith(folder) for name in written) for folder in ("reports/", "quality/"))
    tables = "estimates.csv, estimates.parquet, tables.xlsx, gaps.xlsx, quality.xlsx"
    print(f"{options.out}: {tables}, {n_charts} charts, {n_reports} reports, {n_sheets} sheets for pairs")
    if finished.corrections:
        print(finished.corrections)
    return 0


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write it as year-month-day, such as 2018-04-27") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis",
        description="Tables, charts and Word drafts from an exported bundle.",
        epilog="For Excel, Stata, SPSS and R: python -m analysis export --help",
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the folder that `python -m survey export` wrote")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the result; an earlier result is replaced")
    parser.add_argument("--visit", metavar="ID", help="only this visit")
    parser.add_argument("--county", metavar="CODE", help="only the county with these six digits")
    parser.add_argument("--language", choices=LANGUAGES, default="zh", help="the language of labels and reports (default: zh)")
    parser.add_argument("--minimum-n", type=int, default=0, metavar="N", help="leave out figures that rest on fewer than N answers")
    parser.add_argument(
        "--corrections", type=Path, metavar="FILE", help="corrections of your own (.csv, .xlsx, .parquet), replayed after the bundle's"
    )
    parser.add_argument(
        "--calibrate",
        type=_names,
        default=(),
        metavar="NAMES",
        help="bring weights of drawn visits to the frame's numbers of households: household_kind, county, or both with a comma",
    )
    parser.add_argument(
        "--in-parts",
        action="store_true",
        help="figures, their workbook and charts, with few counties in memory at once, as is done of itself from 300,000 interviews on",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        metavar="N",
        help=f"processes that work on the parts (default: one per processor); with {SCHEDULER} set, the workers of that Dask cluster do",
    )
    parser.add_argument("--raw", action="store_true", help="answers as they were received: no corrections, not even the bundle's")
    parser.add_argument(
        "--today", type=_date, default=date.today(), metavar="YYYY-MM-DD", help="the date that reports bear (default: today)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
