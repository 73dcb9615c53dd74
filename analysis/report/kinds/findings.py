"""Which figures may be said, and how surely: the rules of the narrative. Pure.

- A figure names its basis: of so many visited what was counted, or what is estimated, with its interval.
- No percentage of fewer than `FEW` without its counts.
- A reference value is reached or missed for sure only when the whole interval lies on one side of it; an observed figure is compared as
  it is, for those visited alone.
- Two estimated figures differ when Student's test says so, corrected by Holm for all comparisons made together; two observed ones are set
  side by side where the gap is wide, in words that infer nothing.
- What is farther from its reference value comes first, then what concerns more, then what lies first in the questionnaire.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.estimation.comparing import adjust_by_holm
from analysis.estimation.tails import tail_of_t
from analysis.report.facts import Line, Value

FEW = 30
"""Percentages of fewer are said with their counts."""
SURE = 0.05
MIN_N_COMPARED = 5
MIN_OBSERVED_GAP = 0.15
"""Observed shares of places are set side by side from such a difference on."""
Verdict = Literal["reached", "missed", "open"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure of one domain judged against its reference value; `verdict` is "open" where an interval holds the reference value."""

    line: Line
    value: Value
    verdict: Verdict

    @property
    def gap(self) -> float:
        """How far the figure is from its reference value, in its unit, without sign."""
        return abs((self.value.estimate or 0.0) - (self.line.indicator.threshold or 0.0))

    @property
    def weight(self) -> tuple[float, int]:
        """What orders findings: the distance, relative for other units than shares, then how many it concerns."""
        threshold = self.line.indicator.threshold or 0.0
        return (self.gap if self.line.is_percentage or not threshold else self.gap / abs(threshold)), n_concerned(self.line, self.value)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two places that differ in one figure; `is_tested` where the test of a sample says so, not where they were merely observed."""

    line: Line
    high: tuple[str, Value]
    low: tuple[str, Value]
    gap: float
    is_tested: bool


def verdict_of(line: Line, value: Value) -> Verdict | None:
    """Whether the figure reaches the indicator's reference value; None where nothing is judged.

    At least the value is reached where high is good, less than it where low is good: so exit thresholds are worded.
    """
    threshold, good = line.indicator.threshold, line.indicator.good
    if threshold is None or value.estimate is None or value.is_suppressed or line.category or good not in ("high", "low"):
        return None
    low, high = value.interval or (value.estimate, value.estimate)
    if good == "high":
        return "reached" if low >= threshold else "missed" if high < threshold else "open"
    return "reached" if high < threshold else "missed" if low >= threshold else "open"


def n_concerned(line: Line, value: Value) -> int:
    """How many households or persons among those asked stand on the wrong side; 0 where the figure is no share of them."""
    if not line.is_share or value.estimate is None:
        return 0
    return value.n - value.n_counted if line.indicator.good == "high" else value.n_counted


def judge(lines: Iterable[Line], domain_type: str, domain: str) -> list[Finding]:
    """The judged figures of a domain, the most important first."""
    found = [
        Finding(line, value, verdict)
        for line in lines
        if (verdict := verdict_of(line, value := line.value(domain_type, domain))) is not None
    ]
    return sorted(found, key=lambda finding: tuple(-part for part in finding.weight))


def contrasts(lines: Sequence[Line], domain_type: str, places: Sequence[tuple[str, str]], most: int) -> list[Contrast]:
    """The widest differences between two of the places (code, name), at most one for each line.

    All pairs of all lines that have standard errors are tested together; of two estimated places nothing is said that the test does not
    support. Only shares are compared.
    """
    tested, observed = [], []
    for line in lines:
        if not line.is_percentage or line.category:
            continue
        known = [(name, value) for code, name in places if _is_comparable(value := line.value(domain_type, code))]
        if all(value.interval is None for _, value in known):
            observed += _widest(line, known)
        else:
            sampled = [(name, value) for name, value in known if value.se is not None]
            tested += [(line, one, other) for number, one in enumerate(sampled) for other in sampled[number + 1 :]]
    found = [*observed, *_supported(tested)]
    best: dict[int, Contrast] = {}
    for contrast in sorted(found, key=lambda each: -each.gap):
        best.setdefault(id(contrast.line), contrast)
    return list(best.values())[:most]


def differ(one: Value, other: Value) -> float:
    """The p value of Welch's test that two independently estimated figures are the same; 1 where there is nothing to test."""
    if one.estimate is None or other.estimate is None or one.se is None or other.se is None:
        return 1.0
    variances = np.array([one.se**2, other.se**2])
    if variances.sum() <= 0:
        return 1.0
    df = variances.sum() ** 2 / (variances**2 / np.array([one.df or 1.0, other.df or 1.0])).sum()
    return float(2 * tail_of_t(abs(one.estimate - other.estimate) / np.sqrt(variances.sum()), df))


def _is_comparable(value: Value) -> bool:
    return value.estimate is not None and not value.is_suppressed and value.n >= MIN_N_COMPARED


def _widest(line: Line, known: Sequence[tuple[str, Value]]) -> list[Contrast]:
    if len(known) < 2:
        return []
    low, high = (end(known, key=lambda each: each[1].estimate or 0.0) for end in (min, max))
    gap = (high[1].estimate or 0.0) - (low[1].estimate or 0.0)
    return [Contrast(line, high, low, gap, False)] if gap >= MIN_OBSERVED_GAP else []


def _supported(pairs: Sequence[tuple[Line, tuple[str, Value], tuple[str, Value]]]) -> list[Contrast]:
    if not pairs:
        return []
    adjusted = adjust_by_holm([differ(one[1], other[1]) for _, one, other in pairs])
    found = []
    for (line, one, other), p_value in zip(pairs, adjusted, strict=True):
        if p_value < SURE:
            low, high = sorted((one, other), key=lambda each: each[1].estimate or 0.0)
            found.append(Contrast(line, high, low, (high[1].estimate or 0.0) - (low[1].estimate or 0.0), True))
    return found
