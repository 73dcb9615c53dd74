"""Which of two records of one interview the figures take, where each of a pair filled in a form of their own: the lead's."""

from collections.abc import Mapping

import pandas as pd

from analysis.codebook import MAIN

RECORDED_AS = "recorded_as"
SECOND = "second"

Tables = Mapping[tuple[str, str], pd.DataFrame]
"""Frames by form and table name."""


def drop_second_records(tables: Tables, candidates: pd.DataFrame) -> tuple[Tables, pd.DataFrame]:
    """The tables and the candidates of issues without what seconds recorded for themselves; bundles without the column stay whole."""
    seconds: set[str] = set()
    for (_form, table), frame in tables.items():
        if table == MAIN and RECORDED_AS in frame:
            seconds |= set(frame.loc[frame[RECORDED_AS] == SECOND, "instance_id"])
    if not seconds:
        return tables, candidates
    return {key: _without(frame, seconds) for key, frame in tables.items()}, _without(candidates, seconds)


def _without(frame: pd.DataFrame, instance_ids: set[str]) -> pd.DataFrame:
    return frame.loc[~frame["instance_id"].isin(instance_ids)].reset_index(drop=True)
