"""How interviews of a pair were held: how long they took, how many are countersigned, and which doubts they carry. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long interviews took: of `n` whose beginning and end are known, the median and the quartiles around it, in minutes."""

    n: int
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of the interviews of one pair, or of all; `flags` are interviews by check, `n_to_sign` those of pairs that sign."""

    minutes: Minutes | None = None
    n_to_sign: int = 0
    n_signed: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)

    @property
    def signed_share(self) -> float | None:
        """The share of interviews whose countersignature is proven; None where nobody signs."""
        return self.n_signed / self.n_to_sign if self.n_to_sign else None


def summarise_minutes(counts: Mapping[int, int]) -> Minutes | None:
    """Median and quartiles of interviews counted by whole minutes; None without any."""
    n = sum(counts.values())
    if not n:
        return None
    return Minutes(n, _quantile(counts, n, 0.5), _quantile(counts, n, 0.25), _quantile(counts, n, 0.75))


def _quantile(counts: Mapping[int, int], n: int, share: float) -> float:
    """The value below which `share` of the interviews lie, between two of them where it falls between (R's type 7)."""
    place = share * (n - 1)
    below, weight = int(place), place - int(place)
    ends = [_at(counts, below), _at(counts, min(below + 1, n - 1))]
    return ends[0] + weight * (ends[1] - ends[0])


def _at(counts: Mapping[int, int], position: int) -> int:
    """The minutes of the interview at this position in order, counted from 0."""
    seen = 0
    for minutes in sorted(counts):
        seen += counts[minutes]
        if position < seen:
            return minutes
    raise IndexError(position)


def added(counts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Several counts as one."""
    found: dict[int, int] = {}
    for each in counts:
        for minutes, n in each.items():
            found[minutes] = found.get(minutes, 0) + n
    return found
