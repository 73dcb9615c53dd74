"""The estimates that one report is made of, computed once for whoever asks for them: its sentences, and what answers its addresses."""

from collections.abc import Sequence

import pandas as pd

from analysis.bundle import Bundle
from analysis.indicators import compute_indicators


class Estimates:
    """Tables of estimates by bundle and visit, each computed when it is first asked for."""

    def __init__(self) -> None:
        self._computed: list[tuple[Bundle, tuple[str, int, tuple[str, ...]], pd.DataFrame]] = []

    def table(self, bundle: Bundle, visit_id: str, *, minimum_n: int = 0, calibrate: Sequence[str] = ()) -> pd.DataFrame:
        """As `compute_indicators` for one visit of the bundle; whoever gets it changes nothing in it."""
        how = (visit_id, minimum_n, tuple(calibrate))
        for known, known_how, table in self._computed:
            if known is bundle and known_how == how:
                return table
        table = compute_indicators(bundle, visit_ids=[visit_id], minimum_n=minimum_n, calibrate=calibrate)
        self._computed.append((bundle, how, table))
        return table
