"""How a draw is to be made: which villages, and which households in each; as data that a file holds and a hash covers. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from questionnaires.errors import SurveyError
from survey.draws.refusals import refusal

KINDS = ("registered", "lifted_out", "marginal", "ordinary")
MARKERS = ("old", "sick", "disabled", "other_special")
"""The kinds and marks of households in the order in which the algorithm goes through them; draw-1 fixes it."""
VILLAGE_METHODS = ("named", "all", "simple", "systematic", "pps")
HOUSEHOLD_METHODS = ("all", "simple", "systematic", "stratified", "named")
CHANCE_AMONG_VILLAGES = frozenset(("simple", "systematic", "pps"))
CHANCE_AMONG_HOUSEHOLDS = frozenset(("simple", "systematic", "stratified"))
MAX_RESERVES = 100


@dataclass(frozen=True, slots=True)
class VillageStage:
    """Which villages of `counties` (six digits) are taken: those named, all, or `n` by chance, in each county where `is_per_county`.

    `reserves` villages are drawn beside them, for each county where `is_per_county`, else in all.
    """

    method: str
    counties: tuple[str, ...]
    n: int = 0
    is_per_county: bool = False
    named: tuple[str, ...] = ()
    reserves: int = 0


@dataclass(frozen=True, slots=True)
class HouseholdStage:
    """Which households are taken in each village: all, those named, or `n` by chance (or as many of each kind as `quotas` say).

    `special` holds how many at least are to have a mark. `reserves` are drawn for each stratum of each village. Where a village has
    fewer than a quota the draw is refused, unless `takes_all_where_short`.
    """

    method: str
    n: int = 0
    quotas: Mapping[str, int] = field(default_factory=dict)
    special: Mapping[str, int] = field(default_factory=dict)
    reserves: int = 0
    takes_all_where_short: bool = False
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Design:
    """The two stages of a draw."""

    villages: VillageStage
    households: HouseholdStage

    @property
    def basis(self) -> str:
        """What may be said from the figures of the drawn villages, one of the bases of a visit's villages."""
        if self.villages.method == "named" or self.households.method == "named":
            return "purposive"
        return "census" if (self.villages.method, self.households.method) == ("all", "all") else "probability"

    @property
    def needs_kinds(self) -> bool:
        """Whether the draw depends on the kinds of households."""
        return self.households.method == "stratified"

    @property
    def needs_markers(self) -> bool:
        """Whether the draw depends on the marks of households."""
        return bool(self.households.special)

    def record(self) -> dict[str, Any]:
        """The design as JSON values, the same for equal designs; reserves of villages stand in it only where there are any."""
        villages, households = self.villages, self.households
        return {
            "villages": {
                "method": villages.method,
                "counties": sorted(villages.counties),
                "n": villages.n,
                "is_per_county": villages.is_per_county,
                "named": sorted(villages.named),
                **({"reserves": villages.reserves} if villages.reserves else {}),
            },
            "households": {
                "method": households.method,
                "n": households.n,
                "quotas": dict(households.quotas),
                "special": dict(households.special),
                "reserves": households.reserves,
                "takes_all_where_short": households.takes_all_where_short,
                "named": sorted(list(each) for each in households.named),
            },
        }


def canonical_json(value: Any) -> str:
    """The JSON of which hashes are taken: keys sorted, no blanks, characters outside ASCII as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_design(record: Any) -> Design:
    """The design of a record; refused when it is none."""
    try:
        villages, households = record["villages"], record["households"]
        design = Design(
            VillageStage(
                method=str(villages["method"]),
                counties=tuple(map(str, villages["counties"])),
                n=_whole(villages["n"]),
                is_per_county=bool(villages["is_per_county"]),
                named=tuple(map(str, villages["named"])),
                reserves=_whole(villages.get("reserves", 0)),
            ),
            HouseholdStage(
                method=str(households["method"]),
                n=_whole(households["n"]),
                quotas={str(kind): _whole(n) for kind, n in households["quotas"].items()},
                special={str(marker): _whole(n) for marker, n in households["special"].items()},
                reserves=_whole(households["reserves"]),
                takes_all_where_short=bool(households["takes_all_where_short"]),
                named=tuple((str(code), str(number)) for code, number in households["named"]),
            ),
        )
    except SurveyError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refusal("unreadable", what=error) from error
    check_design(design)
    return design


def check_design(design: Design) -> None:
    """Raise the first thing that is wrong with a design whatever the frame is."""
    villages, households = design.villages, design.households
    if not villages.counties:
        raise refusal("no_county")
    if villages.method not in VILLAGE_METHODS or households.method not in HOUSEHOLD_METHODS:
        raise refusal("unknown_method", what=villages.method if villages.method not in VILLAGE_METHODS else households.method)
    if villages.method == "named" and not villages.named:
        raise refusal("no_villages")
    if villages.method in CHANCE_AMONG_VILLAGES and villages.n < 1:
        raise refusal("village_number")
    if not (0 <= households.reserves <= MAX_RESERVES and 0 <= villages.reserves <= MAX_RESERVES):
        raise refusal("reserves", n=MAX_RESERVES)
    if villages.reserves and villages.method not in CHANCE_AMONG_VILLAGES:
        raise refusal("village_reserves")
    _check_households(design)


def _check_households(design: Design) -> None:
    households = design.households
    for names, quotas in ((KINDS, households.quotas), (MARKERS, households.special)):
        if wrong := [name for name, n in quotas.items() if name not in names or n < 1]:
            raise refusal("bad_quota", what=wrong[0])
    if households.method == "named":
        if not households.named:
            raise refusal("no_named")
        if design.villages.method not in ("named", "all"):
            raise refusal("named_needs_villages")
    if households.method in ("simple", "systematic") and households.n < 1:
        raise refusal("household_number")
    if households.method == "stratified" and not households.quotas:
        raise refusal("no_quotas")
    if not households.special:
        return
    if households.method not in CHANCE_AMONG_HOUSEHOLDS:
        raise refusal("special_all")
    total = sum(households.quotas.values()) if households.method == "stratified" else households.n
    if (wanted := sum(households.special.values())) >= total:
        raise refusal("special_too_many", what=wanted, n=total)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is no whole number")
    return value
