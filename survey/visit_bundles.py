"""The bundle of each visit as it lies in the data folder, brought up to date by what changed: the one place where a visit's figures begin.

Processes that share the data folder wait for each other, visit by visit. What is kept may be removed at any time; it is then written anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from sqlalchemy.orm import Session

from analysis.bundle import folder_name
from survey.export import Exported, Progress, export_changes

BUNDLE = "bundle"


def folder_of_visit(root: Path, visit_id: str) -> Path:
    """Where the visit's bundle, and what is made of it, lie; `root` is the setting's `figures_path`."""
    return root / folder_name(visit_id)


@contextmanager
def fresh_bundle(session: Session, root: Path, visit_id: str, progress: Progress | None = None) -> Iterator[tuple[Path, Exported]]:
    """The folder of the visit's bundle with its accepted interviews as `session` sees them; nobody replaces it while the block runs.

    NOT_FOUND for an unknown visit.
    """
    folder = folder_of_visit(root, visit_id)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "bundle.lock"):
        yield folder / BUNDLE, export_changes(session, folder / BUNDLE, visits=(visit_id,), progress=progress)
