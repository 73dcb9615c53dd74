"""`python -m analysis export BUNDLE --out FILE.zip`: one visit for other programs, de-identified unless `--full` is said."""

import argparse
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from analysis.bundle import Bundle, read_bundle
from analysis.exports.archive import FORMATS, ExportRequest, make_archive
from analysis.exports.units import Safety
from analysis.progress import progress_bar
from analysis.words import LANGUAGES
from questionnaires.errors import ErrorCode, SurveyError


def main(arguments: Sequence[str]) -> int:
    """0 once the archive is written; 1, with one line on standard error and nothing written, when it cannot be made."""
    options = _parser().parse_args(arguments)
    try:
        bundle = read_bundle(options.bundle, corrections=options.corrections, is_raw=options.raw)
        request = ExportRequest(
            options.visit or only_visit(bundle),
            options.language,
            tuple(dict.fromkeys(options.format or FORMATS)),
            is_full=options.full,
            safety=Safety(options.k, options.village_minimum),
            key=options.key_file.read_bytes() if options.key_file else None,
        )
        with progress_bar(" files") as show:
            made = make_archive(bundle, request, show)
        _write_whole(options.out, made.content)
    except (SurveyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    rows = ", ".join(f"{name} {number}" for name, number in made.n_rows.items())
    print(f"{options.out}: {'full' if made.disclosure is None else 'de-identified'}; rows: {rows}")
    return 0


def only_visit(bundle: Bundle) -> str:
    """The visit of a bundle that has one; INVALID_VALUE naming them when it has several."""
    if len(bundle.visits) != 1:
        known = ", ".join(visit.id for visit in bundle.visits) or "none"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="--visit", detail=f"name one; the bundle has: {known}")
    return bundle.visits[0].id


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.absolute().with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis export", description="One visit of a bundle for other programs, as a .zip.")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the folder that `python -m survey export` wrote")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="where to write it; an earlier file is replaced")
    parser.add_argument("--visit", metavar="ID", help="which visit; needed when the bundle has several")
    parser.add_argument("--language", choices=LANGUAGES, default="zh", help="the language of labels (default: zh)")
    parser.add_argument("--format", choices=FORMATS, action="append", help="may be repeated (default: all)")
    parser.add_argument("--k", type=int, default=Safety().k, metavar="K", help="the smallest cell that is shown (default: %(default)s)")
    parser.add_argument(
        "--village-minimum",
        type=int,
        default=Safety().village_minimum,
        metavar="N",
        help="villages with fewer households get a code (default: %(default)s)",
    )
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="a file whose bytes make the pseudonyms, for the same ones again")
    parser.add_argument("--corrections", type=Path, metavar="FILE", help="corrections of your own, replayed after the bundle's")
    parser.add_argument("--raw", action="store_true", help="answers as they were received, without any correction")
    parser.add_argument("--full", action="store_true", help="with names, texts, positions and times; pass it to nobody")
    return parser
