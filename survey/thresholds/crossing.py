"""When an estimate lies on the wrong side of its indicator's threshold, and what is known of it then. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from survey.issues.scope import Basis

HIGH, LOW = "high", "low"
"""Whether a high value of an indicator is good, or a low one."""
RULE_PREFIX = "estimate:"
"""What the rule of an issue begins with that was raised from an estimate; the indicator's name follows."""
MAX_RULE_LENGTH = 64
_HAIR = 1e-9
"""Two shares are equal that computing has made differ by less."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One estimate beyond its threshold: of an indicator, in a county or a village, at a visit.

    `labels` are the indicator's by language code, `place_code` has twelve digits. `shown` says how many of the households asked stand on
    the wrong side; None where the indicator is no share. An interval is there only where villages and households were drawn by chance.
    """

    visit_id: str
    form_id: str
    indicator: str
    labels: Mapping[str, str]
    area: str
    place_code: str
    level: str
    good: str
    threshold: float
    unit: str
    n: int
    n_missing: int
    estimate: float
    ci_low: float | None
    ci_high: float | None
    basis: str
    shown: Basis | None

    @property
    def county_code(self) -> str:
        """The county in six digits."""
        return self.place_code[:6]

    @property
    def code(self) -> str:
        """The place as references name it: a county by six digits, a village by twelve."""
        return self.county_code if self.level == "county" else self.place_code

    @property
    def rule(self) -> str:
        """The rule of the issues that are raised from estimates of this indicator."""
        return rule_of(self.indicator)

    @property
    def reference(self) -> str:
        """What names it as evidence."""
        return "|".join(("estimate", self.visit_id, self.form_id, self.indicator, self.code))

    @property
    def is_certain(self) -> bool | None:
        """Whether the whole interval lies beyond the threshold; None without an interval."""
        if self.ci_low is None or self.ci_high is None:
            return None
        return is_beyond(self.ci_high if self.good == HIGH else self.ci_low, self.threshold, self.good)


def is_beyond(value: float, threshold: float, good: str) -> bool:
    """Whether a value lies on the wrong side: below the threshold where high is good, at it or above where low is good.

    So the exit thresholds of counties are worded: satisfaction of 90 per cent or more, wrong exits below 2 per cent.
    """
    return value < threshold - _HAIR if good == HIGH else value >= threshold - _HAIR


def rule_of(indicator: str) -> str:
    """The rule that stands beside issues raised from estimates of the indicator."""
    return f"{RULE_PREFIX}{indicator}"[:MAX_RULE_LENGTH]
