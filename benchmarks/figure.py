"""The one line that every benchmark prints."""

import json
from dataclasses import asdict, dataclass


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
