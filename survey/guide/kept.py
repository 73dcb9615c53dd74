"""Where the built guide lies, beside the program in a folder named after what it was made from; a server that lacks it builds it anew."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread

from survey.guide.sources import LANGUAGES, stamp_of

ROOT = Path(__file__).parents[2]
WAIT_S = 10
"""How long a server that has just begun is left to its first pages."""
LOWER_PRIORITY = 10

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def current_stamp() -> str:
    """The stamp of the guide of this version of the program; texts that change meanwhile are seen at the next start."""
    return stamp_of(ROOT)


def guide_folder(folder: str) -> Path:
    """Where the guide of this version is, once it is built; `folder` is what the setting says, which may be empty."""
    return Path(folder or ROOT / "build" / "guide") / current_stamp()


def built_guide(folder: str) -> Path | None:
    """The guide as it can be shown now: that of this version, until it is built the newest of an earlier one; None where there is none."""
    current = guide_folder(folder)
    if current.is_dir():
        return current
    return max((path for path in current.parent.glob("*/") if is_guide(path)), key=lambda path: path.stat().st_mtime, default=None)


def is_guide(path: Path) -> bool:
    """Whether a folder is a guide, and not one that is being built."""
    return all((path / language / "index.html").is_file() for language in LANGUAGES)


@contextmanager
def building_guide(folder: str) -> Iterator[None]:
    """While the block runs, a guide that is not there is built by a process beside this one, which ends with the block."""
    is_over = Event()
    builder = Thread(target=_build_beside, args=(guide_folder(folder), is_over), name="building the guide", daemon=True)
    builder.start()
    try:
        yield
    finally:
        is_over.set()


def _build_beside(folder: Path, is_over: Event) -> None:
    """Build the guide if it is missing, unless the server ends before."""
    if is_over.wait(WAIT_S) or folder.is_dir():
        return
    command = [sys.executable, "-m", "survey", "guide"]
    surroundings = {**os.environ, "SURVEY_GUIDE": str(folder.parent)}
    with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        with suppress(OSError, AttributeError):  # it may be over already, and not every system has priorities of this kind
            os.setpriority(os.PRIO_PROCESS, process.pid, LOWER_PRIORITY)
        while process.poll() is None:
            if is_over.wait(0.5):
                process.terminate()
        if process.returncode > 0 and process.stderr:
            log.error("The guide was not built. Build it with python -m survey guide; it said: %s", process.stderr.read().decode())
