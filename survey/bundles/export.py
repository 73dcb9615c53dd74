"""The accepted submissions as a bundle: the folder of Parquet files that `docs/bundle.md` describes.

Everything is written beside the destination and moved there once it is whole; of a bundle that is there, the files that would be the same
are kept. Submissions are read and written in chunks, so that memory does not grow with their number. The same data give the same bytes,
whatever was there before: rows are sorted by their keys, and no clock is read.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from analysis.folders import new_folder
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.codebook import codebook_entry, make_form_book
from survey.bundles.files import paths_of_part, write_part
from survey.bundles.kept import Earlier, keep_file, manifest_json, read_earlier, sealed_json
from survey.bundles.parquet import file_sha256
from survey.bundles.parts import PlannedForm, plan_parts
from survey.bundles.queries import Scope, count_states, list_visits, origin_of
from survey.bundles.tables import write_tables
from survey.coding.exported import code_books_entry
from survey.instruments.registry import load_questionnaire
from survey.visits.models import Visit

SCHEMA_VERSION = 1

Progress = Callable[[int, int], None]
"""Called with how many submissions are written and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The manifest of a bundle, and how much of the one before was kept; `why_not` says why nothing could be, where one was there."""

    manifest: dict[str, Any]
    n_parts: int
    n_kept: int
    why_not: str


def export_bundle(session: Session, destination: Path, *, visits: Sequence[str] = (), progress: Progress | None = None) -> dict[str, Any]:
    """The manifest of the bundle that is then at `destination`, of these visits or, without any, of everything.

    An older bundle there is replaced in one step; INVALID_VALUE if what is there is no bundle, NOT_FOUND for an unknown visit.
    """
    return export_changes(session, destination, visits=visits, progress=progress).manifest


def export_changes(session: Session, destination: Path, *, visits: Sequence[str] = (), progress: Progress | None = None) -> Exported:
    """The bundle that is then at `destination`, as `export_bundle` makes it, and how much of an older one there was kept."""
    destination = destination.absolute()
    check_destination(destination)
    scope = Scope(tuple(visits))
    covered = [_visit_record(visit) for visit in list_visits(session, scope)]
    origin = origin_of(session)
    earlier = read_earlier(destination, SCHEMA_VERSION, origin)
    with new_folder(destination) as partial:
        planned = plan_parts(session, scope)
        codebook, kept = _write_submissions(session, planned, earlier, partial, progress or _silent)
        review = count_states(session, scope)
        forms = {form.form_id: _form_record(form, review) for form in planned}
        counts = {"submissions": sum(form.n_submissions for form in planned), **write_tables(session, scope, partial)}
        (partial / "codebook.json").write_bytes(manifest_json({"forms": codebook}) + b"\n")
        parts = {part.id: part.fingerprint for form in planned for part in form.parts}
        content = {
            "schema_version": SCHEMA_VERSION,
            "origin": origin,
            "visits": covered,
            "forms": forms,
            "review": review,
            "counts": counts,
        }
        manifest = {**content, "parts": parts, "files": _hashes(partial, kept.files)}
        sealed, sha256 = sealed_json(manifest)
        (partial / "manifest.json").write_bytes(sealed)
    return Exported({**manifest, "hash": sha256}, len(parts), kept.n_parts, earlier.why_not)


def _form_record(form: PlannedForm, review: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    versions = [version.version for version in form.versions]
    return {"versions": versions, "n_submissions": form.n_submissions, "n_by_state": _by_state(review, form.form_id)}


def _by_state(review: Sequence[Mapping[str, Any]], form_id: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in review:
        if row["form_id"] == form_id:
            counts[row["state"]] += row["n"]
    return dict(sorted(counts.items()))


def check_destination(destination: Path) -> None:
    """Raise INVALID_VALUE when something other than a bundle or an empty folder is there, which an export must not destroy."""
    is_free = not destination.exists() or (destination.is_dir() and not any(destination.iterdir()))
    if not is_free and not (destination / "manifest.json").is_file():
        detail = "something else than a bundle is there; name a new folder, or remove it yourself"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=str(destination), detail=detail)


def _silent(_done: int, _total: int) -> None:
    return None


def _visit_record(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "title": visit.title,
        "starts_on": visit.starts_on.isoformat(),
        "ends_on": visit.ends_on.isoformat(),
        "state": visit.state,
        "purpose": visit.purpose,
        "look_back_of": visit.look_back_of_id,
        "is_invented": visit.is_invented,
    }


@dataclass(slots=True)
class Kept:
    """What of the earlier bundle was kept: how many parts, and the hash of each of their files."""

    n_parts: int = 0
    files: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Written:
    """How many interviews are written, of how many; whoever waits is told."""

    progress: Progress
    total: int
    done: int = 0

    def tell(self, more: int) -> None:
        """So many more are written."""
        self.done += more
        self.progress(self.done, self.total)


def _write_submissions(
    session: Session, planned: Sequence[PlannedForm], earlier: Earlier, folder: Path, progress: Progress
) -> tuple[dict[str, dict[str, Any]], Kept]:
    """The forms' entries of the codebook, once the files of all parts are there."""
    codebook: dict[str, dict[str, Any]] = {}
    kept = Kept()
    written = _Written(progress, sum(form.n_submissions for form in planned))
    for form in planned:
        questionnaires = {version.id: load_questionnaire(version) for version in form.versions}
        book = make_form_book(tuple(questionnaires.values()))
        codebook[form.form_id] = {**codebook_entry(book), **code_books_entry(session, form.form_id)}
        for part in form.parts:
            of_part = tuple(paths_of_part(part, book).values())
            if earlier.parts.get(part.id) == part.fingerprint and all(path in earlier.files for path in of_part):
                for path in of_part:
                    keep_file(earlier.folder / path, folder / path)
                    kept.files[path] = earlier.files[path]
                kept.n_parts += 1
                written.tell(len(part.marks))
            else:
                write_part(session, part, questionnaires, book, folder, earlier, written.tell)
    return codebook, kept


def _hashes(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """The hash of every file in the folder by its path there, those of `known` as they are."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path: known.get(path) or file_sha256(folder / path) for path in paths}
