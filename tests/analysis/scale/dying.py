"""Tasks for processes of which one does not live to the end of its own. Little is imported, so that processes begin quickly."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Errand:
    """A number to be squared; the process that is the first to have the one that `is_fatal` ends there, and leaves the mark."""

    number: int
    is_fatal: bool
    mark: Path


def square(errand: Errand) -> int:
    """The square of the number."""
    if errand.is_fatal and not errand.mark.exists():
        errand.mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return errand.number**2
