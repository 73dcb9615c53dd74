"""The bundle of each visit as it lies in the data folder, brought up to date by what changed: the one place where a visit's figures begin.

Processes that share the data folder wait for each other, visit by visit. What is kept may be removed at any time; it is then written anew.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from analysis.bundle import folder_name
from survey.bundles.export import Exported, Progress, export_changes

BUNDLE = "bundle"
FOLDER = "survey_figures_path"
"""The execution option of an engine that says where the bundles of its database are kept."""


def keep_bundles_in(engine: Engine, root: Path) -> None:
    """Nothing; the bundles of this database are kept in the folder `root` from now on."""
    engine.update_execution_options(**{FOLDER: root})


@contextmanager
def folder_of_visit(session: Session, visit_id: str) -> Iterator[Path]:
    """The folder of the visit's bundle and of what is made of it; a passing one for a database that keeps none."""
    root: Path | None = session.get_bind().get_execution_options().get(FOLDER)
    if root is not None:
        yield place_of_visit(root, visit_id)
        return
    with tempfile.TemporaryDirectory(prefix="survey-figures-") as passing:
        yield Path(passing)


def place_of_visit(root: Path, visit_id: str) -> Path:
    """Where in the folder of all bundles those of this visit lie."""
    return root / folder_name(visit_id)


@contextmanager
def fresh_bundle(session: Session, visit_id: str, progress: Progress | None = None) -> Iterator[tuple[Path, Exported]]:
    """The folder of the visit's bundle with its accepted interviews as `session` sees them; nobody replaces it while the block runs.

    What is made of it lies beside it, in the folder's parent. NOT_FOUND for an unknown visit.
    """
    with folder_of_visit(session, visit_id) as folder:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "bundle.lock"):
            _sweep(folder)
            yield folder / BUNDLE, export_changes(session, folder / BUNDLE, visits=(visit_id,), progress=progress)


def _sweep(folder: Path) -> None:
    """Nothing; what somebody was writing who was killed is gone. All of it begins with a dot, and who holds the lock is the only writer."""
    for each in folder.glob(".*"):
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
