"""The one line that every benchmark prints, and how much memory a process has held."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """A promise and what was measured; lower is better, and a figure at or under its limit keeps the promise."""

    promise: str
    limit: float
    measured: float
    unit: str
    detail: str = ""


def print_figure(figure: Figure) -> None:
    """Print the figure as one line of JSON, flushed so that a table can be built while a run goes on."""
    print(json.dumps(asdict(figure), ensure_ascii=False), flush=True)


def peak_mb() -> float:
    """The most memory that this process has held so far, in megabytes; Linux tells it.

    It is the process's own mark: what `getrusage` tells of a process just started begins at what the one that started it held.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
