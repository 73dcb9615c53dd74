"""A frame of twelve households in two villages, and households of it that visits drew. All of it is invented."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.bundle import Bundle
from tests.analysis.bundles import NORTH, SOUTH, household

VILLAGES = (NORTH, SOUTH)
KINDS = ("registered", "registered", "ordinary") * 4


def frame() -> pd.DataFrame:
    """Eight registered and four ordinary households."""
    return pd.DataFrame([household(number, VILLAGES[number % 2], kind) for number, kind in enumerate(KINDS)])


def sample(visit_id: str, kinds: Sequence[str], **changes: Any) -> pd.DataFrame:
    """As many households of these kinds from the frame as a visit drew."""
    left = {kind: [number for number, each in enumerate(KINDS) if each == kind] for kind in set(kinds)}
    chosen = [left[kind].pop() for kind in kinds]
    rows = {
        "visit_id": visit_id,
        "household_id": [f"h{number}" for number in chosen],
        "village_code": [VILLAGES[number % 2] for number in chosen],
        "village_stratum": "610727",
        "inclusion_village": 0.5,
    }
    return pd.DataFrame(rows).assign(**changes)


def bundle_of(rows: pd.DataFrame | None) -> Bundle:
    """A bundle of nothing but the frame and the sample."""
    empty = pd.DataFrame()
    return Bundle(Path("frame"), "", (), {}, {}, empty, frame(), empty, empty, empty, sample=rows)
