"""Statistics, charts and Word drafts from a bundle. No Flask, no database: it runs on a laptop without the server.

What a notebook needs is here by name (`docs/notebook.md`), and imported when it is first asked for: `import analysis` takes no time.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "read_bundle": "analysis.bundle",
    "compute_estimates": "analysis.indicators",
    "Suppression": "analysis.estimation.suppression",
    "label_estimates": "analysis.tabulate",
    "indicator_charts": "analysis.charts",
    "svg_and_png_of": "analysis.charts",
    "rows_behind": "analysis.lineage.behind",
    "is_behind": "analysis.lineage.behind",
    "paired_changes": "analysis.changes.paired",
}
"""What is offered, and the module that it comes from."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """What is offered by this name."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute '{name}'; it offers {', '.join(sorted(_HOMES))}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What is offered, for completion in notebooks."""
    return sorted({*globals(), *_HOMES})
