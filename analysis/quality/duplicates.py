"""Interviews that may be one and the same: a household twice, and answers that are nearly all alike."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.quality.material import Codes, Material
from analysis.quality.thresholds import Thresholds

BLANK = -1
_PAIRS_AT_ONCE = 200_000


def same_household(material: Material, _thresholds: Thresholds) -> pd.DataFrame:
    """A row per household with several interviews: `household_id`, `n`, `n_pairs` (of people), `match_share` of the two most alike."""
    main = material.main
    twice = main[main["household_id"].notna() & main["household_id"].duplicated(keep=False)]
    columns = ["household_id", "n", "n_pairs", "match_share", "instance_ids", "is_noticed"]
    if twice.empty:
        return pd.DataFrame(columns=columns)
    codes, names = material.vectors, main["instance_id"].to_numpy()
    rows = []
    for household_id, group in twice.groupby("household_id", sort=True):
        at = np.flatnonzero(np.isin(names, group["instance_id"].to_numpy()))
        left, right = np.triu_indices(len(at), 1)
        shares, _n = _match(codes, at[left], at[right])
        people = {(str(row.lead_id), str(row.second_id)) for row in group.itertuples()}
        rows.append(
            {
                "household_id": household_id,
                "n": len(group),
                "n_pairs": len(people),
                "match_share": float(np.nanmax(shares)) if len(shares) and not np.isnan(shares).all() else np.nan,
                "instance_ids": tuple(group["instance_id"]),
                "is_noticed": True,
            }
        )
    return pd.DataFrame(rows, columns=columns)


def near_identical(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per two interviews with different households that answer nearly everything alike: `instance_id`, `other_id`,
    `n_compared` (questions that at least one of them answered), `match_share`, `is_same_lead`; the most alike first.

    The per cent match of Kuriakose and Robbins (2016) over the questions about the household itself: choices, numbers and days. Free texts
    and questions to which all give one answer are left out. A question that neither answered does not count; one that a single one of the
    two answered is a difference.
    """
    codes, main = material.vectors, material.main
    left, right = matching_pairs(codes, thresholds.match_share)
    shares, n_compared = _match(codes, left, right)
    names, leads, homes = (main[name].to_numpy() for name in ("instance_id", "lead_id", "household_id"))
    frame = pd.DataFrame(
        {
            "instance_id": names[left],
            "other_id": names[right],
            "n_compared": n_compared,
            "match_share": shares,
            "is_same_lead": leads[left] == leads[right],
        }
    )
    is_other = (homes[left] != homes[right]) | pd.isna(homes[left])
    frame = frame[is_other & (shares >= thresholds.match_share) & (n_compared >= thresholds.match_least_questions)]
    frame = frame.sort_values(["match_share", "instance_id", "other_id"], ascending=[False, True, True], ignore_index=True)
    return frame.assign(instance_ids=list(zip(frame["instance_id"], frame["other_id"], strict=True)), is_noticed=True)


def matching_pairs(codes: Codes, share: float) -> tuple[Codes, Codes]:
    """The rows of every two that may agree in this share of the columns; nobody else can.

    Two that differ in at most *d* columns agree in a whole band of columns when the columns are dealt into *d* + 1 bands (the pigeonhole
    principle behind locality-sensitive hashing; Leskovec, Rajaraman and Ullman 2014, Mining of Massive Datasets, 3.4). So only rows that
    share a band are looked at, and no match is missed. Columns are dealt by how much they tell apart, so that every band tells much.
    """
    n_rows, n_columns = codes.shape
    n_bands = int((1 - share) * n_columns + 1e-9) + 1
    if n_rows < 2 or n_columns < n_bands:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    order = np.argsort([-_entropy(codes[:, column]) for column in range(n_columns)], kind="stable")
    found = np.empty(0, dtype=np.int64)
    for band in range(n_bands):
        keys = np.zeros(n_rows, dtype=np.int64)
        for column in order[band::n_bands]:
            keys, _known = pd.factorize(keys * (codes[:, column].max() + 2) + codes[:, column] + 1)
        found = np.union1d(found, _pairs_within(keys, n_rows))
    return found // n_rows, found % n_rows


def _pairs_within(keys: Codes, n_rows: int) -> Codes:
    """Every two rows with the same key as one number, the smaller row first: each with the next, the one after that, as far as any are
    the same."""
    order = np.argsort(keys, kind="stable")
    ordered, at, pairs = keys[order], np.arange(n_rows), [np.empty(0, dtype=np.int64)]
    for distance in range(1, n_rows):
        at = at[at + distance < n_rows]
        at = at[ordered[at] == ordered[at + distance]]
        if not len(at):
            break
        pairs.append(order[at] * n_rows + order[at + distance])
    return np.concatenate(pairs)


def _match(codes: Codes, left: Codes, right: Codes) -> tuple[npt.NDArray[np.float64], Codes]:
    """For every two rows the share of alike answers among those that at least one gave, and how many these are."""
    shares, n_compared = np.full(len(left), np.nan), np.zeros(len(left), dtype=np.int64)
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        one, other = codes[left[part]], codes[right[part]]
        n_compared[part] = ((one != BLANK) | (other != BLANK)).sum(axis=1)
        alike = ((one == other) & (one != BLANK)).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares[part] = alike / n_compared[part]
    return shares, n_compared


def _entropy(codes: Codes) -> float:
    counts = np.bincount(codes + 1).astype(float)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
