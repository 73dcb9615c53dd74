"""What became of issues, in numbers: how far they came, how long they stayed in each state, how many rectifications were confirmed.

Everything is counted from the history, so an issue that was closed and came back counts as closed once and as open now. Pure.

| number | what is counted |
|---|---|
| raised | issues, without those that were merged into another one |
| verified | issues found true, wholly or in part |
| refuted | issues found not true |
| reported | issues handed over to the responsible side |
| rectified | issues that the responsible side once called rectified |
| looked_back | of the rectified ones, those that a look-back decided on since |
| confirmed | of those looked back on, those whose latest decision was that it is fixed |
| open | issues in which something is still due |
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median

from survey.issues.ageing import days_between
from survey.issues.life import ENDED, STATES, VERIFIED


@dataclass(frozen=True, slots=True)
class Step:
    """A step that brought an issue into a state, the same one or another."""

    action: str
    to_state: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class IssueLife:
    """What is known of one issue here; `steps` begin with the raising, in order. `county_code` has six digits."""

    county_code: str
    area: str
    attribution: str | None
    visit_id: str | None
    state: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a group of issues, as the module's head defines them."""

    raised: int = 0
    verified: int = 0
    refuted: int = 0
    reported: int = 0
    rectified: int = 0
    looked_back: int = 0
    confirmed: int = 0
    open: int = 0

    @property
    def confirmation_share(self) -> float | None:
        """How many of the rectifications looked back on were confirmed, 0 to 1; None where none was looked back on."""
        return Confirmation(self.looked_back, self.confirmed).share

    def counts(self) -> dict[str, int]:
        """The numbers by name, in the order to show."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Of the rectifications that a look-back decided on, how many there are and how many it confirmed."""

    looked_back: int = 0
    confirmed: int = 0

    @property
    def share(self) -> float | None:
        """0 to 1; None where none was looked back on."""
        return self.confirmed / self.looked_back if self.looked_back else None


@dataclass(frozen=True, slots=True)
class Stay:
    """How long issues stayed in a state: the median of the stays that have ended, how many those are, and how many are in it now."""

    state: str
    median_days: float | None
    n_ended: int
    n_now: int


def count_lives(lives: Iterable[IssueLife]) -> Numbers:
    """The numbers of these issues."""
    counts: Counter[str] = Counter()
    for life in lives:
        counts.update(_counted(life))
    return Numbers(**counts)


def count_by(lives: Iterable[IssueLife], key: Callable[[IssueLife], Hashable]) -> dict[Hashable, Numbers]:
    """The numbers of each group, the group with the most issues first."""
    groups: dict[Hashable, Counter[str]] = {}
    for life in lives:
        groups.setdefault(key(life), Counter()).update(_counted(life))
    numbers = {name: Numbers(**counts) for name, counts in groups.items()}
    return dict(sorted(numbers.items(), key=lambda item: (-item[1].raised, str(item[0]))))


def measure_stays(lives: Iterable[IssueLife]) -> tuple[Stay, ...]:
    """One row per state in which any issue was, in the order of a life."""
    ended: dict[str, list[float]] = {}
    now: Counter[str] = Counter()
    for life in lives:
        entered = _entries(life)
        for (state, since), (_next, until) in zip(entered, entered[1:], strict=False):
            ended.setdefault(state, []).append(days_between(since, until))
        now[life.state] += 1
    return tuple(
        Stay(state, median(ended[state]) if state in ended else None, len(ended.get(state, ())), now[state])
        for state in STATES
        if state in ended or now[state]
    )


def flow_of(lives: Iterable[IssueLife]) -> Mapping[tuple[str, str, str, str], int]:
    """How many issues came to each (verification, handing over, rectification, look-back), as names that pages put into words."""
    return Counter(_way(life) for life in lives if life.state != "merged")


def decision_in(steps: Iterable[Step]) -> str | None:
    """The latest decision of a look-back on a rectification, "closed" or "not_fixed"; None before there is one."""
    decision, is_rectified = None, False
    for step in steps:
        if step.to_state == "rectified":
            is_rectified = True
        elif is_rectified and step.action in ("close", "not_fix"):
            decision = step.to_state
    return decision


def _counted(life: IssueLife) -> dict[str, int]:
    """Which numbers the issue counts in, each once."""
    if life.state == "merged":
        return {}
    reached = {step.to_state for step in life.steps}
    decided = decision_in(life.steps)
    return {
        "raised": 1,
        "verified": int(bool(reached & set(VERIFIED)) and life.state not in ("raised", "refuted")),
        "refuted": int(life.state == "refuted"),
        "reported": int("reported" in reached),
        "rectified": int("rectified" in reached),
        "looked_back": int(decided is not None),
        "confirmed": int(decided == "closed"),
        "open": int(life.state not in ENDED),
    }


def _entries(life: IssueLife) -> list[tuple[str, datetime]]:
    """(state, since when) for each state that the issue came into, in order."""
    entered: list[tuple[str, datetime]] = []
    for step in life.steps:
        if not entered or entered[-1][0] != step.to_state:
            entered.append((step.to_state, step.taken_at))
    return entered


def _way(life: IssueLife) -> tuple[str, str, str, str]:
    reached = {step.to_state for step in life.steps}
    verified = "refuted" if life.state == "refuted" else "verified" if reached & set(VERIFIED) and life.state != "raised" else "waiting"
    reported = "reported" if "reported" in reached else "not_reported"
    rectified = "rectified" if "rectified" in reached else "not_rectified"
    decided = decision_in(life.steps)
    return verified, reported, rectified, "confirmed" if decided == "closed" else "not_confirmed" if decided else "not_looked_back"
