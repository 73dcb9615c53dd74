"""How one interviewer's share differs from that of all the others, and which of many differences chance does not explain.

Interviewers mostly work in villages of their own, so a difference may be the villages'. It is a reason to ask, and the page says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.tails import smaller_tail_of_draws
from analysis.quality.material import Flags, Rows
from analysis.quality.thresholds import Thresholds

Numbers = npt.NDArray[np.float64]
BY_INTERVIEWER = ("interviewer", "n", "n_found", "share", "share_others", "p_value", "is_noticed")


@dataclass(frozen=True, slots=True)
class Part:
    """What is compared between interviewers under one key: among which rows of a table, and in which of them it was found."""

    key: tuple[str, ...]
    rows: Rows
    among: Flags
    found: Flags


def differs_from_others(n_found: Numbers, n: Numbers, total_found: Numbers, total: Numbers) -> tuple[Numbers, Numbers]:
    """The share of the others, and the two-sided p value of Fisher's exact test (1935), of a group within a whole.

    `n_found` of the group's `n`, and `total_found` of the whole's `total`, group included. Missing where nobody else is there. The
    two-sided value is twice the smaller tail of the hypergeometric distribution, at most 1.
    """
    others = total - n
    with np.errstate(divide="ignore", invalid="ignore"):
        share_others = np.where(others > 0, (total_found - n_found) / others, np.nan)
    return share_others, np.where(others > 0, np.minimum(1.0, 2 * smaller_tail_of_draws(n_found, n, total_found, total)), np.nan)


def adjusted(p_values: Numbers) -> Numbers:
    """The p values after Benjamini and Hochberg (1995): the share of false alarms among all with a value as small; missing ones stay so."""
    values = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(values))
    result = np.full(len(values), np.nan)
    if len(known):
        order = known[np.argsort(values[known])][::-1]
        steps = values[order] * len(order) / np.arange(len(order), 0, -1)
        result[order] = np.minimum(np.minimum.accumulate(steps), 1.0)
    return result


def compare_interviewers(parts: Iterable[Part], keys: Sequence[str], thresholds: Thresholds) -> pd.DataFrame:
    """A row per key and interviewer that compares the interviewer with all others: the columns `keys`, `BY_INTERVIEWER`, `instance_ids`.

    Parts of the same key are added up; they must then be of people in the same order, as those of one table are. `p_value` is that of one
    comparison. `is_noticed` asks that it was found much more often than with the others, that chance does not explain it after all
    comparisons of the table are allowed for, and that there are answers enough on both sides.
    """
    counts: dict[tuple[str, ...], tuple[int, int]] = {}
    ids: dict[tuple[str, ...], dict[str, None]] = {}
    for part in parts:
        people = part.rows.people
        sizes = np.bincount(part.rows.leads[part.among], minlength=len(people))
        found = part.among & part.found
        hits = np.bincount(part.rows.leads[found], minlength=len(people))
        for number in np.flatnonzero(sizes):
            key = (*part.key, str(people[number]))
            n, n_found = counts.get(key, (0, 0))
            counts[key] = n + int(sizes[number]), n_found + int(hits[number])
        for number, instance_id in zip(part.rows.leads[found].tolist(), part.rows.ids[found], strict=True):
            ids.setdefault((*part.key, str(people[number])), {})[instance_id] = None
    frame = pd.DataFrame([(*key, *counted) for key, counted in counts.items()], columns=[*keys, "interviewer", "n", "n_found"])
    frame = frame.astype({"n": int, "n_found": int})
    group = frame.groupby(list(keys), sort=False)[["n", "n_found"]]
    whole = group.transform("sum")
    n, n_found, total, total_found = (each.to_numpy(float) for each in (frame["n"], frame["n_found"], whole["n"], whole["n_found"]))
    share_others, p_values = differs_from_others(n_found, n, total_found, total)
    share = n_found / n
    is_large = (n >= thresholds.group_least) & (total - n >= thresholds.group_least)
    p_values = np.where(is_large, p_values, np.nan)
    with np.errstate(invalid="ignore"):
        is_noticed = is_large & (share - share_others >= thresholds.difference) & (adjusted(p_values) < thresholds.significance)
    frame = frame.assign(share=share, share_others=share_others, p_value=p_values, is_noticed=is_noticed)
    return frame.assign(instance_ids=[tuple(ids.get(key, ())) for key in counts])
