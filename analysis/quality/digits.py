"""Preference for last digits: 0 and 5 in numbers, and heaping in ages."""

import re
from collections.abc import Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.codebook import NUMERIC_KINDS
from analysis.quality.comparing import Part, adjusted, compare_interviewers
from analysis.quality.material import Material, numbers_of
from analysis.quality.thresholds import Thresholds

ROUND_SHARE, MOSTLY = 0.2, 0.5
"""Of numbers without preference two in ten end in 0 or 5; more than half is far too many."""
AGE = re.compile(r"(^|_)age$")
WHIPPLE_AGES = (23, 62)
MYERS_FROM, MYERS_SPAN = 10, 80
"""Myers's index begins its ten rows of ages at 10 to 19 and follows each over eighty years."""
PREFERENCE = ["table", "question", "n", "n_found", "share", "chi_square", "p_value", "uniform_p_value"]
AGES = ["table", "question", "n", "whipple", "myers"]


def digit_preference(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question with whole numbers of two digits and more: `table`, `question`, `n`, `n_found` (ending in 0 or 5), `share`,
    `chi_square` and `p_value` against two in ten (one degree of freedom), `uniform_p_value` against all ten digits alike.

    Amounts of money are round because people tell them so; what tells of an interviewer is the table by interviewer. Noticed here is a
    share above one half of what is no money, which its name says (`_cny`).
    """
    rows = []
    for part, digits in _last_digits(material):
        counts = np.bincount(digits, minlength=10).astype(float)
        n, n_round = counts.sum(), counts[0] + counts[5]
        if n < thresholds.digits_least:
            continue
        excess = float(n_round - ROUND_SHARE * n) ** 2
        chi_square = excess / (ROUND_SHARE * n) + excess / ((1 - ROUND_SHARE) * n)
        rows.append(
            {
                "table": part.key[0],
                "question": part.key[1],
                "n": int(n),
                "n_found": int(n_round),
                "share": n_round / n,
                "chi_square": chi_square,
                "p_value": float(special.chdtrc(1, chi_square)),
                "uniform_p_value": float(special.chdtrc(9, ((counts - n / 10) ** 2).sum() / (n / 10))),
                "instance_ids": part.rows.instances(part.found),
                "is_noticed": bool(n_round / n > MOSTLY and not part.key[1].endswith("_cny")),
            }
        )
    return pd.DataFrame(rows, columns=[*PREFERENCE, "instance_ids", "is_noticed"])


def digits_by_interviewer(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interviewer over all questions with numbers: `interviewer`, `n`, `n_found` (ending in 0 or 5), `share`, `share_others`
    (what it would be if every question were rounded as the others round it), `p_value`.

    The p value is that of a sum of hypergeometric counts with its mean and variance, question by question (Mantel and Haenszel 1959,
    Journal of the National Cancer Institute 22, 719–748), two-sided.
    """
    counts = compare_interviewers((part for part, _digits in _last_digits(material)), ("table", "question"), thresholds)
    columns = ["interviewer", "n", "n_found", "share", "share_others", "p_value", "instance_ids", "is_noticed"]
    whole = counts.groupby(["table", "question"])[["n", "n_found"]].transform("sum")
    is_compared = whole["n"] > counts["n"]
    counts, whole = counts[is_compared], whole[is_compared]
    if counts.empty:
        return pd.DataFrame(columns=columns)
    n, total, total_found = (each.to_numpy(float) for each in (counts["n"], whole["n"], whole["n_found"]))
    counts = counts.assign(
        mean=n * total_found / total,
        variance=n * (total - n) * total_found * (total - total_found) / (total**2 * np.maximum(total - 1, 1)),
        like_others=n * counts["share_others"].to_numpy(float),
    )
    sums = counts.groupby("interviewer")[["n", "n_found", "mean", "variance", "like_others"]].sum().reset_index()
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (sums["n_found"] - sums["mean"]).abs().to_numpy(float) / np.sqrt(sums["variance"].to_numpy(float))
    p_value, share, share_others = 2 * special.ndtr(-z), sums["n_found"] / sums["n"], sums["like_others"] / sums["n"]
    is_noticed = (
        (sums["n"] >= thresholds.digits_least_of_one)
        & (share - share_others >= thresholds.difference)
        & (adjusted(p_value) < thresholds.significance)
    )
    ids = {person: tuple(dict.fromkeys(chain(*group))) for person, group in counts.groupby("interviewer")["instance_ids"]}
    found = sums.assign(share=share, share_others=share_others, p_value=p_value, is_noticed=is_noticed)
    return found.assign(instance_ids=[ids[each] for each in sums["interviewer"]])[columns]


def age_heaping(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per column of ages (its name is "age" or ends so): `table`, `question`, `n`, `whipple`, `myers`; none where there are few.

    Whipple's index of ages 23 to 62 is 100 without preference for 0 and 5, and 500 where nothing else is told. Myers's blended index is
    how many per cent of the ages would have to change their last digit, 0 to 90.
    """
    rows = []
    for table in material.form.tables:
        for column in table.columns:
            if column.kind in NUMERIC_KINDS and AGE.search(column.name) and column.name in material.tables[table.name]:
                ages = numbers_of(material.tables[table.name][column.name])
                known = ages[~np.isnan(ages)]
                if len(known) < thresholds.digits_least:
                    continue
                index, blended = whipple(known), myers(known)
                found = {"table": table.name, "question": column.name, "n": len(known), "whipple": index, "myers": blended}
                is_noticed = index >= thresholds.whipple or blended >= thresholds.myers
                rows.append({**found, "instance_ids": material.rows(table.name).instances(ages % 5 == 0), "is_noticed": is_noticed})
    return pd.DataFrame(rows, columns=[*AGES, "instance_ids", "is_noticed"])


def whipple(ages: npt.NDArray[np.float64]) -> float:
    """Whipple's index: five times the ages ending in 0 or 5 among those from 23 to 62, in per cent; missing without such ages."""
    within = np.floor(ages[(ages >= WHIPPLE_AGES[0]) & (ages < WHIPPLE_AGES[1] + 1)])
    return float(500 * (within % 5 == 0).sum() / len(within)) if len(within) else float("nan")


def myers(ages: npt.NDArray[np.float64]) -> float:
    """Myers's blended index (1940): for each last digit the ages from 10 to 89 are weighted so that a population without preference has a
    tenth at each; half the sum of the deviations from 10 per cent. Missing without such ages."""
    whole = np.floor(ages).astype(int)
    blended = np.zeros(10)
    for digit in range(10):
        first = ((whole >= MYERS_FROM) & (whole < MYERS_FROM + MYERS_SPAN) & (whole % 10 == digit)).sum()
        second = ((whole >= MYERS_FROM + 10) & (whole < MYERS_FROM + 10 + MYERS_SPAN) & (whole % 10 == digit)).sum()
        blended[digit] = (digit + 1) * first + (9 - digit) * second
    total = blended.sum()
    return float(np.abs(100 * blended / total - 10).sum() / 2) if total else float("nan")


def _last_digits(material: Material) -> Iterator[tuple[Part, npt.NDArray[np.int64]]]:
    """For each question with whole numbers of two digits and more: where these are and which end in 0 or 5, and their last digits."""
    for table, column in material.asked(*NUMERIC_KINDS):
        values = numbers_of(material.tables[table.name][column.name])
        with np.errstate(invalid="ignore"):
            among = (np.abs(values) >= 10) & (values == np.floor(values))
        if among.any():
            found = among & (values % 5 == 0)
            yield Part((table.name, column.name), material.rows(table.name), among, found), (np.abs(values[among]) % 10).astype(np.int64)
