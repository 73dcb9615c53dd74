"""Where the built guide lies, beside the program in a folder named after what it was made from; a server that lacks it builds it anew."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread

from survey.guide.sources import stamp_of

ROOT = Path(__file__).parents[2]
WAIT_S = 10
"""How long a server that has just begun is left to its first pages."""
LOWER_PRIORITY = 10

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def guide_folder() -> Path:
    """Where the guide of this version of the program is, once it is built; texts that change meanwhile are seen at the next start."""
    return ROOT / "build" / "guide" / stamp_of(ROOT)


@contextmanager
def building_guide() -> Iterator[None]:
    """While the block runs, a guide that is not there is built by a process beside this one, which ends with the block."""
    is_over = Event()
    builder = Thread(target=_build_beside, args=(is_over,), name="building the guide", daemon=True)
    builder.start()
    try:
        yield
    finally:
        is_over.set()


def _build_beside(is_over: Event) -> None:
    """Build the guide if it is missing, unless the server ends before."""
    if is_over.wait(WAIT_S) or guide_folder().is_dir():
        return
    with subprocess.Popen(
        [sys.executable, "-m", "survey", "guide"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, process.pid, LOWER_PRIORITY)
        while process.poll() is None:
            if is_over.wait(0.5):
                process.terminate()
        if process.returncode > 0:
            log.error("The guide was not built. Build it with python -m survey guide; it said: %s", process.stderr.read().decode())
