"""Error rates of answers that were recorded twice: by question, and by pair and back-check type."""

import pandas as pd

from analysis.agreement import share_agreeing
from analysis.quality.again import DIFFERS, ONE_SIDED, SAME, TYPES, type_of
from analysis.quality.material import Material
from analysis.quality.thresholds import Thresholds

RATE = ["n", "n_found", "share", "ci_low", "ci_high", "n_one_sided"]


def back_checks(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question and source: `source` ("second_record" or "look_back"), `type` ("1" to "3", "" where none is given), `table`,
    `question`, `n` (answers that both recorded), `n_found` (that differ), `share` with Wilson's interval `ci_low`, `ci_high`,
    `n_one_sided` (recorded by one only); the highest rate of each type first.

    A second record tells of listening and writing down, because both heard the same words; a look-back also of what changed and of memory,
    so that only type 1 speaks of the interviewers there. Noticed is a rate from the threshold of its type on.
    """
    rows = []
    again = material.again
    for (source, table, question), group in again.groupby(["source", "table", "question"], sort=False):
        kind = type_of(material.column(str(table), str(question)))
        rate = _rate(group)
        is_noticed = rate["n"] >= thresholds.back_check_least and kind in TYPES[:3] and rate["share"] >= _limit(kind, thresholds)
        if source == "look_back" and kind != "1":
            is_noticed = False
        found = group[group["outcome"] == DIFFERS]
        key = {"source": source, "type": kind, "table": table, "question": question}
        rows.append({**key, **rate, "instance_ids": tuple(dict.fromkeys(found["instance_id"])), "is_noticed": bool(is_noticed)})
    frame = pd.DataFrame(rows, columns=["source", "type", "table", "question", *RATE, "instance_ids", "is_noticed"])
    order = frame["type"].map({kind: number for number, kind in enumerate(TYPES)})
    frame = frame.assign(order=order).sort_values(["source", "order", "share", "question"], ascending=[False, True, False, True])
    return frame.drop(columns="order").reset_index(drop=True)


def back_checks_by_interviewer(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interviewer, source and type: `interviewer`, `source`, `type`, `n`, `n_found`, `share`, `ci_low`, `ci_high`,
    `n_one_sided`. Noticed is a rate from the threshold of its type on, of a look-back of type 1 only."""
    again = material.again
    types = {
        key: type_of(material.column(*key)) for key in again[["table", "question"]].drop_duplicates().itertuples(index=False, name=None)
    }
    known = again.assign(
        type=[types[key] for key in zip(again["table"], again["question"], strict=True)],
        interviewer=material.leads.reindex(again["instance_id"]).fillna("").to_numpy(),
    )
    rows = []
    for (interviewer, source, kind), group in known.groupby(["interviewer", "source", "type"], sort=True):
        rate = _rate(group)
        limit = _limit(str(kind), thresholds)
        is_noticed = rate["n"] >= 4 * thresholds.back_check_least and rate["share"] >= limit and (source == "second_record" or kind == "1")
        found = group[group["outcome"] == DIFFERS]
        key = {"interviewer": interviewer, "source": source, "type": kind}
        rows.append({**key, **rate, "instance_ids": tuple(dict.fromkeys(found["instance_id"])), "is_noticed": bool(is_noticed)})
    return pd.DataFrame(rows, columns=["interviewer", "source", "type", *RATE, "instance_ids", "is_noticed"])


def _rate(group: pd.DataFrame) -> dict[str, float]:
    both = group["outcome"].isin((SAME, DIFFERS))
    differs = (group.loc[both, "outcome"] == DIFFERS).to_numpy()
    found = share_agreeing(differs)
    missing = float("nan")
    return {
        "n": found.n,
        "n_found": int(differs.sum()),
        "share": missing if found.estimate is None else found.estimate,
        "ci_low": missing if found.ci_low is None else found.ci_low,
        "ci_high": missing if found.ci_high is None else found.ci_high,
        "n_one_sided": int((group["outcome"] == ONE_SIDED).sum()),
    }


def _limit(kind: str, thresholds: Thresholds) -> float:
    return thresholds.back_check_rates[int(kind) - 1] if kind else 1.1
