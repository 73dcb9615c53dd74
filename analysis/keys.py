"""Whether the keys of a bundle hold: every interview once, every row of a repeat beside its interview, every version known. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.codebook import MAIN, Form
from analysis.records import Tables


@dataclass(frozen=True, slots=True)
class BrokenKey:
    """What is wrong in a table of a form, with the first row that shows it."""

    form_id: str
    table: str
    detail: str


def find_broken_key(tables: Tables, forms: Mapping[str, Form]) -> BrokenKey | None:
    """The first thing that is wrong with the keys, or None."""
    mains = {form_id: frame for (form_id, table), frame in tables.items() if table == MAIN}
    for form_id, frame in mains.items():
        if found := _broken_main(frame, forms[form_id]):
            return BrokenKey(form_id, MAIN, found)
    for (form_id, table), frame in tables.items():
        if table != MAIN and (found := _broken_repeat(frame, mains.get(form_id))):
            return BrokenKey(form_id, table, found)
    return None


def _broken_main(frame: pd.DataFrame, form: Form) -> str:
    keys = frame["instance_id"]
    if keys.isna().any():
        return f"{int(keys.isna().sum())} rows have no instance_id"
    if (doubled := keys[keys.duplicated()]).size:
        return f"the interview {doubled.iloc[0]} is there more than once"
    if "form_version" in frame:
        versions = frame["form_version"]
        strange = versions[versions.notna() & ~versions.isin(form.versions)]
        if strange.size:
            known = ", ".join(form.versions)
            return f"the interview {keys[strange.index[0]]} is of version {strange.iloc[0]}, and the codebook tells of {known} only"
    return ""


def _broken_repeat(frame: pd.DataFrame, main: pd.DataFrame | None) -> str:
    keys = frame[["instance_id", "position"]]
    if (empty := keys.isna().any(axis=1)).any():
        return f"{int(empty.sum())} rows have no instance_id or position"
    if (doubled := keys[keys.duplicated()]).size:
        return f"row {doubled['position'].iloc[0]} of the interview {doubled['instance_id'].iloc[0]} is there more than once"
    known = main["instance_id"] if main is not None else pd.Series(dtype="str")
    # Numbers are given in the order of the ids, so that whatever comes after those of the interviews is not among them.
    numbers, _ = pd.factorize(pd.concat([known, keys["instance_id"]], ignore_index=True))
    alone = keys.loc[numbers[len(known) :] > numbers[: len(known)].max(initial=-1), "instance_id"]
    return f"there are rows of the interview {alone.iloc[0]}, which is not among the interviews" if alone.size else ""
