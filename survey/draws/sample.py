"""Who is in the sample now, from what was drawn and what was replaced since. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from survey.draws.models import DrawReplacement, DrawUnit

UNIT_STATES = ("drawn", "taken", "replaced", "reserve")
"""In the sample from the start, come in for another, given up, waiting."""


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """A unit of the draw with its state, the replacement by which it left, and the one by which it came in."""

    unit: DrawUnit
    state: str
    left_by: DrawReplacement | None
    came_by: DrawReplacement | None

    @property
    def is_in_sample(self) -> bool:
        """Whether the household is to be visited."""
        return self.state in ("drawn", "taken")


def sample_of(units: Iterable[DrawUnit], replacements: Iterable[DrawReplacement]) -> tuple[SampleUnit, ...]:
    """Every unit with its state, in the order given."""
    standing = [each for each in replacements if each.reverted_at is None]
    left = {each.unit_id: each for each in standing}
    came = {each.reserve_id: each for each in standing if each.reserve_id}

    def state(unit: DrawUnit) -> str:
        if unit.id in left:
            return "replaced"
        return "taken" if unit.id in came else unit.role

    return tuple(SampleUnit(unit, state(unit), left.get(unit.id), came.get(unit.id)) for unit in units)


def next_reserve(sample: Sequence[SampleUnit], unit: DrawUnit) -> DrawUnit | None:
    """The first reserve that still waits in the unit's village and stratum."""
    place = (unit.village_code, unit.stratum)
    waiting = [each.unit for each in sample if each.state == "reserve" and (each.unit.village_code, each.unit.stratum) == place]
    return min(waiting, key=lambda each: each.rank, default=None)
