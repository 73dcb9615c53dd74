"""How long questions were in hand, by the logs that tablets keep: by question and by interviewer."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.quality.material import Codes, Material, Times
from analysis.quality.thresholds import Thresholds

BY_QUESTION = ["table", "question", "n", "n_interviews", "median_s", "low_s", "high_s", "n_found", "share"]
BY_PERSON = ["interviewer", "n_interviews", "n", "median_minutes", "pace", "n_found", "share"]
TENTHS = (0.1, 0.5, 0.9)


def speed_by_question(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question that logs name: `table`, `question`, `n` (times it was in hand), `n_interviews`, `median_s`, `low_s` and `high_s`
    (first and ninth tenth), `n_found` (in hand for less than it takes to read out), `share`. Seconds; the quickest question first."""
    times = material.times
    rows = []
    for entries in _groups(times.question):
        seconds = times.seconds[entries]
        hurried = seconds < thresholds.hurried_seconds
        low, median, high = np.quantile(seconds, TENTHS)
        table, question = times.questions[times.question[entries[0]]]
        rows.append(
            {
                "table": table,
                "question": question,
                "n": len(entries),
                "n_interviews": len(np.unique(times.interview[entries])),
                "median_s": median,
                "low_s": low,
                "high_s": high,
                "n_found": int(hurried.sum()),
                "share": float(hurried.mean()),
                "instance_ids": times.instances(entries[hurried]),
                "is_noticed": len(entries) >= thresholds.timed_least and float(hurried.mean()) >= thresholds.hurried_share,
            }
        )
    frame = pd.DataFrame(rows, columns=[*BY_QUESTION, "instance_ids", "is_noticed"])
    return frame.sort_values(["median_s", "question"], ignore_index=True)


def speed_by_interviewer(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interviewer whose interviews have logs: `interviewer`, `n_interviews`, `n` (timed answers), `median_minutes` (of a whole
    interview's questions), `pace`, `n_found` (answers quicker than their questions can be read out), `share`.

    `pace` is the median, over the interviewer's answers, of the time taken over the time that the others usually take for the same
    question; missing where no question was timed often enough with others.
    """
    times = material.times
    ratios = _ratios(times, thresholds)
    hurried = times.seconds < thresholds.hurried_seconds
    rows = []
    for entries in _groups(times.lead):
        known = ratios[entries][~np.isnan(ratios[entries])]
        pace = float(np.median(known)) if len(known) >= thresholds.timed_least else np.nan
        share = float(hurried[entries].mean())
        _interviews, places = np.unique(times.interview[entries], return_inverse=True)
        minutes = np.bincount(places, weights=times.seconds[entries]) / 60
        rows.append(
            {
                "interviewer": times.people[times.lead[entries[0]]],
                "n_interviews": len(minutes),
                "n": len(entries),
                "median_minutes": float(np.median(minutes)),
                "pace": pace,
                "n_found": int(hurried[entries].sum()),
                "share": share,
                "instance_ids": times.instances(entries[hurried[entries]]) or times.instances(entries),
                "is_noticed": bool(share >= thresholds.hurried_share or pace < thresholds.pace),
            }
        )
    frame = pd.DataFrame(rows, columns=[*BY_PERSON, "instance_ids", "is_noticed"])
    return frame.sort_values("interviewer", ignore_index=True)


def _ratios(times: Times, thresholds: Thresholds) -> npt.NDArray[np.float64]:
    """The time of each entry over the median of what others than its interviewer took for the question; missing where unknown."""
    ratios = np.full(len(times.seconds), np.nan)
    for entries in _groups(times.question):
        entries = entries[np.argsort(times.seconds[entries])]
        seconds, leads = times.seconds[entries], times.lead[entries]
        for lead in np.unique(leads):
            others = seconds[leads != lead]
            usual = _middle(others) if len(others) >= thresholds.timed_least else 0.0
            if usual > 0:
                own = leads == lead
                ratios[entries[own]] = seconds[own] / usual
    return ratios


def _middle(ordered: npt.NDArray[np.float64]) -> float:
    """The median of numbers that are in order already."""
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def _groups(numbers: Codes) -> list[Codes]:
    """The entries of each number, in order."""
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1) if len(order) else []
