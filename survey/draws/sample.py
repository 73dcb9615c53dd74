"""Who is in the sample now, from what was drawn and what was replaced since. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from survey.draws.models import DrawReplacement, DrawUnit, DrawVillage, DrawVillageReplacement


@dataclass(frozen=True, slots=True)
class SampleVillage:
    """A village of the draw with its state (never "out"), the replacement by which it left, and the one by which it came in."""

    row: DrawVillage
    state: str
    left_by: DrawVillageReplacement | None
    came_by: DrawVillageReplacement | None

    @property
    def is_in_sample(self) -> bool:
        """Whether the village is to be visited."""
        return self.state in ("drawn", "taken")


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """A unit of the draw with its state, the replacement by which it left, and the one by which it came in.

    Its state is "drawn" (in the sample from the start), "taken" (come in for another), "replaced" (given up), "reserve" (waiting), or
    "out" (its village is not in the sample). `own_state` is the state that it has, or would have, while its village is in the sample.
    """

    unit: DrawUnit
    state: str
    own_state: str
    left_by: DrawReplacement | None
    came_by: DrawReplacement | None

    @property
    def is_in_sample(self) -> bool:
        """Whether the household is to be visited."""
        return self.state in ("drawn", "taken")


def villages_of(villages: Iterable[DrawVillage], replacements: Iterable[DrawVillageReplacement]) -> tuple[SampleVillage, ...]:
    """Every village with its state, in the order given."""
    standing = [each for each in replacements if each.reverted_at is None]
    left = {each.village_code: each for each in standing}
    came = {each.reserve_code: each for each in standing if each.reserve_code}
    return tuple(
        SampleVillage(row, _state(row.role, is_left=code in left, is_taken=code in came), left_by=left.get(code), came_by=came.get(code))
        for row in villages
        for code in (row.village_code,)
    )


def sample_of(units: Iterable[DrawUnit], replacements: Iterable[DrawReplacement], village_codes: Collection[str]) -> tuple[SampleUnit, ...]:
    """Every unit with its state, in the order given; `village_codes` are the villages in the sample."""
    standing = [each for each in replacements if each.reverted_at is None]
    left = {each.unit_id: each for each in standing}
    came = {each.reserve_id: each for each in standing if each.reserve_id}

    def unit_of(unit: DrawUnit) -> SampleUnit:
        own = _state(unit.role, is_left=unit.id in left, is_taken=unit.id in came)
        state = own if unit.village_code in village_codes else "out"
        return SampleUnit(unit, state, own, left.get(unit.id), came.get(unit.id))

    return tuple(unit_of(unit) for unit in units)


def _state(role: str, *, is_left: bool, is_taken: bool) -> str:
    if is_left:
        return "replaced"
    return "taken" if is_taken else role


def next_reserve(sample: Sequence[SampleUnit], unit: DrawUnit) -> DrawUnit | None:
    """The first reserve that still waits in the unit's village and stratum."""
    place = (unit.village_code, unit.stratum)
    waiting = [each.unit for each in sample if each.state == "reserve" and (each.unit.village_code, each.unit.stratum) == place]
    return min(waiting, key=lambda each: each.rank, default=None)


def next_village(villages: Sequence[SampleVillage], row: DrawVillage) -> DrawVillage | None:
    """The first village that still waits in the village's stratum."""
    waiting = [each.row for each in villages if each.state == "reserve" and each.row.stratum == row.stratum]
    return min(waiting, key=lambda each: each.rank, default=None)
