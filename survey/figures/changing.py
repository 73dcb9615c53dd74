"""Before and after of a look-back, worked out once for both visits' figures and kept beside those of the look-back."""

import os
import uuid

import pandas as pd

from analysis.changes.paired import paired_changes
from analysis.lineage.behind import RowsBehind
from analysis.tabulate import label_estimates
from survey.figures.keeping import Kept, frame_of
from survey.figures.reading import Selection, list_known
from survey.thresholds.crossing import HIGH, LOW

NOTICEABLE = 0.05
"""Below this corrected probability a change is called one."""


def read_changes(before: Kept, after: Kept, selection: Selection, language: str) -> pd.DataFrame:
    """The changes of the indicators that are wanted, with labels, `unit`, `area`, `good` and `direction` ("better", "worse" or "")."""
    frame = frame_of(after)
    known = list_known(frame)
    found = _changes(before, after)
    keys = list(zip(found["form_id"], found["indicator"], strict=True))
    is_wanted = [key in known and selection.area in ("", known[key].indicator.area) for key in keys]
    found = found[is_wanted].query("n_households > 0").reset_index(drop=True)
    limits = [known[key] for key in zip(found["form_id"], found["indicator"], strict=True)]
    texts = {name: pd.Series([""] * len(found), dtype="str") for name in ("visit_id", "county_code", "domain", "domain_type")}
    labelled = label_estimates(frame, found.assign(**texts), language)
    good = [each.indicator.good if category == "" else "" for each, category in zip(limits, found["category"], strict=True)]
    return labelled.assign(
        key=[each.key for each in limits],
        area=[each.indicator.area for each in limits],
        unit=[each.unit for each in limits],
        good=good,
        direction=[_direction(change, each) for change, each in zip(found["change"], good, strict=True)],
    )


def _direction(change: float, good: str) -> str:
    if good not in (HIGH, LOW) or pd.isna(change) or change == 0:
        return ""
    return "better" if (change > 0) == (good == HIGH) else "worse"


def _changes(before: Kept, after: Kept) -> pd.DataFrame:
    path = after.folder / f"changes-since-{before.folder.name}.parquet"
    if path.is_file():
        return pd.read_parquet(path)
    found = paired_changes(_rows(before), _rows(after), frame_of(before).sample)
    partial = path.with_name(f".{uuid.uuid4().hex}")
    found.to_parquet(partial, index=False)
    os.replace(partial, path)
    return found


def _rows(kept: Kept) -> list[RowsBehind]:
    return [
        RowsBehind(table.form_id, table.table, table.has_sample, table.measures, pd.read_parquet(kept.folder / table.file))
        for table in kept.tables
    ]
