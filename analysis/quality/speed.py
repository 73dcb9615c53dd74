"""How long questions were in hand, by the logs that tablets keep: by question and by interviewer."""

import numpy as np
import pandas as pd

from analysis.codebook import MAIN
from analysis.quality.material import Material
from analysis.quality.thresholds import Thresholds

BY_QUESTION = ["table", "question", "n", "n_interviews", "median_s", "low_s", "high_s", "n_found", "share"]
BY_PERSON = ["interviewer", "n_interviews", "n", "median_minutes", "pace", "n_found", "share"]


def speed_by_question(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question that logs name: `table`, `question`, `n` (times it was in hand), `n_interviews`, `median_s`, `low_s` and `high_s`
    (first and ninth tenth), `n_found` (in hand for less than it takes to read out), `share`. Seconds; the quickest question first."""
    times = _times(material)
    if times.empty:
        return pd.DataFrame(columns=[*BY_QUESTION, "instance_ids", "is_noticed"])
    times = times.assign(hurried=times["seconds"] < thresholds.hurried_seconds)
    grouped = times.groupby(["table", "question"], sort=False)
    found = grouped.agg(
        n=("seconds", "size"), n_interviews=("instance_id", "nunique"), median_s=("seconds", "median"), n_found=("hurried", "sum")
    )
    tenths = grouped["seconds"].quantile([0.1, 0.9]).unstack()
    found = found.assign(low_s=tenths[0.1], high_s=tenths[0.9], share=found["n_found"] / found["n"])
    ids = times[times["hurried"]].groupby(["table", "question"], sort=False)["instance_id"].agg(lambda each: tuple(dict.fromkeys(each)))
    found = found.assign(
        instance_ids=[ids.get(key, ()) for key in found.index],
        is_noticed=(found["n"] >= thresholds.timed_least) & (found["share"] >= thresholds.hurried_share),
    )
    ordered = found.reset_index().sort_values(["median_s", "question"], ignore_index=True)
    return ordered[[*BY_QUESTION, "instance_ids", "is_noticed"]]


def speed_by_interviewer(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interviewer whose interviews have logs: `interviewer`, `n_interviews`, `n` (timed answers), `median_minutes` (of a whole
    interview's questions), `pace`, `n_found` (answers quicker than their questions can be read out), `share`.

    `pace` is the median, over the interviewer's answers, of the time taken over the time that the others usually take for the same
    question; missing where no question was timed often enough with others.
    """
    times = _times(material)
    if times.empty:
        return pd.DataFrame(columns=[*BY_PERSON, "instance_ids", "is_noticed"])
    times = times.assign(hurried=times["seconds"] < thresholds.hurried_seconds)
    rows = []
    for interviewer, own in times.groupby("interviewer", sort=True):
        others = times[times["interviewer"] != interviewer].groupby(["table", "question"])["seconds"].agg(["size", "median"])
        usual = others.loc[(others["size"] >= thresholds.timed_least) & (others["median"] > 0), "median"].rename("usual")
        ratios = own.join(usual, on=["table", "question"], how="inner")
        pace = float((ratios["seconds"] / ratios["usual"]).median()) if len(ratios) >= thresholds.timed_least else np.nan
        share = float(own["hurried"].mean())
        hurried = own.groupby("instance_id", sort=False)["hurried"].sum()
        rows.append(
            {
                "interviewer": interviewer,
                "n_interviews": own["instance_id"].nunique(),
                "n": len(own),
                "median_minutes": float(own.groupby("instance_id")["seconds"].sum().median()) / 60,
                "pace": pace,
                "n_found": int(own["hurried"].sum()),
                "share": share,
                "instance_ids": tuple(hurried[hurried > 0].index) or tuple(dict.fromkeys(own["instance_id"])),
                "is_noticed": share >= thresholds.hurried_share or (not np.isnan(pace) and pace < thresholds.pace),
            }
        )
    return pd.DataFrame(rows, columns=[*BY_PERSON, "instance_ids", "is_noticed"])


def _times(material: Material) -> pd.DataFrame:
    """The timed answers to questions of the form with their table and interviewer."""
    table_of = {column.question: table.name for table in reversed(material.form.tables) for column in table.columns}
    times = material.timings
    known = times[times["question"].isin(list(table_of)) & times["instance_id"].isin(material.leads.index)]
    return known.assign(
        table=known["question"].map(table_of).fillna(MAIN),
        interviewer=material.leads.reindex(known["instance_id"]).fillna("").to_numpy(),
        seconds=known["seconds"].astype(float),
    )
